// bytes % arguments (PEP 461).
#include <cstring>

#include "object/attribute.h"
#include "object/bind.h"
#include "object/call.h"
#include "object/names.h"
#include "types/bytes.h"
#include "types/float.h"
#include "types/int.h"
#include "types/percent.h"

namespace habu {

namespace {

class BytesSink {
 public:
  static constexpr const char* kPrecisionName = "prec";
  BytesSink(ThreadState& ts, std::string_view format) : size(Index(format.size())), ts_(ts), format_(format) {}
  char32_t at(Index i) const { return uint8_t(format_[size_t(i)]); }
  Status literal(Index from, Index to) { return append(format_.substr(size_t(from), size_t(to - from))); }
  Ref<> key(Index from, Index to) { return newBytes(ts_, format_.substr(size_t(from), size_t(to - from))); }

  Status convert(const PercentSpec& spec, Object* value, Index position) {
    switch (spec.code) {
      case 'r':
      case 'a': {
        Ref<Str> text = TRY(asciiOf(ts_, value));
        std::string_view bytes = asciiView(text.get());
        return write(spec, spec.precision >= 0 ? bytes.substr(0, size_t(spec.precision)) : bytes, false);
      }
      case 's':
      case 'b': return bytesLike(spec, value);
      case 'd':
      case 'i':
      case 'u':
      case 'x':
      case 'X':
      case 'o': {
        PercentSpec number = spec;
        if (number.code == 'i') number.code = 'd';
        Ref<Str> text = TRY(percentInteger(ts_, number, value));
        return write(spec, asciiView(text.get()), true);
      }
      case 'e':
      case 'E':
      case 'f':
      case 'F':
      case 'g':
      case 'G': {
        Result<double> number = asDouble(ts_, value);
        if (number.failed()) {
          clearError(ts_);
          return raise(ts_, kTypeError, "float argument required, not {:.200}", typeName(value));
        }
        Ref<Str> text = TRY(percentFloat(ts_, spec, number.take()));
        return write(spec, asciiView(text.get()), true);
      }
      case 'c': {
        char c = TRY(byte(value));
        return write(spec, {&c, 1}, false);
      }
      default: return raisePercentCode(ts_, spec.code, position);
    }
  }
  Ref<Bytes> finish() {
    if (!out_) return emptyBytes();
    return shrinkBytes(ts_, std::move(out_), used_);
  }

  Index size;

 private:
  Status reserve(Index more) {
    if (!out_) {
      out_ = TRY(newBytesUninitialized(ts_, size + more + 32));
      return kDone;
    }
    if (more <= out_->size - used_) return kDone;
    if (more > PTRDIFF_MAX / 2 - used_) return raiseNoMemory(ts_);
    out_ = TRY(shrinkBytes(ts_, std::move(out_), (used_ + more) + (used_ + more) / 2));
    return kDone;
  }
  Status append(std::string_view bytes) {
    TRY(reserve(Index(bytes.size())));
    if (!bytes.empty()) std::memcpy(out_->data + used_, bytes.data(), bytes.size());
    used_ += Index(bytes.size());
    return kDone;
  }
  Status write(const PercentSpec& spec, std::string_view text, bool number) {
    return writePercent(
        spec, number, text.empty() ? 0 : char32_t(uint8_t(text[0])), Index(text.size()),
        [&](char32_t c, Index times) -> Status {
          if (times <= 0) return kDone;
          TRY(reserve(times));
          std::memset(out_->data + used_, int(c), size_t(times));
          used_ += times;
          return kDone;
        },
        [&](Index from, Index to) { return append(text.substr(size_t(from), size_t(to - from))); });
  }
  Status bytesLike(const PercentSpec& spec, Object* value) {
    Ref<> held;
    BufferView view;
    std::string_view bytes;
    if (isBytes(value)) {
      bytes = static_cast<Bytes*>(value)->view();
    } else if (isByteArray(value)) {
      bytes = static_cast<ByteArray*>(value)->view();
    } else {
      Ref<> method = TRY(lookupSpecial(ts_, value, names::__bytes__));
      if (method) {
        held = TRY(call(ts_, method.get()));
        if (!isBytes(held.get())) return raise(ts_, kTypeError, "__bytes__ returned non-bytes (type {:.200})", typeName(held.get()));
        bytes = static_cast<Bytes*>(held.get())->view();
      } else if (hasBuffer(value)) {
        view = TRY(BufferView::of(ts_, value));
        bytes = view.bytes();
      } else {
        return raise(ts_, kTypeError, "%b requires a bytes-like object, or an object that implements __bytes__, not '{:.100}'",
                     typeName(value));
      }
    }
    return write(spec, spec.precision >= 0 ? bytes.substr(0, size_t(spec.precision)) : bytes, false);
  }
  Result<char> byte(Object* value) {
    if (isBytes(value) && static_cast<Bytes*>(value)->size == 1) return static_cast<Bytes*>(value)->data[0];
    if (isByteArray(value) && static_cast<ByteArray*>(value)->size == 1) return static_cast<ByteArray*>(value)->start[0];
    if (isFloat(value) || !hasIndex(value)) return raise(ts_, kTypeError, "%c requires an integer in range(256) or a single byte");
    Ref<Int> i = TRY(indexObject(ts_, value));
    int overflow = 0;
    long long v = toLongLong(i.get(), overflow);
    if (overflow || v < 0 || v > 255) return raise(ts_, kOverflowError, "%c arg not in range(256)");
    return char(v);
  }

  ThreadState& ts_;
  std::string_view format_;
  Ref<Bytes> out_;
  Index used_ = 0;
};

}  // namespace

Ref<Bytes> percentFormatBytes(ThreadState& ts, std::string_view format, Object* arguments) {
  BytesSink sink(ts, format);
  bool mapping = isMapping(arguments) && !isTuple(arguments) && !isBytes(arguments) && !isByteArray(arguments) && !isStr(arguments);
  PercentArguments all(ts, arguments, mapping);
  TRY(PercentReader(ts, sink, all).run());
  if (all.leftOver()) return raise(ts, kTypeError, "not all arguments converted during bytes formatting");
  return sink.finish();
}

}  // namespace habu
