// From _ast objects to a tree. Nothing is taken on trust: fields may be missing or hold anything, and reading them may
// run Python code.
#include <cstring>

#include "modules/ast/ast_objects.h"
#include "object/attribute.h"
#include "object/core.h"
#include "object/protocol.h"
#include "object/raise.h"
#include "object/thread_state.h"
#include "types/bytes.h"
#include "types/int.h"
#include "types/list.h"
#include "types/str.h"

namespace habu::ast {
namespace {

using syntax::AstType;
using syntax::FieldInfo;
using syntax::fieldAt;
using syntax::kNodeInfos;
using syntax::kTypeInfos;
using syntax::Located;
using syntax::Node;
using syntax::NodeInfo;
using syntax::NodeKind;
using syntax::Quantity;
using syntax::Seq;
using syntax::TypeInfo;

class Reader {
 public:
  Reader(ThreadState& ts, Classes& classes, syntax::AstArena& arena) : ts_(ts), classes_(classes), arena_(arena) {}

  // A node of the sum or product; None is a null pointer where a sum is asked for.
  Result<Node*> node(AstType type, Object* object) {
    const TypeInfo& info = kTypeInfos[static_cast<int>(type)];
    if (info.kind == TypeInfo::Product) return product(info, object);
    if (isNone(object)) return static_cast<Node*>(nullptr);
    syntax::Position at{};
    if (info.located) TRY(position(object, info, at));
    for (int kind = info.first; kind < info.first + info.count; ++kind) {
      if (!isInstanceOf(object, *classes_.nodes[kind])) continue;
      Node* made = TRY(fields(kind, object));
      if (info.located) static_cast<Located*>(made)->at = at;
      return made;
    }
    return raise(ts_, kTypeError, "expected some sort of {}, but got {!r}", info.name, object);
  }

 private:
  Result<Node*> product(const TypeInfo& info, Object* object) {
    Node* made = TRY(fields(info.first, object));
    if (info.located) TRY(position(object, info, static_cast<Located*>(made)->at));
    return made;
  }

  // Line and column numbers. The end may be missing; patterns must have theirs.
  Status position(Object* object, const TypeInfo& info, syntax::Position& at) {
    bool end_required = &info == &kTypeInfos[static_cast<int>(AstType::Pattern)];
    int32_t* parts[4] = {&at.lineno, &at.col_offset, &at.end_lineno, &at.end_col_offset};
    for (int i = 0; i < 4; ++i) {
      Ref<> value = TRY(findAttr(ts_, object, classes_.positions[i]));
      if (i >= 2 && !end_required && (!value || isNone(value.get()))) {
        *parts[i] = *parts[i - 2];
        continue;
      }
      if (!value)
        return raise(ts_, kTypeError, "required field \"{}\" missing from {}", classes_.positions[i], info.name);
      RecursionGuard guard(ts_, info.where);
      if (guard.failed()) return Raised{};
      *parts[i] = TRY(integer(value.get()));
    }
    return kDone;
  }

  Result<Node*> fields(int kind, Object* object) {
    const NodeInfo& info = kNodeInfos[kind];
    void* memory = arena_.allocate(info.size, 16);
    if (!memory) return raiseNoMemory(ts_);
    std::memset(memory, 0, info.size);
    auto* made = static_cast<Node*>(memory);
    made->node_kind = static_cast<NodeKind>(kind);
    for (int i = 0; i < info.field_count; ++i) TRY(readField(made, kind, i, object));
    for (int i = 0; i < info.field_count; ++i) {
      const FieldInfo& field = info.fields[i];
      if (field.quantity != Quantity::One || field.type == AstType::Int || syntax::isEnum(field.type)) continue;
      if (!fieldAt<void*>(made, field))
        return raise(ts_, kValueError, "field '{}' is required for {}", field.name, info.name);
    }
    return made;
  }

