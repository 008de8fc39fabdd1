// From the parser's tree to _ast objects.
#include "modules/ast/ast_objects.h"
#include "object/alloc.h"
#include "object/attribute.h"
#include "object/core.h"
#include "object/raise.h"
#include "object/thread_state.h"
#include "types/dict.h"
#include "types/int.h"
#include "types/list.h"
#include "types/str.h"

namespace habu::ast {
namespace {

using syntax::AstType;
using syntax::FieldInfo;
using syntax::fieldAt;
using syntax::Node;
using syntax::Quantity;
using syntax::Seq;

// CPython allows three nodes per Python frame.
constexpr int kNodesPerFrame = 3;

class Converter {
 public:
  Converter(ThreadState& ts, Classes& classes) : ts_(ts), classes_(classes) {
    limit_ = ts.recursion_limit > INT32_MAX / kNodesPerFrame ? INT32_MAX : ts.recursion_limit * kNodesPerFrame;
    depth_ = (ts.recursion_limit - ts.recursion_remaining) * kNodesPerFrame;
  }

  Ref<> node(const Node* node) {
    if (!node) return none();
    if (++depth_ > limit_ || RecursionGuard::nativeStackLow(ts_))
      return raise(ts_, kRecursionError, "maximum recursion depth exceeded during ast construction");
    const syntax::NodeInfo& info = syntax::infoOf(node);
    int kind = static_cast<int>(node->node_kind);
    Type* type = classes_.nodes[kind];
    Ref<> object = Ref<>::steal(type->alloc(type, 0));
    if (!object) return Raised{};
    Ref<Dict> dict = TRY(newDict(ts_, info.field_count + 4));
    for (int i = 0; i < info.field_count; ++i) {
      Ref<> value = TRY(field(node, info.fields[i]));
      TRY(dictSet(ts_, dict.get(), classes_.fields[kind][i], value.get()));
    }
    if (syntax::kTypeInfos[static_cast<int>(info.type)].located) {
      const syntax::Position& at = static_cast<const syntax::Located*>(node)->at;
      TRY(position(dict.get(), 0, at.lineno));
      TRY(position(dict.get(), 1, at.col_offset));
      TRY(position(dict.get(), 2, at.end_lineno));
      TRY(position(dict.get(), 3, at.end_col_offset));
    }
    static_cast<AstObject*>(object.get())->dict = dict.release();
    --depth_;
    return object;
  }

 private:
  Status position(Dict* dict, int which, int value) {
    Ref<Int> number = TRY(newInt(ts_, value));
    return dictSet(ts_, dict, classes_.positions[which], number.get());
  }

  Ref<> enumValue(AstType type, uint8_t value) {
    return Ref<>::share(classes_.singletons[static_cast<int>(type)][value]);
  }
  Ref<> objectOrNone(Object* object) { return object ? Ref<>::share(object) : none(); }

  Ref<> field(const Node* node, const FieldInfo& field) {
    if (field.quantity == Quantity::Many) return sequence(node, field);
    if (syntax::isEnum(field.type)) return enumValue(field.type, fieldAt<uint8_t>(node, field));
    if (field.type == AstType::Int) return newInt(ts_, fieldAt<int32_t>(node, field));
    if (syntax::isNode(field.type)) return this->node(fieldAt<Node*>(node, field));
    return objectOrNone(fieldAt<Object*>(node, field));
  }

  Ref<> sequence(const Node* node, const FieldInfo& field) {
    const auto& items = fieldAt<Seq<Node*>>(node, field);
    Ref<List> list = TRY(newList(ts_, items.size));
    for (int i = 0; i < items.size; ++i) {
      Ref<> item;
      if (syntax::isEnum(field.type)) item = enumValue(field.type, fieldAt<Seq<uint8_t>>(node, field)[i]);
      else if (syntax::isNode(field.type)) item = TRY(this->node(items[i]));
      else item = objectOrNone(fieldAt<Seq<Object*>>(node, field)[i]);
      TRY(appendList(ts_, list.get(), std::move(item)));
    }
    return list;
  }

  ThreadState& ts_;
  Classes& classes_;
  int depth_, limit_;
};

}  // namespace

Ref<> toObjects(ThreadState& ts, syntax::Mod* tree) {
  Classes* all = TRY(classes(ts));
  return Converter(ts, *all).node(tree);
}

}  // namespace habu::ast
