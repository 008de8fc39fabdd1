// binascii: binary data as ASCII text - hexadecimal, base64, uuencode, quoted-printable - and two checksums.
#include <zlib.h>

#include <cstring>

#include "object/bind.h"
#include "object/gil.h"
#include "object/module_def.h"
#include "object/protocol.h"
#include "types/bytes.h"
#include "types/heap_type.h"
#include "types/str.h"

namespace habu {

namespace {

Type* error_type = nullptr;

// What the decoders take: a bytes-like object or an ASCII str.
struct AsciiInput {
  BufferView view;
  std::string_view text;
};
}  // namespace

template <>
struct Arg<AsciiInput> {
  static Result<AsciiInput> from(ThreadState& ts, Object* o, ArgSite) {
    AsciiInput r;
    if (isStr(o)) {
      auto* s = static_cast<Str*>(o);
      if (!s->isAscii()) return raise(ts, kValueError, "string argument should contain only ASCII characters");
      r.text = asciiView(s);
      return r;
    }
    Result<BufferView> view = BufferView::of(ts, o);
    if (view.failed())
      return raise(ts, kTypeError, "argument should be bytes, buffer or ASCII string, not '{:.100}'", typeName(o));
    r.view = view.take();
    r.text = r.view.bytes();
    return r;
  }
};

namespace {

// Output whose length is known only at the end: grows by doubling.
class ByteBuilder {
 public:
  explicit ByteBuilder(ThreadState& ts) : ts_(ts) {}
  bool reserve(size_t more) {
    if (used_ + more <= capacity_) return true;
    size_t grown = capacity_ * 2 > used_ + more ? capacity_ * 2 : used_ + more;
    Ref<Bytes> b = newBytesUninitialized(ts_, Index(grown));
    if (!b) return false;
    if (used_) std::memcpy(b->data, bytes_->data, used_);
    bytes_ = std::move(b);
    capacity_ = grown;
    return true;
  }
  void put(unsigned c) { bytes_->data[used_++] = char(c); }
  size_t size() const { return used_; }
  char& at(size_t i) { return bytes_->data[i]; }
  void drop(size_t n) { used_ -= n; }
  Ref<Bytes> finish() { return bytes_ ? shrinkBytes(ts_, std::move(bytes_), Index(used_)) : newBytes(ts_, {}); }

