// _md5, _sha1, _sha256, _sha512, _sha3: the digests of libcrypto as hash objects.
#include <dlfcn.h>
#include <openssl/evp.h>
#include <sched.h>

#include <cstdlib>
#include <cstring>

#include "modules/hashes/hash_input.h"
#include "object/gc.h"
#include "object/module_def.h"
#include "object/number.h"
#include "types/arguments.h"
#include "types/heap_type.h"
#include "types/int.h"

namespace habu {

HashTurn::HashTurn(ThreadState& ts, bool& busy) : busy_(busy) {
  while (busy_) {
    GilRelease allow(ts);
    sched_yield();
  }
  busy_ = true;
}

Result<BufferView> hashInput(ThreadState& ts, Object* o) {
  if (isStr(o)) return raise(ts, kTypeError, "Strings must be encoded before hashing");
  if (!hasBuffer(o)) return raise(ts, kTypeError, "object supporting the buffer API required");
  BufferView view = TRY(BufferView::of(ts, o));
  if (view.raw().dimensions > 1) return raise(ts, kBufferError, "Buffer must be single dimension");
  return view;
}

Ref<Str> hexText(ThreadState& ts, const unsigned char* bytes, size_t n) {
  constexpr char kHex[] = "0123456789abcdef";
  Ref<Str> text = TRY(newStrUninitialized(ts, Index(2 * n), 0x7f));
  auto* out = static_cast<char*>(text->data());
  for (size_t i = 0; i < n; ++i) {
    *out++ = kHex[bytes[i] >> 4];
    *out++ = kHex[bytes[i] & 15];
  }
  return text;
}

namespace {

// libcrypto is opened when the first digest is asked for: most programs never need it, and it is half as large as all
// of Habu.
#define CRYPTO_FUNCTIONS(X)                                                                                 \
  X(EVP_MD_CTX_new) X(EVP_MD_CTX_free) X(EVP_MD_CTX_copy_ex) X(EVP_DigestInit_ex) X(EVP_DigestUpdate)       \
  X(EVP_DigestFinal_ex) X(EVP_DigestFinalXOF) X(EVP_MD_get_size) X(EVP_MD_get_block_size)
struct Crypto {
  void* library;
#define X(f) decltype(&::f) f;
  CRYPTO_FUNCTIONS(X)
#undef X
};
constinit Crypto crypto{};

bool openCrypto() {
  if (crypto.library) return true;
  void* library = dlopen("libcrypto.so.3", RTLD_NOW | RTLD_LOCAL);
  if (!library) return false;
#define X(f)                                                      \
  crypto.f = reinterpret_cast<decltype(&::f)>(dlsym(library, #f)); \
  if (!crypto.f) return false;
  CRYPTO_FUNCTIONS(X)
#undef X
  crypto.library = library;
  return true;
}

struct Algorithm {
  const char* name;
  const char* getter;  // libcrypto's function that gives the EVP_MD
  int rate;  // SHA-3: bits taken up at a time
  char suffix;
  bool extendable;
};

const EVP_MD* digestOf(const Algorithm& a) {
  using Getter = const EVP_MD* (*)();
  auto get = reinterpret_cast<Getter>(dlsym(crypto.library, a.getter));
  return get ? get() : nullptr;
}

enum AlgorithmIndex { kMd5, kSha1, kSha224, kSha256, kSha384, kSha512, kSha3Of224, kSha3Of256, kSha3Of384, kSha3Of512, kShake128, kShake256 };
constexpr Algorithm kAlgorithms[] = {
    {"md5", "EVP_md5", 0, 0, false}, {"sha1", "EVP_sha1", 0, 0, false},
    {"sha224", "EVP_sha224", 0, 0, false}, {"sha256", "EVP_sha256", 0, 0, false},
    {"sha384", "EVP_sha384", 0, 0, false}, {"sha512", "EVP_sha512", 0, 0, false},
    {"sha3_224", "EVP_sha3_224", 1152, 6, false}, {"sha3_256", "EVP_sha3_256", 1088, 6, false},
    {"sha3_384", "EVP_sha3_384", 832, 6, false}, {"sha3_512", "EVP_sha3_512", 576, 6, false},
    {"shake_128", "EVP_shake128", 1344, 0x1f, true}, {"shake_256", "EVP_shake256", 1088, 0x1f, true}};

struct HashObject : Object {
  EVP_MD_CTX* context;
  const Algorithm* algorithm;
  int digest_size;
  bool busy;
};

Type* types[std::size(kAlgorithms)];

Raised raiseCrypto(ThreadState& ts) { return raise(ts, kValueError, "digest not available in libcrypto"); }

Status feed(ThreadState& ts, HashObject* self, Object* data) {
  BufferView view = TRY(hashInput(ts, data));
  HashTurn turn(ts, self->busy);
  int ok;
  if (view.size() >= kHashRelease) {
    GilRelease allow(ts);
    ok = crypto.EVP_DigestUpdate(self->context, view.data(), size_t(view.size()));
  } else {
    ok = crypto.EVP_DigestUpdate(self->context, view.data(), size_t(view.size()));
  }
  if (!ok) return raiseCrypto(ts);
  return kDone;
}

Ref<HashObject> newHash(ThreadState& ts, Type* type, const Algorithm& a) {
  Ref<HashObject> h = TRY(allocateInstance<HashObject>(type));
  h->algorithm = &a;
  if (!openCrypto()) return raise(ts, kImportError, "libcrypto.so.3 cannot be loaded");
  const EVP_MD* digest = digestOf(a);
  if (!digest) return raiseCrypto(ts);
  h->context = crypto.EVP_MD_CTX_new();
  if (!h->context) return raiseNoMemory(ts);
  if (!crypto.EVP_DigestInit_ex(h->context, digest, nullptr)) return raiseCrypto(ts);
  h->digest_size = a.extendable ? 0 : crypto.EVP_MD_get_size(digest);
  return h;
}

template <AlgorithmIndex index>
Ref<> construct(ThreadState& ts, Object*, Object* data, std::optional<bool>) {
  Ref<HashObject> h = TRY(newHash(ts, types[index], kAlgorithms[index]));
  if (data) TRY(feed(ts, h.get(), data));
  return h;
}
template <AlgorithmIndex index>
Ref<> make(ThreadState& ts, Type* type, Object* data, std::optional<bool>) {
  Ref<HashObject> h = TRY(newHash(ts, type, kAlgorithms[index]));
  if (data) TRY(feed(ts, h.get(), data));
  return h;
}

Ref<> copy(ThreadState& ts, HashObject* self) {
  Ref<HashObject> twin = TRY(newHash(ts, self->type, *self->algorithm));
  HashTurn turn(ts, self->busy);
  if (!crypto.EVP_MD_CTX_copy_ex(twin->context, self->context)) return raiseCrypto(ts);
  return twin;
}

// The digest of what was fed so far; the object itself goes on. False: libcrypto failed.
bool finish(ThreadState& ts, HashObject* self, unsigned char* out, size_t length) {
  EVP_MD_CTX* context = crypto.EVP_MD_CTX_new();
  if (!context) return false;
  HashTurn turn(ts, self->busy);
  bool ok = crypto.EVP_MD_CTX_copy_ex(context, self->context) &&
            (self->algorithm->extendable ? crypto.EVP_DigestFinalXOF(context, out, length) : crypto.EVP_DigestFinal_ex(context, out, nullptr));
  crypto.EVP_MD_CTX_free(context);
  return ok;
}

Ref<> digest(ThreadState& ts, HashObject* self) {
  unsigned char out[EVP_MAX_MD_SIZE];
  if (!finish(ts, self, out, size_t(self->digest_size))) return raiseCrypto(ts);
  return newBytes(ts, {reinterpret_cast<char*>(out), size_t(self->digest_size)});
}
Ref<> hexdigest(ThreadState& ts, HashObject* self) {
  unsigned char out[EVP_MAX_MD_SIZE];
  if (!finish(ts, self, out, size_t(self->digest_size))) return raiseCrypto(ts);
  return hexText(ts, out, size_t(self->digest_size));
}

Result<size_t> wantedLength(ThreadState& ts, Object* o) {
  if (!isInt(o)) return raise(ts, kTypeError, "an integer is required");
  auto* i = static_cast<Int*>(o);
  if (i->size < 0) return raise(ts, kValueError, "value must be positive");
  if (bitLength(i) > 64) return raise(ts, kOverflowError, "Python int too large to convert to C unsigned long");
  unsigned long long n = TRY(asUnsignedLongLong(ts, o));
  if (n >= 1u << 29) return raise(ts, kValueError, "length is too large");
  return size_t(n);
}
Ref<Bytes> shakeBytes(ThreadState& ts, HashObject* self, Object* length) {
  size_t n = TRY(wantedLength(ts, length));
  Ref<Bytes> out = TRY(newBytesUninitialized(ts, Index(n)));
  if (n && !finish(ts, self, reinterpret_cast<unsigned char*>(out->data), n)) return raiseCrypto(ts);
  return out;
}
Ref<> shakeDigest(ThreadState& ts, HashObject* self, Object* length) { return shakeBytes(ts, self, length); }
Ref<> shakeHexdigest(ThreadState& ts, HashObject* self, Object* length) {
  Ref<Bytes> out = TRY(shakeBytes(ts, self, length));
  return hexText(ts, reinterpret_cast<unsigned char*>(out->data), size_t(out->size));
}

Status update(ThreadState& ts, HashObject* self, Object* data) { return feed(ts, self, data); }

Result<int> blockSize(ThreadState&, HashObject* self) {
  return self->algorithm->rate ? self->algorithm->rate / 8 : crypto.EVP_MD_get_block_size(digestOf(*self->algorithm));
}
Ref<Str> nameOf(ThreadState& ts, HashObject* self) { return newStr(ts, self->algorithm->name); }
Result<int> digestSize(ThreadState&, HashObject* self) { return self->digest_size; }
Result<int> capacityBits(ThreadState&, HashObject* self) { return 1600 - self->algorithm->rate; }
Result<int> rateBits(ThreadState&, HashObject* self) { return self->algorithm->rate; }
Ref<Bytes> suffixOf(ThreadState& ts, HashObject* self) { return newBytes(ts, {&self->algorithm->suffix, 1}); }

int traverse(HashObject* self, VisitFn visit, void* arg) {
  VISIT(self->type);
  return 0;
}
void dealloc(HashObject* self) {
  if (self->type->has(kHaveGc)) untrack(self);
  if (self->context) crypto.EVP_MD_CTX_free(self->context);
  freeInstance(self);
}

#define COPY_METHOD METHOD(copy, "($self, /)", "A copy of the hash object.")
#define DIGEST_METHODS                                                          \
  COPY_METHOD, METHOD(digest, "($self, /)", "The digest as bytes."),            \
      METHOD(hexdigest, "($self, /)", "The digest as hexadecimal digits.")

constexpr MethodDef kDigestMethods[] = {DIGEST_METHODS, METHOD(update, "($self, obj, /)", "Hashes more data."), {}};
constexpr MethodDef kSha3Methods[] = {DIGEST_METHODS, METHOD(update, "($self, data, /)", "Hashes more data."), {}};
constexpr MethodDef kShakeMethods[] = {
    COPY_METHOD,
    METHOD_AS("digest", shakeDigest, "($self, length, /)", "`length` bytes of digest."),
    METHOD_AS("hexdigest", shakeHexdigest, "($self, length, /)", "`length` bytes of digest as hexadecimal digits."),
    METHOD(update, "($self, data, /)", "Hashes more data."),
    {}};

constexpr GetSetDef kGetSet[] = {
    GETTER("block_size", blockSize, nullptr), GETTER("name", nameOf, nullptr), GETTER("digest_size", digestSize, nullptr), {}};
constexpr MemberDef kSizeMember[] = {MEMBER("digest_size", Int, HashObject, digest_size, kMemberReadOnly, nullptr), {}};
constexpr GetSetDef kGetSetWithMember[] = {GETTER("block_size", blockSize, nullptr), GETTER("name", nameOf, nullptr), {}};
constexpr GetSetDef kSha3GetSet[] = {
    GETTER("block_size", blockSize, nullptr),
    GETTER("name", nameOf, nullptr),
    GETTER("digest_size", digestSize, nullptr),
    GETTER("_capacity_bits", capacityBits, nullptr),
    GETTER("_rate_bits", rateBits, nullptr),
    GETTER("_suffix", suffixOf, nullptr),
    {}};

consteval Type digestType(const char* name, bool size_is_member) {
  return defineType<HashObject>({.name = name,
                                 .flags = kDisallowInstantiation | kImmutableType,
                                 .methods = kDigestMethods,
                                 .members = size_is_member ? kSizeMember : nullptr,
                                 .getset = size_is_member ? kGetSetWithMember : kGetSet,
                                 .dealloc = slot<dealloc>,
                                 .traverse = slot<traverse>});
}
consteval Type sha3Type(const char* name, const char* doc, const MethodDef* methods, NewFn make) {
  return defineType<HashObject>({.name = name, .doc = doc, .flags = kImmutableType, .methods = methods, .getset = kSha3GetSet, .make = make, .dealloc = slot<dealloc>});
}

constexpr Type kMd5Type = digestType("_md5.md5", false);
constexpr Type kSha1Type = digestType("_sha1.sha1", false);
constexpr Type kSha224Type = digestType("_sha256.sha224", true);
constexpr Type kSha256Type = digestType("_sha256.sha256", true);
constexpr Type kSha384Type = digestType("_sha512.sha384", true);
constexpr Type kSha512Type = digestType("_sha512.sha512", true);

Status addDigest(ThreadState& ts, Module* m, AlgorithmIndex index, const Type& definition, const char* name) {
  if (!types[index]) types[index] = TRY(makeHeapType(ts, definition)).release();
  return addObject(ts, m, name, Ref<>::share(types[index]));
}

#define DIGEST_FUNCTION(name, index) \
  METHOD_AS(name, construct<index>, "($module, /, string=b'', *, usedforsecurity=True)", "A new hash object, fed with `string`.")
constexpr MethodDef kMd5Methods[] = {DIGEST_FUNCTION("md5", kMd5), {}};
constexpr MethodDef kSha1Methods[] = {DIGEST_FUNCTION("sha1", kSha1), {}};
constexpr MethodDef kSha256Methods[] = {DIGEST_FUNCTION("sha256", kSha256), DIGEST_FUNCTION("sha224", kSha224), {}};
constexpr MethodDef kSha512Methods[] = {DIGEST_FUNCTION("sha512", kSha512), DIGEST_FUNCTION("sha384", kSha384), {}};

Status populateMd5(ThreadState& ts, Module* m) { return addDigest(ts, m, kMd5, kMd5Type, "MD5Type"); }
Status populateSha1(ThreadState& ts, Module* m) { return addDigest(ts, m, kSha1, kSha1Type, "SHA1Type"); }
Status populateSha256(ThreadState& ts, Module* m) {
  TRY(addDigest(ts, m, kSha224, kSha224Type, "SHA224Type"));
  return addDigest(ts, m, kSha256, kSha256Type, "SHA256Type");
}
// CPython gives both types one name by mistake, so that only the last one shows.
Status populateSha512(ThreadState& ts, Module* m) {
  if (!types[kSha384]) types[kSha384] = TRY(makeHeapType(ts, kSha384Type)).release();
  return addDigest(ts, m, kSha512, kSha512Type, "SHA384Type");
}

#define SHA3_MAKE(index, name) CONSTRUCTOR(make<index>, "sha3_224", "(data=b'', /, *, usedforsecurity=True)")
#define SHA3_DOC(name, size) \
  name "([data], *, usedforsecurity=True) -> SHA3 object\n\nReturn a new SHA3 hash object with a hashbit length of " size " bytes."
#define SHAKE_DOC(name) name "([data], *, usedforsecurity=True) -> SHAKE object\n\nReturn a new SHAKE hash object."

Status populateSha3(ThreadState& ts, Module* m) {
  static constexpr Type kTypes[] = {
      sha3Type("_sha3.sha3_224", SHA3_DOC("sha3_224", "28"), kSha3Methods, SHA3_MAKE(kSha3Of224, "sha3_224")),
      sha3Type("_sha3.sha3_256", SHA3_DOC("sha3_256", "32"), kSha3Methods, SHA3_MAKE(kSha3Of256, "sha3_256")),
      sha3Type("_sha3.sha3_384", SHA3_DOC("sha3_384", "48"), kSha3Methods, SHA3_MAKE(kSha3Of384, "sha3_384")),
      sha3Type("_sha3.sha3_512", SHA3_DOC("sha3_512", "64"), kSha3Methods, SHA3_MAKE(kSha3Of512, "sha3_512")),
      sha3Type("_sha3.shake_128", SHAKE_DOC("shake_128"), kShakeMethods, SHA3_MAKE(kShake128, "shake_128")),
      sha3Type("_sha3.shake_256", SHAKE_DOC("shake_256"), kShakeMethods, SHA3_MAKE(kShake256, "shake_256"))};
  for (size_t i = 0; i < std::size(kTypes); ++i) {
    auto index = AlgorithmIndex(kSha3Of224 + int(i));
    TRY(addDigest(ts, m, index, kTypes[i], kAlgorithms[index].name));
  }
  TRY(addInt(ts, m, "keccakopt", 0));
  return addStr(ts, m, "implementation", "openssl");
}

}  // namespace

extern const ModuleDef kMd5Module = {.name = "_md5", .methods = kMd5Methods, .populate = populateMd5};
extern const ModuleDef kSha1Module = {.name = "_sha1", .methods = kSha1Methods, .populate = populateSha1};
extern const ModuleDef kSha256Module = {.name = "_sha256", .methods = kSha256Methods, .populate = populateSha256};
extern const ModuleDef kSha512Module = {.name = "_sha512", .methods = kSha512Methods, .populate = populateSha512};
extern const ModuleDef kSha3Module = {.name = "_sha3", .populate = populateSha3};

}  // namespace habu
