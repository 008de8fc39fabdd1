// zlib: compression by the library of that name.
#include <zlib.h>

#include <sched.h>

#include <climits>
#include <cstring>
#include <cstdlib>

#include "object/bind.h"
#include "object/gil.h"
#include "object/module_def.h"
#include "object/number.h"
#include "object/protocol.h"
#include "types/arguments.h"
#include "types/bytes.h"
#include "types/heap_type.h"
#include "types/int.h"
#include "types/str.h"

namespace habu {

namespace {

constexpr Index kFirstBlock = 16 * 1024;
constexpr int kMemoryLevel = 8;

Type* zlib_error = nullptr;
Type* compress_type = nullptr;
Type* decompress_type = nullptr;

// A (de)compressor with its stream. Threads take turns by `busy`: the lock is let go while the library works.
struct Stream : Object {
  z_stream z;
  Bytes* unused_data;
  Bytes* unconsumed_tail;
  char eof;
  bool ready, busy;
  Object* dictionary;  // preset dictionary, owned, nullable
};

voidpf zlibAlloc(voidpf, uInt items, uInt size) {
  if (size && items > size_t(PTRDIFF_MAX) / size) return nullptr;
  return std::malloc(size_t(items) * size);
}
void zlibFree(voidpf, voidpf p) { std::free(p); }

// "Error -3 while decompressing data: incorrect header check"
Raised raiseZlib(ThreadState& ts, const z_stream& z, int code, const char* what) {
  const char* detail = code == Z_VERSION_ERROR ? "library version mismatch" : z.msg;
  if (!detail) {
    switch (code) {
      case Z_BUF_ERROR: detail = "incomplete or truncated stream"; break;
      case Z_STREAM_ERROR: detail = "inconsistent stream state"; break;
      case Z_DATA_ERROR: detail = "invalid input data"; break;
      default: break;
    }
  }
  if (!detail) return raise(ts, *zlib_error, "Error {} {}", code, what);
  return raise(ts, *zlib_error, "Error {} {}: {:.200}", code, what, detail);
}

// Output in one bytes object. The library sees it in blocks of CPython's sizes, on which the form of what it writes may
// depend (stored blocks end where the output does).
class Output {
 public:
  explicit Output(ThreadState& ts, Index limit = PTRDIFF_MAX) : ts_(ts), limit_(limit) {}
  bool start(Index first_block = 0) {
    block_end_ = first_block ? first_block : kBlocks[0];
    if (block_end_ > limit_) block_end_ = limit_;
    blocks_ = 1;
    bytes_ = newBytesUninitialized(ts_, block_end_);
    return bool(bytes_);
  }
  // Room for the stream; false: limit reached (full) or out of memory (raised).
  bool offer(z_stream& z) {
    if (used_ == block_end_) {
      if (used_ >= limit_) return false;
      Index block = kBlocks[blocks_ < std::size(kBlocks) ? blocks_ : std::size(kBlocks) - 1];
      ++blocks_;
      block_end_ = block < limit_ - used_ ? used_ + block : limit_;
      if (block_end_ > bytes_->size && !grow()) return false;
    }
    Index room = block_end_ - used_;
    z.next_out = reinterpret_cast<Bytef*>(bytes_->data) + used_;
    offered_ = z.avail_out = uInt(room < Index(UINT_MAX) ? room : Index(UINT_MAX));
    return true;
  }
  void took(const z_stream& z) { used_ += Index(offered_) - Index(z.avail_out); }
  bool full() const { return used_ >= limit_; }
  Ref<Bytes> finish() { return shrinkBytes(ts_, std::move(bytes_), used_); }

 private:
  static constexpr Index kKb = 1024, kMb = kKb * 1024;
  static constexpr Index kBlocks[] = {32 * kKb, 64 * kKb, 256 * kKb, kMb, 4 * kMb, 8 * kMb, 16 * kMb, 16 * kMb, 32 * kMb,
                                      32 * kMb, 32 * kMb, 32 * kMb, 64 * kMb, 64 * kMb, 128 * kMb, 128 * kMb, 256 * kMb};
  bool grow() {
    Index capacity = bytes_->size * 2 > block_end_ ? bytes_->size * 2 : block_end_;
    Ref<Bytes> b = newBytesUninitialized(ts_, capacity);
    if (!b) return false;
    std::memcpy(b->data, bytes_->data, size_t(used_));
    bytes_ = std::move(b);
    return true;
  }
  ThreadState& ts_;
  Ref<Bytes> bytes_;
  Index used_ = 0, limit_, block_end_ = 0;
  size_t blocks_ = 0;
  uInt offered_ = 0;
};

// The input in pieces that zlib's counters can hold.
class Input {
 public:
  explicit Input(std::string_view data) : rest_(data) {}
  void offer(z_stream& z) {
    if (z.avail_in) return;
    size_t n = rest_.size() < UINT_MAX ? rest_.size() : UINT_MAX;
    z.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(rest_.data()));
    z.avail_in = uInt(n);
    rest_.remove_prefix(n);
  }
  bool pending() const { return !rest_.empty(); }
  // What the stream has not consumed.
  std::string_view left(const z_stream& z) const {
    return {reinterpret_cast<const char*>(z.next_in), size_t(z.avail_in) + rest_.size()};
  }

