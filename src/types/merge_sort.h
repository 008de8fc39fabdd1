// A stable, adaptive merge sort: finds runs that are in order already, extends short ones by binary insertion, and
// merges neighbours in the order that powersort (Munro and Wild, 2018) prescribes; merges gallop through long
// stretches from one side. `E` is trivially copyable; `Less` answers 1, 0, or -1 when the comparison raised. After a
// failure the array holds some permutation of its elements.
#pragma once
#include <cstring>

#include "object/alloc.h"

namespace habu {

template <class E, class Less>
class MergeSort {
 public:
  enum class Outcome { Done, Raised, NoMemory };

  explicit MergeSort(Less& less) : less_(less) {}
  ~MergeSort() {
    if (temp_ != few_) freeMemory(temp_);
  }
  MergeSort(const MergeSort&) = delete;

  Outcome sort(E* array, Index n) {
    first_ = array;
    total_ = n;
    Index shortest = shortestRun(n);
    for (E* at = array; n > 0;) {
      Index length = naturalRun(at, n);
      if (length < 0) return outcome_;
      if (length < shortest) {
        Index forced = n < shortest ? n : shortest;
        if (!insertionSort(at, length, forced)) return outcome_;
        length = forced;
      }
      if (!push(at, length)) return outcome_;
      at += length;
      n -= length;
    }
    while (count_ > 1)
      if (!mergeTop()) return outcome_;
    return Outcome::Done;
  }

 private:
  struct Run {
    E* base;
    Index length;
    int power;  // of the boundary to the run behind it
  };
  static constexpr Index kGallopAt = 7;
  static constexpr Index kFew = 128;

  bool fail(Outcome why = Outcome::Raised) {
    outcome_ = why;
    return false;
  }

  static Index shortestRun(Index n) {  // 32..64, such that n / shortest is just below a power of two
    Index odd = 0;
    while (n >= 64) {
      odd |= n & 1;
      n >>= 1;
    }
    return n + odd;
  }

  // Length of the run that starts at `at`, brought into ascending order; -1: a comparison raised.
  Index naturalRun(E* at, Index n) {
    if (n == 1) return 1;
    int c = less_(at[1], at[0]);
    if (c < 0) return fail(), -1;
    bool descending = c != 0;
    Index length = 2;
    for (; length < n; ++length) {
      c = less_(at[length], at[length - 1]);
      if (c < 0) return fail(), -1;
      if ((c != 0) != descending) break;
    }
    if (descending)  // strictly, so that reversing keeps equal elements in order
      for (E *low = at, *high = at + length - 1; low < high; ++low, --high) std::swap(*low, *high);
    return length;
  }

  // at[0..sorted) is in order; puts the others up to n into place.
  bool insertionSort(E* at, Index sorted, Index n) {
    for (; sorted < n; ++sorted) {
      E pivot = at[sorted];
      Index low = 0, high = sorted;
      while (low < high) {
        Index middle = low + ((high - low) >> 1);
        int c = less_(pivot, at[middle]);
        if (c < 0) return fail();
        if (c) high = middle;
        else low = middle + 1;
      }
      std::memmove(at + low + 1, at + low, size_t(sorted - low) * sizeof(E));
      at[low] = pivot;
    }
    return true;
  }

  // Depth at which a perfectly balanced merge tree would join the two runs.
  int boundaryPower(Index start, Index left, Index right) const {
    Index a = 2 * start + left, b = a + left + right;
    for (int power = 1;; ++power) {
      if (a >= total_) {
        a -= total_;
        b -= total_;
      } else if (b >= total_) {
        return power;
      }
      a <<= 1;
      b <<= 1;
    }
  }

  bool push(E* base, Index length) {
    if (count_ > 0) {
      Run& top = pending_[count_ - 1];
      int power = boundaryPower(top.base - first_, top.length, length);
      while (count_ > 1 && pending_[count_ - 2].power > power)
        if (!mergeTop()) return false;
      pending_[count_ - 1].power = power;
    }
    pending_[count_++] = {base, length, 0};
    return true;
  }

  // Merges the last two runs.
  bool mergeTop() {
    Run &left = pending_[count_ - 2], right = pending_[count_ - 1];
    E* a = left.base;
    Index na = left.length, nb = right.length;
    left.length += nb;
    --count_;
    // What is in place at both ends stays.
    Index skip = gallop<true>(*right.base, a, na, 0);
    if (skip < 0) return false;
    a += skip;
    na -= skip;
    if (na == 0) return true;
    nb = gallop<false>(a[na - 1], right.base, nb, nb - 1);
    if (nb < 0) return false;
    if (nb == 0) return true;
    return na <= nb ? mergeLow(a, na, right.base, nb) : mergeHigh(a, na, right.base, nb);
  }

  // Where `key` belongs in base[0..n): before equal elements, or after them (kAfter). Searches outwards from `hint`.
  // -1: a comparison raised.
  template <bool kAfter>
  Index gallop(const E& key, const E* base, Index n, Index hint) {
    auto precedes = [&](Index i) -> int {  // does base[i] stay in front of key?
      if constexpr (kAfter) {
        int c = less_(key, base[i]);
        return c < 0 ? c : !c;
      } else {
        return less_(base[i], key);
      }
    };
    int c = precedes(hint);
    if (c < 0) return fail(), -1;
    Index low, high;  // base[low] precedes, base[high] does not
    Index step = 1;
    if (c) {
      low = hint;
      while ((high = hint + step) < n) {
        if ((c = precedes(high)) < 0) return fail(), -1;
        if (!c) break;
        low = high;
        step = step * 2 + 1;
      }
      if (high > n) high = n;
    } else {
      high = hint;
      while ((low = hint - step) >= 0) {
        if ((c = precedes(low)) < 0) return fail(), -1;
        if (c) break;
        high = low;
        step = step * 2 + 1;
      }
      if (low < -1) low = -1;
    }
    while (high - low > 1) {
      Index middle = low + ((high - low) >> 1);
      if ((c = precedes(middle)) < 0) return fail(), -1;
      if (c) low = middle;
      else high = middle;
    }
    return high;
  }

