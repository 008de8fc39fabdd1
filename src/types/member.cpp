// Fields of C structs as attributes (structmember.h).
#include <climits>
#include <cstring>

#include "object/number.h"
#include "object/raise.h"
#include "types/descriptor.h"
#include "types/float.h"
#include "types/int.h"
#include "types/str.h"

namespace habu {

namespace {

template <class T>
T load(const char* at) {
  T v;
  memcpy(&v, at, sizeof v);
  return v;
}
template <class T>
void store(char* at, T v) {
  memcpy(at, &v, sizeof v);
}

Raised raiseMissing(ThreadState& ts, const char* base, const MemberDef& m) {
  auto* o = reinterpret_cast<const Object*>(base);
  return raise(ts, kAttributeError, "'{:.200}' object has no attribute '{}'", o->type->name, m.name);
}

// Stores an integer into a narrower field; what does not fit is cut, with a warning, as CPython does.
template <class T>
Status storeTruncated(ThreadState& ts, char* at, Object* value, const char* type_name) {
  long long v = TRY(asLongLong(ts, value));
  store(at, static_cast<T>(v));
  if (static_cast<long long>(static_cast<T>(v)) != v)
    TRY(warnText(ts, kRuntimeWarning, 1, formatText(ts, "Truncation of value to {}", type_name)));
  return kDone;
}

Status storeUnsigned(ThreadState& ts, char* at, Object* value, bool is_int) {
  Ref<Int> number = TRY(indexObject(ts, value));
  if (number->size < 0) {
    // Historical: negative values wrap around, with a warning.
    long long v = TRY(asLongLong(ts, number.get()));
    TRY(warn(ts, kRuntimeWarning, 1, "Writing negative value into unsigned field"));
    if (is_int) store(at, static_cast<unsigned>(v));
    else store(at, static_cast<unsigned long>(v));
    return kDone;
  }
  unsigned long long v = TRY(asUnsignedLongLong(ts, number.get()));
  if (!is_int) {
    store(at, static_cast<unsigned long>(v));
    return kDone;
  }
  store(at, static_cast<unsigned>(v));
  if (v > UINT_MAX) TRY(warn(ts, kRuntimeWarning, 1, "Truncation of value to unsigned int"));
  return kDone;
}

}  // namespace

Ref<> getMember(ThreadState& ts, const char* base, const MemberDef& m) {
  const char* at = base + m.offset;
  switch (m.kind) {
    case MemberKind::Bool: return newBool(load<char>(at) != 0);
    case MemberKind::Byte: return newInt(ts, load<signed char>(at));
    case MemberKind::UByte: return newInt(ts, load<unsigned char>(at));
    case MemberKind::Short: return newInt(ts, load<short>(at));
    case MemberKind::UShort: return newInt(ts, load<unsigned short>(at));
    case MemberKind::Int: return newInt(ts, load<int>(at));
    case MemberKind::UInt: return newInt(ts, load<unsigned>(at));
    case MemberKind::Long: return newInt(ts, load<long>(at));
    case MemberKind::ULong: return newIntUnsigned(ts, load<unsigned long>(at));
    case MemberKind::LongLong: return newInt(ts, load<long long>(at));
    case MemberKind::ULongLong: return newIntUnsigned(ts, load<unsigned long long>(at));
    case MemberKind::Index: return newInt(ts, load<Index>(at));
    case MemberKind::Float: return newFloat(ts, double(load<float>(at)));
    case MemberKind::Double: return newFloat(ts, load<double>(at));
    case MemberKind::String: {
      const char* text = load<const char*>(at);
      if (!text) return none();
      return newStr(ts, text);
    }
    case MemberKind::StringInplace: return newStr(ts, at);
    case MemberKind::Char: return newStr(ts, {at, 1});
    case MemberKind::ObjectOrNone: {
      Object* o = load<Object*>(at);
      return o ? Ref<>::share(o) : none();
    }
    case MemberKind::Object: {
      Object* o = load<Object*>(at);
      if (!o) return raiseMissing(ts, base, m);
      return Ref<>::share(o);
    }
    case MemberKind::None: return none();
  }
  return raise(ts, kSystemError, "bad memberdescr type for {}", m.name);
}

Status setMember(ThreadState& ts, char* base, const MemberDef& m, Object* value) {
  char* at = base + m.offset;
  if (m.flags & kMemberReadOnly) return raise(ts, kAttributeError, "readonly attribute");
  bool is_object = m.kind == MemberKind::Object || m.kind == MemberKind::ObjectOrNone;
  if (!value && m.kind == MemberKind::Object && !load<Object*>(at)) {
    Ref<Str> name = TRY(newStr(ts, m.name));
    return raiseValue(ts, kAttributeError, name.get());
  }
  if (!value && !is_object) return raise(ts, kTypeError, "can't delete numeric/char attribute");
  switch (m.kind) {
    case MemberKind::Bool:
      if (value != trueObject() && value != falseObject())
        return raise(ts, kTypeError, "attribute value type must be bool");
      store(at, char(value == trueObject()));
      return kDone;
    case MemberKind::Byte: return storeTruncated<signed char>(ts, at, value, "char");
    case MemberKind::UByte: return storeTruncated<unsigned char>(ts, at, value, "unsigned char");
    case MemberKind::Short: return storeTruncated<short>(ts, at, value, "short");
    case MemberKind::UShort: return storeTruncated<unsigned short>(ts, at, value, "unsigned short");
    case MemberKind::Int: return storeTruncated<int>(ts, at, value, "int");
    case MemberKind::UInt: return storeUnsigned(ts, at, value, true);
    case MemberKind::ULong: return storeUnsigned(ts, at, value, false);
    case MemberKind::Long: store(at, static_cast<long>(TRY(asLongLong(ts, value)))); return kDone;
    case MemberKind::LongLong: store(at, TRY(asLongLong(ts, value))); return kDone;
    case MemberKind::ULongLong: store(at, TRY(asUnsignedLongLong(ts, value))); return kDone;
    case MemberKind::Index:
      store(at, Index{-1});  // what a failure leaves behind
      if (!isInt(value)) return raise(ts, kTypeError, "an integer is required");
      store(at, TRY(asIndex(ts, value, &kOverflowError)));
      return kDone;
    case MemberKind::Float: store(at, float(TRY(asDouble(ts, value)))); return kDone;
    case MemberKind::Double: store(at, TRY(asDouble(ts, value))); return kDone;
    case MemberKind::Object:
    case MemberKind::ObjectOrNone: {
      Object* old = load<Object*>(at);
      store(at, Ref<>::share(value).release());
      Ref<> dropped = Ref<>::steal(old);
      return kDone;
    }
    case MemberKind::Char: {
      if (!isStr(value)) return raise(ts, kTypeError, "bad argument type for built-in operation");
      auto text = TRY(utf8Of(ts, static_cast<Str*>(value)));
      if (text.size() != 1) return raise(ts, kTypeError, "bad argument type for built-in operation");
      *at = text[0];
      return kDone;
    }
    case MemberKind::String:
    case MemberKind::StringInplace: return raise(ts, kTypeError, "readonly attribute");
    case MemberKind::None: break;
  }
  return raise(ts, kSystemError, "bad memberdescr type for {}", m.name);
}

}  // namespace habu