 private:
  std::string_view rest_;
};

class StreamTurn {
 public:
  StreamTurn(ThreadState& ts, Stream* s) : stream_(s) {
    while (s->busy) {
      GilRelease allow(ts);
      sched_yield();
    }
    s->busy = true;
  }
  ~StreamTurn() { stream_->busy = false; }
  StreamTurn(const StreamTurn&) = delete;

 private:
  Stream* stream_;
};

template <int (*step)(z_streamp, int)>
int runStep(ThreadState& ts, z_stream& z, int flush) {
  GilRelease allow(ts);
  return step(&z, flush);
}

// Deflates everything offered; `code` is the library's last answer.
Status deflateAll(ThreadState& ts, z_stream& z, Input& in, Output& out, int flush, int& code) {
  do {
    in.offer(z);
    int mode = in.pending() ? Z_NO_FLUSH : flush;
    do {
      if (!out.offer(z)) return Raised{};
      code = runStep<deflate>(ts, z, mode);
      out.took(z);
      if (code == Z_STREAM_ERROR) return kDone;
    } while (z.avail_out == 0);
  } while (in.pending());
  return kDone;
}

// ---- whole buffers ----
Ref<> compress(ThreadState& ts, Object*, BufferView data, std::optional<int> level, std::optional<int> wbits) {
  z_stream z{};
  z.zalloc = zlibAlloc;
  z.zfree = zlibFree;
  int code = deflateInit2(&z, level.value_or(Z_DEFAULT_COMPRESSION), Z_DEFLATED, wbits.value_or(MAX_WBITS), kMemoryLevel, Z_DEFAULT_STRATEGY);
  if (code == Z_MEM_ERROR) return raise(ts, kMemoryError, "Out of memory while compressing data");
  if (code == Z_STREAM_ERROR) return raise(ts, *zlib_error, "Bad compression level");
  if (code != Z_OK) {
    deflateEnd(&z);
    return raiseZlib(ts, z, code, "while compressing data");
  }
  Output out(ts);
  Input in(data.bytes());
  bool ok = out.start() && !deflateAll(ts, z, in, out, Z_FINISH, code).failed();
  if (!ok) {
    deflateEnd(&z);
    return Raised{};
  }
  if (code == Z_STREAM_ERROR) {
    deflateEnd(&z);
    return raiseZlib(ts, z, code, "while compressing data");
  }
  code = deflateEnd(&z);
  if (code != Z_OK) return raiseZlib(ts, z, code, "while finishing compression");
  return out.finish();
}

Status inflateAll(ThreadState& ts, z_stream& z, Input& in, Output& out, int& code) {
  do {
    in.offer(z);
    int mode = in.pending() ? Z_SYNC_FLUSH : Z_FINISH;
    do {
      if (!out.offer(z)) return Raised{};
      code = runStep<inflate>(ts, z, mode);
      out.took(z);
      if (code == Z_MEM_ERROR) return raise(ts, kMemoryError, "Out of memory while decompressing data");
      if (code != Z_OK && code != Z_BUF_ERROR && code != Z_STREAM_END) return raiseZlib(ts, z, code, "while decompressing data");
    } while (z.avail_out == 0);
  } while (code != Z_STREAM_END && in.pending());
  return kDone;
}

Ref<> decompress(ThreadState& ts, Object*, BufferView data, std::optional<int> wbits, std::optional<Index> bufsize) {
  Index size = bufsize.value_or(kFirstBlock);
  if (size < 0) return raise(ts, kValueError, "bufsize must be non-negative");
  if (size == 0) size = 1;
  z_stream z{};
  z.zalloc = zlibAlloc;
  z.zfree = zlibFree;
  int code = inflateInit2(&z, wbits.value_or(MAX_WBITS));
  if (code == Z_MEM_ERROR) return raise(ts, kMemoryError, "Out of memory while decompressing data");
  if (code != Z_OK) {
    inflateEnd(&z);
    return raiseZlib(ts, z, code, "while preparing to decompress data");
  }
  Output out(ts);
  Input in(data.bytes());
  if (!out.start(size) || inflateAll(ts, z, in, out, code).failed()) {
    inflateEnd(&z);
    return Raised{};
  }
  if (code != Z_STREAM_END) {
    inflateEnd(&z);
    return raiseZlib(ts, z, code, "while decompressing data");
  }
  code = inflateEnd(&z);
  if (code != Z_OK) return raiseZlib(ts, z, code, "while finishing decompression");
  return out.finish();
}

// ---- objects ----
Ref<Stream> newStream(ThreadState& ts, Type* type) {
  Ref<Stream> s = TRY(allocateInstance<Stream>(type));
  s->unused_data = TRY(newBytes(ts, {})).release();
  s->unconsumed_tail = TRY(newBytes(ts, {})).release();
  s->z.zalloc = zlibAlloc;
  s->z.zfree = zlibFree;
  return s;
}

Ref<> compressobj(ThreadState& ts, Object*, std::optional<int> level, std::optional<int> method, std::optional<int> wbits,
                  std::optional<int> memory, std::optional<int> strategy, Object* dictionary) {
  BufferView zdict;
  if (dictionary && !isNone(dictionary)) zdict = TRY(BufferView::of(ts, dictionary));
  if (zdict.size() > Index(UINT_MAX)) return raise(ts, kOverflowError, "zdict length does not fit in an unsigned int");
  Ref<Stream> self = TRY(newStream(ts, compress_type));
  int code = deflateInit2(&self->z, level.value_or(Z_DEFAULT_COMPRESSION), method.value_or(Z_DEFLATED), wbits.value_or(MAX_WBITS),
                          memory.value_or(kMemoryLevel), strategy.value_or(Z_DEFAULT_STRATEGY));
  if (code == Z_MEM_ERROR) return raise(ts, kMemoryError, "Can't allocate memory for compression object");
  if (code == Z_STREAM_ERROR) return raise(ts, kValueError, "Invalid initialization option");
  if (code != Z_OK) return raiseZlib(ts, self->z, code, "while creating compression object");
  self->ready = true;
  if (zdict.raw().owner) {
    code = deflateSetDictionary(&self->z, reinterpret_cast<const Bytef*>(zdict.data()), uInt(zdict.size()));
    if (code == Z_STREAM_ERROR) return raise(ts, kValueError, "Invalid dictionary");
    if (code != Z_OK) return raise(ts, kValueError, "deflateSetDictionary()");
  }
  return self;
}

Status setDictionary(ThreadState& ts, Stream* self) {
  BufferView zdict = TRY(BufferView::of(ts, self->dictionary));
  if (zdict.size() > Index(UINT_MAX)) return raise(ts, kOverflowError, "zdict length does not fit in an unsigned int");
  int code = inflateSetDictionary(&self->z, reinterpret_cast<const Bytef*>(zdict.data()), uInt(zdict.size()));
  if (code != Z_OK) return raiseZlib(ts, self->z, code, "while setting zdict");
  return kDone;
}

Ref<> decompressobj(ThreadState& ts, Object*, std::optional<int> wbits, Object* dictionary) {
  if (dictionary && !hasBuffer(dictionary)) return raise(ts, kTypeError, "zdict argument must support the buffer protocol");
  Ref<Stream> self = TRY(newStream(ts, decompress_type));
  if (dictionary) self->dictionary = Ref<>::share(dictionary).release();
  int bits = wbits.value_or(MAX_WBITS);
  int code = inflateInit2(&self->z, bits);
  if (code == Z_STREAM_ERROR) return raise(ts, kValueError, "Invalid initialization option");
  if (code == Z_MEM_ERROR) return raise(ts, kMemoryError, "Can't allocate memory for decompression object");
  if (code != Z_OK) return raiseZlib(ts, self->z, code, "while creating decompression object");
  self->ready = true;
  // Raw streams do not ask for their dictionary.
  if (self->dictionary && bits < 0) TRY(setDictionary(ts, self.get()));
  return self;
}

template <int (*end)(z_streamp)>
void dealloc(Stream* self) {
  if (self->ready) end(&self->z);
  clearField(self->unused_data);
  clearField(self->unconsumed_tail);
  clearField(self->dictionary);
  freeInstance(self);
}

Ref<> compressMore(ThreadState& ts, Stream* self, BufferView data) {
  StreamTurn turn(ts, self);
  Output out(ts);
  if (!out.start()) return Raised{};
  Input in(data.bytes());
  int code = Z_OK;
  self->z.avail_in = 0;
  TRY(deflateAll(ts, self->z, in, out, Z_NO_FLUSH, code));
  if (code == Z_STREAM_ERROR) return raiseZlib(ts, self->z, code, "while compressing data");
  return out.finish();
}

Ref<> compressFlush(ThreadState& ts, Stream* self, std::optional<int> wanted) {
  int mode = wanted.value_or(Z_FINISH);
  if (mode == Z_NO_FLUSH) return newBytes(ts, {});
  StreamTurn turn(ts, self);
  Output out(ts);
  if (!out.start()) return Raised{};
  Input in({});
  int code = Z_OK;
  self->z.avail_in = 0;
  TRY(deflateAll(ts, self->z, in, out, mode, code));
  if (code == Z_STREAM_ERROR) return raiseZlib(ts, self->z, code, "while flushing");
  if (code == Z_STREAM_END && mode == Z_FINISH) {
    code = deflateEnd(&self->z);
    if (code != Z_OK) return raiseZlib(ts, self->z, code, "while finishing compression");
    self->ready = false;
  } else if (code != Z_OK && code != Z_BUF_ERROR) {
    return raiseZlib(ts, self->z, code, "while flushing");
  }
  return out.finish();
}

template <int (*copy)(z_streamp, z_streamp)>
Ref<> copyStream(ThreadState& ts, Stream* self, const char* what) {
  Ref<Stream> twin = TRY(newStream(ts, self->type));
  StreamTurn turn(ts, self);
  int code = copy(&twin->z, &self->z);
  if (code == Z_STREAM_ERROR) return raise(ts, kValueError, "Inconsistent stream state");
  if (code == Z_MEM_ERROR) return raise(ts, kMemoryError, "Can't allocate memory for {} object", what);
  if (code != Z_OK) return raiseZlib(ts, self->z, code, "while copying object");
  setField(twin->unused_data, share(self->unused_data));
  setField(twin->unconsumed_tail, share(self->unconsumed_tail));
  twin->dictionary = Ref<>::share(self->dictionary).release();
  twin->eof = self->eof;
  twin->ready = true;
  return twin;
}
Ref<> compressCopy(ThreadState& ts, Stream* self) { return copyStream<deflateCopy>(ts, self, "compression"); }
Ref<> compressDeepCopy(ThreadState& ts, Stream* self, Object*) { return compressCopy(ts, self); }
Ref<> decompressCopy(ThreadState& ts, Stream* self) { return copyStream<inflateCopy>(ts, self, "decompression"); }
Ref<> decompressDeepCopy(ThreadState& ts, Stream* self, Object*) { return decompressCopy(ts, self); }

// What is left of the input: behind the end of the stream, or not consumed because the output was full.
Status keepRest(ThreadState& ts, Stream* self, const Input& in, int code) {
  std::string_view rest = in.left(self->z);
  if (code == Z_STREAM_END) {
    if (!rest.empty()) {
      setField(self->unused_data, TRY(concatBytes(ts, self->unused_data->view(), rest)));
      self->z.avail_in = 0;
    }
    rest = {};
  }
  if (!rest.empty() || self->unconsumed_tail->size) setField(self->unconsumed_tail, TRY(newBytes(ts, rest)));
  return kDone;
}

// Inflates until the input is consumed, the output is full or the stream ends.
Status inflateSome(ThreadState& ts, Stream* self, Input& in, Output& out, bool finish, int& code) {
  do {
    in.offer(self->z);
    int mode = !finish || in.pending() ? Z_SYNC_FLUSH : Z_FINISH;
    bool retry;
    do {
      retry = false;
      if (!out.offer(self->z)) return out.full() ? Status(kDone) : Status(Raised{});
      code = runStep<inflate>(ts, self->z, mode);
      out.took(self->z);
      if (code == Z_NEED_DICT && self->dictionary) {
        TRY(setDictionary(ts, self));
        retry = true;
      } else if (code != Z_OK && code != Z_BUF_ERROR && code != Z_STREAM_END) {
        return kDone;
      }
    } while (self->z.avail_out == 0 || retry);
  } while (code != Z_STREAM_END && in.pending());
  return kDone;
}

Ref<> decompressMore(ThreadState& ts, Stream* self, BufferView data, std::optional<Index> max_length) {
  Index limit = max_length.value_or(0);
  if (limit < 0) return raise(ts, kValueError, "max_length must be non-negative");
  StreamTurn turn(ts, self);
  Output out(ts, limit ? limit : PTRDIFF_MAX);
  if (!out.start()) return Raised{};
  Input in(data.bytes());
  int code = Z_OK;
  self->z.avail_in = 0;
  TRY(inflateSome(ts, self, in, out, false, code));
  TRY(keepRest(ts, self, in, code));
  if (code == Z_STREAM_END) self->eof = 1;
  else if (code != Z_OK && code != Z_BUF_ERROR) return raiseZlib(ts, self->z, code, "while decompressing data");
  return out.finish();
}

Ref<> decompressFlush(ThreadState& ts, Stream* self, std::optional<Index> length) {
  Index size = length.value_or(kFirstBlock);
  if (size <= 0) return raise(ts, kValueError, "length must be greater than zero");
  StreamTurn turn(ts, self);
  Ref<Bytes> tail = share(self->unconsumed_tail);
  Output out(ts);
  if (!out.start(size)) return Raised{};
  Input in(tail->view());
  int code = Z_OK;
  self->z.avail_in = 0;
  TRY(inflateSome(ts, self, in, out, true, code));
  if (code != Z_OK && code != Z_BUF_ERROR && code != Z_STREAM_END && code != Z_NEED_DICT)
    return raiseZlib(ts, self->z, code, "while flushing");
  TRY(keepRest(ts, self, in, code));
  if (code == Z_STREAM_END) {
    self->eof = 1;
    self->ready = false;
    code = inflateEnd(&self->z);
    if (code != Z_OK) return raiseZlib(ts, self->z, code, "while finishing decompression");
  }
  return out.finish();
}

// ---- checksums ----
template <uLong (*sum)(uLong, const Bytef*, uInt)>
Result<unsigned> checksum(ThreadState& ts, BufferView& data, uLong value) {
  constexpr Index kRelease = 5 * 1024;
  std::string_view rest = data.bytes();
  auto run = [&] {
    while (!rest.empty()) {
      size_t n = rest.size() < UINT_MAX ? rest.size() : UINT_MAX;
      value = sum(value, reinterpret_cast<const Bytef*>(rest.data()), uInt(n));
      rest.remove_prefix(n);
    }
  };
  if (data.size() > kRelease) {
    GilRelease allow(ts);
    run();
  } else {
    run();
  }
  return unsigned(value);
}
Result<unsigned> adler32Of(ThreadState& ts, Object*, BufferView data, std::optional<unsigned> value) {
  return checksum<adler32>(ts, data, value.value_or(1));
}
Result<unsigned> crc32Of(ThreadState& ts, Object*, BufferView data, std::optional<unsigned> value) {
  return checksum<crc32>(ts, data, value.value_or(0));
}

constexpr MethodDef kCompressMethods[] = {
    METHOD_AS("compress", compressMore, "($self, data, /)", "Compressed data as far as there is some; call flush() at the end."),
    METHOD_AS("flush", compressFlush, "($self, mode=zlib.Z_FINISH, /)", "What is still inside; with Z_FINISH the object is used up."),
    METHOD_AS("copy", compressCopy, "($self, /)", "A copy of the object in its present state."),
    METHOD_AS("__copy__", compressCopy, "($self, /)", ""),
    METHOD_AS("__deepcopy__", compressDeepCopy, "($self, memo, /)", ""),
    {}};
constexpr MethodDef kDecompressMethods[] = {
    METHOD_AS("decompress", decompressMore, "($self, data, /, max_length=0)",
              "Decompressed data, at most max_length bytes (0: no limit); the input not used yet is in unconsumed_tail then."),
    METHOD_AS("flush", decompressFlush, "($self, length=zlib.DEF_BUF_SIZE, /)", "What is still inside; length is the first size of the buffer."),
    METHOD_AS("copy", decompressCopy, "($self, /)", "A copy of the object in its present state."),
    METHOD_AS("__copy__", decompressCopy, "($self, /)", ""),
    METHOD_AS("__deepcopy__", decompressDeepCopy, "($self, memo, /)", ""),
    {}};
constexpr MemberDef kDecompressMembers[] = {
    MEMBER("unused_data", ObjectOrNone, Stream, unused_data, kMemberReadOnly, nullptr),
    MEMBER("unconsumed_tail", ObjectOrNone, Stream, unconsumed_tail, kMemberReadOnly, nullptr),
    MEMBER("eof", Bool, Stream, eof, kMemberReadOnly, nullptr),
    {}};
constexpr Type kCompressType = defineType<Stream>({.name = "zlib.Compress",
                                                   .flags = kDisallowInstantiation,
                                                   .methods = kCompressMethods,
                                                   .dealloc = slot<dealloc<deflateEnd>>});
constexpr Type kDecompressType = defineType<Stream>({.name = "zlib.Decompress",
                                                     .flags = kDisallowInstantiation,
                                                     .methods = kDecompressMethods,
                                                     .members = kDecompressMembers,
                                                     .dealloc = slot<dealloc<inflateEnd>>});

constexpr MethodDef kMethods[] = {
    METHOD_AS("adler32", adler32Of, "($module, data, value=1, /)", "Adler-32 checksum of the data, starting from value."),
    METHOD(compress, "($module, data, /, level=Z_DEFAULT_COMPRESSION, wbits=MAX_WBITS)",
           "The data compressed: level 0-9 or -1, wbits the window size and container."),
    METHOD(compressobj,
           "($module, /, level=Z_DEFAULT_COMPRESSION, method=DEFLATED,\n            wbits=MAX_WBITS, memLevel=DEF_MEM_LEVEL,\n"
           "            strategy=Z_DEFAULT_STRATEGY, zdict=None)",
           "A compressor for data that come in pieces. zdict: a preset dictionary of likely byte sequences."),
    METHOD_AS("crc32", crc32Of, "($module, data, value=0, /)", "CRC-32 checksum of the data, starting from value."),
    METHOD(decompress, "($module, data, /, wbits=MAX_WBITS, bufsize=DEF_BUF_SIZE)",
           "The data decompressed; bufsize is the first size of the output buffer."),
    METHOD(decompressobj, "($module, /, wbits=MAX_WBITS, zdict=b'')", "A decompressor for data that come in pieces."),
    {}};

Status populate(ThreadState& ts, Module* m) {
  if (!zlib_error) {  // a module imported afresh has the same types
    compress_type = TRY(makeHeapType(ts, kCompressType)).release();
    decompress_type = TRY(makeHeapType(ts, kDecompressType)).release();
    zlib_error = TRY(newExceptionClass(ts, "zlib.error", kException)).release();
  }
  TRY(addObject(ts, m, "error", Ref<>::share(zlib_error)));
  struct Constant {
    const char* name;
    int value;
  };
  constexpr Constant kConstants[] = {
      {"MAX_WBITS", MAX_WBITS}, {"DEFLATED", Z_DEFLATED}, {"DEF_MEM_LEVEL", kMemoryLevel}, {"DEF_BUF_SIZE", int(kFirstBlock)},
      {"Z_NO_COMPRESSION", Z_NO_COMPRESSION}, {"Z_BEST_SPEED", Z_BEST_SPEED}, {"Z_BEST_COMPRESSION", Z_BEST_COMPRESSION},
      {"Z_DEFAULT_COMPRESSION", Z_DEFAULT_COMPRESSION}, {"Z_FILTERED", Z_FILTERED}, {"Z_HUFFMAN_ONLY", Z_HUFFMAN_ONLY},
      {"Z_RLE", Z_RLE}, {"Z_FIXED", Z_FIXED}, {"Z_DEFAULT_STRATEGY", Z_DEFAULT_STRATEGY}, {"Z_NO_FLUSH", Z_NO_FLUSH},
      {"Z_PARTIAL_FLUSH", Z_PARTIAL_FLUSH}, {"Z_SYNC_FLUSH", Z_SYNC_FLUSH}, {"Z_FULL_FLUSH", Z_FULL_FLUSH}, {"Z_FINISH", Z_FINISH},
      {"Z_BLOCK", Z_BLOCK}, {"Z_TREES", Z_TREES}};
  for (const Constant& c : kConstants) TRY(addInt(ts, m, c.name, c.value));
  TRY(addStr(ts, m, "ZLIB_VERSION", ZLIB_VERSION));
  TRY(addStr(ts, m, "ZLIB_RUNTIME_VERSION", zlibVersion()));
  return addStr(ts, m, "__version__", "1.0");
}

}  // namespace

extern const ModuleDef kZlibModule = {.name = "zlib",
                                      .doc = "Compression and decompression with the zlib library.",
                                      .methods = kMethods,
                                      .populate = populate};

}  // namespace habu
