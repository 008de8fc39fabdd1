// Hashing of byte strings: SipHash-1-3 under a secret key, as CPython 3.11 is configured, so that hash() of str and
// bytes equals CPython's for every PYTHONHASHSEED. The key is set once, before the first object is hashed.
#pragma once
#include <cstddef>
#include <cstdint>
#include <cstring>

namespace habu {

// _Py_HashSecret: extension modules read the words behind the key (pyexpat salts its tables with one).
union HashSecret {
  uint8_t bytes[24];
  struct { uint64_t k0, k1; } sip;
  struct { uint8_t padding[16]; uint64_t salt; } expat;
};
extern HashSecret hash_secret __asm__("_Py_HashSecret") __attribute__((visibility("default")));

// The secret of PYTHONHASHSEED=seed: all zeros for 0, else bytes of a linear congruential generator.
void seedHashSecret(uint32_t seed);
// An unpredictable secret; false when the system gives no random bytes.
bool randomizeHashSecret();

uint64_t sipHash13(uint64_t k0, uint64_t k1, const void* data, size_t size);

// The hash of a text or byte string: 0 for the empty one, never -1.
inline ptrdiff_t hashMemory(const void* data, size_t size) {
  if (size == 0) return 0;
  auto h = static_cast<ptrdiff_t>(sipHash13(hash_secret.sip.k0, hash_secret.sip.k1, data, size));
  return h == -1 ? -2 : h;
}

}  // namespace habu
