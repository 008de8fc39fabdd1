// Searching text of 1, 2 or 4 byte characters. Worst case linear: a vector scan for the needle's first and last
// character, which hands over to the two-way algorithm (Crochemore, Perrin 1991) when candidates keep failing.
#pragma once
#include <emmintrin.h>
#include <string.h>
#include <wchar.h>

#include <cstddef>
#include <cstdint>

namespace habu {

// First position of `c` in text[0..n), or -1.
template <class C>
ptrdiff_t findChar(const C* text, ptrdiff_t n, C c) {
  if constexpr (sizeof(C) == 1) {
    if (n <= 0) return -1;
    const void* at = memchr(text, int(uint8_t(c)), size_t(n));
    return at ? static_cast<const C*>(at) - text : -1;
  } else if constexpr (sizeof(C) == 4) {
    if (n <= 0) return -1;
    const wchar_t* at = wmemchr(reinterpret_cast<const wchar_t*>(text), wchar_t(c), size_t(n));
    return at ? at - reinterpret_cast<const wchar_t*>(text) : -1;
  } else {
    ptrdiff_t i = 0;
    __m128i wanted = _mm_set1_epi16(short(c));
    for (; i + 8 <= n; i += 8) {
      __m128i here = _mm_loadu_si128(reinterpret_cast<const __m128i*>(text + i));
      if (int mask = _mm_movemask_epi8(_mm_cmpeq_epi16(here, wanted))) return i + __builtin_ctz(unsigned(mask)) / 2;
    }
    for (; i < n; ++i)
      if (text[i] == c) return i;
    return -1;
  }
}

template <class C>
ptrdiff_t findLastChar(const C* text, ptrdiff_t n, C c) {
  if constexpr (sizeof(C) == 1) {
    if (n <= 0) return -1;
    const void* at = memrchr(text, int(uint8_t(c)), size_t(n));
    return at ? static_cast<const C*>(at) - text : -1;
  } else {
    while (n-- > 0)
      if (text[n] == c) return n;
    return -1;
  }
}

namespace detail {

// Forward or (kStep = -1) mirrored view of a text, so that one two-way search serves find and rfind.
template <class C, int kStep>
struct Reader {
  const C* first;
  C operator[](ptrdiff_t i) const { return first[i * kStep]; }
};

// Is the text at `a` the needle at `b`? Their characters may differ in width.
template <class C, class D>
bool equalRun(const C* a, const D* b, ptrdiff_t n) {
  if constexpr (sizeof(C) == sizeof(D)) return memcmp(a, b, size_t(n) * sizeof(C)) == 0;
  for (ptrdiff_t i = 0; i < n; ++i)
    if (a[i] != b[i]) return false;
  return true;
}

template <class R>
void maximalSuffix(R needle, ptrdiff_t m, bool reversed, ptrdiff_t& position, ptrdiff_t& period) {
  ptrdiff_t best = -1, candidate = 0, k = 1, p = 1;
  while (candidate + k < m) {
    auto a = needle[candidate + k], b = needle[best + k];
    if (a == b) {
      if (k == p) {
        candidate += p;
        k = 1;
      } else {
        ++k;
      }
    } else if (reversed ? a > b : a < b) {
      candidate += k;
      k = 1;
      p = candidate - best;
    } else {
      best = candidate++;
      k = p = 1;
    }
  }
  position = best;
  period = p;
}

template <class R, class N>
ptrdiff_t twoWay(R text, ptrdiff_t n, N needle, ptrdiff_t m) {
  ptrdiff_t cut1, period1, cut2, period2;
  maximalSuffix(needle, m, false, cut1, period1);
  maximalSuffix(needle, m, true, cut2, period2);
  ptrdiff_t cut = (cut1 > cut2 ? cut1 : cut2) + 1, period = cut1 > cut2 ? period1 : period2;
  bool periodic = true;
  for (ptrdiff_t i = 0; i < cut && periodic; ++i) periodic = i + period < m && needle[i] == needle[i + period];
  if (!periodic) period = (cut > m - cut ? cut : m - cut) + 1;
  ptrdiff_t memory = 0;
  for (ptrdiff_t at = 0; at + m <= n;) {
    ptrdiff_t i = cut > memory ? cut : memory;
    while (i < m && needle[i] == text[at + i]) ++i;
    if (i < m) {
      at += i - cut + 1;
      memory = 0;
      continue;
    }
    i = cut - 1;
    while (i >= memory && needle[i] == text[at + i]) --i;
    if (i < memory) return at;
    at += period;
    memory = periodic ? m - period : 0;
  }
  return -1;
}

template <class C>
inline unsigned matchMask(const C* a, __m128i first, const C* b, __m128i last) {
  __m128i x = _mm_loadu_si128(reinterpret_cast<const __m128i*>(a)), y = _mm_loadu_si128(reinterpret_cast<const __m128i*>(b));
  __m128i both;
  if constexpr (sizeof(C) == 1) both = _mm_and_si128(_mm_cmpeq_epi8(x, first), _mm_cmpeq_epi8(y, last));
  else if constexpr (sizeof(C) == 2) both = _mm_and_si128(_mm_cmpeq_epi16(x, first), _mm_cmpeq_epi16(y, last));
  else both = _mm_and_si128(_mm_cmpeq_epi32(x, first), _mm_cmpeq_epi32(y, last));
  return unsigned(_mm_movemask_epi8(both));
}
template <class C>
inline __m128i broadcast(C c) {
  if constexpr (sizeof(C) == 1) return _mm_set1_epi8(char(c));
  else if constexpr (sizeof(C) == 2) return _mm_set1_epi16(short(c));
  else return _mm_set1_epi32(int(c));
}

}  // namespace detail

// First occurrence of needle[0..m) in text[0..n), or -1; m may be 0 (found at 0). The needle's characters are as wide
// as the text's or narrower.
template <class C, class D>
ptrdiff_t findText(const C* text, ptrdiff_t n, const D* needle, ptrdiff_t m) {
  static_assert(sizeof(D) <= sizeof(C));
  if (m > n) return -1;
  if (m == 0) return 0;
  if (m == 1) return findChar(text, n, C(needle[0]));
  constexpr ptrdiff_t kLanes = 16 / ptrdiff_t(sizeof(C));
  __m128i first = detail::broadcast(C(needle[0])), last = detail::broadcast(C(needle[m - 1]));
  ptrdiff_t i = 0, stop = n - m + 1, work = 0;
  for (; i + kLanes <= stop; i += kLanes) {
    unsigned mask = detail::matchMask(text + i, first, text + i + m - 1, last);
    while (mask) {
      ptrdiff_t at = i + __builtin_ctz(mask) / int(sizeof(C));
      if (detail::equalRun(text + at, needle, m - 1)) return at;
      work += m;
      mask &= ~(((1u << sizeof(C)) - 1) << ((at - i) * ptrdiff_t(sizeof(C))));
    }
    if (work > 8 * i + 2048) {
      ptrdiff_t base = i + kLanes;
      ptrdiff_t at = detail::twoWay(detail::Reader<C, 1>{text + base}, n - base, detail::Reader<D, 1>{needle}, m);
      return at < 0 ? -1 : base + at;
    }
  }
  for (; i < stop; ++i)
    if (text[i] == needle[0] && text[i + m - 1] == needle[m - 1] && detail::equalRun(text + i, needle, m - 1)) return i;
  return -1;
}

// Last occurrence; an empty needle is found at n.
template <class C, class D>
ptrdiff_t findLastText(const C* text, ptrdiff_t n, const D* needle, ptrdiff_t m) {
  if (m > n) return -1;
  if (m == 0) return n;
  if (m == 1) return findLastChar(text, n, C(needle[0]));
  ptrdiff_t work = 0;
  for (ptrdiff_t i = n - m; i >= 0; --i) {
    if (text[i] != needle[0] || text[i + m - 1] != needle[m - 1]) continue;
    if (detail::equalRun(text + i, needle, m - 1)) return i;
    work += m;
    if (work > 8 * (n - i) + 2048) {
      ptrdiff_t rest = i + m - 1;
      ptrdiff_t at = detail::twoWay(detail::Reader<C, -1>{text + rest - 1}, rest, detail::Reader<D, -1>{needle + m - 1}, m);
      return at < 0 ? -1 : rest - at - m;
    }
  }
  return -1;
}

// Non-overlapping occurrences, at most `limit`.
template <class C, class D>
ptrdiff_t countText(const C* text, ptrdiff_t n, const D* needle, ptrdiff_t m, ptrdiff_t limit) {
  if (limit <= 0 || n < 0) return 0;
  if (m == 0) return n < limit ? n + 1 : limit;
  ptrdiff_t count = 0;
  if (m == 1 && limit > n) {
    for (ptrdiff_t i = 0; i < n; ++i) count += text[i] == needle[0];
    return count;
  }
  for (ptrdiff_t at; count < limit && (at = findText(text, n, needle, m)) >= 0; ++count) {
    text += at + m;
    n -= at + m;
  }
  return count;
}

}  // namespace habu
