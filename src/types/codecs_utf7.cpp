// UTF-7 (RFC 2152): ASCII with UTF-16 in base64 between '+' and '-'.
#include "types/codecs_support.h"

namespace habu {

namespace {

constexpr char kBase64[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
bool isBase64(uint8_t c) { return (c | 32) - 'a' < 26u || c - '0' < 10u || c == '+' || c == '/'; }
int fromBase64(uint8_t c) {
  if (c >= 'A' && c <= 'Z') return c - 'A';
  if (c >= 'a' && c <= 'z') return c - 'a' + 26;
  if (c >= '0' && c <= '9') return c - '0' + 52;
  return c == '+' ? 62 : 63;
}
bool decodesDirectly(uint8_t c) { return c <= 127 && c != '+'; }
// Sets D and O of the RFC and the whitespace characters.
bool encodesDirectly(char32_t c, bool set_o, bool whitespace) {
  if (c == 0 || c >= 127) return false;
  if (c == ' ' || c == '\t' || c == '\r' || c == '\n') return !whitespace;
  if ((c | 32) - 'a' < 26u || c - '0' < 10u) return true;
  for (const char* p = "'(),-./:?"; *p; ++p)
    if (c == char32_t(*p)) return true;
  for (const char* p = "!\"#$%&*;<=>@[]^_`{|}"; *p; ++p)
    if (c == char32_t(*p)) return !set_o;
  return false;
}

class Utf7Decoder {
 public:
  Utf7Decoder(ThreadState& ts, std::string_view bytes, const char* errors, Index* consumed)
      : d_(ts, "utf7", bytes, errors), consumed_(consumed) {}

  Ref<Str> run() {
    for (;;) {
      while (d_.left() > 0) TRY(step());
      if (!shifted_ || consumed_) break;
      // An unfinished shift sequence at the end of all input.
      if (surrogate_ || bits_ >= 6 || (bits_ > 0 && buffer_)) {
        shifted_ = false;
        Index end = Index(d_.in.size());
        TRY(d_.fault(shift_start_, end, "unterminated shift sequence"));
        reset();
        continue;
      }
      break;
    }
    if (consumed_) {
      if (shifted_) {
        *consumed_ = shift_start_;
        return finishBefore(shift_out_);
      }
      *consumed_ = d_.at;
    }
    return d_.out.finish();
  }

 private:
  void reset() {
    surrogate_ = 0;
    bits_ = 0;
    buffer_ = 0;
  }
  Ref<Str> finishBefore(Index length) {
    Ref<Str> all = TRY(d_.out.finish());
    if (all->length == length) return all;
    return substring(d_.ts, all.get(), 0, length);
  }

  Status step() {
    uint8_t c = d_.byte(d_.at);
    if (shifted_) return isBase64(c) ? digit(c) : leave(c);
    if (c == '+') {
      Index start = d_.at++;
      if (d_.left() > 0 && d_.byte(d_.at) == '-') {
        ++d_.at;
        return appended(d_.out.append(U'+'));
      }
      if (d_.left() > 0 && !isBase64(d_.byte(d_.at))) return d_.fault(start, d_.at + 1, "ill-formed sequence");
      shifted_ = true;
      shift_start_ = start;
      shift_out_ = d_.out.size();
      reset();
      return kDone;
    }
    if (decodesDirectly(c)) {
      ++d_.at;
      return appended(d_.out.append(char32_t(c)));
    }
    return d_.fault(d_.at, d_.at + 1, "unexpected special character");
  }

  Status digit(uint8_t c) {
    buffer_ = buffer_ << 6 | uint32_t(fromBase64(c));
    bits_ += 6;
    ++d_.at;
    if (bits_ < 16) return kDone;
    char32_t unit = buffer_ >> (bits_ - 16) & 0xffff;
    bits_ -= 16;
    buffer_ &= (1u << bits_) - 1;
    if (surrogate_) {
      char32_t high = std::exchange(surrogate_, 0);
      if (unit >= 0xdc00 && unit <= 0xdfff) return appended(d_.out.append(0x10000 + ((high - 0xd800) << 10) + (unit - 0xdc00)));
      TRY(appended(d_.out.append(high)));
    }
    if (unit >= 0xd800 && unit <= 0xdbff) {
      surrogate_ = unit;
      return kDone;
    }
    return appended(d_.out.append(unit));
  }

  // A character that is not base64 ends the sequence; '-' is swallowed.
  Status leave(uint8_t c) {
    shifted_ = false;
    if (bits_ > 0) {
      if (bits_ >= 6) {
        ++d_.at;
        Status s = d_.fault(shift_start_, d_.at, "partial character in shift sequence");
        reset();
        return s;
      }
      if (buffer_) {
        ++d_.at;
        Status s = d_.fault(shift_start_, d_.at, "non-zero padding bits in shift sequence");
        reset();
        return s;
      }
    }
    if (surrogate_ && decodesDirectly(c)) TRY(appended(d_.out.append(surrogate_)));
    surrogate_ = 0;
    if (c == '-') ++d_.at;
    return kDone;
  }

  Decoding d_;
  Index* consumed_;
  bool shifted_ = false;
  Index shift_start_ = 0, shift_out_ = 0;
  char32_t surrogate_ = 0;
  uint32_t buffer_ = 0;
  unsigned bits_ = 0;
};

class Utf7Encoder {
 public:
  explicit Utf7Encoder(ThreadState& ts) : out_(ts) {}
  bool put(char32_t c, bool set_o, bool whitespace) {
    if (!out_.reserve(16)) return false;
    bool direct = encodesDirectly(c, set_o, whitespace);
    if (shifted_) {
      if (!direct) {
        units(c);
        return true;
      }
      flush();
      shifted_ = false;
      // '-' is needed only before characters that would be read as base64, and before itself.
      if (isBase64(uint8_t(c)) || c == '-') raw('-');
      raw(char(c));
      return true;
    }
    if (c == '+') {
      raw('+');
      raw('-');
      return true;
    }
    if (direct) {
      raw(char(c));
      return true;
    }
    raw('+');
    shifted_ = true;
    units(c);
    return true;
  }
  Ref<Bytes> finish() {
    if (!out_.reserve(4)) return {};
    flush();
    if (shifted_) raw('-');
    return out_.finish();
  }

 private:
  void raw(char c) {
    char* p = out_.end();
    *p++ = c;
    out_.advanceTo(p);
  }
  void flush() {
    if (bits_) raw(kBase64[buffer_ << (6 - bits_) & 63]);
    buffer_ = 0;
    bits_ = 0;
  }
  void units(char32_t c) {
    if (c >= 0x10000) {
      unit(0xd800 + ((c - 0x10000) >> 10));
      c = 0xdc00 + ((c - 0x10000) & 0x3ff);
    }
    unit(c);
  }
  void unit(char32_t u) {
    buffer_ = buffer_ << 16 | u;
    bits_ += 16;
    while (bits_ >= 6) {
      raw(kBase64[buffer_ >> (bits_ - 6) & 63]);
      bits_ -= 6;
      buffer_ &= (1u << bits_) - 1;
    }
  }
  BytesBuilder out_;
  bool shifted_ = false;
  uint32_t buffer_ = 0;
  unsigned bits_ = 0;
};

}  // namespace

Ref<Str> decodeUtf7Text(ThreadState& ts, std::string_view bytes, const char* errors, Index* consumed) {
  return Utf7Decoder(ts, bytes, errors, consumed).run();
}

Ref<Bytes> encodeUtf7Text(ThreadState& ts, Str* s, bool set_o, bool whitespace, const char*) {
  Utf7Encoder encoder(ts);
  for (Index i = 0; i < s->length; ++i)
    if (!encoder.put((*s)[i], set_o, whitespace)) return Raised{};
  return encoder.finish();
}

}  // namespace habu
