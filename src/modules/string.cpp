// The module _string: the parser of format strings, for string.Formatter.
#include "object/alloc.h"
#include "object/bind.h"
#include "object/module_def.h"
#include "object/protocol.h"
#include "types/module.h"
#include "types/str_format.h"
#include "types/tuple.h"

namespace habu {

namespace {

struct FormatterIterator : Object {
  Str* text;  // owned
  FormatParser parser;
};
struct FieldNameIterator : Object {
  Str* text;  // owned
  FieldName name;
};

template <class T>
void dealloc(T* it) {
  clearField(it->text);
  freeObject(it);
}
Ref<> selfIter(ThreadState&, Object* o) { return share(o); }

// (literal, field name, spec, conversion); the last three are None without a field.
Ref<Tuple> nextField(ThreadState& ts, FormatterIterator* it) {
  FormatField f;
  if (!TRY(it->parser.next(ts, f))) return {};
  Ref<Str> literal = TRY(f.literal.text ? f.literal.str(ts) : emptyStr());
  if (!f.present) return packTuple(ts, {literal.get(), &kNoneObject, &kNoneObject, &kNoneObject});
  Ref<Str> name = TRY(f.name.str(ts));
  Ref<Str> spec = TRY(f.spec.text ? f.spec.str(ts) : emptyStr());
  Ref<> conversion = none();
  if (f.conversion) conversion = TRY(strFromChar(ts, f.conversion));
  return packTuple(ts, {literal.get(), name.get(), spec.get(), conversion.get()});
}

Ref<> stepName(ThreadState& ts, const StrSpan& name, Index index) {
  if (index >= 0) {
    Ref<Int> i = TRY(newInt(ts, index));
    return Ref<>::steal(reinterpret_cast<Object*>(i.release()));
  }
  return name.str(ts);
}

// (is attribute, name or number)
Ref<Tuple> nextStep(ThreadState& ts, FieldNameIterator* it) {
  FieldStep step;
  if (!TRY(it->name.next(ts, step))) return {};
  Ref<> name = TRY(stepName(ts, step.name, step.attribute ? -1 : step.index));
  Ref<> attribute = newBool(step.attribute);
  return packTuple(ts, {attribute.get(), name.get()});
}

constinit Type kFormatterIteratorType = defineType<FormatterIterator>({.name = "formatteriterator",
                                                                      .dealloc = slot<dealloc<FormatterIterator>>,
                                                                      .iter = slot<selfIter>,
                                                                      .iternext = slot<nextField>});
constinit Type kFieldNameIteratorType = defineType<FieldNameIterator>({.name = "fieldnameiterator",
                                                                      .dealloc = slot<dealloc<FieldNameIterator>>,
                                                                      .iter = slot<selfIter>,
                                                                      .iternext = slot<nextStep>});

Ref<> formatterParser(ThreadState& ts, Module*, Object* text) {
  if (!isStr(text)) return raise(ts, kTypeError, "expected str, got {}", typeName(text));
  auto* s = static_cast<Str*>(text);
  auto it = TRY(newObject<FormatterIterator>(ts, kFormatterIteratorType));
  it->text = share(s).release();
  it->parser = FormatParser({s, 0, s->length});
  return it;
}

Ref<> fieldNameSplit(ThreadState& ts, Module*, Object* text) {
  if (!isStr(text)) return raise(ts, kTypeError, "expected str, got {}", typeName(text));
  auto* s = static_cast<Str*>(text);
  auto it = TRY(newObject<FieldNameIterator>(ts, kFieldNameIteratorType));
  it->text = share(s).release();
  it->name = TRY(FieldName::split(ts, {s, 0, s->length}));
  Ref<> first = TRY(stepName(ts, it->name.first, it->name.first_index));
  return packTuple(ts, {first.get(), it.get()});
}

constexpr MethodDef kMethods[] = {
    METHOD_UNSIGNED("formatter_field_name_split", fieldNameSplit, "($module, argument, /)", "split the argument as a field name"),
    METHOD_UNSIGNED("formatter_parser", formatterParser, "($module, argument, /)", "parse the argument as a format string"),
    {}};

Status populate(ThreadState& ts, Module*) {
  TRY(readyType(ts, kFormatterIteratorType));
  return readyType(ts, kFieldNameIteratorType);
}

}  // namespace

extern const ModuleDef kStringModule = {.name = "_string", .doc = "What str.format() knows, for string.Formatter.",
                                        .methods = kMethods, .populate = populate};

}  // namespace habu
