#include "syntax/ast_info.h"

#include <iterator>

namespace habu::syntax {
namespace {

// The fields of node `Name` are kFields_Name[]; the last entry only ends the list.
#define AST_ONE(Type, name) {#name, AstType::Type, Quantity::One, static_cast<uint16_t>(offsetof(Self, name))},
#define AST_OPTIONAL(Type, name) {#name, AstType::Type, Quantity::Optional, static_cast<uint16_t>(offsetof(Self, name))},
#define AST_MANY(Type, name) {#name, AstType::Type, Quantity::Many, static_cast<uint16_t>(offsetof(Self, name))},
template <class T>
struct Fields;
#define AST_NODE(Sum, Name, PythonName, list)          \
  template <>                                          \
  struct Fields<Name> {                                \
    using Self [[maybe_unused]] = Name;                \
    static constexpr FieldInfo kList[] = {list {}};    \
  };
#define AST_PRODUCT(Type, python_name, attributes, list) \
  template <>                                            \
  struct Fields<Type> {                                  \
    using Self [[maybe_unused]] = Type;                  \
    static constexpr FieldInfo kList[] = {list {}};      \
  };
#include "syntax/ast.def"

template <class T>
constexpr NodeInfo describe(const char* name, const char* where, AstType type, bool is_product) {
  constexpr auto& list = Fields<T>::kList;
  return {name, where, type, is_product, static_cast<uint8_t>(std::size(list) - 1), sizeof(T), list};
}

template <AstType kType>
struct Values;
#define AST_VALUE(Name) #Name,
#define AST_ENUM(Type, python_name, values)              \
  template <>                                            \
  struct Values<AstType::Type> {                         \
    static constexpr const char* kNames[] = {values};    \
  };
#include "syntax/ast.def"

constexpr bool kLocated = true;
constexpr bool kPlain = false;

// The kinds of a sum's constructors follow each other.
constexpr int firstOf(AstType sum);
constexpr int countOf(AstType sum);

}  // namespace

constinit const NodeInfo kNodeInfos[] = {
#define AST_NODE(Sum, Name, PythonName, fields) \
  describe<Name>(#PythonName, " while traversing '" #PythonName "' node", AstType::Sum, false),
#define AST_PRODUCT(Type, python_name, attributes, fields) \
  describe<Type>(#python_name, " while traversing '" #python_name "' node", AstType::Type, true),
#include "syntax/ast.def"
};

namespace {
struct NodeSum {
  AstType type;
};
constexpr NodeSum kSums[] = {
#define AST_NODE(Sum, Name, PythonName, fields) {AstType::Sum},
#define AST_PRODUCT(Type, python_name, attributes, fields) {AstType::Type},
#include "syntax/ast.def"
};
constexpr int firstOf(AstType sum) {
  for (int i = 0; i < kNodeKindCount; ++i)
    if (kSums[i].type == sum) return i;
  return 0;
}
constexpr int countOf(AstType sum) {
  int count = 0;
  for (const NodeSum& node : kSums) count += node.type == sum;
  return count;
}
}  // namespace

constinit const TypeInfo kTypeInfos[] = {
#define AST_SUM(Type, python_name, attributes)                                                          \
  {#python_name, " while traversing '" #python_name "' node", TypeInfo::Sum, k##attributes,             \
   static_cast<uint8_t>(firstOf(AstType::Type)), static_cast<uint8_t>(countOf(AstType::Type)), nullptr},
#define AST_PRODUCT(Type, python_name, attributes, fields)                                              \
  {#python_name, " while traversing '" #python_name "' node", TypeInfo::Product, k##attributes,         \
   static_cast<uint8_t>(firstOf(AstType::Type)), 1, nullptr},
#define AST_ENUM(Type, python_name, values)                                                             \
  {#python_name, " while traversing '" #python_name "' node", TypeInfo::Enum, false, 0,                 \
   static_cast<uint8_t>(std::size(Values<AstType::Type>::kNames)), Values<AstType::Type>::kNames},
#include "syntax/ast.def"
};

constinit const char* const kBasicTypeNames[4] = {"identifier", "string", "constant", "int"};

}  // namespace habu::syntax
