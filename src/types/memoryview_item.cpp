// Items of memoryviews: conversion by native formats, comparison of views (through struct for other formats).
#include <cstring>

#include "object/attribute.h"
#include "object/call.h"
#include "object/interpreter.h"
#include "object/names.h"
#include "object/number.h"
#include "object/protocol.h"
#include "types/bytes.h"
#include "types/dict.h"
#include "types/float.h"
#include "types/int.h"
#include "types/memoryview.h"
#include "types/str.h"
#include "types/tuple.h"

namespace habu {

char nativeFormat(const char* format, Index* size) {
  if (!format) format = "B";
  if (*format == '@') ++format;
  if (!*format || format[1]) return 0;
  Index n;
  switch (*format) {
    case 'c': case 'b': case 'B': case '?': n = 1; break;
    case 'h': case 'H': n = 2; break;
    case 'i': case 'I': case 'f': n = 4; break;
    case 'l': case 'L': case 'q': case 'Q': case 'n': case 'N': case 'd': case 'P': n = 8; break;
    default: return 0;
  }
  if (size) *size = n;
  return *format;
}

Result<char> itemFormat(ThreadState& ts, const Buffer& view) {
  char c = nativeFormat(view.format);
  if (!c) return raise(ts, kNotImplementedError, "memoryview: format {} not supported", view.format ? view.format : "B");
  return c;
}

namespace {
template <class T>
T load(const char* from) {
  T v;
  std::memcpy(&v, from, sizeof v);
  return v;
}
template <class T>
Ref<> loadInt(ThreadState& ts, const char* from) {
  Ref<Int> i;
  if constexpr (std::is_signed_v<T>) i = newInt(ts, load<T>(from));
  else i = newIntUnsigned(ts, load<T>(from));
  return Ref<>::steal(reinterpret_cast<Object*>(i.release()));
}
Ref<> floatObject(ThreadState& ts, double d) {
  Ref<Float> f = newFloat(ts, d);
  return Ref<>::steal(reinterpret_cast<Object*>(f.release()));
}
}  // namespace

Ref<> unpackItem(ThreadState& ts, const char* from, char format) {
  switch (format) {
    case 'B': return loadInt<uint8_t>(ts, from);
    case 'b': return loadInt<int8_t>(ts, from);
    case 'h': return loadInt<int16_t>(ts, from);
    case 'H': return loadInt<uint16_t>(ts, from);
    case 'i': return loadInt<int32_t>(ts, from);
    case 'I': return loadInt<uint32_t>(ts, from);
    case 'l': case 'q': case 'n': return loadInt<int64_t>(ts, from);
    case 'L': case 'Q': case 'N': case 'P': return loadInt<uint64_t>(ts, from);
    case 'f': return floatObject(ts, double(load<float>(from)));
    case 'd': return floatObject(ts, load<double>(from));
    case '?': return newBool(*from != 0);
    default: return newBytes(ts, {from, 1});
  }
}

namespace {

// CPython's two texts for a value that does not fit; other exceptions stay.
Raised raiseBadItem(ThreadState& ts, const MemoryView* m, bool wrong_type) {
  clearError(ts);
  const char* format = m->view.format ? m->view.format : "B";
  if (wrong_type) return raise(ts, kTypeError, "memoryview: invalid type for format '{}'", format);
  return raise(ts, kValueError, "memoryview: invalid value for format '{}'", format);
}
Raised translate(ThreadState& ts, const MemoryView* m) {
  if (errorMatches(ts, kTypeError)) return raiseBadItem(ts, m, true);
  if (errorMatches(ts, kOverflowError) || errorMatches(ts, kValueError)) return raiseBadItem(ts, m, false);
  return Raised{};
}

template <class T>
void store(char* to, T v) { std::memcpy(to, &v, sizeof v); }

Status packInteger(ThreadState& ts, MemoryView* m, char* to, Object* value, char format) {
  Ref<Int> index = indexObject(ts, value);
  if (!index) return translate(ts, m);
  bool is_unsigned = std::strchr("BHILQNP", format) != nullptr;
  Index size = 0;
  char text[2] = {format, 0};
  nativeFormat(text, &size);
  uint64_t bits = 0;
  if (is_unsigned) {
    Result<unsigned long long> v = asUnsignedLongLong(ts, reinterpret_cast<Object*>(index.get()));
    if (v.failed()) return translate(ts, m);
    bits = v.take();
    if (size < 8 && bits >> (8 * size)) return raiseBadItem(ts, m, false);
  } else {
    int overflow = 0;
    long long v = toLongLong(index.get(), overflow);
    long long limit = size == 8 ? 0 : 1LL << (8 * size - 1);
    if (overflow || (size < 8 && (v < -limit || v >= limit))) return raiseBadItem(ts, m, false);
    bits = uint64_t(v);
  }
  TRY(checkMemory(ts, m));  // __index__ may have released it
  std::memcpy(to, &bits, size_t(size));
  return kDone;
}

}  // namespace

Status packItem(ThreadState& ts, MemoryView* m, char* to, Object* value, char format) {
  switch (format) {
    case 'f':
    case 'd': {
      Result<double> v = asDouble(ts, value);
      if (v.failed()) return translate(ts, m);
      TRY(checkMemory(ts, m));
      if (format == 'd') store(to, v.take());
      else store(to, float(v.take()));
      return kDone;
    }
    case '?': {
      bool v = TRY(isTrue(ts, value));
      TRY(checkMemory(ts, m));
      *to = char(v);
      return kDone;
    }
    case 'c':
      if (!isBytes(value)) return raiseBadItem(ts, m, true);
      if (static_cast<Bytes*>(value)->size != 1) return raiseBadItem(ts, m, false);
      *to = static_cast<Bytes*>(value)->data[0];
      return kDone;
    default: return packInteger(ts, m, to, value, format);
  }
}

// ---- comparison ----

namespace {

constinit Name kStruct{"struct"}, kStructClass{"Struct"}, kUnpackFrom{"unpack_from"}, kError{"error"}, kImport{"__import__"};

// Unpacks items of one view: natively, or through struct.Struct(format).unpack_from.
class Unpacker {
 public:
  // False without an exception: the format is beyond struct.
  Result<bool> open(ThreadState& ts, const Buffer& view) {
    size_ = view.item_size;
    native_ = nativeFormat(view.format);
    if (native_) return true;
    Object* import = mainInterpreter.builtins ? dictFindStr(mainInterpreter.builtins, kImport) : nullptr;
    if (!import) return raise(ts, kImportError, "__import__ not found");
    Ref<> held = share(import);
    Ref<> module = TRY(call(ts, held.get(), {kStruct.get()}));
    Ref<Str> format = TRY(newStr(ts, view.format));
    Ref<> made = callMethod(ts, module.get(), kStructClass, {format.get()});
    if (!made) {
      PendingError pending = PendingError::take(ts);
      Ref<> error = TRY(getAttr(ts, module.get(), kError));
      bool unsupported = exceptionMatches(ts, pending.type.get(), error.get());
      if (unsupported) return false;
      std::move(pending).restore(ts);
      return Raised{};
    }
    unpack_ = TRY(getAttr(ts, made.get(), kUnpackFrom));
    return true;
  }
  Ref<> item(ThreadState& ts, const char* p) {
    if (native_) return unpackItem(ts, p, native_);
    Ref<Bytes> bytes = TRY(newBytes(ts, {p, size_t(size_)}));
    Ref<> values = TRY(call(ts, unpack_.get(), {bytes.get()}));
    if (isTuple(values.get()) && static_cast<Tuple*>(values.get())->size == 1) return share(static_cast<Tuple*>(values.get())->items[0]);
    return values;
  }
  char native() const { return native_; }

