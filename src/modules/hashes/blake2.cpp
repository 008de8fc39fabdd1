// _blake2: BLAKE2b and BLAKE2s (RFC 7693) with key, salt, person and tree parameters.
#include <cstring>

#include "modules/hashes/hash_input.h"
#include "object/attribute.h"
#include "object/module_def.h"
#include "types/arguments.h"
#include "types/dict.h"
#include "types/heap_type.h"
#include "types/int.h"

namespace habu {

namespace {

// Which word of the message each of the mixing steps takes.
constexpr uint8_t kOrder[10][16] = {{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15},
                                    {14, 10, 4, 8, 9, 15, 13, 6, 1, 12, 0, 2, 11, 7, 5, 3},
                                    {11, 8, 12, 0, 5, 2, 15, 13, 10, 14, 3, 6, 7, 1, 9, 4},
                                    {7, 9, 3, 1, 13, 12, 11, 14, 2, 6, 5, 10, 4, 0, 15, 8},
                                    {9, 0, 5, 7, 2, 4, 10, 15, 14, 1, 11, 12, 6, 8, 3, 13},
                                    {2, 12, 6, 10, 0, 11, 8, 3, 4, 13, 7, 5, 15, 14, 1, 9},
                                    {12, 5, 1, 15, 14, 13, 4, 10, 0, 7, 6, 3, 9, 2, 8, 11},
                                    {13, 11, 7, 14, 12, 1, 3, 9, 5, 0, 15, 4, 8, 6, 2, 10},
                                    {6, 15, 14, 9, 11, 3, 0, 8, 12, 2, 13, 7, 1, 4, 10, 5},
                                    {10, 2, 8, 4, 7, 6, 1, 5, 15, 11, 9, 14, 3, 12, 13, 0}};

struct BigVariant {
  using Word = uint64_t;
  static constexpr const char* kName = "blake2b";
  static constexpr int kRounds = 12, kRotations[4] = {32, 24, 16, 63};
  static constexpr Word kInitial[8] = {0x6a09e667f3bcc908, 0xbb67ae8584caa73b, 0x3c6ef372fe94f82b, 0xa54ff53a5f1d36f1,
                                       0x510e527fade682d1, 0x9b05688c2b3e6c1f, 0x1f83d9abfb41bd6b, 0x5be0cd19137e2179};
};
struct SmallVariant {
  using Word = uint32_t;
  static constexpr const char* kName = "blake2s";
  static constexpr int kRounds = 10, kRotations[4] = {16, 12, 8, 7};
  static constexpr Word kInitial[8] = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
};

template <class V>
struct Blake2 : Object {
  using Word = typename V::Word;
  static constexpr size_t kBlock = sizeof(Word) * 16, kDigest = sizeof(Word) * 8, kSalt = sizeof(Word) * 2;

  Word h[8];
  Word counter[2];
  unsigned char buffer[kBlock];
  size_t used;
  int digest_size;
  bool last_node, busy;