  Status readField(Node* made, int kind, int index, Object* object) {
    const NodeInfo& info = kNodeInfos[kind];
    const FieldInfo& field = info.fields[index];
    Ref<> value = TRY(findAttr(ts_, object, classes_.fields[kind][index]));
    if (field.quantity == Quantity::Optional && (!value || isNone(value.get()))) return kDone;
    if (!value) return raise(ts_, kTypeError, "required field \"{}\" missing from {}", field.name, info.name);
    if (field.quantity == Quantity::Many) return readList(made, info, field, value.get());
    RecursionGuard guard(ts_, info.where);
    if (guard.failed()) return Raised{};
    return readValue(field.type, value.get(), reinterpret_cast<char*>(made) + field.offset);
  }

  Status readList(Node* made, const NodeInfo& info, const FieldInfo& field, Object* value) {
    if (!isList(value))
      return raise(ts_, kTypeError, "{} field \"{}\" must be a list, not a {:.200}", info.name, field.name, value->type);
    auto* list = static_cast<List*>(value);
    Index count = list->size;
    size_t width = syntax::isEnum(field.type) ? 1 : sizeof(void*);
    auto* data = static_cast<char*>(arena_.allocate(static_cast<size_t>(count) * width + 1));
    if (!data) return raiseNoMemory(ts_);
    for (Index i = 0; i < count; ++i) {
      Ref<> item = share(list->items[i]);
      RecursionGuard guard(ts_, info.where);
      if (guard.failed()) return Raised{};
      TRY(readValue(field.type, item.get(), data + static_cast<size_t>(i) * width));
      if (list->size != count)
        return raise(ts_, kRuntimeError, "{} field \"{}\" changed size during iteration", info.name, field.name);
    }
    auto& sequence = fieldAt<Seq<void*>>(made, field);
    sequence.data = reinterpret_cast<void**>(data);
    sequence.size = static_cast<int32_t>(count);
    return kDone;
  }

  template <class T>
  static Status store(void* where, T value) {
    std::memcpy(where, &value, sizeof value);
    return kDone;
  }

  Status readValue(AstType type, Object* value, void* where) {
    if (syntax::isEnum(type)) return store(where, TRY(enumValue(type, value)));
    if (syntax::isNode(type)) return store(where, TRY(node(type, value)));
    switch (type) {
      case AstType::Int: return store(where, TRY(integer(value)));
      case AstType::Identifier:
        if (!isNone(value) && !isExactStr(value)) return raise(ts_, kTypeError, "AST identifier must be of type str");
        break;
      case AstType::String:
        if (!isNone(value) && !isExactStr(value) && !isExact(value, kBytesType))
          return raise(ts_, kTypeError, "AST string must be of type str");
        break;
      default: break;
    }
    if (isNone(value) && type != AstType::Constant) return store<Object*>(where, nullptr);
    if (type == AstType::Identifier) {
      Ref<Str> name = share(static_cast<Str*>(value));
      intern(name);
      return keep(where, std::move(name));
    }
    return keep(where, share(value));
  }
  Status keep(void* where, Ref<> object) {
    Object* kept = arena_.own(std::move(object));
    return kept ? store(where, kept) : Status(raiseNoMemory(ts_));
  }

  Result<uint8_t> enumValue(AstType type, Object* value) {
    const TypeInfo& info = kTypeInfos[static_cast<int>(type)];
    for (uint8_t i = 0; i < info.count; ++i)
      if (isInstanceOf(value, *classes_.values[static_cast<int>(type)][i])) return i;
    return raise(ts_, kTypeError, "expected some sort of {}, but got {!r}", info.name, value);
  }

  Result<int32_t> integer(Object* value) {
    if (!isInt(value)) return raise(ts_, kValueError, "invalid integer value: {!r}", value);
    return asCInt(ts_, value);
  }

  ThreadState& ts_;
  Classes& classes_;
  syntax::AstArena& arena_;
};

}  // namespace

Result<syntax::Mod*> fromObjects(ThreadState& ts, syntax::AstArena& arena, Object* tree) {
  Classes* all = TRY(classes(ts));
  Node* node = TRY(Reader(ts, *all, arena).node(AstType::Mod, tree));
  return static_cast<syntax::Mod*>(node);
}

}  // namespace habu::ast
