// The module _struct: Struct objects, and the functions that keep compiled formats in a cache.
#include <cstdlib>

#include "modules/struct/format.h"
#include "object/attribute.h"
#include "object/bind.h"
#include "object/gc.h"
#include "object/module_def.h"
#include "object/number.h"
#include "types/arguments.h"
#include "types/bytes.h"
#include "types/codecs.h"
#include "types/dict.h"
#include "types/exceptions.h"
#include "types/heap_type.h"
#include "types/int.h"
#include "types/str.h"
#include "types/tuple.h"

namespace habu {

namespace {

constexpr Index kCacheSize = 100;

struct Struct : Object {
  CompiledStruct compiled;
  Object* format;  // bytes
  Object* weakrefs;
};
struct UnpackIterator : Object {
  Struct* layout;
  Buffer buffer;
  Index at;
};

Type* struct_type = nullptr;
Type* iterator_type = nullptr;
Dict* cache = nullptr;  // format -> Struct

Status prepare(ThreadState& ts, Struct* self, Object* format) {
  Ref<> bytes = Ref<>::share(format);
  if (isStr(format)) bytes = TRY(encodeAsciiText(ts, static_cast<Str*>(format), nullptr));
  if (!isBytes(bytes.get()))
    return raise(ts, kTypeError, "Struct() argument 1 must be a str or bytes object, not {:.200}", typeName(format));
  TRY(compileStruct(ts, static_cast<Bytes*>(bytes.get())->view(), self->compiled));
  setField(self->format, std::move(bytes));
  return kDone;
}

Ref<Struct> allocate(Type* type) {
  Ref<Struct> self = TRY(allocateInstance<Struct>(type));
  self->compiled = CompiledStruct{};
  self->format = none().release();
  return self;
}
Ref<> make(ThreadState&, Type* type, Tuple*, Dict*) { return allocate(type); }
Status init(ThreadState& ts, Struct* self, Object* format) { return prepare(ts, self, format); }

Status checkMade(ThreadState& ts, Struct* self) {
  if (!self->compiled.codes) return raise(ts, kRuntimeError, "Struct object is not initialized");
  return kDone;
}

// The Struct for a format: made on demand, remembered.
Ref<Struct> structFor(ThreadState& ts, Object* format) {
  if (isExact(format, *struct_type)) return share(static_cast<Struct*>(format));
  if (!cache) cache = TRY(newDict(ts)).release();
  Ref<> known = TRY(dictFind(ts, cache, format));
  if (known) return cast<Struct>(std::move(known));
  Ref<Struct> made = TRY(allocate(struct_type));
  TRY(prepare(ts, made.get(), format));
  if (cache->used >= kCacheSize) dictClear(ts, cache);
  TRY(dictSet(ts, cache, format, made.get()));
  return made;
}

// ---- unpacking ----
Ref<> unpackBuffer(ThreadState& ts, Struct* self, const BufferView& view) {
  TRY(checkMade(ts, self));
  if (view.size() != self->compiled.size)
    return raise(ts, *struct_error, "unpack requires a buffer of {} bytes", self->compiled.size);
  return unpackStruct(ts, self->compiled, reinterpret_cast<const unsigned char*>(view.data()));
}
Ref<> unpack(ThreadState& ts, Struct* self, BufferView buffer) { return unpackBuffer(ts, self, buffer); }

Ref<> unpackAt(ThreadState& ts, Struct* self, const BufferView& view, Index offset) {
  TRY(checkMade(ts, self));
  Index size = self->compiled.size, length = view.size();
  if (offset < 0) {
    if (offset + size > 0)
      return raise(ts, *struct_error, "not enough data to unpack {} bytes at offset {}", size, offset);
    if (offset + length < 0) return raise(ts, *struct_error, "offset {} out of range for {}-byte buffer", offset, length);
    offset += length;
  }
  if (length - offset < size)
    return raise(ts, *struct_error,
                 "unpack_from requires a buffer of at least {} bytes for unpacking {} bytes at offset {} (actual buffer size is {})",
                 size_t(size) + size_t(offset), size, offset, length);
  return unpackStruct(ts, self->compiled, reinterpret_cast<const unsigned char*>(view.data()) + offset);
}
Ref<> unpackFrom(ThreadState& ts, Struct* self, BufferView buffer, std::optional<Index> offset) {
  return unpackAt(ts, self, buffer, offset.value_or(0));
}

// ---- packing ----
Ref<> packValues(ThreadState& ts, Struct* self, Object* const* values, Index count) {
  TRY(checkMade(ts, self));
  if (count != self->compiled.items)
    return raise(ts, *struct_error, "pack expected {} items for packing (got {})", self->compiled.items, count);
  Ref<Bytes> out = TRY(newBytesUninitialized(ts, self->compiled.size));
  TRY(packStruct(ts, self->compiled, values, reinterpret_cast<unsigned char*>(out->data)));
  return out;
}
Ref<> pack(ThreadState& ts, Struct* self, Args args) {
  TRY(noKeywordNames(ts, "Struct.pack", args.names));
  return packValues(ts, self, args.values, args.count);
}

Ref<> packIntoBuffer(ThreadState& ts, Struct* self, Object* const* values, Index count) {
  TRY(checkMade(ts, self));
  const CompiledStruct& c = self->compiled;
  if (count - 2 != c.items) {
    if (count == 0) return raise(ts, *struct_error, "pack_into expected buffer argument");
    if (count == 1) return raise(ts, *struct_error, "pack_into expected offset argument");
    return raise(ts, *struct_error, "pack_into expected {} items for packing (got {})", c.items, count - 2);
  }
  Buffer raw{};
  if (getBuffer(ts, values[0], raw, kBufferWritable).failed()) {
    if (errorMatches(ts, kMemoryError)) return Raised{};
    clearError(ts);
    return raise(ts, kTypeError, "argument must be read-write bytes-like object, not {:.50}", typeName(values[0]));
  }
  BufferView view;
  std::swap(view.raw(), raw);
  Index offset = TRY(asIndex(ts, values[1], &kIndexError));
  if (offset < 0) {
    if (offset + c.size > 0) return raise(ts, *struct_error, "no space to pack {} bytes at offset {}", c.size, offset);
    if (offset + view.size() < 0) return raise(ts, *struct_error, "offset {} out of range for {}-byte buffer", offset, view.size());
    offset += view.size();
  }
  if (view.size() - offset < c.size)
    return raise(ts, *struct_error,
                 "pack_into requires a buffer of at least {} bytes for packing {} bytes at offset {} (actual buffer size is {})",
                 size_t(c.size) + size_t(offset), c.size, offset, view.size());
  TRY(packStruct(ts, c, values + 2, reinterpret_cast<unsigned char*>(view.data()) + offset));
  return none();
}
Ref<> packInto(ThreadState& ts, Struct* self, Args args) {
  TRY(noKeywordNames(ts, "Struct.pack_into", args.names));
  return packIntoBuffer(ts, self, args.values, args.count);
}

// ---- iteration ----
Ref<> iterUnpack(ThreadState& ts, Struct* self, Object* source) {
  TRY(checkMade(ts, self));
  if (self->compiled.size == 0)
    return raise(ts, *struct_error, "cannot iteratively unpack with a struct of length 0");
  BufferView view = TRY(BufferView::of(ts, source));
  if (view.size() % self->compiled.size)
    return raise(ts, *struct_error, "iterative unpacking requires a buffer of a multiple of {} bytes", self->compiled.size);
  Ref<UnpackIterator> it = TRY(allocateInstance<UnpackIterator>(iterator_type));
  it->layout = share(self).release();
  std::swap(it->buffer, view.raw());
  it->at = 0;
  return it;
}
Ref<> iteratorSelf(ThreadState&, UnpackIterator* self) { return share(self); }
Ref<> iteratorNext(ThreadState& ts, UnpackIterator* self) {
  if (!self->layout) return {};
  Index size = self->layout->compiled.size;
  if (self->at >= self->buffer.length || self->buffer.length - self->at < size) {
    clearField(self->layout);
    releaseBuffer(self->buffer);
    self->buffer = Buffer{};
    return {};
  }
  const auto* p = static_cast<const unsigned char*>(self->buffer.data) + self->at;
  self->at += size;
  return unpackStruct(ts, self->layout->compiled, p);
}
Result<Index> iteratorHint(ThreadState&, UnpackIterator* self) {
  if (!self->layout) return Index(0);
  return (self->buffer.length - self->at) / self->layout->compiled.size;
}
int iteratorTraverse(UnpackIterator* self, VisitFn visit, void* arg) {
  VISIT(self->type);
  VISIT(self->layout);
  VISIT(self->buffer.owner);
  return 0;
}
void iteratorDealloc(UnpackIterator* self) {
  untrack(self);
  clearField(self->layout);
  if (self->buffer.owner) releaseBuffer(self->buffer);
  freeInstance(self);
}

// ---- Struct ----
Result<Index> sizeGetter(ThreadState&, Struct* self) { return self->compiled.size; }
Ref<> formatGetter(ThreadState& ts, Struct* self) {
  if (!isBytes(self->format)) return newStr(ts, "");
  return newStr(ts, static_cast<Bytes*>(self->format)->view());
}
Result<Index> sizeOf(ThreadState&, Struct* self) {
  Index codes = 1;
  for (const StructCode* c = self->compiled.codes; c && c->format; ++c) ++codes;
  return self->type->basic_size + Index(sizeof(StructCode)) * codes;
}
int traverse(Struct* self, VisitFn visit, void* arg) {
  VISIT(self->type);
  return 0;
}
void dealloc(Struct* self) {
  untrack(self);
  if (self->weakrefs) clearWeakrefs(self);
  std::free(std::exchange(self->compiled.codes, nullptr));
  clearField(self->format);
  freeInstance(self);
}

constexpr MethodDef kStructMethods[] = {
    METHOD_AS("iter_unpack", iterUnpack, "($self, buffer, /)", "An iterator of tuples over a buffer of many structs in a row."),
    METHOD_RAW("pack", pack, "S.pack(v1, v2, ...) -> bytes\n\nThe values as bytes, after the format S.format."),
    METHOD_RAW("pack_into", packInto, "S.pack_into(buffer, offset, v1, v2, ...)\n\nPacks into a writable buffer from an offset on."),
    METHOD(unpack, "($self, buffer, /)", "A tuple of the values in a buffer of exactly S.size bytes."),
    METHOD_AS("unpack_from", unpackFrom, "($self, /, buffer, offset=0)", "A tuple of the values in a buffer, from an offset on."),
    METHOD_UNSIGNED("__sizeof__", sizeOf, "($self, /)", "Size in memory, in bytes."),
    {}};
constexpr GetSetDef kStructGetSet[] = {
    GETTER("format", formatGetter, "struct format string"),
    GETTER("size", sizeGetter, "struct size in bytes"),
    {}};

constexpr Type kStructType = defineType<Struct>({
    .name = "_struct.Struct",
    .doc = "Struct(fmt) --> compiled struct object\n\n",
    .flags = kBaseType | kImmutableType,
    .weaklist_offset = offsetof(Struct, weakrefs),
    .methods = kStructMethods,
    .getset = kStructGetSet,
    .make = makeSlot<make>,
    .init = INITIALIZER(init, "Struct", "(format)"),
    .dealloc = slot<dealloc>,
    .traverse = slot<traverse>,
    .getattro = genericGetAttrSlot,
    .setattro = genericSetAttrSlot});

constexpr MethodDef kIteratorMethods[] = {
    METHOD_UNSIGNED("__length_hint__", iteratorHint, "($self, /)", nullptr), {}};
constexpr Type kIteratorType = defineType<UnpackIterator>({
    .name = "_struct.unpack_iterator",
    .flags = kDisallowInstantiation | kImmutableType,
    .methods = kIteratorMethods,
    .dealloc = slot<iteratorDealloc>,
    .traverse = slot<iteratorTraverse>,
    .getattro = genericGetAttrSlot,
    .iter = slot<iteratorSelf>,
    .iternext = slot<iteratorNext>});

// ---- functions ----
Status clearCache(ThreadState& ts, Object*) {
  if (cache) dictClear(ts, cache);
  return kDone;
}
Result<Index> calcsize(ThreadState& ts, Object*, Object* format) {
  Ref<Struct> s = TRY(structFor(ts, format));
  return s->compiled.size;
}
Ref<> packFunction(ThreadState& ts, Object*, Args args) {
  TRY(noKeywordNames(ts, "_struct.pack", args.names));
  if (args.count == 0) return raise(ts, kTypeError, "missing format argument");
  Ref<Struct> s = TRY(structFor(ts, args[0]));
  return packValues(ts, s.get(), args.values + 1, args.count - 1);
}
Ref<> packIntoFunction(ThreadState& ts, Object*, Args args) {
  TRY(noKeywordNames(ts, "_struct.pack_into", args.names));
  if (args.count == 0) return raise(ts, kTypeError, "missing format argument");
  Ref<Struct> s = TRY(structFor(ts, args[0]));
  return packIntoBuffer(ts, s.get(), args.values + 1, args.count - 1);
}
Ref<> unpackFunction(ThreadState& ts, Object*, Object* format, BufferView buffer) {
  Ref<Struct> s = TRY(structFor(ts, format));
  return unpackBuffer(ts, s.get(), buffer);
}
Ref<> unpackFromFunction(ThreadState& ts, Object*, Object* format, BufferView buffer, std::optional<Index> offset) {
  Ref<Struct> s = TRY(structFor(ts, format));
  return unpackAt(ts, s.get(), buffer, offset.value_or(0));
}
Ref<> iterUnpackFunction(ThreadState& ts, Object*, Object* format, Object* buffer) {
  Ref<Struct> s = TRY(structFor(ts, format));
  return iterUnpack(ts, s.get(), buffer);
}

constexpr MethodDef kMethods[] = {
    METHOD_AS("_clearcache", clearCache, "($module, /)", "Forgets the compiled formats."),
    METHOD(calcsize, "($module, format, /)", "Size in bytes of what the format describes."),
    METHOD_AS("iter_unpack", iterUnpackFunction, "($module, format, buffer, /)", "An iterator of tuples over a buffer of many structs in a row."),
    METHOD_RAW("pack", packFunction, "pack(format, v1, v2, ...) -> bytes\n\nThe values as bytes, after the format."),
    METHOD_RAW("pack_into", packIntoFunction, "pack_into(format, buffer, offset, v1, v2, ...)\n\nPacks into a writable buffer from an offset on."),
    METHOD_AS("unpack", unpackFunction, "($module, format, buffer, /)", "A tuple of the values in a buffer, whose size must be calcsize(format)."),
    METHOD_AS("unpack_from", unpackFromFunction, "($module, format, /, buffer, offset=0)", "A tuple of the values in a buffer, from an offset on."),
    {}};

Status populate(ThreadState& ts, Module* m) {
  if (!struct_error) {  // a module imported afresh has the same types
    struct_error = TRY(newExceptionClass(ts, "struct.error", kException)).release();
    struct_type = TRY(makeHeapType(ts, kStructType)).release();
    iterator_type = TRY(makeHeapType(ts, kIteratorType)).release();
  }
  TRY(addObject(ts, m, "error", Ref<>::share(struct_error)));
  return addObject(ts, m, "Struct", Ref<>::share(struct_type));
}

}  // namespace

extern const ModuleDef kStructModule = {
    .name = "_struct",
    .doc = "Values as bytes, the way C structs store them.\n\n"
           "The first character of a format may say byte order, sizes and alignment: @ native (default), = native order with\n"
           "standard sizes, < little-endian, > big-endian, ! network order. Then come: x pad byte, c char, b B bytes, ? bool,\n"
           "h H shorts, i I ints, l L longs, q Q long longs, n N ssize_t and size_t (native only), e f d floats, s bytes,\n"
           "p Pascal string, P pointer (native only); a number in front repeats, or gives the length of s and p.",
    .methods = kMethods,
    .populate = populate};

}  // namespace habu
