#include <cstdlib>
#include <cstring>

#include "modules/marshal/format.h"
#include "modules/marshal.h"
#include "object/buffer.h"
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
namespace {

class Writer {
 public:
  Writer(ThreadState& ts, int version) : ts_(ts), version_(version) {}
  ~Writer() {
    std::free(bytes_);
    for (size_t i = 0; seen_ && i <= mask_; ++i) Ref<> dropped = Ref<>::steal(seen_[i].object);
    std::free(seen_);
  }

  Ref<Bytes> run(Object* o) {
    object(o);
    switch (failure_) {
      case Failure::None: return newBytes(ts_, {reinterpret_cast<char*>(bytes_), size_});
      case Failure::TooDeep: return raise(ts_, kValueError, "object too deeply nested to marshal");
      case Failure::Unmarshallable: return raise(ts_, kValueError, "unmarshallable object");
      case Failure::NoMemory: return raiseNoMemory(ts_);
      case Failure::Raised: break;
    }
    return {};
  }

 private:
  enum class Failure : uint8_t { None, TooDeep, Unmarshallable, NoMemory, Raised };
  struct Seen {
    Object* object;  // owned; null: free
    int number;
  };

  void fail(Failure f) {
    if (failure_ == Failure::None) failure_ = f;
  }

  // ---- bytes ----
  uint8_t* room(size_t n) {
    if (size_ + n > capacity_) {
      size_t capacity = capacity_ * 2 > size_ + n ? capacity_ * 2 : size_ + n + 256;
      auto* bytes = static_cast<uint8_t*>(std::realloc(bytes_, capacity));
      if (!bytes) {
        fail(Failure::NoMemory);
        return nullptr;
      }
      bytes_ = bytes;
      capacity_ = capacity;
    }
    uint8_t* at = bytes_ + size_;
    size_ += n;
    return at;
  }
  void byte(int b) {
    if (uint8_t* at = room(1)) *at = uint8_t(b);
  }
  void int16(int v) {
    byte(v);
    byte(v >> 8);
  }
  void int32(long long v) {
    if (uint8_t* at = room(4)) {
      auto u = uint32_t(v);
      std::memcpy(at, &u, 4);
    }
  }
  void raw(const void* data, size_t n) {
    if (uint8_t* at = room(n); at && n) std::memcpy(at, data, n);
  }
  bool size(Index n) {
    if (n > INT32_MAX) {
      fail(Failure::Unmarshallable);
      return false;
    }
    int32(n);
    return true;
  }
  void sized(std::string_view data) {
    if (size(Index(data.size()))) raw(data.data(), data.size());
  }
  void shortSized(std::string_view data) {
    byte(int(data.size()));
    raw(data.data(), data.size());
  }

  // ---- references ----
  bool growSeen() {
    size_t capacity = seen_ ? (mask_ + 1) * 2 : 64;
    auto* table = static_cast<Seen*>(std::calloc(capacity, sizeof(Seen)));
    if (!table) {
      fail(Failure::NoMemory);
      return false;
    }
    for (size_t i = 0; seen_ && i <= mask_; ++i) {
      if (!seen_[i].object) continue;
      size_t at = slotOf(seen_[i].object, capacity - 1);
      while (table[at].object) at = (at + 1) & (capacity - 1);
      table[at] = seen_[i];
    }
    std::free(seen_);
    seen_ = table;
    mask_ = capacity - 1;
    return true;
  }
  static size_t slotOf(const void* p, size_t mask) { return (reinterpret_cast<uintptr_t>(p) >> 4) * 0x9E3779B97F4A7C15u >> 20 & mask; }

  // Our texts of one character are all interned from the start; CPython's only when they look like names,
  // and the star of `from m import *`.
  static bool isInterned(const Str* s) {
    if (!s->state.interned || s->length != 1 || s->kind() != StrKind::Ucs1) return s->state.interned;
    char32_t c = (*s)[0];
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '*';
  }

