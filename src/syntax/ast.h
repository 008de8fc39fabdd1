// The abstract syntax tree: plain structs in an AstArena, generated from ast.def.
//
//   Node { node_kind }                      every node; products too
//    +- Mod, TypeIgnore, Comprehension, Arguments, WithItem, MatchCase
//    +- Located { at }                      line and column range
//        +- Stmt, Expr, Pattern, ExceptHandler, Arg, Keyword, Alias
//
// Names are ASDL's but for four that C++ cannot share: the statement `Expr` is ExprStmt, the expression `Constant` is
// ConstantExpr, the enums boolop/unaryop/cmpop are BoolOperator/UnaryOperator/CompareOperator.
//
// Pointers to nodes, identifiers (interned) and constants are borrowed from the arena, which frees everything at once.
// Optional fields are null when absent (Int: 0). Elements of Dict.keys and Arguments.kw_defaults may be null.
#pragma once
#include <cstdint>

namespace habu {
struct Object;
struct Str;
}  // namespace habu

namespace habu::syntax {

// Lines count from 1; columns are byte offsets in the line's UTF-8 form, from 0; the end column is exclusive.
struct Position {
  int32_t lineno, col_offset, end_lineno, end_col_offset;
};

// A sequence owned by the arena. Shallow: copying it copies the pointer.
template <class T>
struct Seq {
  T* data = nullptr;
  int32_t size = 0;

  T& operator[](int32_t i) const { return data[i]; }
  T* begin() const { return data; }
  T* end() const { return data + size; }
  bool empty() const { return size == 0; }
  T& back() const { return data[size - 1]; }
};

enum class NodeKind : uint8_t {
#define AST_NODE(Sum, Name, PythonName, fields) Name,
#define AST_PRODUCT(Type, python_name, attributes, fields) Type,
#include "syntax/ast.def"
};

#define AST_VALUE(Name) Name,
#define AST_ENUM(Type, python_name, values) enum class Type : uint8_t { values };
#include "syntax/ast.def"

struct Node {
  NodeKind node_kind;
};
struct Located : Node {
  Position at;
};
using Plain = Node;

#define AST_SUM(Type, python_name, attributes) \
  struct Type : attributes {};
#define AST_NODE(Sum, Name, PythonName, fields) struct Name;
#define AST_PRODUCT(Type, python_name, attributes, fields) struct Type;
#include "syntax/ast.def"

namespace field {  // how a field's type in ast.def is stored
#define AST_SUM(Type, python_name, attributes) using Type = syntax::Type*;
#define AST_PRODUCT(Type, python_name, attributes, fields) using Type = syntax::Type*;
#define AST_ENUM(Type, python_name, values) using Type = syntax::Type;
#include "syntax/ast.def"
using ExceptHandler = syntax::ExceptHandler*;
using TypeIgnore = syntax::TypeIgnore*;
using Identifier = Str*;
using String = Str*;
using Constant = Object*;
using Int = int32_t;
}  // namespace field

#define AST_ONE(Type, name) field::Type name;
#define AST_OPTIONAL(Type, name) field::Type name;
#define AST_MANY(Type, name) Seq<field::Type> name;
#define AST_NODE(Sum, Name, PythonName, fields)     \
  struct Name : Sum {                               \
    static constexpr NodeKind kKind = NodeKind::Name; \
    fields                                          \
  };
#define AST_PRODUCT(Type, python_name, attributes, fields) \
  struct Type : attributes {                               \
    static constexpr NodeKind kKind = NodeKind::Type;      \
    fields                                                 \
  };
#include "syntax/ast.def"

template <class T>
bool is(const Node* node) {
  return node->node_kind == T::kKind;
}
// The node as a T, which it must be.
template <class T>
T* as(Node* node) {
  return static_cast<T*>(node);
}
template <class T>
const T* as(const Node* node) {
  return static_cast<const T*>(node);
}
// The node as a T, or null if it is something else.
template <class T>
T* tryAs(Node* node) {
  return node && is<T>(node) ? static_cast<T*>(node) : nullptr;
}

}  // namespace habu::syntax
