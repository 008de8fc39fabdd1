// Normalisation forms (UAX 15): decompose recursively, order marks by combining class, compose.
#include <cstdlib>

#include "base/unicode.h"
#include "base/unicode_data.h"

namespace habu {

namespace {

// Hangul syllables are composed by arithmetic (The Unicode Standard, section 3.12).
constexpr char32_t kS = 0xac00, kL = 0x1100, kV = 0x1161, kT = 0x11a7;
constexpr unsigned kLCount = 19, kVCount = 21, kTCount = 28, kSCount = kLCount * kVCount * kTCount;

uint8_t combiningClass(char32_t c) { return c < 0x300 ? 0 : unicodeRecord(c).combining; }

class Normalizer {
 public:
  Normalizer(NormalForm form, CodePoints& out, bool old)
      : out_(out), start_(out.size()), compatible_(form == NormalForm::Nfkd || form == NormalForm::Nfkc), old_(old) {}

  bool decompose(char32_t c) {
    if (c < 0xa0) return out_.push(c);
    if (c >= kS && c < kS + kSCount) {
      unsigned s = c - kS, t = s % kTCount;
      return out_.push(kL + s / (kVCount * kTCount)) && out_.push(kV + s % (kVCount * kTCount) / kTCount) &&
             (t == 0 || out_.push(kT + t));
    }
    if (old_) {
      if (oldUnicode(c).category == 0) return out_.push(c);
      if (char32_t corrected = oldCorrection(c)) return decompose(corrected);
    }
    Decomposition d = decompositionOf(c);
    if (d.count == 0 || (*d.prefix && !compatible_)) return out_.push(c);
    for (int i = 0; i < d.count; ++i)
      if (!decompose(d.codes[i])) return false;
    return true;
  }

  // Marks between two starters, in stable order of their classes. Runs are short; a long one is merge-sorted.
  bool order() {
    char32_t* p = out_.data();
    for (size_t i = start_; i < out_.size();) {
      if (combiningClass(p[i]) == 0) {
        ++i;
        continue;
      }
      size_t end = i + 1;
      while (end < out_.size() && combiningClass(p[end])) ++end;
      if (end - i > 32) {
        if (!sortLong(p + i, end - i)) return false;
      } else {
        sortShort(p + i, end - i);
      }
      i = end;
    }
    return true;
  }

  void compose() {
    char32_t* p = out_.data();
    size_t to = start_, starter = size_t(-1);
    int last_class = -1;  // of the last mark kept after the starter; -1: nothing between
    for (size_t i = start_; i < out_.size(); ++i) {
      char32_t c = p[i];
      int ccc = combiningClass(c);
      if (starter != size_t(-1) && (last_class < ccc)) {
        if (char32_t composed = composite(p[starter], c)) {
          p[starter] = composed;
          continue;
        }
      }
      if (ccc == 0) {
        starter = to;
        last_class = -1;
      } else {
        last_class = ccc;
      }
      p[to++] = c;
    }
    out_.truncate(to);
  }

 private:
  static void sortShort(char32_t* p, size_t n) {
    for (size_t i = 1; i < n; ++i) {
      char32_t c = p[i];
      uint8_t ccc = combiningClass(c);
      size_t j = i;
      for (; j > 0 && combiningClass(p[j - 1]) > ccc; --j) p[j] = p[j - 1];
      p[j] = c;
    }
  }
  static bool sortLong(char32_t* p, size_t n) {  // counting sort: there are 256 classes
    auto* copy = static_cast<char32_t*>(std::malloc(n * sizeof(char32_t)));
    if (!copy) return false;
    size_t starts[257] = {};
    for (size_t i = 0; i < n; ++i) ++starts[combiningClass(p[i]) + 1];
    for (size_t k = 1; k < 257; ++k) starts[k] += starts[k - 1];
    for (size_t i = 0; i < n; ++i) copy[starts[combiningClass(p[i])]++] = p[i];
    for (size_t i = 0; i < n; ++i) p[i] = copy[i];
    std::free(copy);
    return true;
  }
  static char32_t composite(char32_t a, char32_t b) {
    if (a >= kL && a < kL + kLCount && b >= kV && b < kV + kVCount) return kS + ((a - kL) * kVCount + (b - kV)) * kTCount;
    if (a >= kS && a < kS + kSCount && (a - kS) % kTCount == 0 && b > kT && b < kT + kTCount) return a + (b - kT);
    return composePair(a, b);
  }

  CodePoints& out_;
  size_t start_;
  bool compatible_, old_;
};

}  // namespace

CodePoints::~CodePoints() { std::free(data_); }
bool CodePoints::grow() {
  size_t capacity = capacity_ ? capacity_ * 2 : 64;
  auto* data = static_cast<char32_t*>(std::realloc(data_, capacity * sizeof(char32_t)));
  if (!data) return false;
  data_ = data;
  capacity_ = capacity;
  return true;
}

template <class C>
int quickNormal(NormalForm form, const C* text, size_t n) {
  int shift = int(form) * 2, answer = 1;
  uint8_t previous = 0;
  for (size_t i = 0; i < n; ++i) {
    if (text[i] < 0xa0) {
      previous = 0;
      continue;
    }
    const UnicodeRecord& r = unicodeRecord(text[i]);
    if (r.combining && previous > r.combining) return 0;
    previous = r.combining;
    int quick = r.quick >> shift & 3;
    if (quick == 1) return 0;
    if (quick == 2) answer = -1;
  }
  return answer;
}

template <class C>
bool normalizeText(NormalForm form, const C* text, size_t n, CodePoints& out, bool old) {
  Normalizer work(form, out, old);
  for (size_t i = 0; i < n; ++i)
    if (!work.decompose(text[i])) return false;
  if (!work.order()) return false;
  if (form == NormalForm::Nfc || form == NormalForm::Nfkc) work.compose();
  return true;
}

template int quickNormal(NormalForm, const uint8_t*, size_t);
template int quickNormal(NormalForm, const char16_t*, size_t);
template int quickNormal(NormalForm, const char32_t*, size_t);
template bool normalizeText(NormalForm, const uint8_t*, size_t, CodePoints&, bool);
template bool normalizeText(NormalForm, const char16_t*, size_t, CodePoints&, bool);
template bool normalizeText(NormalForm, const char32_t*, size_t, CodePoints&, bool);

}  // namespace habu
