// The handful of values that every file makes: singletons, and constructors of the core types whose struct is declared
// in types/. (object/ and types/ are one layer in two folders: headers here stay free of types/.)
#pragma once
#include <initializer_list>
#include <span>
#include <string_view>

#include "object/result.h"
#include "object/type.h"

namespace habu {

struct Bytes;
struct Dict;
struct Float;
struct Int;
struct List;
struct Str;
struct Tuple;

extern Object kNoneObject C_NAME("_Py_NoneStruct");
extern Object kNotImplementedObject C_NAME("_Py_NotImplementedStruct");
extern Object kEllipsisObject C_NAME("_Py_EllipsisObject");
Object* trueObject();   // borrowed; the Ints _Py_TrueStruct and _Py_FalseStruct
Object* falseObject();

inline bool isNone(const Object* o) { return o == &kNoneObject; }
inline Ref<> none() { return Ref<>::share(&kNoneObject); }
inline Ref<> notImplemented() { return Ref<>::share(&kNotImplementedObject); }
inline Ref<> newBool(bool b) { return Ref<>::share(b ? trueObject() : falseObject()); }

Ref<Int> newInt(ThreadState&, long long);
Ref<Int> newIntUnsigned(ThreadState&, unsigned long long);
Ref<Float> newFloat(ThreadState&, double);
Ref<Str> newStr(ThreadState&, std::string_view utf8);         // well-formed UTF-8, else UnicodeDecodeError
Ref<Str> internedStr(ThreadState&, std::string_view utf8);    // one object per text: attribute and keyword names
Ref<Bytes> newBytes(ThreadState&, std::string_view bytes);
Ref<Tuple> newTuple(ThreadState&, std::span<Object* const> items);  // shares the items
Ref<Tuple> packTuple(ThreadState&, std::initializer_list<Object*> items);

// A name used again and again from C++ (`static constinit Name kGetItem{"__getitem__"};`): interned on first use,
// immortal from then on. Borrowed. The names of the special methods are in object/names.h.
class Name {
 public:
  constexpr explicit Name(const char* text) : text_(text) {}
  Str* get() {
    if (!str_) [[unlikely]]
      intern();
    return str_;
  }
  operator Str*() { return get(); }
  const char* text() const { return text_; }

 private:
  void intern();
  const char* text_;
  Str* str_ = nullptr;
};

}  // namespace habu