  // True when the object was written before (a reference now stands for it). Otherwise, if it is shared, it is
  // numbered, and `flag` tells the reader to do the same.
  bool reference(Object* o, uint8_t& flag) {
    if (version_ < 3) return false;
    // Interned strings are always numbered: how often they are shared is chance, and .pyc files should not depend on it.
    if (o->refcount == 1 && !(isExactStr(o) && isInterned(static_cast<Str*>(o)))) return false;
    if ((!seen_ || size_t(count_) * 2 > mask_) && !growSeen()) return true;
    size_t at = slotOf(o, mask_);
    for (; seen_[at].object; at = (at + 1) & mask_)
      if (seen_[at].object == o) {
        byte(kReference);
        int32(seen_[at].number);
        return true;
      }
    if (count_ == INT32_MAX) {
      (void)raise(ts_, kValueError, "too many objects");
      fail(Failure::Raised);
      return true;
    }
    seen_[at] = {share(o).release(), count_++};
    flag = kRemember;
    return false;
  }

  // ---- objects ----
  void object(Object* o) {
    if (failure_ != Failure::None) return;
    if (depth_ >= kMaxDepth || RecursionGuard::nativeStackLow(ts_)) return fail(Failure::TooDeep);
    ++depth_;
    if (!o) byte(kNull);
    else if (isNone(o)) byte(kNoneKind);
    else if (o == &kStopIteration) byte(kStopIterationKind);
    else if (o == &kEllipsisObject) byte(kEllipsis);
    else if (o == falseObject()) byte(kFalse);
    else if (o == trueObject()) byte(kTrue);
    else if (uint8_t flag = 0; !reference(o, flag)) value(o, flag);
    --depth_;
  }

  void value(Object* o, uint8_t flag) {
    const Type* t = o->type;
    if (t == &kIntType) return integer(static_cast<Int*>(o), flag);
    if (t == &kStrType) return text(static_cast<Str*>(o), flag);
    if (t == &kTupleType) return tuple(static_cast<Tuple*>(o), flag);
    if (t == &kBytesType) {
      byte(kBytesKind | flag);
      return sized(static_cast<Bytes*>(o)->view());
    }
    if (t == &kFloatType) {
      byte((version_ > 1 ? kFloat : kFloatText) | flag);
      return real(static_cast<Float*>(o)->value);
    }
    if (t == &kComplexType) {
      byte((version_ > 1 ? kComplexKind : kComplexText) | flag);
      real(static_cast<Complex*>(o)->real);
      return real(static_cast<Complex*>(o)->imaginary);
    }
    if (t == &kListType) {
      auto* list = static_cast<List*>(o);
      byte(kListKind | flag);
      if (!size(list->size)) return;
      for (Index i = 0; i < list->size && failure_ == Failure::None; ++i) object(list->items[i]);
      return;
    }
    if (t == &kDictType) {
      byte(kDictKind | flag);
      DictCursor c(static_cast<Dict*>(o));
      while (failure_ == Failure::None && c.next()) {
        object(c.key);
        object(c.value);
      }
      return object(nullptr);
    }
    if (isAnySetExact(o)) return set(static_cast<Set*>(o), flag);
    if (t == &kCodeType) return code(static_cast<Code*>(o), flag);
    if (hasBuffer(o)) return buffer(o, flag);
    byte(kUnknown | flag);
    fail(Failure::Unmarshallable);
  }

  void integer(Int* i, uint8_t flag) {
    int overflow = 0;
    long long v = toLongLong(i, overflow);
    if (!overflow && v == int32_t(v)) {
      byte(kInt | flag);
      return int32(v);
    }
    // Digits of 30 bits are two of 15, but for a small topmost one.
    Index n = i->size < 0 ? -i->size : i->size;
    Digit top = i->digits[n - 1];
    Index halves = (n - 1) * 2 + (top >> kLongShift ? 2 : 1);
    byte(kLong | flag);
    if (halves > INT32_MAX) return fail(Failure::Unmarshallable);
    int32(i->size < 0 ? -halves : halves);
    constexpr int kMask = (1 << kLongShift) - 1;
    for (Index d = 0; d < n; ++d) {
      int16(int(i->digits[d]) & kMask);
      if (d < n - 1 || top >> kLongShift) int16(int(i->digits[d] >> kLongShift));
    }
  }