  bool reserve(Index n) {
    if (n <= capacity_) return true;
    if (temp_ != few_) freeMemory(temp_);
    temp_ = few_;
    capacity_ = kFew;
    auto* larger = static_cast<E*>(allocate(size_t(n) * sizeof(E)));
    if (!larger) return fail(Outcome::NoMemory);
    temp_ = larger;
    capacity_ = n;
    return true;
  }

  // Merges a[0..na) with b[0..nb) behind it, upwards, with a copy of the left run. b[0] < a[0].
  bool mergeLow(E* a, Index na, E* b, Index nb) {
    if (!reserve(na)) return false;
    std::memcpy(temp_, a, size_t(na) * sizeof(E));
    E *left = temp_, *left_end = temp_ + na, *right = b, *right_end = b + nb, *to = a;
    bool ok = mergeUp(left, left_end, right, right_end, to);
    std::memcpy(to, left, size_t(left_end - left) * sizeof(E));  // the gap is as large as what is left of the copy
    return ok;
  }

  bool mergeUp(E*& left, E* left_end, E*& right, E* right_end, E*& to) {
    *to++ = *right++;
    Index gallop_at = gallop_at_;
    while (right < right_end && left < left_end) {
      Index left_wins = 0, right_wins = 0;
      while (left_wins < gallop_at && right_wins < gallop_at) {
        int c = less_(*right, *left);
        if (c < 0) return fail();
        if (c) {
          *to++ = *right++;
          ++right_wins;
          left_wins = 0;
          if (right == right_end) return true;
        } else {
          *to++ = *left++;
          ++left_wins;
          right_wins = 0;
          if (left == left_end) return true;
        }
      }
      do {
        if (gallop_at > 1) --gallop_at;
        left_wins = gallop<true>(*right, left, left_end - left, 0);
        if (left_wins < 0) return false;
        std::memcpy(to, left, size_t(left_wins) * sizeof(E));
        to += left_wins;
        left += left_wins;
        if (left == left_end) return true;
        *to++ = *right++;
        if (right == right_end) return true;
        right_wins = gallop<false>(*left, right, right_end - right, 0);
        if (right_wins < 0) return false;
        std::memmove(to, right, size_t(right_wins) * sizeof(E));
        to += right_wins;
        right += right_wins;
        if (right == right_end) return true;
        *to++ = *left++;
        if (left == left_end) return true;
      } while (left_wins >= kGallopAt || right_wins >= kGallopAt);
      gallop_at_ = gallop_at += 2;  // galloping did not pay
    }
    return true;
  }

  // The same downwards, with a copy of the right run. a[na - 1] > b[nb - 1].
  bool mergeHigh(E* a, Index na, E* b, Index nb) {
    if (!reserve(nb)) return false;
    std::memcpy(temp_, b, size_t(nb) * sizeof(E));
    E *left_end = a + na, *right_end = temp_ + nb, *to = b + nb;  // all three point behind the next element
    bool ok = mergeDown(a, left_end, temp_, right_end, to);
    Index rest = right_end - temp_;
    std::memcpy(to - rest, temp_, size_t(rest) * sizeof(E));
    return ok;
  }

  bool mergeDown(E* left, E*& left_end, E* right, E*& right_end, E*& to) {
    *--to = *--left_end;
    Index gallop_at = gallop_at_;
    while (left < left_end && right < right_end) {
      Index left_wins = 0, right_wins = 0;
      while (left_wins < gallop_at && right_wins < gallop_at) {
        int c = less_(right_end[-1], left_end[-1]);
        if (c < 0) return fail();
        if (c) {
          *--to = *--left_end;
          ++left_wins;
          right_wins = 0;
          if (left == left_end) return true;
        } else {
          *--to = *--right_end;
          ++right_wins;
          left_wins = 0;
          if (right == right_end) return true;
        }
      }
      do {
        if (gallop_at > 1) --gallop_at;
        Index n = left_end - left;
        Index keep = gallop<true>(right_end[-1], left, n, n - 1);
        if (keep < 0) return false;
        left_wins = n - keep;
        to -= left_wins;
        left_end -= left_wins;
        std::memmove(to, left_end, size_t(left_wins) * sizeof(E));
        if (left == left_end) return true;
        *--to = *--right_end;
        if (right == right_end) return true;
        n = right_end - right;
        keep = gallop<false>(left_end[-1], right, n, n - 1);
        if (keep < 0) return false;
        right_wins = n - keep;
        to -= right_wins;
        right_end -= right_wins;
        std::memcpy(to, right_end, size_t(right_wins) * sizeof(E));
        if (right == right_end) return true;
        *--to = *--left_end;
        if (left == left_end) return true;
      } while (left_wins >= kGallopAt || right_wins >= kGallopAt);
      gallop_at_ = gallop_at += 2;
    }
    return true;
  }

  Less& less_;
  E* first_ = nullptr;
  Index total_ = 0;
  Run pending_[88];
  int count_ = 0;
  Index gallop_at_ = kGallopAt;
  E few_[kFew];
  E* temp_ = few_;
  Index capacity_ = kFew;
  Outcome outcome_ = Outcome::Done;
};

}  // namespace habu
