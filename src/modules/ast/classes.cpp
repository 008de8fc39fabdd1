// The classes of module _ast.
#include <cstring>

#include "base/plain_vector.h"
#include "modules/ast/ast_objects.h"
#include "object/alloc.h"
#include "object/attribute.h"
#include "object/bind.h"
#include "object/call.h"
#include "object/gc.h"
#include "object/module_def.h"
#include "object/names.h"
#include "types/dict.h"
#include "types/heap_type.h"
#include "types/list.h"
#include "types/str.h"
#include "types/tuple.h"
#include "types/type_object.h"

namespace habu {
namespace ast {
namespace {

using syntax::AstType;
using syntax::FieldInfo;
using syntax::kAstTypeCount;
using syntax::kNodeInfos;
using syntax::kNodeKindCount;
using syntax::kTypeInfos;
using syntax::NodeInfo;
using syntax::Quantity;
using syntax::TypeInfo;

// ---- AST, the base of all ----

void dealloc(Object* self) {
  untrack(self);
  clearField(static_cast<AstObject*>(self)->dict);
  freeInstance(self);
}
int traverse(Object* self, VisitFn visit, void* arg) {
  VISIT(self->type);
  VISIT(static_cast<AstObject*>(self)->dict);
  return 0;
}
int clear(Object* self) {
  clearField(static_cast<AstObject*>(self)->dict);
  return 0;
}

constinit Name kFields{"_fields"};
constinit Name kAttributes{"_attributes"};

// Cls(*fields, **fields_and_attributes)
Status initialize(ThreadState& ts, Object* self, Tuple* args, Dict* keywords) {
  Ref<> fields = TRY(findAttr(ts, reinterpret_cast<Object*>(self->type), kFields));
  if (fields && !isTuple(fields.get())) {
    Ref<List> list = TRY(newList(ts));
    TRY(extendList(ts, list.get(), fields.get()));
    fields = TRY(listToTuple(ts, list.get()));
  }
  auto* names = static_cast<Tuple*>(fields.get());
  Index count = names ? names->size : 0;
  if (args->size > count)
    return raise(ts, kTypeError, "{} constructor takes at most {} positional argument{}", shortName(self->type), count,
                 count == 1 ? "" : "s");
  for (Index i = 0; i < args->size; ++i) {
    if (!isStr(names->items[i])) return raise(ts, kTypeError, "attribute name must be string, not '{}'", names->items[i]->type);
    TRY(setAttr(ts, self, static_cast<Str*>(names->items[i]), args->items[i]));
  }
  if (!keywords) return kDone;
  DictCursor each(keywords);
  while (each.next()) {
    auto* name = static_cast<Str*>(each.key);
    for (Index i = 0; i < args->size; ++i)
      if (isStr(names->items[i]) && equalStr(static_cast<Str*>(names->items[i]), name))
        return raise(ts, kTypeError, "{} got multiple values for argument '{}'", shortName(self->type), name);
    TRY(setAttr(ts, self, name, each.value));
  }
  return kDone;
}
int init(Object* self, Object* args, Object* keywords) {
  ThreadState& ts = ThreadState::current();
  return failed(initialize(ts, self, static_cast<Tuple*>(args), static_cast<Dict*>(keywords))) ? -1 : 0;
}

Ref<> reduce(ThreadState& ts, Object* self) {
  Ref<Tuple> none = emptyTuple();
  Ref<> dict = TRY(findAttr(ts, self, names::__dict__));
  if (dict) return packTuple(ts, {reinterpret_cast<Object*>(self->type), none.get(), dict.get()});
  return packTuple(ts, {reinterpret_cast<Object*>(self->type), none.get()});
}
Object* reduceMethod(Object* self, Object*) { return reduce(ThreadState::current(), self).release(); }

constexpr MethodDef kMethods[] = {{"__reduce__", &reduceMethod, kMethNoArgs, nullptr}, {}};
constexpr GetSetDef kGetSet[] = {{"__dict__", genericDictGetter, genericDictSetter, nullptr, nullptr}, {}};

constinit const Type kDefinition = defineType<AstObject>({.name = "ast.AST",
                                                          .flags = kBaseType,
                                                          .dict_offset = offsetof(AstObject, dict),
                                                          .methods = kMethods,
                                                          .getset = kGetSet,
                                                          .make = genericNew,
                                                          .init = init,
                                                          .alloc = genericAlloc,
                                                          .free = freeGcObject,
                                                          .dealloc = dealloc,
                                                          .traverse = traverse,
                                                          .clear = clear,
                                                          .getattro = genericGetAttrSlot,
                                                          .setattro = genericSetAttrSlot});

// ---- docstrings: the grammar that the table spells ----

class Text {
 public:
  void add(const char* text) {
    while (*text) ok_ &= text_.push(*text++);
  }
  void addNode(const NodeInfo& node) {
    add(node.name);
    if (!node.field_count) return;
    add("(");
    for (int i = 0; i < node.field_count; ++i) {
      const FieldInfo& field = node.fields[i];
      if (i) add(", ");
      add(syntax::nameOf(field.type));
      add(field.quantity == Quantity::Many ? "* " : field.quantity == Quantity::Optional ? "? " : " ");
      add(field.name);
    }
    add(")");
  }
  Ref<Str> finish(ThreadState& ts) {
    if (!ok_) return raiseNoMemory(ts);
    return newStr(ts, {text_.data(), static_cast<size_t>(text_.size())});
  }

