// The methods of array.array, its pickling, and the module `array`.
#include "modules/array/array.h"
#include "object/hooks.h"
#include "types/codecs.h"
#include "types/heap_type.h"

namespace habu {
namespace arrays {

namespace {

constexpr Index kMaxIndex = std::numeric_limits<Index>::max();

Status append(ThreadState& ts, Array* self, Object* v) { return insertAt(ts, self, self->size, v); }
Status insert(ThreadState& ts, Array* self, Index i, Object* v) { return insertAt(ts, self, i, v); }
Status extend(ThreadState& ts, Array* self, Object* iterable) { return extendArray(ts, self, iterable); }

Ref<> bufferInfo(ThreadState& ts, Array* self) {
  Ref<Int> address = TRY(newIntUnsigned(ts, reinterpret_cast<uintptr_t>(self->items)));
  Ref<Int> size = TRY(newInt(ts, self->size));
  return packTuple(ts, {address.get(), size.get()});
}

Status byteSwap(ThreadState&, Array* self) {
  for (Index i = 0; i < self->size; ++i) {
    char* low = self->at(i);
    for (char* high = low + self->kind->size - 1; low < high; ++low, --high) std::swap(*low, *high);
  }
  return kDone;
}

Ref<> copy(ThreadState& ts, Array* self) {
  Ref<Array> made = TRY(newArray(ts, &kArray, self->size, self->kind));
  if (self->size) std::memcpy(made->items, self->items, self->bytes().size());
  return made;
}
Ref<> deepCopy(ThreadState& ts, Array* self, Object*) { return copy(ts, self); }

// The position of an item equal to `v` in [start, stop); -1: none.
Result<Index> find(ThreadState& ts, Array* self, Object* v, Index start, Index stop) {
  for (Index i = start; i < stop && i < self->size; ++i) {
    Ref<> candidate = TRY(self->kind->load(ts, self->at(i)));
    if (TRY(equalObjects(ts, candidate.get(), v))) return i;
  }
  return Index{-1};
}

Result<Index> count(ThreadState& ts, Array* self, Object* v) {
  Index n = 0;
  for (Index i = 0; i < self->size; ++i) {
    Ref<> candidate = TRY(self->kind->load(ts, self->at(i)));
    n += TRY(equalObjects(ts, candidate.get(), v));
  }
  return n;
}

Result<Index> index(ThreadState& ts, Array* self, Object* v, std::optional<SliceBound> start,
                    std::optional<SliceBound> stop) {
  Index from = start ? start->value : 0, to = stop ? stop->value : kMaxIndex;
  if (from < 0) from = from + self->size < 0 ? 0 : from + self->size;
  if (to < 0) to += self->size;
  Index at = TRY(find(ts, self, v, from, to));
  if (at < 0) return raise(ts, kValueError, "array.index(x): x not in array");
  return at;
}

// Takes out item i, which exists.
Status removeAt(ThreadState& ts, Array* self, Index i) {
  if (self->exports > 0) return raise(ts, kBufferError, "cannot resize an array that is exporting buffers");
  std::memmove(self->at(i), self->at(i + 1), size_t(self->size - i - 1) * size_t(self->kind->size));
  if (!resize(ts, self, self->size - 1)) return Raised{};
  return kDone;
}

Status remove(ThreadState& ts, Array* self, Object* v) {
  Index at = TRY(find(ts, self, v, 0, kMaxIndex));
  if (at < 0 || at >= self->size) return raise(ts, kValueError, "array.remove(x): x not in array");
  return removeAt(ts, self, at);
}

Ref<> pop(ThreadState& ts, Array* self, std::optional<Index> given) {
  if (self->size == 0) return raise(ts, kIndexError, "pop from empty array");
  Index i = given.value_or(-1);
  if (i < 0) i += self->size;
  if (i < 0 || i >= self->size) return raise(ts, kIndexError, "pop index out of range");
  Ref<> item = TRY(self->kind->load(ts, self->at(i)));
  (void)TRY(removeAt(ts, self, i));
  return item;
}

Status reverse(ThreadState&, Array* self) {
  size_t size = size_t(self->kind->size);
  char saved[8];
  for (Index low = 0, high = self->size - 1; low < high; ++low, --high) {
    std::memcpy(saved, self->at(low), size);
    std::memcpy(self->at(low), self->at(high), size);
    std::memcpy(self->at(high), saved, size);
  }
  return kDone;
}

Status fromBytes(ThreadState& ts, Array* self, BufferView buffer) {
  if (buffer.raw().item_size != 1) return raise(ts, kTypeError, "a bytes-like object is required");
  return appendBytes(ts, self, buffer.bytes());
}

Status fromFile(ThreadState& ts, Array* self, Object* file, Index n) {
  if (n < 0) return raise(ts, kValueError, "negative count");
  if (n > kMaxIndex / self->kind->size) return raiseNoMemory(ts);
  Ref<Int> wanted = TRY(newInt(ts, n * self->kind->size));
  Ref<> data = TRY(callMethod(ts, file, names::read, {wanted.get()}));
  if (!isBytes(data.get())) return raise(ts, kTypeError, "read() didn't return bytes");
  std::string_view bytes = reinterpret_cast<Bytes*>(data.get())->view();
  (void)TRY(appendBytes(ts, self, bytes));
  if (Index(bytes.size()) != n * self->kind->size)
    return raise(ts, kEOFError, "read() didn't return enough bytes");
  return kDone;
}

Status toFile(ThreadState& ts, Array* self, Object* file) {
  constexpr size_t kBlock = 64 * 1024;
  for (size_t at = 0; at < self->bytes().size(); at += kBlock) {
    Ref<Bytes> block = TRY(newBytes(ts, self->bytes().substr(at, kBlock)));
    Ref<> done = TRY(callMethod(ts, file, names::write, {block.get()}));
  }
  return kDone;
}

Status fromList(ThreadState& ts, Array* self, Object* list_object) {
  if (!isList(list_object)) return raise(ts, kTypeError, "arg must be list");
  auto* list = reinterpret_cast<List*>(list_object);
  Index n = list->size, old = self->size;
  if (n == 0) return kDone;
  if (!resize(ts, self, old + n)) return Raised{};
  auto undo = [&] {
    PendingError pending = PendingError::take(ts);
    if (!resize(ts, self, old)) clearError(ts);
    std::move(pending).restore(ts);
    return Raised{};
  };
  for (Index i = 0; i < n; ++i) {
    Ref<> value = Ref<>::share(list->items[i]);
    char bytes[8];
    if (self->kind->store(ts, value.get(), bytes).failed()) return undo();
    if (old + i < self->size) std::memcpy(self->at(old + i), bytes, size_t(self->kind->size));
    if (list->size != n) {
      (void)raise(ts, kRuntimeError, "list changed size during iteration");
      return undo();
    }
  }
  return kDone;
}

Ref<> toList(ThreadState& ts, Array* self) { return itemsOf(ts, self); }
Ref<> toBytes(ThreadState& ts, Array* self) { return newBytes(ts, self->bytes()); }

Status fromUnicode(ThreadState& ts, Array* self, Str* text) {
  if (self->kind->code != 'u') return raise(ts, kValueError, "fromunicode() may only be called on unicode type arrays");
  return appendText(ts, self, text);
}

Ref<> toUnicode(ThreadState& ts, Array* self) {
  if (self->kind->code != 'u') return raise(ts, kValueError, "tounicode() may only be called on unicode type arrays");
  return textOf(ts, self);
}

Index sizeOf(ThreadState&, Array* self) { return self->type->basic_size + self->allocated * self->kind->size; }

// ---- pickling: the bytes with a code for their machine format ----
struct MachineFormat {
  int size;
  enum What : uint8_t { Integer, Float, Text } what;
  bool is_signed, big_endian;
};
constexpr MachineFormat::What kInteger = MachineFormat::Integer, kFloat = MachineFormat::Float, kText = MachineFormat::Text;
constexpr MachineFormat kFormats[22] = {
    {1, kInteger, false, false}, {1, kInteger, true, false},  {2, kInteger, false, false}, {2, kInteger, false, true},
    {2, kInteger, true, false},  {2, kInteger, true, true},   {4, kInteger, false, false}, {4, kInteger, false, true},
    {4, kInteger, true, false},  {4, kInteger, true, true},   {8, kInteger, false, false}, {8, kInteger, false, true},
    {8, kInteger, true, false},  {8, kInteger, true, true},   {4, kFloat, false, false},   {4, kFloat, false, true},
    {8, kFloat, false, false},   {8, kFloat, false, true},    {4, kText, false, false},    {4, kText, false, true},     // UTF-16, but whole pairs, as CPython asks for
    {8, kText, false, false},    {8, kText, false, true},     // UTF-32
};

Ref<> decodeNumber(ThreadState& ts, const MachineFormat& format, const char* from) {
  if (format.what == kInteger)
    return intFromBytes(ts, reinterpret_cast<const unsigned char*>(from), size_t(format.size), !format.big_endian,
                        format.is_signed);
  char bytes[8];
  for (int i = 0; i < format.size; ++i) bytes[i] = from[format.big_endian ? format.size - 1 - i : i];
  if (format.size == 4) {
    float value;
    std::memcpy(&value, bytes, sizeof value);
    return newFloat(ts, double(value));
  }
  double value;
  std::memcpy(&value, bytes, sizeof value);
  return newFloat(ts, value);
}

Ref<> makeOf(ThreadState& ts, Type* type, char32_t code, Object* items) {
  Ref<Str> code_text = TRY(strFromChar(ts, code));
  Ref<Tuple> arguments = TRY(packTuple(ts, {code_text.get(), items}));
  return Ref<>::steal(kArray.make(type, arguments.get(), nullptr));
}

}  // namespace

Ref<> reconstruct(ThreadState& ts, Object*, Type* type, char32_t code, int format_code, Object* items) {
  if (!isSubtype(type, &kArray))
    return raise(ts, kTypeError, "{:.200} is not a subtype of {:.200}", type->name, kArray.name);
  const Kind* kind = kindOf(code);
  if (!kind) return raise(ts, kValueError, "second argument must be a valid type code");
  if (format_code < 0 || format_code > 21)
    return raise(ts, kValueError, "third argument must be a valid machine format code.");
  if (!isBytes(items)) return raise(ts, kTypeError, "fourth argument should be bytes, not {:.200}", typeName(items));
  if (kind->machine_format == format_code) return makeOf(ts, type, code, items);
  const MachineFormat& format = kFormats[format_code];
  std::string_view bytes = reinterpret_cast<Bytes*>(items)->view();
  if (bytes.size() % size_t(format.size))
    return raise(ts, kValueError, "string length not a multiple of item size");
  if (format.what == kText) {
    int order = format.big_endian ? 1 : -1;
    Ref<Str> text = format.size == 4 ? decodeUtf16Text(ts, bytes, "strict", &order) : decodeUtf32Text(ts, bytes, "strict", &order);
    if (!text) return {};
    return makeOf(ts, type, code, text.get());
  }
  Ref<List> numbers = TRY(newList(ts));
  for (size_t at = 0; at < bytes.size(); at += size_t(format.size))
    (void)TRY(appendList(ts, numbers.get(), TRY(decodeNumber(ts, format, bytes.data() + at))));
  if (format.what == kInteger) {  // the kind that fits what was pickled, on whatever machine
    for (const Kind& k : kKinds)
      if (k.integer && k.size == format.size && k.is_signed == format.is_signed) code = char32_t(k.code);
  }
  return makeOf(ts, type, code, numbers.get());
}

Ref<> reduceEx(ThreadState& ts, Array* self, Object* protocol_object) {
  if (!isInt(protocol_object)) return raise(ts, kTypeError, "__reduce_ex__ argument should be an integer");
  int overflow = 0;
  long long protocol = toLongLong(reinterpret_cast<Int*>(protocol_object), overflow);
  if (overflow) return raise(ts, kOverflowError, "Python int too large to convert to C long");
  Ref<> dict = TRY(findAttr(ts, self, names::__dict__));
  if (!dict) dict = none();
  Ref<Str> code = TRY(strFromChar(ts, char32_t(self->kind->code)));
  if (protocol < 3) {
    Ref<List> items = TRY(itemsOf(ts, self));
    Ref<Tuple> arguments = TRY(packTuple(ts, {code.get(), items.get()}));
    return packTuple(ts, {self->type, arguments.get(), dict.get()});
  }
  static constinit Name import_name{"__import__"}, module_name{"array"}, function_name{"_array_reconstructor"};
  Ref<> import = TRY(builtinFunction(ts, import_name));
  Ref<> module = TRY(call(ts, import.get(), {module_name.get()}));
  Ref<> function = TRY(getAttr(ts, module.get(), function_name));
  Ref<Bytes> bytes = TRY(newBytes(ts, self->bytes()));
  Ref<Int> format = TRY(newInt(ts, self->kind->machine_format));
  Ref<Tuple> arguments = TRY(packTuple(ts, {self->type, code.get(), format.get(), bytes.get()}));
  return packTuple(ts, {function.get(), arguments.get(), dict.get()});
}

constinit const MethodDef kArrayMethods[] = {
    METHOD(append, "($self, v, /)", "Append new value v to the end of the array."),
    METHOD_AS("buffer_info", bufferInfo, "($self, /)",
              "The address of the items in memory, and their number, as a tuple."),
    METHOD_AS("byteswap", byteSwap, "($self, /)", "Reverse the bytes of every item."),
    METHOD_AS("__copy__", copy, "($self, /)", "Return a copy of the array."),
    METHOD(count, "($self, v, /)", "Return number of occurrences of v in the array."),
    METHOD_AS("__deepcopy__", deepCopy, "($self, unused, /)", "Return a copy of the array."),
    METHOD(extend, "($self, bb, /)", "Append items to the end of the array."),
    METHOD_AS("fromfile", fromFile, "($self, f, n, /)", "Read n items from the file object f and append them."),
    METHOD_AS("fromlist", fromList, "($self, list, /)", "Append items to array from list."),
    METHOD_AS("frombytes", fromBytes, "($self, buffer, /)", "Append the items that the bytes of a bytes-like object make."),
    METHOD_AS("fromunicode", fromUnicode, "($self, ustr, /)",
              "Append the characters of a str.\n\nValueError unless the array is of kind 'u'."),
    METHOD(index, "($self, v, start=0, stop=sys.maxsize, /)",
           "Return index of first occurrence of v in the array.\n\nRaise ValueError if the value is not present."),
    METHOD(insert, "($self, i, v, /)", "Insert a new item v into the array before position i."),
    METHOD(pop, "($self, i=-1, /)", "Return the i-th element and delete it from the array.\n\ni defaults to -1."),
    METHOD_AS("__reduce_ex__", reduceEx, "($self, value, /)", "Return state information for pickling."),
    METHOD(remove, "($self, v, /)", "Remove the first occurrence of v in the array."),
    METHOD(reverse, "($self, /)", "Reverse the order of the items in the array."),
    METHOD_AS("tofile", toFile, "($self, f, /)", "Write all items (as machine values) to the file object f."),
    METHOD_AS("tolist", toList, "($self, /)", "Convert array to an ordinary list with the same items."),
    METHOD_AS("tobytes", toBytes, "($self, /)", "Convert the array to an array of machine values and return the bytes."),
    METHOD_AS("tounicode", toUnicode, "($self, /)",
              "The characters as a str.\n\nValueError unless the array is of kind 'u'."),
    METHOD_AS("__sizeof__", sizeOf, "($self, /)", "Size of the array in memory, in bytes."),
    {}};

namespace {

constexpr MethodDef kFunctions[] = {
    METHOD_AS("_array_reconstructor", reconstruct, "($module, arraytype, typecode, mformat_code, items,\n                     /)",
              "Internal. Used for pickling support."),
    {}};

Status populate(ThreadState& ts, Module* m) {
  (void)TRY(readyType(ts, kArrayIterator));
  (void)TRY(addType(ts, m, kArray));
  for (Type* type : {&kArray, &kArrayIterator}) (void)TRY(setModuleName(ts, *type));
  (void)TRY(addObject(ts, m, "ArrayType", Ref<>::share(&kArray)));
  if (runtimeHooks.import_module) {  // isinstance(a, collections.abc.MutableSequence)
    static constinit Name abc_name{"collections.abc"}, sequence_name{"MutableSequence"}, register_name{"register"};
    Ref<> abc = TRY(runtimeHooks.import_module(ts, abc_name));
    Ref<> sequence = TRY(getAttr(ts, abc.get(), sequence_name));
    Ref<> done = TRY(callMethod(ts, sequence.get(), register_name, {&kArray}));
  }
  return addStr(ts, m, "typecodes", "bBuhHiIlLqQfd");
}

}  // namespace
}  // namespace arrays

extern const ModuleDef kArrayModule = {
    .name = "array",
    .doc = "This module defines an object type which can efficiently represent\nan array of basic values: characters, integers, "
           "floating point numbers.",
    .methods = arrays::kFunctions,
    .populate = arrays::populate};

}  // namespace habu