  void compress(const unsigned char* block, bool last) {
    Word m[16], v[16];
    std::memcpy(m, block, kBlock);
    for (int i = 0; i < 8; ++i) {
      v[i] = h[i];
      v[i + 8] = V::kInitial[i];
    }
    v[12] ^= counter[0];
    v[13] ^= counter[1];
    if (last) v[14] = ~v[14];
    if (last && last_node) v[15] = ~v[15];
    auto turn = [](Word x, int n) { return Word(x >> n | x << (int(sizeof(Word)) * 8 - n)); };
    auto mix = [&](int a, int b, int c, int d, Word x, Word y) {
      v[a] = v[a] + v[b] + x;
      v[d] = turn(v[d] ^ v[a], V::kRotations[0]);
      v[c] = v[c] + v[d];
      v[b] = turn(v[b] ^ v[c], V::kRotations[1]);
      v[a] = v[a] + v[b] + y;
      v[d] = turn(v[d] ^ v[a], V::kRotations[2]);
      v[c] = v[c] + v[d];
      v[b] = turn(v[b] ^ v[c], V::kRotations[3]);
    };
    for (int round = 0; round < V::kRounds; ++round) {
      const uint8_t* s = kOrder[round % 10];
      mix(0, 4, 8, 12, m[s[0]], m[s[1]]);
      mix(1, 5, 9, 13, m[s[2]], m[s[3]]);
      mix(2, 6, 10, 14, m[s[4]], m[s[5]]);
      mix(3, 7, 11, 15, m[s[6]], m[s[7]]);
      mix(0, 5, 10, 15, m[s[8]], m[s[9]]);
      mix(1, 6, 11, 12, m[s[10]], m[s[11]]);
      mix(2, 7, 8, 13, m[s[12]], m[s[13]]);
      mix(3, 4, 9, 14, m[s[14]], m[s[15]]);
    }
    for (int i = 0; i < 8; ++i) h[i] ^= v[i] ^ v[i + 8];
  }
  void count(size_t n) {
    counter[0] += Word(n);
    if (counter[0] < n) ++counter[1];
  }
  // The last block waits in the buffer: whether it is the last one is known only at the end.
  void absorb(const unsigned char* data, size_t n) {
    if (used + n > kBlock) {
      size_t taken = kBlock - used;
      std::memcpy(buffer + used, data, taken);
      count(kBlock);
      compress(buffer, false);
      used = 0;
      data += taken;
      n -= taken;
      for (; n > kBlock; n -= kBlock, data += kBlock) {
        count(kBlock);
        compress(data, false);
      }
    }
    std::memcpy(buffer + used, data, n);
    used += n;
  }
  void finish(unsigned char* out) {
    count(used);
    std::memset(buffer + used, 0, kBlock - used);
    compress(buffer, true);
    std::memcpy(out, h, size_t(digest_size));
  }
};

// The parameter block, as the standard lays it out for both variants.
struct Parameters {
  int digest_size, fanout, depth, node_depth, inner_size;
  unsigned long leaf_size;
  unsigned long long node_offset;
  std::string_view key, salt, person;
};

template <class V>
void start(Blake2<V>* self, const Parameters& p) {
  using Word = typename V::Word;
  constexpr bool kBig = sizeof(Word) == 8;
  unsigned char block[sizeof(Word) * 8] = {};
  block[0] = static_cast<unsigned char>(p.digest_size);
  block[1] = static_cast<unsigned char>(p.key.size());
  block[2] = static_cast<unsigned char>(p.fanout);
  block[3] = static_cast<unsigned char>(p.depth);
  for (int i = 0; i < 4; ++i) block[4 + i] = static_cast<unsigned char>(p.leaf_size >> 8 * i);
  for (int i = 0; i < (kBig ? 8 : 6); ++i) block[8 + i] = static_cast<unsigned char>(p.node_offset >> 8 * i);
  block[kBig ? 16 : 14] = static_cast<unsigned char>(p.node_depth);
  block[kBig ? 17 : 15] = static_cast<unsigned char>(p.inner_size);
  std::memcpy(block + (kBig ? 32 : 16), p.salt.data(), p.salt.size());
  std::memcpy(block + (kBig ? 48 : 24), p.person.data(), p.person.size());
  for (int i = 0; i < 8; ++i) {
    Word w;
    std::memcpy(&w, block + size_t(i) * sizeof(Word), sizeof w);
    self->h[i] = V::kInitial[i] ^ w;
  }
  self->digest_size = p.digest_size;
  if (!p.key.empty()) {
    unsigned char first[Blake2<V>::kBlock] = {};
    std::memcpy(first, p.key.data(), p.key.size());
    self->absorb(first, sizeof first);
  }
}

template <class V>
Status feed(ThreadState& ts, Blake2<V>* self, Object* data) {
  BufferView view = TRY(hashInput(ts, data));
  HashTurn turn(ts, self->busy);
  const auto* bytes = reinterpret_cast<const unsigned char*>(view.data());
  if (view.size() >= kHashRelease) {
    GilRelease allow(ts);
    self->absorb(bytes, size_t(view.size()));
  } else {
    self->absorb(bytes, size_t(view.size()));
  }
  return kDone;
}

Result<unsigned long long> unsignedValue(ThreadState& ts, Object* o, bool is_long) {
  if (!isInt(o)) return raise(ts, kTypeError, "an integer is required");
  auto* i = static_cast<Int*>(o);
  if (i->size < 0) return raise(ts, kValueError, "value must be positive");
  if (bitLength(i) > 64)
    return raise(ts, kOverflowError, is_long ? "Python int too large to convert to C unsigned long" : "int too big to convert");
  return asUnsignedLongLong(ts, o);
}

// All arguments of the constructor but the data.
struct TreeArguments {
  std::optional<int> digest_size, fanout, depth, node_depth, inner_size;
  Object *leaf_size, *node_offset;
};
template <class V>
Result<Parameters> checkParameters(ThreadState& ts, const TreeArguments& a, std::string_view key, std::string_view salt, std::string_view person) {
  constexpr int kDigest = int(Blake2<V>::kDigest), kSalt = int(Blake2<V>::kSalt);
  Parameters p{a.digest_size.value_or(kDigest), a.fanout.value_or(1), a.depth.value_or(1), a.node_depth.value_or(0),
               a.inner_size.value_or(0), 0, 0, key, salt, person};
  unsigned long long leaf = a.leaf_size ? TRY(unsignedValue(ts, a.leaf_size, true)) : 0;
  p.node_offset = a.node_offset ? TRY(unsignedValue(ts, a.node_offset, false)) : 0;
  if (p.digest_size <= 0 || p.digest_size > kDigest) return raise(ts, kValueError, "digest_size must be between 1 and {} bytes", kDigest);
  if (int(salt.size()) > kSalt) return raise(ts, kValueError, "maximum salt length is {} bytes", kSalt);
  if (int(person.size()) > kSalt) return raise(ts, kValueError, "maximum person length is {} bytes", kSalt);
  if (p.fanout < 0 || p.fanout > 255) return raise(ts, kValueError, "fanout must be between 0 and 255");
  if (p.depth <= 0 || p.depth > 255) return raise(ts, kValueError, "depth must be between 1 and 255");
  if (leaf > 0xffffffff) return raise(ts, kOverflowError, "leaf_size is too large");
  p.leaf_size = static_cast<unsigned long>(leaf);
  if (kDigest == 32 && p.node_offset > 0xffffffffffff) return raise(ts, kOverflowError, "node_offset is too large");
  if (p.node_depth < 0 || p.node_depth > 255) return raise(ts, kValueError, "node_depth must be between 0 and 255");
  if (p.inner_size < 0 || p.inner_size > kDigest) return raise(ts, kValueError, "inner_size must be between 0 and is {}", kDigest);
  if (int(key.size()) > kDigest) return raise(ts, kValueError, "maximum key length is {} bytes", kDigest);
  return p;
}

template <class V>
Ref<> make(ThreadState& ts, Type* type, Object* data, std::optional<int> digest_size, std::optional<BufferView> key,
           std::optional<BufferView> salt, std::optional<BufferView> person, std::optional<int> fanout, std::optional<int> depth,
           Object* leaf_size, Object* node_offset, std::optional<int> node_depth, std::optional<int> inner_size,
           std::optional<bool> last_node, std::optional<bool>) {
  auto bytes = [](const std::optional<BufferView>& b) { return b ? b->bytes() : std::string_view(); };
  TreeArguments a{digest_size, fanout, depth, node_depth, inner_size, leaf_size, node_offset};
  Parameters p = TRY(checkParameters<V>(ts, a, bytes(key), bytes(salt), bytes(person)));
  Ref<Blake2<V>> self = TRY(allocateInstance<Blake2<V>>(type));
  start(self.get(), p);
  self->last_node = last_node.value_or(false);
  if (data) TRY(feed(ts, self.get(), data));
  return self;
}

template <class V>
Ref<> copy(ThreadState& ts, Blake2<V>* self) {
  Ref<Blake2<V>> twin = TRY(allocateInstance<Blake2<V>>(self->type));
  HashTurn turn(ts, self->busy);
  std::memcpy(twin->h, self->h, sizeof self->h);
  std::memcpy(twin->counter, self->counter, sizeof self->counter);
  std::memcpy(twin->buffer, self->buffer, sizeof self->buffer);
  twin->used = self->used;
  twin->digest_size = self->digest_size;
  twin->last_node = self->last_node;
  return twin;
}

template <class V>
Result<size_t> finish(ThreadState& ts, Blake2<V>* self, unsigned char* out) {
  Ref<> twin = TRY(copy(ts, self));
  static_cast<Blake2<V>*>(twin.get())->finish(out);
  return size_t(self->digest_size);
}
template <class V>
Ref<> digest(ThreadState& ts, Blake2<V>* self) {
  unsigned char out[Blake2<V>::kDigest];
  size_t n = TRY(finish(ts, self, out));
  return newBytes(ts, {reinterpret_cast<char*>(out), n});
}
template <class V>
Ref<> hexdigest(ThreadState& ts, Blake2<V>* self) {
  unsigned char out[Blake2<V>::kDigest];
  size_t n = TRY(finish(ts, self, out));
  return hexText(ts, out, n);
}
template <class V>
Status update(ThreadState& ts, Blake2<V>* self, Object* data) { return feed(ts, self, data); }
template <class V>
Ref<Str> nameOf(ThreadState& ts, Blake2<V>*) { return newStr(ts, V::kName); }
template <class V>
Result<int> blockSize(ThreadState&, Blake2<V>*) { return int(Blake2<V>::kBlock); }
template <class V>
Result<int> digestSize(ThreadState&, Blake2<V>* self) { return self->digest_size; }
void dealloc(Object* self) { freeInstance(self); }

template <class V>
constexpr MethodDef kMethods[] = {
    METHOD_AS("copy", copy<V>, "($self, /)", "A copy of the hash object."),
    METHOD_AS("digest", digest<V>, "($self, /)", "The digest as bytes."),
    METHOD_AS("hexdigest", hexdigest<V>, "($self, /)", "The digest as hexadecimal digits."),
    METHOD_AS("update", update<V>, "($self, data, /)", "Hashes more data."),
    {}};
template <class V>
constexpr GetSetDef kGetSet[] = {
    GETTER("name", nameOf<V>, nullptr), GETTER("block_size", blockSize<V>, nullptr), GETTER("digest_size", digestSize<V>, nullptr), {}};

#define PARAMETERS                                                                      \
  "        key=b'', salt=b'', person=b'', fanout=1, depth=1, leaf_size=0,\n"            \
  "        node_offset=0, node_depth=0, inner_size=0, last_node=False,\n"               \
  "        usedforsecurity=True)"
constexpr Type kBigType = defineType<Blake2<BigVariant>>({
    .name = "_blake2.blake2b",
    .doc = "blake2b(data=b'', /, *, digest_size=_blake2.blake2b.MAX_DIGEST_SIZE,\n" PARAMETERS
           "\n--\n\nReturn a new BLAKE2b hash object.",
    .flags = kImmutableType,
    .methods = kMethods<BigVariant>,
    .getset = kGetSet<BigVariant>,
    .make = CONSTRUCTOR(make<BigVariant>, "blake2b", "(data=b'', /, *, digest_size=_blake2.blake2b.MAX_DIGEST_SIZE,\n" PARAMETERS),
    .dealloc = dealloc});
constexpr Type kSmallType = defineType<Blake2<SmallVariant>>({
    .name = "_blake2.blake2s",
    .doc = "blake2s(data=b'', /, *, digest_size=_blake2.blake2s.MAX_DIGEST_SIZE,\n" PARAMETERS
           "\n--\n\nReturn a new BLAKE2s hash object.",
    .flags = kImmutableType,
    .methods = kMethods<SmallVariant>,
    .getset = kGetSet<SmallVariant>,
    .make = CONSTRUCTOR(make<SmallVariant>, "blake2s", "(data=b'', /, *, digest_size=_blake2.blake2s.MAX_DIGEST_SIZE,\n" PARAMETERS),
    .dealloc = dealloc});

template <class V>
Status addVariant(ThreadState& ts, Module* m, const Type& definition, const char* const (&names)[4]) {
  constexpr const char* kAttributes[] = {"SALT_SIZE", "PERSON_SIZE", "MAX_KEY_SIZE", "MAX_DIGEST_SIZE"};
  constexpr int kSizes[] = {int(Blake2<V>::kSalt), int(Blake2<V>::kSalt), int(Blake2<V>::kDigest), int(Blake2<V>::kDigest)};
  Ref<Type> type = TRY(makeHeapType(ts, definition));
  for (int i = 0; i < 4; ++i) {
    TRY(dictSetAscii(ts, type->dict, kAttributes[i], Ref<>(TRY(newInt(ts, kSizes[i])))));
    TRY(addInt(ts, m, names[i], kSizes[i]));
  }
  typeModified(type.get());
  return addObject(ts, m, V::kName, Ref<>(std::move(type)));
}

Status populate(ThreadState& ts, Module* m) {
  TRY(addVariant<BigVariant>(ts, m, kBigType,
                             {"BLAKE2B_SALT_SIZE", "BLAKE2B_PERSON_SIZE", "BLAKE2B_MAX_KEY_SIZE", "BLAKE2B_MAX_DIGEST_SIZE"}));
  return addVariant<SmallVariant>(ts, m, kSmallType,
                                  {"BLAKE2S_SALT_SIZE", "BLAKE2S_PERSON_SIZE", "BLAKE2S_MAX_KEY_SIZE", "BLAKE2S_MAX_DIGEST_SIZE"});
}

}  // namespace

extern const ModuleDef kBlake2Module = {.name = "_blake2", .doc = "BLAKE2b and BLAKE2s for hashlib.", .populate = populate};

}  // namespace habu
