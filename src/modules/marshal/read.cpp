#include <cstring>

#include "modules/marshal.h"
#include "modules/marshal/format.h"
#include "modules/marshal/reader.h"
#include "object/call.h"
#include "object/number.h"
#include "object/protocol.h"
#include "object/raise.h"
#include "object/thread_state.h"
#include "types/bytes.h"
#include "types/code.h"
#include "types/codecs.h"
#include "types/dict.h"
#include "types/float.h"
#include "types/int.h"
#include "types/list.h"
#include "types/set.h"
#include "types/str.h"
#include "types/tuple.h"

namespace habu {

namespace marshal {

// ---- input ----

const uint8_t* Reader::take(size_t n) {
  if (file_) return takeFromFile(n);
  if (size_t(limit_ - at_) < n) {
    (void)raise(ts_, kEOFError, "marshal data too short");
    return nullptr;
  }
  const uint8_t* start = at_;
  at_ += n;
  return start;
}

// Exactly n bytes: what follows in the file is somebody else's.
const uint8_t* Reader::takeFromFile(size_t n) {
  static constinit Name kReadInto{"readinto"};
  buffer_ = newByteArray(ts_, {});
  if (!buffer_ || failed(resizeByteArray(ts_, buffer_.get(), Index(n)))) return nullptr;
  if (n == 0) return reinterpret_cast<const uint8_t*>("");
  Ref<> answer = callMethod(ts_, file_, kReadInto, {buffer_.get()});
  if (!answer) return nullptr;
  Result<Index> count = asIndex(ts_, answer.get(), &kValueError);
  if (count.failed()) return nullptr;
  Index got = count.take();
  if (size_t(got) == n) return reinterpret_cast<const uint8_t*>(buffer_->start);
  if (got > Index(n))
    (void)raise(ts_, kValueError, "read() returned too much data: {} bytes requested, {} returned", Index(n), got);
  else (void)raise(ts_, kEOFError, "EOF read where not expected");
  return nullptr;
}

bool Reader::int32(int& value) {
  const uint8_t* p = take(4);
  if (!p) return false;
  std::memcpy(&value, p, 4);
  return true;
}

bool Reader::byteAt(int& value) {
  const uint8_t* p = take(1);
  if (!p) return false;
  value = *p;
  return true;
}

bool Reader::sizeOf(const char* what, Index& n) {
  int v = 0;
  if (!int32(v)) return false;
  n = v;
  if (v >= 0) return true;
  (void)raise(ts_, kValueError, "bad marshal data ({} size out of range)", what);
  return false;
}

// The kind byte of an object; -1: none, raised.
int Reader::kindByte() {
  if (!file_) {
    if (at_ < limit_) return *at_++;
    (void)raise(ts_, kEOFError, "EOF read where object expected");
    return -1;
  }
  static constinit Name kReadInto{"readinto"};
  buffer_ = newByteArray(ts_, {});
  if (!buffer_ || failed(resizeByteArray(ts_, buffer_.get(), 1))) return -1;
  Ref<> answer = callMethod(ts_, file_, kReadInto, {buffer_.get()});
  if (!answer) return -1;
  Result<Index> count = asIndex(ts_, answer.get(), &kValueError);
  if (count.failed()) return -1;
  if (count.take() == 1) return uint8_t(buffer_->start[0]);
  (void)raise(ts_, kEOFError, "EOF read where object expected");
  return -1;
}

// ---- references ----

Ref<> Reader::remember(Ref<> o, bool wanted) {
  if (o && wanted && failed(appendList(ts_, refs_.get(), o.get()))) return {};
  return o;
}

// A number for an object that is not complete yet; references to it are invalid until `fill`.
Index Reader::reserve(bool wanted) {
  if (!wanted) return 0;
  Index number = refs_->size;
  return failed(appendList(ts_, refs_.get(), &kNoneObject)) ? -1 : number;
}

void Reader::fill(Object* o, Index number, bool wanted) {
  if (wanted) setField(refs_->items[number], share(o));
}

Ref<> Reader::reference() {
  int number = 0;
  if (!int32(number)) return {};
  if (number < 0 || number >= refs_->size || isNone(refs_->items[number]))
    return raise(ts_, kValueError, "bad marshal data (invalid reference)");
  return share(refs_->items[number]);
}

// ---- objects ----

Ref<> Reader::run() {
  refs_ = newList(ts_);
  if (!refs_) return {};
  return member("object");
}

// Null where one is not allowed is an error.
Ref<> Reader::member(const char* container) {
  Ref<> o = object();
  if (!o && !errorSet(ts_)) return raise(ts_, kTypeError, "NULL object in marshal data for {}", container);
  return o;
}

// Empty without an exception: the null object, which ends dictionaries.
Ref<> Reader::object() {
  int kind = kindByte();
  if (kind < 0) return {};
  if (depth_ >= kMaxDepth || RecursionGuard::nativeStackLow(ts_)) return raise(ts_, kValueError, "recursion limit exceeded");
  ++depth_;
  Ref<> o = value(uint8_t(kind) & uint8_t(~kRemember), (kind & kRemember) != 0);
  --depth_;
  return o;
}

Ref<> Reader::value(uint8_t kind, bool flag) {
  switch (kind) {
    case kNull: return {};
    case kNoneKind: return none();
    case kStopIterationKind: return share<Object>(&kStopIteration);
    case kEllipsis: return share(&kEllipsisObject);
    case kFalse: return newBool(false);
    case kTrue: return newBool(true);
    case kInt: {
      int v = 0;
      if (!int32(v)) return {};
      return remember(newInt(ts_, v), flag);
    }
    case kInt64: {
      const uint8_t* p = take(8);
      if (!p) return {};
      long long v;
      std::memcpy(&v, p, 8);
      return remember(newInt(ts_, v), flag);
    }
    case kLong: return remember(longInt(), flag);
    case kFloatText:
    case kFloat: {
      double v = 0;
      if (!real(kind == kFloat, v)) return {};
      return remember(newFloat(ts_, v), flag);
    }
    case kComplexText:
    case kComplexKind: {
      double re = 0, im = 0;
      if (!real(kind == kComplexKind, re) || !real(kind == kComplexKind, im)) return {};
      return remember(newComplex(ts_, re, im), flag);
    }
    case kBytesKind: {
      Index n = 0;
      if (!sizeOf("bytes object", n)) return {};
      const uint8_t* p = take(size_t(n));
      if (!p) return {};
      return remember(newBytes(ts_, {reinterpret_cast<const char*>(p), size_t(n)}), flag);
    }
    case kAscii: return asciiText(false, false, flag);
    case kAsciiInterned: return asciiText(false, true, flag);
    case kShortAscii: return asciiText(true, false, flag);
    case kShortAsciiInterned: return asciiText(true, true, flag);
    case kUnicode: return text(false, flag);
    case kInterned: return text(true, flag);
    case kSmallTuple: {
      int n = 0;
      return byteAt(n) ? tuple(n, flag) : Ref<>();
    }
    case kTuple: {
      Index n = 0;
      return sizeOf("tuple", n) ? tuple(n, flag) : Ref<>();
    }
    case kListKind: return list(flag);
    case kDictKind: return dict(flag);
    case kSetKind: return set(flag);
    case kFrozenSetKind: return frozenSet(flag);
    case kCodeKind: return code(flag);
    case kReference: return reference();
    default: return raise(ts_, kValueError, "bad marshal data (unknown type code)");
  }
}

bool Reader::real(bool binary, double& v) {
  if (binary) {
    const uint8_t* p = take(8);
    if (p) std::memcpy(&v, p, 8);
    return p != nullptr;
  }
  int n = 0;
  if (!byteAt(n)) return false;
  const uint8_t* p = take(size_t(n));
  if (!p) return false;
  Result<double> r = doubleFromText(ts_, {reinterpret_cast<const char*>(p), size_t(n)});
  if (r.failed()) return false;
  v = r.take();
  return true;
}

Ref<> Reader::longInt() {
  int n = 0;
  if (!int32(n)) return {};
  if (n == INT32_MIN) return raise(ts_, kValueError, "bad marshal data (long size out of range)");
  bool negative = n < 0;
  Index halves = negative ? -Index(n) : n;
  if (!halves) return newInt(ts_, 0);
  const uint8_t* p = take(size_t(halves) * 2);
  if (!p) return {};
  Index digits = (halves + 1) / 2;
  Ref<Int> i = newIntUninitialized(ts_, digits);
  if (!i) return {};
  Digit half = 0;
  for (Index d = 0; d < halves; ++d) {
    half = Digit(p[2 * d] | p[2 * d + 1] << 8);
    if (half >> kLongShift) return raise(ts_, kValueError, "bad marshal data (digit out of range in long)");
    if (d & 1) i->digits[d / 2] |= half << kLongShift;
    else i->digits[d / 2] = half;
  }
  if (half == 0) return raise(ts_, kValueError, "bad marshal data (unnormalized long data)");
  i->size = negative ? -digits : digits;
  if (digits > 1) return i;
  return newInt(ts_, smallValue(i.get()));  // small values are shared objects
}

Ref<> Reader::asciiText(bool is_short, bool interned, bool flag) {
  Index n = 0;
  if (is_short) {
    int length = 0;
    if (!byteAt(length)) return {};
    n = length;
  } else if (!sizeOf("string", n)) {
    return {};
  }
  const uint8_t* p = take(size_t(n));
  if (!p) return {};
  Ref<Str> s = strFromLatin1(ts_, {reinterpret_cast<const char*>(p), size_t(n)});
  if (s && interned) intern(s);
  return remember(std::move(s), flag);
}

Ref<> Reader::text(bool interned, bool flag) {
  Index n = 0;
  if (!sizeOf("string", n)) return {};
  const uint8_t* p = take(size_t(n));
  if (!p) return {};
  Ref<Str> s = decodeUtf8Text(ts_, {reinterpret_cast<const char*>(p), size_t(n)}, "surrogatepass");
  if (s && interned) intern(s);
  return remember(std::move(s), flag);
}

Ref<> Reader::tuple(Index n, bool flag) {
  // A forged size must not reserve memory: every item takes a byte at least.
  if (!file_ && n > limit_ - at_) {
    while (Ref<> item = member("tuple")) continue;
    return {};
  }
  Ref<Tuple> t = n ? newTupleUninitialized(ts_, n) : emptyTuple();
  Ref<> whole = remember(std::move(t), flag);
  if (!whole) return {};
  for (Index i = 0; i < n; ++i) {
    Ref<> item = member("tuple");
    if (!item) return {};
    put(static_cast<Tuple*>(whole.get()), i, std::move(item));
  }
  return whole;
}

Ref<> Reader::list(bool flag) {
  Index n = 0;
  if (!sizeOf("list", n)) return {};
  Ref<List> made = newList(ts_);
  Ref<> whole = remember(std::move(made), flag);
  if (!whole) return {};
  for (Index i = 0; i < n; ++i) {
    Ref<> item = member("list");
    if (!item || failed(appendList(ts_, static_cast<List*>(whole.get()), std::move(item)))) return {};
  }
  return whole;
}

Ref<> Reader::dict(bool flag) {
  Ref<> whole = remember(newDict(ts_), flag);
  if (!whole) return {};
  while (Ref<> key = object()) {
    Ref<> item = object();
    if (!item) break;
    if (failed(dictSet(ts_, static_cast<Dict*>(whole.get()), key.get(), item.get()))) return {};
  }
  return errorSet(ts_) ? Ref<>() : std::move(whole);
}

Ref<> Reader::set(bool flag) {
  Index n = 0;
  if (!sizeOf("set", n)) return {};
  Ref<> whole = remember(newSet(ts_), flag);
  if (!whole) return {};
  for (Index i = 0; i < n; ++i) {
    Ref<> item = member("set");
    if (!item || failed(setAdd(ts_, static_cast<Set*>(whole.get()), item.get()))) return {};
  }
  return whole;
}

Ref<> Reader::frozenSet(bool flag) {
  Index n = 0;
  if (!sizeOf("set", n)) return {};
  if (n == 0) return remember(newFrozenSet(ts_), flag);
  Ref<Set> whole = newFrozenSet(ts_);
  Index number = whole ? reserve(flag) : -1;
  if (number < 0) return {};
  for (Index i = 0; i < n; ++i) {
    Ref<> item = member("set");
    if (!item || failed(setAdd(ts_, whole.get(), item.get()))) return {};
  }
  fill(whole.get(), number, flag);
  return whole;
}

namespace {

// The parts are of the types they must have; makeCode looks closer.
bool partsFit(Object* const (&o)[9], Object* exception_table) {
  // code consts names localsplusnames localspluskinds filename name qualname linetable
  return isBytes(o[0]) && isTuple(o[1]) && isTuple(o[2]) && isTuple(o[3]) && isBytes(o[4]) && isStr(o[5]) && isStr(o[6]) &&
         isStr(o[7]) && isBytes(o[8]) && isBytes(exception_table);
}

}  // namespace

Ref<> Reader::code(bool flag) {
  Index number = reserve(flag);
  CodeParts p{};
  if (number < 0 || !int32(p.arg_count) || !int32(p.posonly_count) || !int32(p.kwonly_count) || !int32(p.stack_size) ||
      !int32(p.flags))
    return {};
  Ref<> parts[9];
  for (int i = 0; i < 8; ++i) {
    parts[i] = codeMember();
    if (!parts[i]) return {};
  }
  if (!int32(p.first_line)) return {};
  parts[8] = codeMember();
  Ref<> handlers = parts[8] ? codeMember() : Ref<>();
  if (!handlers) return {};
  Object* objects[9];
  for (int i = 0; i < 9; ++i) objects[i] = parts[i].get();
  if (!partsFit(objects, handlers.get())) return raise(ts_, kSystemError, "bad argument to internal function");
  p.exception_table = static_cast<Bytes*>(handlers.get());
  p.code = static_cast<Bytes*>(objects[0])->view();
  p.consts = static_cast<Tuple*>(objects[1]);
  p.names = static_cast<Tuple*>(objects[2]);
  p.localsplus_names = static_cast<Tuple*>(objects[3]);
  p.localsplus_kinds = static_cast<Bytes*>(objects[4]);
  p.filename = static_cast<Str*>(objects[5]);
  p.name = static_cast<Str*>(objects[6]);
  p.qualname = static_cast<Str*>(objects[7]);
  p.line_table = static_cast<Bytes*>(objects[8]);
  Ref<Code> made = makeCode(ts_, p);
  if (made) fill(made.get(), number, flag);
  return made;
}

}  // namespace marshal

Ref<> marshalLoad(ThreadState& ts, std::string_view bytes) { return marshal::Reader(ts, bytes).run(); }

}  // namespace habu
