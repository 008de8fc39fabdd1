// ast.def as data: for code that treats nodes alike (the classes of module _ast, conversions, dumps).
#pragma once
#include <cstddef>
#include <cstdint>

#include "syntax/ast.h"

namespace habu::syntax {

// What a field holds: a sum, product or enum of ast.def, or one of the four basic types.
enum class AstType : uint8_t {
#define AST_SUM(Type, python_name, attributes) Type,
#define AST_PRODUCT(Type, python_name, attributes, fields) Type,
#define AST_ENUM(Type, python_name, values) Type,
#include "syntax/ast.def"
  Identifier, String, Constant, Int,
  // fields name the two sums with a single constructor by that constructor
  ExceptHandler = ExceptHandlerSum,
  TypeIgnore = TypeIgnoreSum,
};
inline constexpr int kAstTypeCount = static_cast<int>(AstType::Identifier);
inline constexpr int kNodeKindCount = 0
#define AST_NODE(Sum, Name, PythonName, fields) +1
#define AST_PRODUCT(Type, python_name, attributes, fields) +1
#include "syntax/ast.def"
    ;

enum class Quantity : uint8_t { One, Optional, Many };

struct FieldInfo {
  const char* name;
  AstType type;
  Quantity quantity;
  uint16_t offset;  // in the node's struct
};

struct NodeInfo {
  const char* name;   // as Python has it
  const char* where;  // " while traversing 'NAME' node"
  AstType type;       // the sum it belongs to, or the product it is
  bool is_product;
  uint8_t field_count;
  uint16_t size;
  const FieldInfo* fields;
};

struct TypeInfo {
  const char* name;
  const char* where;
  enum Kind : uint8_t { Sum, Product, Enum } kind;
  bool located;
  // Enum: the values; Sum: the kinds of its constructors; Product: its own kind.
  uint8_t first, count;
  const char* const* values;  // Enum only
};

extern const NodeInfo kNodeInfos[];  // by NodeKind
extern const TypeInfo kTypeInfos[];  // by AstType
extern const char* const kBasicTypeNames[4];

inline const NodeInfo& infoOf(const Node* node) { return kNodeInfos[static_cast<int>(node->node_kind)]; }
inline bool isEnum(AstType type) {
  return static_cast<int>(type) < kAstTypeCount && kTypeInfos[static_cast<int>(type)].kind == TypeInfo::Enum;
}
inline bool isNode(AstType type) { return static_cast<int>(type) < kAstTypeCount && !isEnum(type); }
inline const char* nameOf(AstType type) {
  int index = static_cast<int>(type);
  return index < kAstTypeCount ? kTypeInfos[index].name : kBasicTypeNames[index - kAstTypeCount];
}

template <class T>
T& fieldAt(Node* node, const FieldInfo& field) {
  return *reinterpret_cast<T*>(reinterpret_cast<char*>(node) + field.offset);
}
template <class T>
const T& fieldAt(const Node* node, const FieldInfo& field) {
  return *reinterpret_cast<const T*>(reinterpret_cast<const char*>(node) + field.offset);
}

}  // namespace habu::syntax
