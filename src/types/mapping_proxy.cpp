// mappingproxy: a read-only view of a mapping (`cls.__dict__`).
#include "object/alloc.h"
#include "object/attribute.h"
#include "object/call.h"
#include "object/gc.h"
#include "object/names.h"
#include "object/number.h"
#include "object/protocol.h"
#include "object/raise.h"
#include "types/descriptor.h"
#include "types/dict.h"
#include "types/generic_alias.h"
#include "types/str.h"

namespace habu {

Ref<> newMappingProxy(ThreadState& ts, Object* mapping) {
  bool is_mapping = mapping->type->mapping && mapping->type->mapping->subscript;
  if (!is_mapping || isList(mapping) || isTuple(mapping))
    return raise(ts, kTypeError, "mappingproxy() argument must be a mapping, not {}", typeName(mapping));
  Ref<MappingProxy> p = TRY(newObject<MappingProxy>(ts, kMappingProxyType));
  p->mapping = Ref<>::share(mapping).release();
  track(p.get());
  return p;
}

namespace {

Ref<> make(ThreadState& ts, Type*, Object* mapping) { return newMappingProxy(ts, mapping); }

Result<Index> length(ThreadState& ts, MappingProxy* p) { return lengthOf(ts, p->mapping); }
Ref<> subscript(ThreadState& ts, MappingProxy* p, Object* key) { return getItem(ts, p->mapping, key); }
Result<bool> contains(ThreadState& ts, MappingProxy* p, Object* key) { return containsItem(ts, p->mapping, key); }
Ref<> iter(ThreadState& ts, MappingProxy* p) { return iterOf(ts, p->mapping); }
Ref<> str(ThreadState& ts, MappingProxy* p) { return strOf(ts, p->mapping); }
Ref<> repr(ThreadState& ts, MappingProxy* p) { return formatText(ts, "mappingproxy({!r})", p->mapping); }
Ref<> compare(ThreadState& ts, MappingProxy* p, Object* other, CompareOp op) {
  return compareObjects(ts, p->mapping, other, op);
}
Ref<> orMappings(ThreadState& ts, Object* a, Object* b) {
  if (a->type == &kMappingProxyType) a = static_cast<MappingProxy*>(a)->mapping;
  if (b->type == &kMappingProxyType) b = static_cast<MappingProxy*>(b)->mapping;
  return binaryOperation(ts, BinaryOp::Or, a, b);
}
Ref<> inplaceOr(ThreadState& ts, Object* self, Object*) {
  return raise(ts, kTypeError, "'|=' is not supported by {}; use '|' instead", typeName(self));
}

Ref<> get(ThreadState& ts, MappingProxy* p, Object* key, Object* fallback) {
  return callMethod(ts, p->mapping, names::get, {key, fallback ? fallback : &kNoneObject});
}
Ref<> keys(ThreadState& ts, MappingProxy* p) { return callMethod(ts, p->mapping, names::keys); }
Ref<> values(ThreadState& ts, MappingProxy* p) { return callMethod(ts, p->mapping, names::values); }
Ref<> items(ThreadState& ts, MappingProxy* p) { return callMethod(ts, p->mapping, names::items); }
Ref<> copy(ThreadState& ts, MappingProxy* p) {
  static constinit Name kCopy{"copy"};
  return callMethod(ts, p->mapping, kCopy);
}
Ref<> reversed(ThreadState& ts, MappingProxy* p) { return callMethod(ts, p->mapping, names::__reversed__); }

int traverse(MappingProxy* p, VisitFn visit, void* arg) {
  VISIT(p->mapping);
  return 0;
}
void dealloc(MappingProxy* p) {
  untrack(p);
  clearField(p->mapping);
  p->type->free(p);
}

constinit NumberSlots kNumber = {.bit_or = slot<orMappings>, .inplace_or = slot<inplaceOr>};
constinit SequenceSlots kSequence = {.contains = slot<contains>};
constinit MappingSlots kMapping = {.length = slot<length>, .subscript = slot<subscript>};

constexpr MethodDef kMethods[] = {
    METHOD_UNSIGNED("get", get, "($self, key, default=None, /)", "The value for key, or the default (None)."),
    METHOD_UNSIGNED("keys", keys, "($self, /)", "A view of the keys."),
    METHOD_UNSIGNED("values", values, "($self, /)", "A view of the values."),
    METHOD_UNSIGNED("items", items, "($self, /)", "A view of the (key, value) pairs."),
    METHOD_UNSIGNED("copy", copy, "($self, /)", "A shallow copy of the mapping."),
    CLASS_GETITEM,
    METHOD_UNSIGNED("__reversed__", reversed, "($self, /)", "An iterator over the keys, last one first."),
    {}};

}  // namespace

constinit Type kMappingProxyType = defineType<MappingProxy>({
    .name = "mappingproxy",
    .flags = kMappingFlag,
    .methods = kMethods,
    .number = &kNumber,
    .sequence = &kSequence,
    .mapping = &kMapping,
    .make = CONSTRUCTOR(make, "mappingproxy", "(mapping)"),
    .free = freeGcObject,
    .dealloc = slot<dealloc>,
    .traverse = slot<traverse>,
    .repr = slot<repr>,
    .str = slot<str>,
    .richcompare = slot<compare>,
    .getattro = genericGetAttrSlot,
    .iter = slot<iter>,
});

}  // namespace habu
