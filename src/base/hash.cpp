// SipHash-1-3 (Aumasson, Bernstein: "SipHash: a fast short-input PRF", 2012), one compression and three final rounds.
#include "base/hash.h"

#include <errno.h>
#include <sys/random.h>

#include <bit>

namespace habu {

constinit HashSecret hash_secret{};

void seedHashSecret(uint32_t seed) {
  hash_secret = {};
  if (seed == 0) return;
  uint32_t x = seed;
  for (uint8_t& byte : hash_secret.bytes) {
    x = x * 214013 + 2531011;
    byte = uint8_t(x >> 16);
  }
}

bool randomizeHashSecret() {
  size_t filled = 0;
  while (filled < sizeof hash_secret.bytes) {
    ssize_t n = getrandom(hash_secret.bytes + filled, sizeof hash_secret.bytes - filled, GRND_NONBLOCK);
    if (n > 0) filled += size_t(n);
    else if (errno != EINTR) return false;
  }
  return true;
}

namespace {
struct SipState {
  uint64_t v0, v1, v2, v3;
  [[gnu::always_inline]] void round() {
    v0 += v1;
    v2 += v3;
    v1 = std::rotl(v1, 13) ^ v0;
    v3 = std::rotl(v3, 16) ^ v2;
    v0 = std::rotl(v0, 32);
    v2 += v1;
    v0 += v3;
    v1 = std::rotl(v1, 17) ^ v2;
    v3 = std::rotl(v3, 21) ^ v0;
    v2 = std::rotl(v2, 32);
  }
};
}  // namespace

uint64_t sipHash13(uint64_t k0, uint64_t k1, const void* data, size_t size) {
  SipState s{k0 ^ 0x736f6d6570736575u, k1 ^ 0x646f72616e646f6du, k0 ^ 0x6c7967656e657261u, k1 ^ 0x7465646279746573u};
  const auto* p = static_cast<const uint8_t*>(data);
  uint64_t last = uint64_t(size) << 56;
  for (; size >= 8; size -= 8, p += 8) {
    uint64_t word;
    std::memcpy(&word, p, 8);
    s.v3 ^= word;
    s.round();
    s.v0 ^= word;
  }
  for (size_t i = 0; i < size; ++i) last |= uint64_t(p[i]) << (8 * i);
  s.v3 ^= last;
  s.round();
  s.v0 ^= last;
  s.v2 ^= 0xff;
  s.round();
  s.round();
  s.round();
  return (s.v0 ^ s.v1) ^ (s.v2 ^ s.v3);
}

}  // namespace habu