 private:
  PlainVector<char> text_;
  bool ok_ = true;
};

Ref<Str> nodeDoc(ThreadState& ts, const NodeInfo& node) {
  Text text;
  text.addNode(node);
  return text.finish(ts);
}

// "expr = A(...)\n     | B(...)"; sums of plain names stand on one line.
Ref<Str> sumDoc(ThreadState& ts, const TypeInfo& sum) {
  Text text;
  text.add(sum.name);
  text.add(" = ");
  for (int i = 0; i < sum.count; ++i) {
    if (i && sum.kind == TypeInfo::Sum) {
      text.add("\n");
      for (size_t n = std::strlen(sum.name); n; --n) text.add(" ");
    }
    if (i) text.add(" | ");
    if (sum.kind == TypeInfo::Enum) text.add(sum.values[i]);
    else text.addNode(kNodeInfos[sum.first + i]);
  }
  return text.finish(ts);
}

// ---- making the classes ----

struct Maker {
  ThreadState& ts;
  Classes& made;

  Ref<Tuple> names(Str* const* strings, int count) {
    Ref<Tuple> tuple = TRY(newTupleUninitialized(ts, count));
    for (int i = 0; i < count; ++i) put(tuple.get(), i, share(static_cast<Object*>(strings[i])));
    return tuple;
  }

  // A class with fields `node` (null: none), as `class name(base): ...` in module ast.
  Result<Type*> make(const char* name, Type* base, const NodeInfo* node, Ref<Str> doc) {
    Ref<Dict> body = TRY(newDict(ts));
    int count = node ? node->field_count : 0;
    Ref<Tuple> fields = TRY(names(count ? made.fields[node - kNodeInfos] : nullptr, count));
    TRY(dictSet(ts, body.get(), kFields, fields.get()));
    TRY(dictSet(ts, body.get(), ::habu::names::__match_args__, fields.get()));
    TRY(dictSetAscii(ts, body.get(), "__module__", TRY(newStr(ts, "ast"))));
    if (!doc) return Raised{};
    TRY(dictSetAscii(ts, body.get(), "__doc__", std::move(doc)));
    Ref<Tuple> bases = TRY(packTuple(ts, {base}));
    Ref<Str> text = TRY(newStr(ts, name));
    Ref<> type = TRY(call(ts, &kTypeType, {text.get(), bases.get(), body.get()}));
    return static_cast<Type*>(type.release());
  }

  Status setNone(Type* type, Str* name) { return setAttr(ts, type, name, &kNoneObject); }

  Status addAttributes(Type* type, const TypeInfo& info) {
    Ref<Tuple> attributes = TRY(names(made.positions, info.located ? 4 : 0));
    return setAttr(ts, type, kAttributes, attributes.get());
  }
  // The end of a node is optional for programs, but for patterns'.
  Status addOptionalEnd(Type* type, const TypeInfo& info) {
    if (!info.located || &info == &kTypeInfos[static_cast<int>(AstType::Pattern)]) return kDone;
    TRY(setNone(type, made.positions[2]));
    return setNone(type, made.positions[3]);
  }
  Status addOptionalFields(Type* type, int node) {
    for (int i = 0; i < kNodeInfos[node].field_count; ++i)
      if (kNodeInfos[node].fields[i].quantity == Quantity::Optional) TRY(setNone(type, made.fields[node][i]));
    return kDone;
  }

