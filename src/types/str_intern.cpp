// The table of interned texts: open addressing with linear probing. It borrows its entries; a mortal one takes itself
// out when it dies (forgetInterned).
#include <cstdlib>
#include <cstring>

#include "base/hash.h"
#include "base/utf8.h"
#include "object/thread_state.h"
#include "types/str.h"
#include "types/str_intern.h"

namespace habu {

namespace {

class InternTable {
 public:
  // The slot of the equal text, or the free slot where it belongs. The table is never full.
  template <class Equal>
  Str** find(Hash hash, Equal equal) {
    size_t i = size_t(hash) & mask_;
    while (slots_[i] && !(slots_[i]->hash == hash && equal(slots_[i]))) i = (i + 1) & mask_;
    return &slots_[i];
  }
  bool ready() { return slots_ || resize(4096); }
  bool add(Str** slot, Str* s) {
    *slot = s;
    ++used_;
    // Past the load limit a failed growth is no failure yet: only the last free slot must stay free.
    return used_ * 3 < (mask_ + 1) * 2 || resize((mask_ + 1) * 2) || used_ <= mask_;
  }
  void remove(Str* s) {
    if (!slots_) return;
    size_t i = size_t(s->hash) & mask_;
    while (slots_[i] != s) {
      if (!slots_[i]) return;
      i = (i + 1) & mask_;
    }
    --used_;
    // Close the gap: move back every later entry of the run that may live there.
    for (size_t j = (i + 1) & mask_; slots_[j]; j = (j + 1) & mask_) {
      size_t home = size_t(slots_[j]->hash) & mask_;
      if (((j - home) & mask_) >= ((j - i) & mask_)) {
        slots_[i] = slots_[j];
        i = j;
      }
    }
    slots_[i] = nullptr;
  }

 private:
  bool resize(size_t size) {
    auto* fresh = static_cast<Str**>(std::calloc(size, sizeof(Str*)));
    if (!fresh) return false;
    size_t old_size = slots_ ? mask_ + 1 : 0;
    Str** old = slots_;
    slots_ = fresh;
    mask_ = size - 1;
    for (size_t i = 0; i < old_size; ++i) {
      if (!old[i]) continue;
      size_t at = size_t(old[i]->hash) & mask_;
      while (slots_[at]) at = (at + 1) & mask_;
      slots_[at] = old[i];
    }
    std::free(old);
    return true;
  }

  Str** slots_ = nullptr;
  size_t mask_ = 0, used_ = 0;
};
constinit InternTable table;

}  // namespace

void forgetInterned(Str* s) { table.remove(s); }

Str* findInterned(const Str* s) {
  if (s->state.interned) return const_cast<Str*>(s);
  if (!table.ready()) return nullptr;
  return *table.find(hashStr(s), [s](const Str* other) { return equalStr(s, other); });
}

void intern(Ref<Str>& s) {
  if (!s || s->state.interned || !isExactStr(s.get())) return;
  if (s->length <= 1 && s->kind() == StrKind::Ucs1) {
    s = s->length == 0 ? emptyStr() : strFromChar(ThreadState::current(), (*s)[0]);
    return;
  }
  if (!table.ready()) return;  // no memory: an uninterned str is still a correct one
  Str** slot = table.find(hashStr(s.get()), [&](const Str* other) { return equalStr(s.get(), other); });
  if (*slot) {
    s = share(*slot);
    return;
  }
  if (!table.add(slot, s.get())) {
    table.remove(s.get());
    return;
  }
  s->state.interned = 1;
}

Ref<Str> internedStr(ThreadState& ts, std::string_view utf8) {
  if (utf8.size() > 1 && table.ready() && isAsciiText(utf8)) {
    Hash h = hashMemory(utf8.data(), utf8.size());
    Str** slot = table.find(h, [&](const Str* other) { return equalsAscii(other, utf8); });
    if (*slot) return share(*slot);
  }
  Ref<Str> made = TRY(newStr(ts, utf8));
  intern(made);
  return made;
}

void makeInternedImmortal(Str* s) {
  if (s->state.interned == 2) return;
  s->state.interned = 2;
  if (s->refcount < kImmortalRefcount) s->refcount += kImmortalRefcount;
}

}  // namespace habu
