#include "types/structseq.h"

#include <string.h>

#include "object/alloc.h"
#include "object/bind.h"
#include "object/gc.h"
#include "object/module_def.h"
#include "object/names.h"
#include "object/protocol.h"
#include "types/dict.h"
#include "types/heap_type.h"
#include "types/int.h"
#include "types/str.h"
#include "types/tuple.h"

namespace habu {
namespace {

// What a struct sequence type knows beyond a Type; found through type->members, which points into it.
struct Info {
  Index fields, visible, unnamed;
  MemberDef members[1];  // named fields, then an empty one
};

// Classes cannot be derived from struct sequences, so the type's own members are these.
const Info& infoOf(const Type* t) {
  return *reinterpret_cast<const Info*>(reinterpret_cast<const char*>(t->members) - offsetof(Info, members));
}

Info* makeInfo(ThreadState& ts, const StructSeqDesc& d) {
  Index count = 0;
  while (d.fields[count].name) ++count;
  auto* info = static_cast<Info*>(allocate(sizeof(Info) + size_t(count) * sizeof(MemberDef)));
  if (!info) {
    (void)raiseNoMemory(ts);
    return nullptr;
  }
  *info = {count, d.visible, 0, {}};
  MemberDef* member = info->members;
  for (Index i = 0; i < count; ++i) {
    if (d.fields[i].name == kUnnamedField) {
      ++info->unnamed;
      continue;
    }
    Index offset = Index(offsetof(StructSeq, items)) + i * Index(sizeof(Object*));
    *member++ = {d.fields[i].name, MemberKind::Object, offset, kMemberReadOnly, d.fields[i].doc};
  }
  *member = {};
  return info;
}

Index fieldOf(const MemberDef& m) { return (m.offset - Index(offsetof(StructSeq, items))) / Index(sizeof(Object*)); }

const char* hiddenName(const Info& info, Index field) {
  for (const MemberDef* m = info.members; m->name; ++m)
    if (fieldOf(*m) == field) return m->name;
  return kUnnamedField;
}

int traverse(StructSeq* self, VisitFn visit, void* arg) {
  VISIT(self->type);
  for (Index i = 0, n = structSeqFields(self->type); i < n; ++i) VISIT(self->items[i]);
  return 0;
}

void dealloc(StructSeq* self) {
  untrack(self);
  TrashScope trash(self);
  if (trash.deferred()) return;
  for (Index i = structSeqFields(self->type); --i >= 0;) clearField(self->items[i]);
  if (self->type->has(kHeapType)) freeInstance(self);
  else freeGcObject(self);
}

Ref<> repr(ThreadState& ts, StructSeq* self) {
  StrBuilder out(ts);
  const Info& info = infoOf(self->type);
  out.append(std::string_view(self->type->name));
  out.append(U'(');
  for (Index i = 0; i < self->size; ++i) {
    if (i) out.append(std::string_view(", "));
    const MemberDef* member = &info.members[i];  // CPython counts the named fields only: (st_atime=7, ...)
    if (i >= info.fields - info.unnamed)
      return raise(ts, kSystemError, "In structseq_repr(), member {} name is NULL for type {:.500}", i, self->type);
    Ref<Str> text = TRY(reprOf(ts, self->items[i]));
    out.append(std::string_view(member->name));
    out.append(U'=');
    out.append(text.get());
  }
  out.append(U')');
  return out.finish();
}

Ref<> reduce(ThreadState& ts, StructSeq* self) {
  const Info& info = infoOf(self->type);
  Ref<Tuple> visible = TRY(newTuple(ts, {self->items, size_t(self->size)}));
  Ref<Dict> hidden = TRY(newDict(ts));
  for (Index i = self->size; i < info.fields; ++i)
    TRY(dictSetAscii(ts, hidden.get(), hiddenName(info, i), Ref<>::share(self->items[i])));
  Ref<Tuple> args = TRY(packTuple(ts, {visible.get(), hidden.get()}));
  return packTuple(ts, {self->type, args.get()});
}

Status checkLength(ThreadState& ts, Type* type, const Info& info, Index given) {
  if (given >= info.visible && given <= info.fields) return kDone;
  const char* bound = info.visible == info.fields ? "a" : given < info.visible ? "an at least" : "an at most";
  return raise(ts, kTypeError, "{:.500}() takes {} {}-sequence ({}-sequence given)", type, bound,
               given < info.visible ? info.visible : info.fields, given);
}

Ref<> construct(ThreadState& ts, Type* type, Object* sequence, Object* dict) {
  const Info& info = infoOf(type);
  Ref<> items = TRY(sequenceFast(ts, sequence, "constructor requires a sequence"));
  if (dict && !isDict(dict))
    return raise(ts, kTypeError, "{:.500}() takes a dict as second arg, if any", type);
  Index given = fastSize(items.get());
  TRY(checkLength(ts, type, info, given));
  Ref<StructSeq> self = TRY(newStructSeq(ts, type));
  for (Index i = 0; i < given; ++i) setStructSeqItem(self.get(), i, Ref<>::share(fastItems(items.get())[i]));
  for (Index i = given; i < info.fields; ++i) {
    Ref<> value = none();
    if (dict) {
      Ref<Str> name = TRY(internedStr(ts, hiddenName(info, i)));
      Found found = dictFind(ts, static_cast<Dict*>(dict), name.get());
      if (found.failed()) return Raised{};
      if (Ref<> hit = found.take()) value = std::move(hit);
    }
    setStructSeqItem(self.get(), i, std::move(value));
  }
  return self;
}

constexpr MethodDef kMethods[] = {METHOD_UNSIGNED("__reduce__", reduce, "($self, /)", nullptr), {}};

constexpr Type kTemplate = defineVarType<StructSeq>(
    offsetof(StructSeq, items),
    {.name = "structseq", .base = &kTupleType, .item_size = sizeof(Object*), .methods = kMethods,
     .make = structSeqNew, .dealloc = slot<dealloc>, .traverse = slot<traverse>, .repr = slot<repr>});

Status addCounts(ThreadState& ts, Type& type) {
  const Info& info = infoOf(&type);
  TRY(dictSetAscii(ts, type.dict, "n_sequence_fields", TRY(newInt(ts, info.visible))));
  TRY(dictSetAscii(ts, type.dict, "n_fields", TRY(newInt(ts, info.fields))));
  TRY(dictSetAscii(ts, type.dict, "n_unnamed_fields", TRY(newInt(ts, info.unnamed))));
  Index named = 0;
  for (const MemberDef* m = info.members; m->name && fieldOf(*m) < info.visible; ++m) ++named;
  Ref<Tuple> match = TRY(newTupleUninitialized(ts, named));
  for (Index i = 0; i < named; ++i) put(match.get(), i, TRY(internedStr(ts, info.members[i].name)));
  return dictSetAscii(ts, type.dict, "__match_args__", std::move(match));
}

}  // namespace

Object* structSeqNew(Type* type, Object* args, Object* keywords) {
  static constexpr Signature kSignature = parseSignature("structseq", "(sequence, dict=None)");
  ThreadState& ts = ThreadState::current();
  Object* values[2];
  if (!parseTupleArguments(ts, kSignature, reinterpret_cast<Tuple*>(args), reinterpret_cast<Dict*>(keywords), values))
    return nullptr;
  return construct(ts, type, values[0], values[1]).release();
}

Index structSeqFields(const Type* t) { return infoOf(t).fields; }

Ref<StructSeq> newStructSeq(ThreadState& ts, Type* type) {
  const Info& info = infoOf(type);
  Ref<StructSeq> self = TRY(newObject<StructSeq>(ts, *type, info.fields));
  self->size = info.visible;
  track(self.get());
  return self;
}

Ref<Type> newStructSeqType(ThreadState& ts, const StructSeqDesc& d, unsigned long flags, NewFn make) {
  Info* info = makeInfo(ts, d);
  if (!info) return Raised{};
  Type definition = kTemplate;
  definition.name = d.name;
  definition.doc = d.doc;
  definition.members = info->members;
  definition.flags |= flags;
  if (make) definition.make = make;
  Ref<Type> type = TRY(makeHeapType(ts, definition));
  TRY(addCounts(ts, *type));
  return type;
}

Status initStructSeqType(ThreadState& ts, Type& type, const StructSeqDesc& d, unsigned long flags) {
  Info* info = makeInfo(ts, d);
  if (!info) return Raised{};
  type = kTemplate;
  type.name = d.name;
  type.doc = d.doc;
  type.members = info->members;
  type.flags |= flags;
  TRY(readyType(ts, type));
  return addCounts(ts, type);
}

}  // namespace habu
