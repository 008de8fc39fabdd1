// types.SimpleNamespace: an object that is nothing but its attributes.
#include "types/namespace.h"

#include <cstddef>

#include "object/alloc.h"
#include "object/attribute.h"
#include "object/bind.h"
#include "object/gc.h"
#include "object/names.h"
#include "object/protocol.h"
#include "object/raise.h"
#include "types/arguments.h"
#include "types/dict.h"
#include "types/list.h"
#include "types/str.h"
#include "types/tuple.h"

namespace habu {

namespace {

struct Namespace : Object {
  Dict* dict;
};

Ref<> make(ThreadState& ts, Type* type, Tuple*, Dict*) {
  Ref<Namespace> n = Ref<Namespace>::steal(static_cast<Namespace*>(type->alloc(type, 0)));
  if (!n) return {};
  n->dict = TRY(newDict(ts)).release();
  return n;
}

Status init(ThreadState& ts, Namespace* n, Tuple* args, Dict* keywords) {
  if (args->size) return raise(ts, kTypeError, "no positional arguments expected");
  if (!keywords) return kDone;
  DictCursor c(keywords);
  while (c.next())
    if (!isStr(c.key)) return raise(ts, kTypeError, "keywords must be strings");
  return dictUpdate(ts, n->dict, keywords);
}

Ref<> repr(ThreadState& ts, Namespace* n) {
  const char* name = isExact(n, kNamespaceType) ? "namespace" : n->type->name;
  ReprGuard guard(ts, n);
  if (guard.failed()) return {};
  if (guard.recursive()) return formatText(ts, "{}(...)", name);
  Ref<Dict> dict = share(n->dict);
  Ref<List> keys = TRY(dictKeyList(ts, dict.get()));
  StrBuilder text(ts);
  text.append(std::string_view(name));
  text.append("(");
  bool first = true;
  for (Index i = 0; i < keys->size; ++i) {
    Object* key = keys->items[i];
    if (!isStr(key) || !static_cast<Str*>(key)->length) continue;
    Ref<> value = TRY(dictFind(ts, dict.get(), key));
    if (!value) continue;
    Ref<Str> shown = TRY(reprOf(ts, value.get()));
    if (!first) text.append(", ");
    first = false;
    text.append(static_cast<Str*>(key));
    text.append("=");
    text.append(shown.get());
  }
  text.append(")");
  return text.finish();
}

Ref<> compare(ThreadState& ts, Object* a, Object* b, CompareOp op) {
  if (!isInstanceOf(a, kNamespaceType) || !isInstanceOf(b, kNamespaceType)) return notImplemented();
  return compareObjects(ts, static_cast<Namespace*>(a)->dict, static_cast<Namespace*>(b)->dict, op);
}
Ref<> reduce(ThreadState& ts, Namespace* n) {
  Ref<Tuple> no_arguments = emptyTuple();
  return packTuple(ts, {n->type, no_arguments.get(), n->dict});
}

int traverse(Namespace* n, VisitFn visit, void* arg) {
  VISIT(n->dict);
  return 0;
}
int clear(Namespace* n) {
  clearField(n->dict);
  return 0;
}
void dealloc(Namespace* n) {
  untrack(n);
  clearField(n->dict);
  n->type->free(n);
}

constexpr MethodDef kMethods[] = {
    METHOD_UNSIGNED("__reduce__", reduce, "($self, /)", "How pickle should save the namespace."), {}};
constexpr MemberDef kMembers[] = {MEMBER("__dict__", ObjectOrNone, Namespace, dict, kMemberReadOnly, nullptr), {}};

}  // namespace

constinit Type kNamespaceType = defineType<Namespace>({
    .name = "types.SimpleNamespace",
    .doc = "An object whose attributes are what it was given.\n\nSimpleNamespace(**kwargs)",
    .flags = kBaseType,
    .dict_offset = offsetof(Namespace, dict),
    .methods = kMethods,
    .members = kMembers,
    .make = makeSlot<make>,
    .init = slot<init>,
    .alloc = genericAlloc,
    .free = freeGcObject,
    .dealloc = slot<dealloc>,
    .traverse = slot<traverse>,
    .clear = slot<clear>,
    .repr = slot<repr>,
    .richcompare = slot<compare>,
    .getattro = genericGetAttrSlot,
    .setattro = genericSetAttrSlot,
});

Ref<> newNamespace(ThreadState& ts, Dict* attributes) {
  Ref<> n = TRY(make(ts, &kNamespaceType, nullptr, nullptr));
  if (attributes) TRY(dictUpdate(ts, static_cast<Namespace*>(n.get())->dict, attributes));
  return n;
}

}  // namespace habu
