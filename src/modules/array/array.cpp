// array.array: the type, its slots and its constructor.
#include "modules/array/array.h"

#include "object/audit.h"

namespace habu::arrays {

namespace {
constexpr Index kMaxIndex = std::numeric_limits<Index>::max();
bool isArray(const Object* o) { return isInstanceOf(o, kArray); }
Array* asArray(Object* o) { return reinterpret_cast<Array*>(o); }
}  // namespace

Ref<Array> newArray(ThreadState& ts, Type* type, Index size, const Kind* kind) {
  if (size > kMaxIndex / kind->size) return raiseNoMemory(ts);
  Ref<Array> a = TRY(allocateInstance<Array>(type));
  a->kind = kind;
  if (size > 0) {
    a->items = static_cast<char*>(allocate(size_t(size) * size_t(kind->size)));
    if (!a->items) return raiseNoMemory(ts);
    std::memset(a->items, 0, size_t(size) * size_t(kind->size));
    a->size = a->allocated = size;
  }
  return a;
}

bool resize(ThreadState& ts, Array* a, Index size) {
  if (a->exports > 0 && size != a->size) {
    (void)raise(ts, kBufferError, "cannot resize an array that is exporting buffers");
    return false;
  }
  if (a->allocated >= size && a->size < size + 16 && a->items) {
    a->size = size;
    return true;
  }
  if (size == 0) {
    freeMemory(std::exchange(a->items, nullptr));
    a->size = a->allocated = 0;
    return true;
  }
  Index room = (size >> 4) + (a->size < 8 ? 3 : 7) + size;
  char* items = room <= kMaxIndex / a->kind->size
                    ? static_cast<char*>(reallocate(a->items, size_t(room) * size_t(a->kind->size)))
                    : nullptr;
  if (!items) {
    (void)raiseNoMemory(ts);
    return false;
  }
  a->items = items;
  a->allocated = room;
  a->size = size;
  return true;
}

Status insertAt(ThreadState& ts, Array* a, Index where, Object* value) {
  char item[8];
  (void)TRY(a->kind->store(ts, value, item));  // may run code; only then look at the array
  Index n = a->size;
  if (!resize(ts, a, n + 1)) return Raised{};
  where = clipIndex(where, n);
  std::memmove(a->at(where + 1), a->at(where), size_t(n - where) * size_t(a->kind->size));
  std::memcpy(a->at(where), item, size_t(a->kind->size));
  return kDone;
}

Status appendBytes(ThreadState& ts, Array* a, std::string_view bytes) {
  size_t size = size_t(a->kind->size);
  if (bytes.size() % size) return raise(ts, kValueError, "bytes length not a multiple of item size");
  Index more = Index(bytes.size() / size), n = a->size;
  if (more == 0) return kDone;
  if (more > kMaxIndex - n) return raiseNoMemory(ts);
  if (!resize(ts, a, n + more)) return Raised{};
  std::memcpy(a->at(n), bytes.data(), bytes.size());
  return kDone;
}

Status appendText(ThreadState& ts, Array* a, Str* text) {
  Index n = a->size;
  if (text->length == 0) return kDone;
  if (!resize(ts, a, n + text->length)) return Raised{};
  for (Index i = 0; i < text->length; ++i) {
    char32_t c = (*text)[i];
    std::memcpy(a->at(n + i), &c, sizeof c);
  }
  return kDone;
}

Status extendArray(ThreadState& ts, Array* a, Object* iterable) {
  if (!isArray(iterable)) {
    Ref<> it = TRY(iterOf(ts, iterable));
    while (Ref<> value = iterNext(ts, it.get())) (void)TRY(insertAt(ts, a, a->size, value.get()));
    if (errorSet(ts)) return Raised{};
    return kDone;
  }
  Array* other = asArray(iterable);
  if (other->kind != a->kind) return raise(ts, kTypeError, "can only extend with array of same kind");
  Index n = a->size, more = other->size;
  if (more > kMaxIndex - n) return raiseNoMemory(ts);
  if (!resize(ts, a, n + more)) return Raised{};
  if (more) std::memcpy(a->at(n), other->items, size_t(more) * size_t(a->kind->size));
  return kDone;
}

Ref<List> itemsOf(ThreadState& ts, Array* a) {
  Ref<List> list = TRY(newList(ts, a->size));
  for (Index i = 0; i < a->size; ++i) (void)TRY(appendList(ts, list.get(), TRY(a->kind->load(ts, a->at(i)))));
  return list;
}

Ref<Str> textOf(ThreadState& ts, Array* a) {
  for (Index i = 0; i < a->size; ++i) {
    char32_t c;
    std::memcpy(&c, a->at(i), sizeof c);
    if (c > 0x10ffff)
      return raise(ts, kValueError, "character U+{:x} is not in range [U+0000; U+10ffff]", static_cast<unsigned long long>(c));
  }
  return strFromUcs4(ts, reinterpret_cast<const char32_t*>(a->items), a->size);
}

namespace {

void dealloc(Array* self) {
  if (self->weakrefs) clearWeakrefs(self);
  freeMemory(self->items);
  self->type->free(self);
}

Ref<> itemAt(ThreadState& ts, Array* self, Index i) { return self->kind->load(ts, self->at(i)); }

// ---- slots ----
Ref<> repr(ThreadState& ts, Array* self) {
  const char* name = shortName(self->type);
  char code = self->kind->code;
  if (self->size == 0) return formatText(ts, "{}('{}')", name, code);
  Ref<> items = code == 'u' ? Ref<>(textOf(ts, self)) : Ref<>(itemsOf(ts, self));
  if (!items) return {};
  return formatText(ts, "{}('{}', {!r})", name, code, items);
}

Index length(Array* self) { return self->size; }

Ref<> item(ThreadState& ts, Array* self, Index i) {
  if (i < 0 || i >= self->size) return raise(ts, kIndexError, "array index out of range");
  return itemAt(ts, self, i);
}

void removeRange(Array* self, Index start, Index stop) {
  std::memmove(self->at(start), self->at(stop), size_t(self->size - stop) * size_t(self->kind->size));
}

Status deleteRange(ThreadState& ts, Array* self, Index start, Index stop) {
  if (start >= stop) return kDone;
  if (self->exports > 0) return raise(ts, kBufferError, "cannot resize an array that is exporting buffers");
  removeRange(self, start, stop);
  if (!resize(ts, self, self->size - (stop - start))) return Raised{};
  return kDone;
}

// The value of an item assignment may run code that shrinks the array: the bounds are checked again.
Status storeItem(ThreadState& ts, Array* self, Index i, Object* value) {
  char bytes[8];
  (void)TRY(self->kind->store(ts, value, bytes));
  if (i < 0 || i >= self->size) return raise(ts, kIndexError, "array assignment index out of range");
  std::memcpy(self->at(i), bytes, size_t(self->kind->size));
  return kDone;
}

Status setItemSlot(ThreadState& ts, Array* self, Index i, Object* value) {
  if (i < 0 || i >= self->size) return raise(ts, kIndexError, "array assignment index out of range");
  return value ? storeItem(ts, self, i, value) : deleteRange(ts, self, i, i + 1);
}

Result<bool> contains(ThreadState& ts, Array* self, Object* value) {
  for (Index i = 0; i < self->size; ++i) {
    Ref<> candidate = TRY(itemAt(ts, self, i));
    if (TRY(equalObjects(ts, candidate.get(), value))) return true;
  }
  return false;
}

Ref<> concat(ThreadState& ts, Array* self, Object* other) {
  if (!isArray(other))
    return raise(ts, kTypeError, "can only append array (not \"{:.200}\") to array", typeName(other));
  Array* right = asArray(other);
  if (self->kind != right->kind) return raise(ts, kTypeError, "bad argument type for built-in operation");
  if (self->size > kMaxIndex - right->size) return raiseNoMemory(ts);
  Ref<Array> made = TRY(newArray(ts, &kArray, self->size + right->size, self->kind));
  if (self->size) std::memcpy(made->items, self->items, self->bytes().size());
  if (right->size) std::memcpy(made->at(self->size), right->items, right->bytes().size());
  return made;
}

// Fills the items behind the first n with copies of them.
void spread(Array* a, Index n) {
  size_t done = size_t(n) * size_t(a->kind->size), total = a->bytes().size();
  while (done < total) {
    size_t more = done < total - done ? done : total - done;
    std::memcpy(a->items + done, a->items, more);
    done += more;
  }
}

Ref<> repeat(ThreadState& ts, Array* self, Index times) {
  Index n = self->size;
  if (times < 0) times = 0;
  if (n && times > kMaxIndex / n) return raiseNoMemory(ts);
  Ref<Array> made = TRY(newArray(ts, &kArray, n * times, self->kind));
  if (made->size) {
    std::memcpy(made->items, self->items, self->bytes().size());
    spread(made.get(), n);
  }
  return made;
}

Ref<> inplaceConcat(ThreadState& ts, Array* self, Object* other) {
  if (!isArray(other))
    return raise(ts, kTypeError, "can only extend array with array (not \"{:.200}\")", typeName(other));
  (void)TRY(extendArray(ts, self, other));
  return Ref<>::share(self);
}

Ref<> inplaceRepeat(ThreadState& ts, Array* self, Index times) {
  Index n = self->size;
  if (n > 0) {
    if (times < 0) times = 0;
    if (times > kMaxIndex / n) return raiseNoMemory(ts);
    if (!resize(ts, self, n * times)) return {};
    if (times > 1) spread(self, n);
  }
  return Ref<>::share(self);
}

Ref<> subscript(ThreadState& ts, Array* self, Object* key) {
  if (hasIndex(key)) {
    Index i = TRY(asIndex(ts, key, &kIndexError));
    return item(ts, self, i < 0 ? i + self->size : i);
  }
  if (!isExact(key, kSliceType)) return raise(ts, kTypeError, "array indices must be integers");
  SliceRange r = TRY(unpackSlice(ts, reinterpret_cast<Slice*>(key)));
  adjustSlice(r, self->size);
  Ref<Array> made = TRY(newArray(ts, &kArray, r.count, self->kind));
  if (r.step == 1) {
    if (r.count) std::memcpy(made->items, self->at(r.start), made->bytes().size());
    return made;
  }
  Index from = r.start;
  for (Index k = 0; k < r.count; ++k, from += r.step) std::memcpy(made->at(k), self->at(from), size_t(self->kind->size));
  return made;
}

Status replaceRange(ThreadState& ts, Array* self, SliceRange r, Array* other) {
  Index needed = other ? other->size : 0;
  if (r.start > r.stop) r.stop = r.start;
  r.count = r.stop - r.start;
  size_t size = size_t(self->kind->size);
  // Fail before anything has moved.
  if (self->exports > 0 && needed != r.count)
    return raise(ts, kBufferError, "cannot resize an array that is exporting buffers");
  if (r.count > needed) {
    removeRange(self, r.start + needed, r.stop);
    if (!resize(ts, self, self->size + needed - r.count)) return Raised{};
  } else if (r.count < needed) {
    Index old = self->size;
    if (!resize(ts, self, old + needed - r.count)) return Raised{};
    std::memmove(self->at(r.start + needed), self->at(r.stop), size_t(old - r.stop) * size);
  }
  if (needed) std::memcpy(self->at(r.start), other->items, size_t(needed) * size);
  return kDone;
}

Status deleteStepped(ThreadState& ts, Array* self, SliceRange r) {
  if (r.count <= 0) return kDone;
  if (self->exports > 0) return raise(ts, kBufferError, "cannot resize an array that is exporting buffers");
  if (r.step < 0) {
    r.start += r.step * (r.count - 1);
    r.step = -r.step;
  }
  size_t size = size_t(self->kind->size);
  Index to = r.start, next = r.start, removed = 0;
  for (Index from = r.start; from < self->size; ++from) {
    if (from == next && removed < r.count) {
      ++removed;
      next += r.step;
    } else {
      std::memcpy(self->at(to++), self->at(from), size);
    }
  }
  if (!resize(ts, self, to)) return Raised{};
  return kDone;
}

Status setSlice(ThreadState& ts, Array* self, SliceRange r, Object* value) {
  Array* other = nullptr;
  Ref<> copy;
  if (value) {
    if (!isArray(value))
      return raise(ts, kTypeError, "can only assign array (not \"{:.200}\") to array slice", typeName(value));
    other = asArray(value);
    if (other == self) {
      copy = TRY(repeat(ts, self, 1));
      other = asArray(copy.get());
    }
    if (other->kind != self->kind) return raise(ts, kTypeError, "bad argument type for built-in operation");
  }
  adjustSlice(r, self->size);
  if (r.step == 1) return replaceRange(ts, self, r, other);
  if (!other || other->size == 0) {
    if (!value) return deleteStepped(ts, self, r);
    if (r.count == 0) return kDone;
  }
  if (other->size != r.count)
    return raise(ts, kValueError, "attempt to assign array of size {} to extended slice of size {}", other->size, r.count);
  Index to = r.start;
  for (Index i = 0; i < r.count; ++i, to += r.step) std::memcpy(self->at(to), other->at(i), size_t(self->kind->size));
  return kDone;
}

Status setSubscript(ThreadState& ts, Array* self, Object* key, Object* value) {
  if (hasIndex(key)) {
    Index i = TRY(asIndex(ts, key, &kIndexError));
    return setItemSlot(ts, self, i < 0 ? i + self->size : i, value);
  }
  if (!isExact(key, kSliceType)) return raise(ts, kTypeError, "array indices must be integers");
  SliceRange r = TRY(unpackSlice(ts, reinterpret_cast<Slice*>(key)));
  return setSlice(ts, self, r, value);
}

Ref<> richcompare(ThreadState& ts, Object* a, Object* b, CompareOp op) {
  if (!isArray(a) || !isArray(b)) return notImplemented();
  Array *x = asArray(a), *y = asArray(b);
  if (x->size != y->size && (op == CompareOp::Eq || op == CompareOp::Ne)) return newBool(op == CompareOp::Ne);
  if (x->kind == y->kind && x->kind->integer && (op == CompareOp::Eq || op == CompareOp::Ne)) {
    bool same = x->size == 0 || std::memcmp(x->items, y->items, x->bytes().size()) == 0;
    return newBool(same == (op == CompareOp::Eq));
  }
  for (Index i = 0; i < x->size && i < y->size; ++i) {
    Ref<> left = TRY(itemAt(ts, x, i)), right = TRY(itemAt(ts, y, i));
    if (TRY(equalObjects(ts, left.get(), right.get()))) continue;
    if (op == CompareOp::Eq) return newBool(false);
    if (op == CompareOp::Ne) return newBool(true);
    return compareObjects(ts, left.get(), right.get(), op);
  }
  return newBool(compareResult(x->size < y->size ? -1 : x->size > y->size, op));
}

// ---- buffers ----
int getBufferSlot(Object* self_object, Buffer* view, int flags) {
  auto* self = asArray(self_object);
  static char nothing[8];
  *view = {};
  view->data = self->items ? self->items : nothing;
  view->owner = Ref<>::share(self_object).release();
  view->length = self->size * self->kind->size;
  view->item_size = self->kind->size;
  view->dimensions = 1;
  if ((flags & kBufferNd) == kBufferNd) view->shape = &self->size;
  if ((flags & kBufferStrides) == kBufferStrides) view->strides = &view->item_size;
  if ((flags & kBufferFormat) == kBufferFormat) view->format = const_cast<char*>(self->kind->format);
  ++self->exports;
  return 0;
}

void releaseBufferSlot(Object* self, Buffer*) { --asArray(self)->exports; }

// ---- making ----
Status fillFrom(ThreadState& ts, Array* a, Object* initial) {
  if (isList(initial) || isTuple(initial)) {
    // Items stand by position, so that code run by one cannot put the next elsewhere.
    for (Index i = 0; i < fastSize(initial); ++i) {
      Ref<> value = Ref<>::share(fastItems(initial)[i]);
      (void)TRY(insertAt(ts, a, a->size, value.get()));
    }
    return kDone;
  }
  if (isExact(initial, kByteArrayType) || isInstanceOf(initial, kByteArrayType) || isBytes(initial)) {
    BufferView view = TRY(BufferView::of(ts, initial));
    return appendBytes(ts, a, view.bytes());
  }
  if (isStr(initial) && a->kind->code == 'u') return appendText(ts, a, reinterpret_cast<Str*>(initial));
  if (isArray(initial) && asArray(initial)->kind == a->kind) return extendArray(ts, a, initial);
  Ref<> it = TRY(iterOf(ts, initial));
  while (Ref<> value = iterNext(ts, it.get())) (void)TRY(insertAt(ts, a, a->size, value.get()));
  if (errorSet(ts)) return Raised{};
  return kDone;
}

Ref<> make(ThreadState& ts, Type* type, Tuple* args, Dict* keywords) {
  if (type == &kArray || type->init == kArray.init) (void)TRY(noKeywords(ts, "array.array", keywords));
  if (args->size < 1 || args->size > 2)
    return raise(ts, kTypeError, "array() takes at {} argument{} ({} given)", args->size < 1 ? "least 1" : "most 2",
                 args->size < 1 ? "" : "s", args->size);
  auto* code_text = reinterpret_cast<Str*>(args->items[0]);
  if (!isStr(code_text) || code_text->length != 1)
    return raise(ts, kTypeError, "array() argument 1 must be a unicode character, not {:.50}", typeName(code_text));
  char32_t code = (*code_text)[0];
  Object* initial = args->size == 2 ? args->items[1] : nullptr;
  (void)TRY(audit(ts, "array.__new__", {code_text, initial ? initial : &kNoneObject}));
  if (initial && code != 'u') {
    if (isStr(initial))
      return raise(ts, kTypeError, "cannot use a str to initialize an array with typecode '{}'", code);
    if (isArray(initial) && asArray(initial)->kind->code == 'u')
      return raise(ts, kTypeError, "cannot use a unicode array to initialize an array with typecode '{}'", code);
  }
  const Kind* kind = kindOf(code);
  if (!kind) return raise(ts, kValueError, "bad typecode (must be b, B, u, h, H, i, I, l, L, q, Q, f or d)");
  Ref<Array> a = TRY(newArray(ts, type, 0, kind));
  if (initial && (isList(initial) || isTuple(initial)) && fastSize(initial) > 0) {
    Index n = fastSize(initial);  // room for exactly so many
    a->items = n <= kMaxIndex / kind->size ? static_cast<char*>(allocate(size_t(n) * size_t(kind->size))) : nullptr;
    if (!a->items) return raiseNoMemory(ts);
    a->allocated = n;
  }
  if (initial) (void)TRY(fillFrom(ts, a.get(), initial));
  return a;
}

// ---- iterator ----
struct ArrayIterator : Object {
  Index index;
  Array* array;  // owned; null once exhausted
};

Ref<> iter(ThreadState& ts, Array* self) {
  Ref<ArrayIterator> it = TRY(newObject<ArrayIterator>(ts, kArrayIterator));
  it->array = share(self).release();
  track(it.get());
  return it;
}

Ref<> next(ThreadState& ts, ArrayIterator* it) {
  if (!it->array) return {};
  if (it->index < it->array->size) return itemAt(ts, it->array, it->index++);
  clearField(it->array);
  return {};
}

Ref<> reduceIterator(ThreadState& ts, ArrayIterator* it) {
  static constinit Name iter_name{"iter"};
  Ref<> function = TRY(builtinFunction(ts, iter_name));
  if (!it->array) return reduceExhausted(ts);
  Ref<Tuple> arguments = TRY(packTuple(ts, {it->array}));
  Ref<Int> index = TRY(newInt(ts, it->index));
  return packTuple(ts, {function.get(), arguments.get(), index.get()});
}

Status setStateOfIterator(ThreadState& ts, ArrayIterator* it, Object* state) {
  Index index = TRY(stateIndex(ts, state));
  if (it->array) it->index = index < 0 ? 0 : index > it->array->size ? it->array->size : index;
  return kDone;
}

constexpr MethodDef kIteratorMethods[] = {
    METHOD_AS("__reduce__", reduceIterator, "($self, /)", "Return state information for pickling."),
    METHOD_AS("__setstate__", setStateOfIterator, "($self, state, /)", "Set state information for unpickling."),
    {}};

Ref<> typeCode(ThreadState& ts, Array* self) { return strFromChar(ts, char32_t(self->kind->code)); }
int itemSize(ThreadState&, Array* self) { return self->kind->size; }

constexpr GetSetDef kGetSet[] = {GETTER("typecode", typeCode, "the typecode character used to create the array"),
                                 GETTER("itemsize", itemSize, "the size, in bytes, of one array item"),
                                 {}};
constinit SequenceSlots kSequence = {.length = slot<length>,
                                     .concat = slot<concat>,
                                     .repeat = slot<repeat>,
                                     .item = slot<item>,
                                     .set_item = slot<setItemSlot>,
                                     .contains = slot<contains>,
                                     .inplace_concat = slot<inplaceConcat>,
                                     .inplace_repeat = slot<inplaceRepeat>};
constinit MappingSlots kMapping = {
    .length = slot<length>, .subscript = slot<subscript>, .set_subscript = slot<setSubscript>};
constinit BufferSlots kBuffer = {.get = getBufferSlot, .release = releaseBufferSlot};

}  // namespace

constinit Type kArray = defineType<Array>(
    {.name = "array.array",
     .doc = "array(typecode [, initializer]) -> array\n\nA compact array of numbers or characters, all of the kind that the "
            "typecode says:\n\n"
            "    'b' 'B'  signed, unsigned integers of 1 byte\n    'h' 'H'  of 2 bytes\n    'i' 'I'  of 4 bytes\n"
            "    'l' 'L' 'q' 'Q'  of 8 bytes\n    'f' 'd'  floating point numbers of 4 and 8 bytes\n    'u'  Unicode characters\n\n"
            "The initializer is a list, a bytes-like object, a str (for 'u'), or an iterable of items.",
     .flags = kBaseType | kSequenceFlag,
     .weaklist_offset = offsetof(Array, weakrefs),
     .methods = kArrayMethods,
     .getset = kGetSet,
     .sequence = &kSequence,
     .mapping = &kMapping,
     .buffer = &kBuffer,
     .make = makeSlot<make>,
     .alloc = genericAlloc,
     .free = freeObject,
     .dealloc = slot<dealloc>,
     .repr = slot<repr>,
     .hash = notHashable,
     .richcompare = slot<richcompare>,
     .getattro = genericGetAttrSlot,
     .iter = slot<iter>});
constinit Type kArrayIterator = defineType<ArrayIterator>(
    {.name = "array.arrayiterator",
     .methods = kIteratorMethods,
     .free = freeGcObject,
     .dealloc = slot<deallocFields<ArrayIterator, &ArrayIterator::array>>,
     .traverse = slot<traverseFields<ArrayIterator, &ArrayIterator::array>>,
     .getattro = genericGetAttrSlot,
     .iter = slot<iteratorItself>,
     .iternext = slot<next>});

}  // namespace habu::arrays
