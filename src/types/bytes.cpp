// bytes: making and converting. The type is in bytes_type.cpp, the methods shared with bytearray in bytes_methods.cpp.
#include "types/bytes.h"

#include <cstddef>
#include <cstring>
#include <limits>

#include "object/alloc.h"
#include "object/attribute.h"
#include "object/buffer.h"
#include "object/call.h"
#include "object/names.h"
#include "object/number.h"
#include "object/protocol.h"
#include "types/list.h"
#include "types/str.h"
#include "types/tuple.h"

namespace habu {

namespace {

constexpr size_t kHeader = offsetof(Bytes, data);

// The empty bytes and the single bytes exist once, in static memory.
struct Singles {
  struct One {
    Bytes header;  // its `data[0]` and the padding behind hold the text
  };
  One empty;
  One bytes[256];
};
consteval Singles makeSingles() {
  Singles all{};
  for (int i = -1; i < 256; ++i) {
    Bytes& b = i < 0 ? all.empty.header : all.bytes[i].header;
    b.refcount = kImmortalRefcount;
    b.type = &kBytesType;
    b.size = i < 0 ? 0 : 1;
    b.hash = -1;
    b.data[0] = i < 0 ? '\0' : char(i);
  }
  return all;
}
constinit Singles singles = makeSingles();

Result<uint8_t> byteOf(ThreadState& ts, Object* item) {
  Index value = TRY(asIndex(ts, item, nullptr));
  if (value < 0 || value > 255) return raise(ts, kValueError, "bytes must be in range(0, 256)");
  return uint8_t(value);
}

// Bytes being collected from an iterator; grows geometrically.
class Collector {
 public:
  explicit Collector(ThreadState& ts) : ts_(ts) {}
  Status reserve(Index n) {
    made_ = TRY(newBytesUninitialized(ts_, n < 16 ? 16 : n));
    return kDone;
  }
  Status push(uint8_t b) {
    if (size_ == made_->size) made_ = TRY(shrinkBytes(ts_, std::move(made_), size_ + size_ / 2 + 1));
    made_->data[size_++] = char(b);
    return kDone;
  }
  Ref<Bytes> finish() { return shrinkBytes(ts_, std::move(made_), size_); }

 private:
  ThreadState& ts_;
  Ref<Bytes> made_;
  Index size_ = 0;
};

Ref<Bytes> fromSequence(ThreadState& ts, Object* sequence) {
  Collector out(ts);
  TRY(out.reserve(fastSize(sequence)));
  for (Index i = 0; i < fastSize(sequence); ++i) {  // __index__ may change a list
    Ref<> item = share(fastItems(sequence)[i]);
    TRY(out.push(TRY(byteOf(ts, item.get()))));
  }
  return out.finish();
}

Ref<Bytes> fromIterable(ThreadState& ts, Object* iterable) {
  Ref<> it = iterOf(ts, iterable);
  if (!it) {
    if (!errorMatches(ts, kTypeError)) return Raised{};
    clearError(ts);
    return raise(ts, kTypeError, "cannot convert '{:.200}' object to bytes", typeName(iterable));
  }
  Collector out(ts);
  TRY(out.reserve(TRY(lengthHint(ts, iterable, 64))));
  while (Ref<> item = iterNext(ts, it.get())) TRY(out.push(TRY(byteOf(ts, item.get()))));
  if (errorSet(ts)) return Raised{};
  return out.finish();
}

}  // namespace

Ref<Bytes> emptyBytes() { return share(&singles.empty.header); }

Ref<Bytes> newBytesUninitialized(ThreadState& ts, Index size) {
  if (size == 0) return emptyBytes();
  if (size < 0) return raise(ts, kSystemError, "Negative size passed to PyBytes_FromStringAndSize");
  if (size > std::numeric_limits<Index>::max() - Index(kHeader) - 1) return raise(ts, kOverflowError, "byte string is too large");
  auto* b = static_cast<Bytes*>(allocate(kHeader + size_t(size) + 1));
  if (!b) return raiseNoMemory(ts);
  b->refcount = 1;
  b->type = &kBytesType;
  b->size = size;
  b->hash = -1;
  b->data[size] = 0;
  return Ref<Bytes>::steal(b);
}

Ref<Bytes> newBytes(ThreadState& ts, std::string_view bytes) {
  if (bytes.size() == 1) return share(&singles.bytes[uint8_t(bytes[0])].header);
  Ref<Bytes> made = TRY(newBytesUninitialized(ts, Index(bytes.size())));
  if (!bytes.empty()) std::memcpy(made->data, bytes.data(), bytes.size());
  return made;
}

Ref<Bytes> shrinkBytes(ThreadState& ts, Ref<Bytes> b, Index size) {
  if (b->size == size) return b;
  if (size == 0) return emptyBytes();
  if (b->refcount != 1 || b->size == 0) {
    Ref<Bytes> made = TRY(newBytesUninitialized(ts, size));
    std::memcpy(made->data, b->data, size_t(b->size < size ? b->size : size));
    return made;
  }
  void* moved = reallocate(b.get(), kHeader + size_t(size) + 1);
  if (!moved) return raiseNoMemory(ts);
  (void)b.release();
  auto* grown = static_cast<Bytes*>(moved);
  grown->size = size;
  grown->hash = -1;
  grown->data[size] = 0;
  return Ref<Bytes>::steal(grown);
}

Ref<Bytes> concatBytes(ThreadState& ts, std::string_view a, std::string_view b) {
  if (a.size() > size_t(std::numeric_limits<Index>::max()) - b.size()) return raiseNoMemory(ts);
  Ref<Bytes> made = TRY(newBytesUninitialized(ts, Index(a.size() + b.size())));
  if (!a.empty()) std::memcpy(made->data, a.data(), a.size());
  if (!b.empty()) std::memcpy(made->data + a.size(), b.data(), b.size());
  return made;
}

Ref<Bytes> bytesFromObject(ThreadState& ts, Object* o) {
  if (isExact(o, kBytesType)) return share(static_cast<Bytes*>(o));
  if (hasBuffer(o)) {
    BufferView view = TRY(BufferView::of(ts, o, kBufferFullRo));
    Ref<Bytes> made = TRY(newBytesUninitialized(ts, view.size()));
    TRY(copyFromBuffer(ts, made->data, view.raw(), 'C'));
    return made;
  }
  if (isExact(o, kListType) || isExact(o, kTupleType)) return fromSequence(ts, o);
  if (isStr(o)) return raise(ts, kTypeError, "cannot convert '{:.200}' object to bytes", typeName(o));
  return fromIterable(ts, o);
}

Ref<Bytes> bytesFrom(ThreadState& ts, Object* o) {
  if (isExact(o, kBytesType)) return share(static_cast<Bytes*>(o));
  Ref<> method = TRY(lookupSpecial(ts, o, names::__bytes__));
  if (method) {
    Ref<> made = TRY(call(ts, method.get()));
    if (!isBytes(made.get())) return raise(ts, kTypeError, "__bytes__ returned non-bytes (type {:.200})", typeName(made.get()));
    return cast<Bytes>(std::move(made));
  }
  return bytesFromObject(ts, o);
}

}  // namespace habu