 private:
  char native_ = 0;
  Index size_ = 0;
  Ref<> unpack_;
};

bool sameNative(const char* a, const char* b, char format) {
  switch (format) {
    case 'f': return load<float>(a) == load<float>(b);
    case 'd': return load<double>(a) == load<double>(b);
    case '?': return (*a != 0) == (*b != 0);
    case 'h': case 'H': return load<uint16_t>(a) == load<uint16_t>(b);
    case 'i': case 'I': return load<uint32_t>(a) == load<uint32_t>(b);
    case 'c': case 'b': case 'B': return *a == *b;
    default: return load<uint64_t>(a) == load<uint64_t>(b);
  }
}

class Comparison {
 public:
  Comparison(ThreadState& ts, const Buffer& a, const Buffer& b) : ts_(ts), a_(a), b_(b) {}

  Result<bool> run() {
    if (a_.dimensions != b_.dimensions) return false;
    for (int i = 0; i < a_.dimensions; ++i) {
      if (a_.shape[i] != b_.shape[i]) return false;
      if (a_.shape[i] == 0) break;
    }
    if (!TRY(first_.open(ts_, a_)) || !TRY(second_.open(ts_, b_))) return false;
    fast_ = first_.native() && first_.native() == second_.native();
    return level(0, static_cast<char*>(a_.data), static_cast<char*>(b_.data));
  }

 private:
  static char* follow(const Buffer& v, int dimension, char* p) {
    return v.suboffsets && v.suboffsets[dimension] >= 0 ? *reinterpret_cast<char**>(p) + v.suboffsets[dimension] : p;
  }
  Result<bool> level(int dimension, char* p, char* q) {
    if (dimension == a_.dimensions) return same(p, q);
    for (Index i = 0; i < a_.shape[dimension]; ++i, p += a_.strides[dimension], q += b_.strides[dimension])
      if (!TRY(level(dimension + 1, follow(a_, dimension, p), follow(b_, dimension, q)))) return false;
    return true;
  }
  Result<bool> same(const char* p, const char* q) {
    if (fast_) return sameNative(p, q, first_.native());
    Ref<> x = TRY(first_.item(ts_, p));
    Ref<> y = TRY(second_.item(ts_, q));
    return compareBool(ts_, x.get(), y.get(), CompareOp::Eq);
  }

  ThreadState& ts_;
  const Buffer &a_, &b_;
  Unpacker first_, second_;
  bool fast_ = false;
};

}  // namespace

Ref<> memoryCompare(ThreadState& ts, Object* left, Object* right, CompareOp op) {
  if (op != CompareOp::Eq && op != CompareOp::Ne) return notImplemented();
  auto* a = static_cast<MemoryView*>(left);
  auto released = [](const MemoryView* m) { return m->flags & kMemoryReleased || m->buffer->flags & kMemoryReleased; };
  bool equal = false;
  if (released(a)) {
    equal = left == right;
  } else if (isExact(right, kMemoryViewType)) {
    auto* b = static_cast<MemoryView*>(right);
    if (released(b)) equal = left == right;
    else equal = TRY(Comparison(ts, a->view, b->view).run());
  } else {
    if (!hasBuffer(right)) return notImplemented();
    Result<BufferView> view = BufferView::of(ts, right, kBufferFullRo);
    if (view.failed()) {
      clearError(ts);
      return notImplemented();
    }
    BufferView held = view.take();
    equal = TRY(Comparison(ts, a->view, held.raw()).run());
  }
  return newBool(equal == (op == CompareOp::Eq));
}

}  // namespace habu