  Status internNames() {
    const char* positions[] = {"lineno", "col_offset", "end_lineno", "end_col_offset"};
    for (int i = 0; i < 4; ++i) made.positions[i] = TRY(internedStr(ts, positions[i])).release();
    for (int node = 0; node < kNodeKindCount; ++node)
      for (int i = 0; i < kNodeInfos[node].field_count; ++i)
        made.fields[node][i] = TRY(internedStr(ts, kNodeInfos[node].fields[i].name)).release();
    return kDone;
  }

  Status makeBase() {
    made.base = TRY(makeHeapType(ts, kDefinition)).release();
    Ref<Tuple> none = emptyTuple();
    TRY(setAttr(ts, made.base, kFields, none.get()));
    TRY(setAttr(ts, made.base, ::habu::names::__match_args__, none.get()));
    return setAttr(ts, made.base, kAttributes, none.get());
  }

  Status makeType(int index) {
    const TypeInfo& info = kTypeInfos[index];
    bool product = info.kind == TypeInfo::Product;
    const NodeInfo* node = product ? &kNodeInfos[info.first] : nullptr;
    Type* type = TRY(make(info.name, made.base, node, product ? nodeDoc(ts, *node) : sumDoc(ts, info)));
    made.types[index] = type;
    TRY(addAttributes(type, info));
    if (product) {
      made.nodes[info.first] = type;
      TRY(addOptionalFields(type, info.first));
    }
    TRY(addOptionalEnd(type, info));
    if (info.kind == TypeInfo::Enum) return makeValues(index);
    if (info.kind == TypeInfo::Sum) return makeConstructors(index);
    return kDone;
  }

  Status makeConstructors(int index) {
    const TypeInfo& info = kTypeInfos[index];
    for (int node = info.first; node < info.first + info.count; ++node) {
      const NodeInfo& constructor = kNodeInfos[node];
      made.nodes[node] = TRY(make(constructor.name, made.types[index], &constructor, nodeDoc(ts, constructor)));
      TRY(addOptionalFields(made.nodes[node], node));
    }
    return kDone;
  }

  Status makeValues(int index) {
    const TypeInfo& info = kTypeInfos[index];
    for (int i = 0; i < info.count; ++i) {
      Type* type = TRY(make(info.values[i], made.types[index], nullptr, newStr(ts, info.values[i])));
      made.values[index][i] = type;
      made.singletons[index][i] = TRY(call(ts, type)).release();
    }
    return kDone;
  }

  Status run() {
    TRY(internNames());
    TRY(makeBase());
    for (int index = 0; index < kAstTypeCount; ++index) TRY(makeType(index));
    return kDone;
  }
};

Classes the_classes;
bool classes_made = false;

}  // namespace

Classes* classesOrNull() { return classes_made ? &the_classes : nullptr; }

Result<Classes*> classes(ThreadState& ts) {
  if (!classes_made) {
    TRY((Maker{ts, the_classes}.run()));
    classes_made = true;
  }
  return &the_classes;
}

// ---- the module ----

namespace {

Status addClass(ThreadState& ts, Module* module, const char* name, Type* type) {
  return addObject(ts, module, name, share(static_cast<Object*>(type)));
}

Status populate(ThreadState& ts, Module* module) {
  Classes* all = TRY(classes(ts));
  TRY(addClass(ts, module, "AST", all->base));
  TRY(addInt(ts, module, "PyCF_ALLOW_TOP_LEVEL_AWAIT", 0x2000));
  TRY(addInt(ts, module, "PyCF_ONLY_AST", 0x400));
  TRY(addInt(ts, module, "PyCF_TYPE_COMMENTS", 0x1000));
  for (int index = 0; index < kAstTypeCount; ++index) {
    const TypeInfo& info = kTypeInfos[index];
    TRY(addClass(ts, module, info.name, all->types[index]));
    for (int i = 0; i < info.count; ++i) {
      if (info.kind == TypeInfo::Enum) TRY(addClass(ts, module, info.values[i], all->values[index][i]));
      if (info.kind == TypeInfo::Sum) TRY(addClass(ts, module, kNodeInfos[info.first + i].name, all->nodes[info.first + i]));
    }
  }
  return kDone;
}

}  // namespace
}  // namespace ast

extern const ModuleDef kAstModule;
const ModuleDef kAstModule = {.name = "_ast", .populate = ast::populate};

}  // namespace habu