  void real(double v) {
    if (version_ > 1) return raw(&v, 8);
    Ref<Str> digits = doubleToText(ts_, v, 'g', 17, 0);
    if (!digits) return fail(Failure::Raised);
    shortSized(asciiView(digits.get()));
  }

  void text(Str* s, uint8_t flag) {
    bool interned = isInterned(s);
    if (version_ >= 4 && s->isAscii()) {
      bool is_short = s->length < 256;
      byte((is_short ? (interned ? kShortAsciiInterned : kShortAscii) : (interned ? kAsciiInterned : kAscii)) | flag);
      if (is_short) shortSized(asciiView(s));
      else sized(asciiView(s));
      return;
    }
    Ref<Bytes> utf8 = encodeUtf8Text(ts_, s, "surrogatepass");
    if (!utf8) return fail(Failure::Raised);
    byte((version_ >= 3 && interned ? kInterned : kUnicode) | flag);
    sized(utf8->view());
  }

  void tuple(Tuple* t, uint8_t flag) {
    if (version_ >= 4 && t->size < 256) {
      byte(kSmallTuple | flag);
      byte(int(t->size));
    } else {
      byte(kTuple | flag);
      if (!size(t->size)) return;
    }
    for (Index i = 0; i < t->size && failure_ == Failure::None; ++i) object(t->items[i]);
  }

  // In the order of the elements' own bytes: hash randomisation must not show.
  void set(Set* s, uint8_t flag) {
    byte((s->type == &kFrozenSetType ? kFrozenSetKind : kSetKind) | flag);
    if (!size(s->used)) return;
    Ref<List> pairs = newList(ts_, s->used);
    if (!pairs) return fail(Failure::Raised);
    SetCursor c(s);
    while (c.next()) {
      // Borrowed: one more reference would show in the bytes, and so in the order. Dumping runs no Python code but for
      // buffers, which cannot be elements unless immutable.
      Ref<Bytes> dumped = Writer(ts_, version_).run(c.key);
      Ref<Tuple> pair = dumped ? packTuple(ts_, {dumped.get(), c.key}) : Ref<Tuple>();
      if (!pair || failed(appendList(ts_, pairs.get(), Ref<>(std::move(pair))))) return fail(Failure::Raised);
    }
    if (failed(sortList(ts_, pairs.get()))) return fail(Failure::Raised);
    for (Index i = 0; i < pairs->size && failure_ == Failure::None; ++i)
      object(static_cast<Tuple*>(pairs->items[i])->items[1]);
  }

  void code(Code* c, uint8_t flag) {
    byte(kCodeKind | flag);
    int32(c->arg_count);
    int32(c->posonly_count);
    int32(c->kwonly_count);
    int32(c->stack_size);
    int32(c->flags);
    if (!c->public_code) {
      Ref<Bytes> made = newBytes(ts_, {reinterpret_cast<const char*>(c->code), c->codeBytes()});
      if (!made) return fail(Failure::Raised);
      setField(c->public_code, std::move(made));
    }
    Ref<Bytes> bytecode = share(c->public_code);  // held, as anybody's who asks for co_code: it counts as shared
    object(bytecode.get());
    object(c->consts);
    object(c->names);
    object(c->localsplus_names);
    object(c->localsplus_kinds);
    object(c->filename);
    object(c->name);
    object(c->qualname);
    int32(c->first_line);
    object(c->line_table);
    object(c->exception_table);
  }

  void buffer(Object* o, uint8_t flag) {
    Result<BufferView> got = BufferView::of(ts_, o);
    if (got.failed()) {
      byte(kUnknown | flag);
      clearError(ts_);
      return fail(Failure::Unmarshallable);
    }
    BufferView view = got.take();
    byte(kBytesKind | flag);
    sized(view.bytes());
  }

  ThreadState& ts_;
  int version_;
  int depth_ = 0;
  Failure failure_ = Failure::None;
  uint8_t* bytes_ = nullptr;
  size_t size_ = 0, capacity_ = 0;
  Seen* seen_ = nullptr;
  size_t mask_ = 0;
  int count_ = 0;
};

}  // namespace
}  // namespace marshal

Ref<Bytes> marshalDump(ThreadState& ts, Object* o, int version) { return marshal::Writer(ts, version).run(o); }

}  // namespace habu
