// memoryview: making, releasing, indexing, slicing, casting.
#include "types/memoryview.h"

#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <limits>

#include "object/attribute.h"
#include "object/alloc.h"
#include "object/bind.h"
#include "object/gc.h"
#include "object/number.h"
#include "object/protocol.h"
#include "types/bytes.h"
#include "types/int.h"
#include "types/list.h"
#include "types/memoryview_methods.h"
#include "types/slice.h"
#include "types/str.h"
#include "types/tuple.h"

namespace habu {

namespace {

constexpr int kFreeFormat = 2;  // managed buffer: its format was copied

// ---- managed buffers ----

void releaseManaged(ManagedBuffer* b) {
  if (b->flags & kMemoryReleased) return;
  b->flags |= kMemoryReleased;
  untrack(b);
  if (b->flags & kFreeFormat) freeMemory(b->master.format);
  releaseBuffer(b->master);
}
void deallocManaged(ManagedBuffer* b) {
  releaseManaged(b);
  freeGcObject(b);
}
int traverseManaged(ManagedBuffer* b, VisitFn visit, void* arg) {
  VISIT(b->master.owner);
  return 0;
}
int clearManaged(ManagedBuffer* b) {
  releaseManaged(b);
  return 0;
}

Ref<ManagedBuffer> manage(ThreadState& ts, Object* owner) {
  auto b = TRY(newObject<ManagedBuffer>(ts, kManagedBufferType));
  b->flags = kMemoryReleased;  // nothing to give back yet
  TRY(getBuffer(ts, owner, b->master, kBufferFullRo));
  b->flags = 0;
  track(b.get());
  return b;
}

// ---- views ----

void setFlags(MemoryView* m) {
  const Buffer& v = m->view;
  int flags = 0;
  if (v.dimensions == 0) {
    flags = kMemoryScalar | kMemoryC | kMemoryFortran;
  } else if (v.dimensions == 1) {
    if (v.shape[0] == 1 || v.strides[0] == v.item_size) flags = kMemoryC | kMemoryFortran;
  } else {
    if (isContiguous(v, 'C')) flags |= kMemoryC;
    if (isContiguous(v, 'F')) flags |= kMemoryFortran;
  }
  if (v.suboffsets) flags = (flags | kMemoryIndirect) & ~(kMemoryC | kMemoryFortran);
  m->flags = flags;
}

void setLength(Buffer& v) {
  Index n = 1;
  for (int i = 0; i < v.dimensions; ++i) n *= v.shape[i];
  v.length = n * v.item_size;
}

// A view without data for `dimensions`; shape and strides point into the object.
Ref<MemoryView> allocateView(ThreadState& ts, ManagedBuffer* buffer, const Buffer& source, int dimensions) {
  auto m = TRY(newObject<MemoryView>(ts, kMemoryViewType, 3 * Index(dimensions)));
  m->size = 3 * Index(dimensions);
  m->hash = -1;
  Buffer& v = m->view;
  v = source;
  v.owner = source.owner;  // borrowed: the managed buffer owns it
  v.internal = nullptr;
  v.dimensions = dimensions;
  v.shape = m->array;
  v.strides = m->array + dimensions;
  v.suboffsets = nullptr;
  if (!v.format) v.format = const_cast<char*>("B");
  m->buffer = share(buffer).release();
  ++buffer->exports;
  track(m.get());
  return m;
}

Ref<MemoryView> addView(ThreadState& ts, ManagedBuffer* buffer, const Buffer& source) {
  if (source.dimensions > kMaxDimensions) return raise(ts, kValueError, "memoryview: number of dimensions must not exceed 64");
  int n = source.dimensions;
  Ref<MemoryView> m = TRY(allocateView(ts, buffer, source, n));
  Buffer& v = m->view;
  if (n == 0) {
    v.shape = v.strides = nullptr;
  } else if (n == 1) {
    v.shape[0] = source.shape ? source.shape[0] : source.length / source.item_size;
    v.strides[0] = source.strides ? source.strides[0] : source.item_size;
  } else {
    for (int i = 0; i < n; ++i) v.shape[i] = source.shape[i];
    if (source.strides)
      for (int i = 0; i < n; ++i) v.strides[i] = source.strides[i];
    else contiguousStrides(n, v.shape, v.strides, v.item_size, 'C');
  }
  if (n && source.suboffsets) {
    v.suboffsets = m->array + 2 * n;
    for (int i = 0; i < n; ++i) v.suboffsets[i] = source.suboffsets[i];
  }
  setFlags(m.get());
  return m;
}

Status releaseView(ThreadState& ts, MemoryView* m) {
  if (m->flags & kMemoryReleased) return kDone;
  if (m->exports > 0)
    return raise(ts, kBufferError, "memoryview has {} exported buffer{}", m->exports, m->exports == 1 ? "" : "s");
  m->flags |= kMemoryReleased;
  if (--m->buffer->exports == 0) releaseManaged(m->buffer);
  return kDone;
}

void dealloc(MemoryView* m) {
  untrack(m);
  if (m->buffer) {
    m->exports = 0;
    (void)releaseView(ThreadState::current(), m);
    clearField(m->buffer);
  }
  if (m->weakrefs) clearWeakrefs(m);
  freeGcObject(m);
}
int traverse(MemoryView* m, VisitFn visit, void* arg) {
  VISIT(m->buffer);
  return 0;
}
int clear(MemoryView* m) {
  if (m->exports == 0 && m->buffer) {
    (void)releaseView(ThreadState::current(), m);
    clearField(m->buffer);
  }
  return 0;
}

// ---- indexing ----

Result<char*> itemAddress(ThreadState& ts, MemoryView* m, char* p, Index i, int dimension) {
  const Buffer& v = m->view;
  Index n = v.shape[dimension];
  if (i < 0) i += n;
  if (i < 0 || i >= n) return raise(ts, kIndexError, "index out of bounds on dimension {}", dimension + 1);
  p += v.strides[dimension] * i;
  if (v.suboffsets && v.suboffsets[dimension] >= 0) p = *reinterpret_cast<char**>(p) + v.suboffsets[dimension];
  return p;
}

Ref<> item(ThreadState& ts, MemoryView* m, Index i) {
  TRY(checkMemory(ts, m));
  char format = TRY(itemFormat(ts, m->view));
  if (m->view.dimensions == 0) return raise(ts, kTypeError, "invalid indexing of 0-dim memory");
  if (m->view.dimensions != 1) return raise(ts, kNotImplementedError, "multi-dimensional sub-views are not implemented");
  char* p = TRY(itemAddress(ts, m, static_cast<char*>(m->view.data), i, 0));
  return unpackItem(ts, p, format);
}

enum class KeyKind { Index, Slice, Indices, Slices, Other };
KeyKind kindOf(Object* key) {
  if (hasIndex(key)) return KeyKind::Index;
  if (isExact(key, kSliceType)) return KeyKind::Slice;
  if (!isTuple(key)) return KeyKind::Other;
  bool indices = true, slices = true;
  for (Object* part : static_cast<Tuple*>(key)->span()) {
    indices &= hasIndex(part);
    slices &= isExact(part, kSliceType);
  }
  return indices ? KeyKind::Indices : slices ? KeyKind::Slices : KeyKind::Other;
}

Result<char*> tupleAddress(ThreadState& ts, MemoryView* m, Tuple* key) {
  if (key->size > m->view.dimensions)
    return raise(ts, kTypeError, "cannot index {}-dimension view with {}-element tuple", m->view.dimensions, key->size);
  if (key->size < m->view.dimensions) return raise(ts, kNotImplementedError, "sub-views are not implemented");
  auto* p = static_cast<char*>(m->view.data);
  for (Index i = 0; i < key->size; ++i) {
    Index at = TRY(asIndex(ts, key->items[i], &kIndexError));
    TRY(checkMemory(ts, m));
    p = TRY(itemAddress(ts, m, p, at, int(i)));
  }
  return p;
}

// Narrows the first dimension of a view.
Status applySlice(ThreadState& ts, Buffer& v, Object* key) {
  SliceRange r = TRY(sliceIndices(ts, static_cast<Slice*>(key), v.shape[0]));
  if (!v.suboffsets || v.suboffsets[0] < 0) v.data = static_cast<char*>(v.data) + v.strides[0] * r.start;
  else v.suboffsets[0] += v.strides[0] * r.start;
  v.shape[0] = r.count;
  v.strides[0] *= r.step;
  return kDone;
}

Ref<> subscript(ThreadState& ts, MemoryView* m, Object* key) {
  TRY(checkMemory(ts, m));
  if (m->view.dimensions == 0) {
    if (isTuple(key) && static_cast<Tuple*>(key)->size == 0) {
      char format = TRY(itemFormat(ts, m->view));
      return unpackItem(ts, static_cast<char*>(m->view.data), format);
    }
    if (key == &kEllipsisObject) return share(m);
    return raise(ts, kTypeError, "invalid indexing of 0-dim memory");
  }
  switch (kindOf(key)) {
    case KeyKind::Index: return item(ts, m, TRY(asIndex(ts, key, &kIndexError)));
    case KeyKind::Slice: {
      Ref<MemoryView> part = TRY(addView(ts, m->buffer, m->view));
      TRY(applySlice(ts, part->view, key));
      setLength(part->view);
      setFlags(part.get());
      return part;
    }
    case KeyKind::Indices: {
      char format = TRY(itemFormat(ts, m->view));
      char* p = TRY(tupleAddress(ts, m, static_cast<Tuple*>(key)));
      return unpackItem(ts, p, format);
    }
    case KeyKind::Slices: return raise(ts, kNotImplementedError, "multi-dimensional slicing is not implemented");
    default: return raise(ts, kTypeError, "memoryview: invalid slice key");
  }
}

bool sameStructure(const Buffer& to, const Buffer& from) {
  auto plain = [](const char* f) { return !f ? "B" : *f == '@' ? f + 1 : f; };
  if (std::strcmp(plain(to.format), plain(from.format)) != 0 || to.item_size != from.item_size) return false;
  if (to.dimensions != from.dimensions) return false;
  for (int i = 0; i < to.dimensions; ++i) {
    if (to.shape[i] != from.shape[i]) return false;
    if (to.shape[i] == 0) break;
  }
  return true;
}

Status assignSlice(ThreadState& ts, MemoryView* m, Object* key, Object* value) {
  BufferView source = TRY(BufferView::of(ts, value, kBufferFullRo));
  Buffer to = m->view;
  Index shape = m->view.shape[0], stride = m->view.strides[0], suboffset = m->view.suboffsets ? m->view.suboffsets[0] : 0;
  to.shape = &shape;
  to.strides = &stride;
  if (to.suboffsets) to.suboffsets = &suboffset;
  TRY(applySlice(ts, to, key));
  setLength(to);
  TRY(checkMemory(ts, m));  // __index__ of the bounds may have released it
  if (!sameStructure(to, source.raw()))
    return raise(ts, kValueError, "memoryview assignment: lvalue and rvalue have different structures");
  if (to.length == 0) return kDone;
  auto* copy = static_cast<char*>(std::malloc(size_t(to.length)));  // the two may overlap
  if (!copy) return raiseNoMemory(ts);
  Status s = copyFromBuffer(ts, copy, source.raw(), 'C');
  if (!s.failed()) s = copyToBuffer(ts, to, copy, to.length, 'C');
  std::free(copy);
  return s;
}

Status setSubscript(ThreadState& ts, MemoryView* m, Object* key, Object* value) {
  TRY(checkMemory(ts, m));
  char format = TRY(itemFormat(ts, m->view));
  if (m->view.readonly) return raise(ts, kTypeError, "cannot modify read-only memory");
  if (!value) return raise(ts, kTypeError, "cannot delete memory");
  if (m->view.dimensions == 0) {
    if (key == &kEllipsisObject || (isTuple(key) && static_cast<Tuple*>(key)->size == 0))
      return packItem(ts, m, static_cast<char*>(m->view.data), value, format);
    return raise(ts, kTypeError, "invalid indexing of 0-dim memory");
  }
  switch (kindOf(key)) {
    case KeyKind::Index: {
      if (m->view.dimensions > 1) return raise(ts, kNotImplementedError, "sub-views are not implemented");
      Index i = TRY(asIndex(ts, key, &kIndexError));
      TRY(checkMemory(ts, m));
      char* p = TRY(itemAddress(ts, m, static_cast<char*>(m->view.data), i, 0));
      return packItem(ts, m, p, value, format);
    }
    case KeyKind::Slice:
      if (m->view.dimensions == 1) return assignSlice(ts, m, key, value);
      [[fallthrough]];
    case KeyKind::Slices: return raise(ts, kNotImplementedError, "memoryview slice assignments are currently restricted to ndim = 1");
    case KeyKind::Indices: {
      char* p = TRY(tupleAddress(ts, m, static_cast<Tuple*>(key)));
      return packItem(ts, m, p, value, format);
    }
    default: return raise(ts, kTypeError, "memoryview: invalid slice key");
  }
}

Result<Index> length(ThreadState& ts, MemoryView* m) {
  TRY(checkMemory(ts, m));
  return m->view.dimensions == 0 ? 1 : m->view.shape[0];
}

// ---- buffer protocol ----

Status getMemoryBuffer(ThreadState& ts, MemoryView* m, Buffer& out, int flags) {
  out.owner = nullptr;
  TRY(checkMemory(ts, m));
  auto wants = [flags](int bits) { return (flags & bits) == bits; };
  bool c_order = m->flags & kMemoryC, f_order = m->flags & kMemoryFortran;
  Buffer view = m->view;
  if (wants(kBufferWritable) && view.readonly) return raise(ts, kBufferError, "memoryview: underlying buffer is not writable");
  if (!wants(kBufferFormat)) view.format = nullptr;
  if (wants(kBufferCContiguous) && !c_order) return raise(ts, kBufferError, "memoryview: underlying buffer is not C-contiguous");
  if (wants(kBufferFContiguous) && !f_order)
    return raise(ts, kBufferError, "memoryview: underlying buffer is not Fortran contiguous");
  if (wants(kBufferAnyContiguous) && !c_order && !f_order) return raise(ts, kBufferError, "memoryview: underlying buffer is not contiguous");
  if (!wants(kBufferIndirect) && (m->flags & kMemoryIndirect))
    return raise(ts, kBufferError, "memoryview: underlying buffer requires suboffsets");
  if (!wants(kBufferStrides)) {
    if (!c_order) return raise(ts, kBufferError, "memoryview: underlying buffer is not C-contiguous");
    view.strides = nullptr;
  }
  if (!wants(kBufferNd)) {
    if (view.format) return raise(ts, kBufferError, "memoryview: cannot cast to unsigned bytes if the format flag is present");
    view.dimensions = 1;
    view.shape = nullptr;
  }
  out = view;
  out.owner = share(static_cast<Object*>(m)).release();
  ++m->exports;
  return kDone;
}
void releaseMemoryBuffer(Object* o, Buffer*) { --static_cast<MemoryView*>(o)->exports; }

// ---- text, hash, iteration ----

Ref<Str> repr(ThreadState& ts, MemoryView* m) {
  const char* state = m->flags & kMemoryReleased ? "released " : "";
  return formatText(ts, "<{}memory at {:#x}>", state, reinterpret_cast<uintptr_t>(m));
}

Result<Hash> hash(ThreadState& ts, MemoryView* m) {
  if (m->hash != -1) return m->hash;
  TRY(checkMemory(ts, m));
  const Buffer& v = m->view;
  if (!v.readonly) return raise(ts, kValueError, "cannot hash writable memoryview object");
  char format = nativeFormat(v.format);
  if (format != 'B' && format != 'b' && format != 'c')
    return raise(ts, kValueError, "memoryview: hashing is restricted to formats 'B', 'b' or 'c'");
  if (v.owner) TRY(hashOf(ts, v.owner));  // the exporter must be hashable too
  if (m->flags & kMemoryC) return m->hash = hashBytes({static_cast<char*>(v.data), size_t(v.length)});
  Ref<Bytes> copy = TRY(newBytesUninitialized(ts, v.length));
  TRY(copyFromBuffer(ts, copy->data, v, 'C'));
  return m->hash = hashBytes(copy->view());
}

struct MemoryIterator : Object {
  Index index, length;
  MemoryView* view;  // owned; null once exhausted
  char format;
};
}  // namespace
extern Type kMemoryIteratorType;
namespace {

Ref<> iter(ThreadState& ts, MemoryView* m) {
  TRY(checkMemory(ts, m));
  char format = TRY(itemFormat(ts, m->view));
  if (m->view.dimensions == 0) return raise(ts, kTypeError, "invalid indexing of 0-dim memory");
  if (m->view.dimensions != 1) return raise(ts, kNotImplementedError, "multi-dimensional sub-views are not implemented");
  auto it = TRY(newObject<MemoryIterator>(ts, kMemoryIteratorType));
  it->format = format;
  it->length = m->view.shape[0];
  it->view = share(m).release();
  track(it.get());
  return it;
}
Ref<> nextItem(ThreadState& ts, MemoryIterator* it) {
  if (!it->view) return {};
  if (it->index < it->length) {
    TRY(checkMemory(ts, it->view));
    char* p = TRY(itemAddress(ts, it->view, static_cast<char*>(it->view->view.data), it->index++, 0));
    return unpackItem(ts, p, it->format);
  }
  clearField(it->view);
  return {};
}
Ref<> selfIter(ThreadState&, Object* o) { return share(o); }
void deallocIterator(MemoryIterator* it) {
  untrack(it);
  clearField(it->view);
  freeGcObject(it);
}
int traverseIterator(MemoryIterator* it, VisitFn visit, void* arg) {
  VISIT(it->view);
  return 0;
}
}  // namespace
constinit Type kMemoryIteratorType = defineType<MemoryIterator>({.name = "memory_iterator",
                                                                .dealloc = slot<deallocIterator>,
                                                                .traverse = slot<traverseIterator>,
                                                                .getattro = genericGetAttrSlot,
                                                                .iter = slot<selfIter>,
                                                                .iternext = slot<nextItem>});

namespace {

Ref<> make(ThreadState& ts, Type*, Object* object) { return newMemoryView(ts, object); }

constinit SequenceSlots kSequence = {.length = slot<length>, .item = slot<item>};
constinit MappingSlots kMapping = {.length = slot<length>, .subscript = slot<subscript>, .set_subscript = slot<setSubscript>};
constinit BufferSlots kBuffer = {.get = slot<getMemoryBuffer>, .release = releaseMemoryBuffer};

// ---- cast ----

Status shapeFrom(ThreadState& ts, Object* shape, MemoryView* m) {
  Buffer& v = m->view;
  Index product = 1;
  for (int i = 0; i < v.dimensions; ++i) {
    Object* extent = fastItems(shape)[i];
    if (!isInt(extent)) return raise(ts, kTypeError, "memoryview.cast(): elements of shape must be integers");
    int overflow = 0;
    long long n = toLongLong(reinterpret_cast<Int*>(extent), overflow);
    if (overflow) return raise(ts, kOverflowError, "Python int too large to convert to C ssize_t");
    if (n <= 0) return raise(ts, kValueError, "memoryview.cast(): elements of shape must be integers > 0");
    if (n > std::numeric_limits<Index>::max() / v.item_size / product)
      return raise(ts, kValueError, "memoryview.cast(): product(shape) > SSIZE_MAX");
    product *= n;
    v.shape[i] = n;
  }
  contiguousStrides(v.dimensions, v.shape, v.strides, v.item_size, 'C');
  if (product * v.item_size != v.length) return raise(ts, kTypeError, "memoryview: product(shape) * itemsize != buffer size");
  return kDone;
}

// The static text of a native format, so that views need not own theirs.
const char* formatText(char c, bool at_sign) {
  static const char kTexts[] = "@c\0@b\0@B\0@h\0@H\0@i\0@I\0@l\0@L\0@q\0@Q\0@n\0@N\0@f\0@d\0@?\0@P";
  for (const char* p = kTexts; p < kTexts + sizeof kTexts; p += 3)
    if (p[1] == c) return at_sign ? p : p + 1;
  return "B";
}

}  // namespace

Ref<> castMemory(ThreadState& ts, MemoryView* m, Str* format, Object* shape) {
  TRY(checkMemory(ts, m));
  if (!(m->flags & kMemoryC)) return raise(ts, kTypeError, "memoryview: casts are restricted to C-contiguous views");
  if (shape || m->view.dimensions != 1)
    for (int i = 0; i < m->view.dimensions; ++i)
      if (m->view.shape[i] == 0) return raise(ts, kTypeError, "memoryview: cannot cast view with zeros in shape or strides");
  Index dimensions = 1;
  if (shape) {
    if (!isList(shape) && !isTuple(shape)) return raise(ts, kTypeError, "shape must be a list or a tuple");
    dimensions = fastSize(shape);
    if (dimensions > kMaxDimensions) return raise(ts, kValueError, "memoryview: number of dimensions must not exceed 64");
    if (m->view.dimensions != 1 && dimensions != 1) return raise(ts, kTypeError, "memoryview: cast must be 1D -> ND or ND -> 1D");
  }
  if (!format->isAscii()) return raise(ts, kValueError, "memoryview: format argument must be ASCII");  // as struct's
  char from = nativeFormat(m->view.format);
  if (!from)
    return raise(ts, kValueError, "memoryview: source format must be a native single character format prefixed with an optional '@'");
  Index size = 0;
  char to = nativeFormat(asciiView(format).data(), &size);
  if (!to)
    return raise(ts, kValueError, "memoryview: destination format must be a native single character format prefixed with an optional '@'");
  auto is_byte = [](char c) { return c == 'b' || c == 'B' || c == 'c'; };
  if (!is_byte(from) && !is_byte(to)) return raise(ts, kTypeError, "memoryview: cannot cast between two non-byte formats");
  if (m->view.length % size) return raise(ts, kTypeError, "memoryview: length is not a multiple of itemsize");
  Ref<MemoryView> made = TRY(allocateView(ts, m->buffer, m->view, int(dimensions)));
  Buffer& v = made->view;
  v.format = const_cast<char*>(formatText(to, asciiView(format).starts_with('@')));
  v.item_size = size;
  if (dimensions == 0) {
    if (v.length != size) return raise(ts, kTypeError, "memoryview: product(shape) * itemsize != buffer size");
    v.shape = v.strides = nullptr;
  } else if (shape) {
    TRY(shapeFrom(ts, shape, made.get()));
  } else {
    v.shape[0] = v.length / size;
    v.strides[0] = size;
  }
  setFlags(made.get());
  return made;
}

Ref<> readonlyMemory(ThreadState& ts, MemoryView* m) {
  TRY(checkMemory(ts, m));
  Ref<MemoryView> made = TRY(addView(ts, m->buffer, m->view));
  made->view.readonly = 1;
  return made;
}

Status releaseMemory(ThreadState& ts, MemoryView* m) { return releaseView(ts, m); }

Status checkMemory(ThreadState& ts, const MemoryView* m) {
  if (m->flags & kMemoryReleased || m->buffer->flags & kMemoryReleased)
    return raise(ts, kValueError, "operation forbidden on released memoryview object");
  return kDone;
}

Ref<MemoryView> newMemoryView(ThreadState& ts, Object* o) {
  if (isExact(o, kMemoryViewType)) {
    auto* m = static_cast<MemoryView*>(o);
    TRY(checkMemory(ts, m));
    return addView(ts, m->buffer, m->view);
  }
  if (!hasBuffer(o)) return raise(ts, kTypeError, "memoryview: a bytes-like object is required, not '{:.200}'", typeName(o));
  Ref<ManagedBuffer> buffer = TRY(manage(ts, o));
  return addView(ts, buffer.get(), buffer->master);
}

Ref<MemoryView> memoryViewFromBuffer(ThreadState& ts, const Buffer& view) {
  auto b = TRY(newObject<ManagedBuffer>(ts, kManagedBufferType));
  b->master = view;
  b->master.owner = nullptr;  // stays the caller's
  if (view.format) {          // may be on the caller's stack
    size_t n = std::strlen(view.format) + 1;
    b->master.format = static_cast<char*>(allocate(n));
    if (!b->master.format) return raiseNoMemory(ts);
    std::memcpy(b->master.format, view.format, n);
    b->flags |= kFreeFormat;
  }
  track(b.get());
  return addView(ts, b.get(), b->master);
}

Ref<MemoryView> memoryViewOf(ThreadState& ts, void* memory, Index size, bool readonly) {
  auto b = TRY(newObject<ManagedBuffer>(ts, kManagedBufferType));
  b->master.data = memory;
  b->master.length = size;
  b->master.item_size = 1;
  b->master.readonly = readonly;
  b->master.dimensions = 1;
  track(b.get());
  return addView(ts, b.get(), b->master);
}

Ref<> contiguousMemory(ThreadState& ts, Object* o, bool writable, char order) {
  Ref<MemoryView> m = TRY(newMemoryView(ts, o));
  if (writable && m->view.readonly) return raise(ts, kBufferError, "underlying buffer is not writable");
  if (isContiguous(m->view, order)) return m;
  if (writable) return raise(ts, kBufferError, "writable contiguous buffer requested for a non-contiguous object.");
  Ref<Bytes> copy = TRY(newBytesUninitialized(ts, m->view.length));
  TRY(copyFromBuffer(ts, copy->data, m->view, order));
  Ref<ManagedBuffer> buffer = TRY(manage(ts, copy.get()));
  Buffer layout = m->view;
  layout.data = copy->data;
  layout.owner = copy.get();
  layout.strides = layout.suboffsets = nullptr;
  Ref<MemoryView> made = TRY(addView(ts, buffer.get(), layout));
  if (made->view.dimensions > 1)
    contiguousStrides(made->view.dimensions, made->view.shape, made->view.strides, made->view.item_size, order == 'F' ? 'F' : 'C');
  setFlags(made.get());
  return made;
}

constinit Type kManagedBufferType = defineType<ManagedBuffer>({.name = "managedbuffer",
                                                              .dealloc = slot<deallocManaged>,
                                                              .traverse = slot<traverseManaged>,
                                                              .clear = slot<clearManaged>});
constinit Type kMemoryViewType = defineVarType<MemoryView>(
    offsetof(MemoryView, array),
    {
        .name = "memoryview",
        .doc = "memoryview(object)\n--\n\nA view of the memory of an object that supports the buffer protocol.",
        .flags = kSequenceFlag,
        .item_size = sizeof(Index),
        .weaklist_offset = offsetof(MemoryView, weakrefs),
        .methods = kMemoryMethods,
        .getset = kMemoryGetSet,
        .sequence = &kSequence,
        .mapping = &kMapping,
        .buffer = &kBuffer,
        .make = CONSTRUCTOR(make, "memoryview", "(object)"),
        .dealloc = slot<dealloc>,
        .traverse = slot<traverse>,
        .clear = slot<clear>,
        .repr = slot<repr>,
        .hash = slot<hash>,
        .richcompare = slot<memoryCompare>,
        .getattro = genericGetAttrSlot,
        .iter = slot<iter>,
    });

}  // namespace habu