 private:
  ThreadState& ts_;
  Ref<Bytes> bytes_;
  size_t used_ = 0, capacity_ = 0;
};

constexpr char kHexLower[] = "0123456789abcdef";
constexpr char kHexUpper[] = "0123456789ABCDEF";
int hexValue(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  c = char(c | 0x20);
  return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

// ---- hexadecimal ----
Ref<Bytes> b2aHex(ThreadState& ts, Object*, BufferView data, Object* separator, std::optional<int> group_size) {
  char mark = 0;
  int group = group_size.value_or(1);
  if (separator) {
    if (TRY(lengthOf(ts, separator)) != 1) return raise(ts, kValueError, "sep must be length 1.");
    if (isStr(separator)) {
      char32_t c = (*static_cast<Str*>(separator))[0];
      if (static_cast<Str*>(separator)->kind() != StrKind::Ucs1) return raise(ts, kValueError, "sep must be ASCII.");
      mark = char(c);
    } else if (isBytes(separator)) {
      mark = static_cast<Bytes*>(separator)->data[0];
    } else {
      return raise(ts, kTypeError, "sep must be str or bytes.");
    }
  }
  bool from_left = group < 0;
  size_t step = size_t(group < 0 ? -static_cast<long long>(group) : group);
  std::string_view bytes = data.bytes();
  size_t n = bytes.size();
  if (!separator) step = 0;
  size_t marks = step && n ? (n - 1) / step : 0;
  if (n > size_t(PTRDIFF_MAX) / 2 - marks) return raiseNoMemory(ts);
  Ref<Bytes> r = TRY(newBytesUninitialized(ts, Index(2 * n + marks)));
  char* out = r->data;
  for (size_t i = 0; i < n; ++i) {
    size_t boundary = from_left ? i : n - i;  // groups are counted from the right unless negative
    if (step && i && boundary % step == 0) *out++ = mark;
    auto c = static_cast<unsigned char>(bytes[i]);
    *out++ = kHexLower[c >> 4];
    *out++ = kHexLower[c & 15];
  }
  return r;
}

Ref<Bytes> a2bHex(ThreadState& ts, Object*, AsciiInput input) {
  std::string_view text = input.text;
  if (text.size() % 2) return raise(ts, *error_type, "Odd-length string");
  Ref<Bytes> r = TRY(newBytesUninitialized(ts, Index(text.size() / 2)));
  for (size_t i = 0; i < text.size(); i += 2) {
    int high = hexValue(text[i]), low = hexValue(text[i + 1]);
    if (high < 0 || low < 0) return raise(ts, *error_type, "Non-hexadecimal digit found");
    r->data[i / 2] = char(high << 4 | low);
  }
  return r;
}

// ---- base64 ----
constexpr char kBase64[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
struct ReverseTable {
  signed char value[256];
};
consteval ReverseTable reverseBase64() {
  ReverseTable t{};
  for (auto& v : t.value) v = -1;
  for (int i = 0; i < 64; ++i) t.value[static_cast<unsigned char>(kBase64[i])] = static_cast<signed char>(i);
  return t;
}
constexpr ReverseTable kBase64Values = reverseBase64();

Ref<Bytes> b2aBase64(ThreadState& ts, Object*, BufferView data, std::optional<bool> newline) {
  std::string_view in = data.bytes();
  bool line = newline.value_or(true);
  if (in.size() > (size_t(PTRDIFF_MAX) - 3) / 2) return raise(ts, *error_type, "Too much data for base64 line");
  Ref<Bytes> r = TRY(newBytesUninitialized(ts, Index((in.size() + 2) / 3 * 4 + line)));
  char* out = r->data;
  size_t i = 0;
  auto byte = [&](size_t k) { return unsigned(static_cast<unsigned char>(in[k])); };
  for (; i + 3 <= in.size(); i += 3) {
    unsigned v = byte(i) << 16 | byte(i + 1) << 8 | byte(i + 2);
    *out++ = kBase64[v >> 18];
    *out++ = kBase64[v >> 12 & 63];
    *out++ = kBase64[v >> 6 & 63];
    *out++ = kBase64[v & 63];
  }
  if (size_t rest = in.size() - i) {
    unsigned v = byte(i) << 16 | (rest > 1 ? byte(i + 1) << 8 : 0);
    *out++ = kBase64[v >> 18];
    *out++ = kBase64[v >> 12 & 63];
    *out++ = rest > 1 ? kBase64[v >> 6 & 63] : '=';
    *out++ = '=';
  }
  if (line) *out = '\n';
  return r;
}

Ref<Bytes> a2bBase64(ThreadState& ts, Object*, AsciiInput input, std::optional<bool> strict_mode) {
  std::string_view text = input.text;
  bool strict = strict_mode.value_or(false);
  ByteBuilder out(ts);
  if (!out.reserve((text.size() + 3) / 4 * 3 + 1)) return Raised{};
  if (strict && !text.empty() && text[0] == '=') return raise(ts, *error_type, "Leading padding not allowed");
  int phase = 0, pads = 0;
  bool padding = false;
  unsigned left = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    char c = text[i];
    if (c == '=') {
      padding = true;
      if (phase >= 2 && phase + ++pads >= 4) {
        // A complete group ends the data.
        if (strict && i + 1 < text.size()) return raise(ts, *error_type, "Excess data after padding");
        return out.finish();
      }
      continue;
    }
    int v = kBase64Values.value[static_cast<unsigned char>(c)];
    if (v < 0) {
      if (strict) return raise(ts, *error_type, "Only base64 data is allowed");
      continue;
    }
    if (strict && padding) return raise(ts, *error_type, "Discontinuous padding not allowed");
    pads = 0;
    switch (phase) {
      case 0: left = unsigned(v); break;
      case 1: out.put(left << 2 | unsigned(v) >> 4); left = unsigned(v) & 15; break;
      case 2: out.put(left << 4 | unsigned(v) >> 2); left = unsigned(v) & 3; break;
      default: out.put(left << 6 | unsigned(v)); left = 0; break;
    }
    phase = (phase + 1) % 4;
  }
  if (phase == 1)
    return raise(ts, *error_type,
                 "Invalid base64-encoded string: number of data characters ({}) cannot be 1 more than a multiple of 4",
                 out.size() / 3 * 4 + 1);
  if (phase) return raise(ts, *error_type, "Incorrect padding");
  return out.finish();
}

// ---- uuencode ----
Ref<Bytes> b2aUu(ThreadState& ts, Object*, BufferView data, std::optional<bool> backtick) {
  std::string_view in = data.bytes();
  char zero = backtick.value_or(false) ? '`' : ' ';
  if (in.size() > 45) return raise(ts, *error_type, "At most 45 bytes at once");
  ByteBuilder out(ts);
  if (!out.reserve(2 + (in.size() + 2) / 3 * 4)) return Raised{};
  auto letter = [&](unsigned v) { out.put(v ? v + ' ' : static_cast<unsigned char>(zero)); };
  letter(unsigned(in.size()));
  for (size_t i = 0; i < in.size(); i += 3) {
    unsigned v = 0;
    for (size_t k = 0; k < 3; ++k) v = v << 8 | (i + k < in.size() ? static_cast<unsigned char>(in[i + k]) : 0u);
    for (int shift = 18; shift >= 0; shift -= 6) letter(v >> shift & 63);
  }
  out.put('\n');
  return out.finish();
}

Ref<Bytes> a2bUu(ThreadState& ts, Object*, AsciiInput input) {
  std::string_view text = input.text;
  size_t i = 0;
  // An empty line stands for a length of 32: what the byte behind it, a null, means.
  auto first = text.empty() ? 0u : unsigned(static_cast<unsigned char>(text[0]));
  ++i;
  size_t wanted = (first - ' ') & 63;
  ByteBuilder out(ts);
  if (!out.reserve(wanted + 1)) return Raised{};
  unsigned left = 0;
  int bits = 0;
  while (out.size() < wanted) {
    unsigned c = i < text.size() ? static_cast<unsigned char>(text[i]) : 0u;
    bool have = i < text.size();
    unsigned v = 0;
    if (have && c != '\n' && c != '\r') {
      if (c < ' ' || c > ' ' + 64) return raise(ts, *error_type, "Illegal char");
      v = (c - ' ') & 63;
    }
    // Missing characters at the end are blanks; a line end is not passed.
    if (have && c != '\n' && c != '\r') ++i;
    left = left << 6 | v;
    bits += 6;
    if (bits >= 8) {
      bits -= 8;
      out.put(left >> bits & 0xff);
      left &= (1u << bits) - 1;
    }
  }
  for (; i < text.size(); ++i) {
    char c = text[i];
    if (c != ' ' && c != '`' && c != '\n' && c != '\r') return raise(ts, *error_type, "Trailing garbage");
  }
  return out.finish();
}

// ---- quoted-printable ----
Ref<Bytes> a2bQp(ThreadState& ts, Object*, AsciiInput input, std::optional<bool> header) {
  std::string_view text = input.text;
  bool underscores = header.value_or(false);
  ByteBuilder out(ts);
  if (!out.reserve(text.size() + 1)) return Raised{};
  for (size_t i = 0; i < text.size();) {
    char c = text[i];
    if (c != '=') {
      out.put(underscores && c == '_' ? ' ' : static_cast<unsigned char>(c));
      ++i;
      continue;
    }
    if (++i >= text.size()) break;
    if (text[i] == '\n' || text[i] == '\r') {  // a soft line break, to its end
      if (text[i] != '\n')
        while (i < text.size() && text[i] != '\n') ++i;
      if (i < text.size()) ++i;
    } else if (text[i] == '=') {  // broken encoders
      out.put('=');
      ++i;
    } else if (i + 1 < text.size() && hexValue(text[i]) >= 0 && hexValue(text[i + 1]) >= 0) {
      out.put(unsigned(hexValue(text[i]) << 4 | hexValue(text[i + 1])));
      i += 2;
    } else {
      out.put('=');
    }
  }
  return out.finish();
}

class QuotedPrintable {
 public:
  QuotedPrintable(ByteBuilder& out, std::string_view in, bool quote_tabs, bool is_text, bool header)
      : out_(out), in_(in), quote_tabs_(quote_tabs), is_text_(is_text), header_(header) {
    // Line ends are written as the first one in the data.
    size_t lf = in.find('\n');
    crlf_ = lf != in.npos && lf > 0 && in[lf - 1] == '\r';
  }
  bool run() {
    for (size_t i = 0; i < in_.size();) {
      if (!out_.reserve(16)) return false;
      if (mustQuote(i)) {
        if (line_ + 3 >= kLine) softBreak();
        hex(static_cast<unsigned char>(in_[i++]));
        line_ += 3;
      } else if (is_text_ && (in_[i] == '\n' || (in_[i] == '\r' && next(i) == '\n'))) {
        lineEnd(i);
      } else {
        if (i + 1 != in_.size() && in_[i + 1] != '\n' && line_ + 1 >= kLine) softBreak();
        ++line_;
        char c = in_[i++];
        out_.put(header_ && c == ' ' ? '_' : static_cast<unsigned char>(c));
      }
    }
    return true;
  }

 private:
  static constexpr size_t kLine = 76;
  int next(size_t i) const { return i + 1 < in_.size() ? static_cast<unsigned char>(in_[i + 1]) : -1; }
  bool mustQuote(size_t i) const {
    auto c = static_cast<unsigned char>(in_[i]);
    bool last = i + 1 == in_.size();
    return c > 126 || c == '=' || (header_ && c == '_') ||
           (c == '.' && line_ == 0 && (last || next(i) == '\n' || next(i) == '\r' || next(i) == 0)) ||
           (!is_text_ && (c == '\r' || c == '\n')) || ((c == '\t' || c == ' ') && last) ||
           (c < 33 && c != '\r' && c != '\n' && c != '\t' && c != ' ') ||
           (c < 33 && c != '\r' && c != '\n' && quote_tabs_);
  }
  void hex(unsigned c) {
    out_.put('=');
    out_.put(static_cast<unsigned char>(kHexUpper[c >> 4]));
    out_.put(static_cast<unsigned char>(kHexUpper[c & 15]));
  }
  void newline() {
    if (crlf_) out_.put('\r');
    out_.put('\n');
  }
  void softBreak() {
    out_.put('=');
    newline();
    line_ = 0;
  }
  void lineEnd(size_t& i) {
    line_ = 0;
    // White space in front of a line end must be seen.
    if (out_.size() && (out_.at(out_.size() - 1) == ' ' || out_.at(out_.size() - 1) == '\t')) {
      auto c = static_cast<unsigned char>(out_.at(out_.size() - 1));
      out_.drop(1);
      hex(c);
    }
    newline();
    i += in_[i] == '\r' ? 2 : 1;
  }

  ByteBuilder& out_;
  std::string_view in_;
  bool quote_tabs_, is_text_, header_, crlf_ = false;
  size_t line_ = 0;
};

Ref<Bytes> b2aQp(ThreadState& ts, Object*, BufferView data, std::optional<bool> quote_tabs, std::optional<bool> is_text,
                 std::optional<bool> header) {
  ByteBuilder out(ts);
  QuotedPrintable encoder(out, data.bytes(), quote_tabs.value_or(false), is_text.value_or(true), header.value_or(false));
  if (!encoder.run()) return Raised{};
  return out.finish();
}

// ---- checksums ----
Result<unsigned> crcHqx(ThreadState&, Object*, BufferView data, unsigned crc) {
  crc &= 0xffff;
  for (char c : data.bytes()) {
    crc ^= unsigned(static_cast<unsigned char>(c)) << 8;
    for (int bit = 0; bit < 8; ++bit) crc = (crc & 0x8000 ? crc << 1 ^ 0x1021 : crc << 1) & 0xffff;
  }
  return crc;
}

Result<unsigned> crc32Of(ThreadState& ts, Object*, BufferView data, std::optional<unsigned> start) {
  constexpr size_t kChunk = size_t{1} << 30;
  constexpr Index kRelease = 5 * 1024;  // shorter ones are done before the lock is let go
  uLong crc = start.value_or(0);
  std::string_view rest = data.bytes();
  auto run = [&] {
    for (; !rest.empty(); rest.remove_prefix(rest.size() < kChunk ? rest.size() : kChunk))
      crc = crc32(crc, reinterpret_cast<const Bytef*>(rest.data()), uInt(rest.size() < kChunk ? rest.size() : kChunk));
  };
  if (data.size() > kRelease) {
    GilRelease allow(ts);
    run();
  } else {
    run();
  }
  return unsigned(crc);
}

constexpr MethodDef kMethods[] = {
    METHOD_AS("a2b_uu", a2bUu, "($module, data, /)", "Decodes a line of uuencoded data."),
    METHOD_AS("b2a_uu", b2aUu, "($module, data, /, *, backtick=False)", "Uuencodes a line of data; backtick: zeros as '`'."),
    METHOD_AS("a2b_base64", a2bBase64, "($module, data, /, *, strict_mode=False)",
              "Decodes a line of base64 data; strict_mode: only what the standard allows."),
    METHOD_AS("b2a_base64", b2aBase64, "($module, data, /, *, newline=True)", "Encodes a line of data in base64."),
    METHOD_AS("a2b_hex", a2bHex, "($module, hexstr, /)", "Binary data from hexadecimal text."),
    METHOD_AS("b2a_hex", b2aHex, "($module, /, data, sep=<unrepresentable>, bytes_per_sep=1)",
              "Hexadecimal text of binary data, with a separator after every bytes_per_sep bytes if one is given\n"
              "(counted from the right, for negative numbers from the left)."),
    METHOD_AS("hexlify", b2aHex, "($module, /, data, sep=<unrepresentable>, bytes_per_sep=1)", "The same as b2a_hex()."),
    METHOD_AS("unhexlify", a2bHex, "($module, hexstr, /)", "The same as a2b_hex()."),
    METHOD_AS("crc_hqx", crcHqx, "($module, data, crc, /)", "CRC-CCITT of the data, starting from crc."),
    METHOD_AS("crc32", crc32Of, "($module, data, crc=0, /)", "CRC-32 of the data, starting from crc."),
    METHOD_AS("a2b_qp", a2bQp, "($module, /, data, header=False)", "Decodes quoted-printable data; header: underscores are blanks."),
    METHOD_AS("b2a_qp", b2aQp, "($module, /, data, quotetabs=False, istext=True, header=False)",
              "Encodes data as quoted-printable: quotetabs tabs and blanks too, istext keeps line ends, header for use in headers."),
    {}};

Status populate(ThreadState& ts, Module* m) {
  if (!error_type) error_type = TRY(newExceptionClass(ts, "binascii.Error", kValueError)).release();
  TRY(addObject(ts, m, "Error", Ref<>::share(error_type)));
  return addObject(ts, m, "Incomplete", Ref<>(TRY(newExceptionClass(ts, "binascii.Incomplete", kException))));
}

}  // namespace

extern const ModuleDef kBinasciiModule = {
    .name = "binascii", .doc = "Conversion between binary data and ASCII.", .methods = kMethods, .populate = populate};

}  // namespace habu
