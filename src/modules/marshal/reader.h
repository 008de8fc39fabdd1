// Reads marshalled objects, from memory or from a file object. Any bytes are safe: bad data is a Python exception.
#pragma once
#include <string_view>

#include "object/core.h"
#include "types/bytes.h"
#include "types/list.h"

namespace habu::marshal {

class Reader {
 public:
  Reader(ThreadState& ts, std::string_view bytes)
      : ts_(ts), at_(reinterpret_cast<const uint8_t*>(bytes.data())), limit_(at_ + bytes.size()) {}
  Reader(ThreadState& ts, Object* file) : ts_(ts), file_(file) {}
  Ref<> run();

 private:
  const uint8_t* take(size_t n);  // valid until the next call; null: raised
  const uint8_t* takeFromFile(size_t n);
  bool int32(int&);
  bool byteAt(int&);
  bool sizeOf(const char* what, Index&);
  int kindByte();

  Ref<> remember(Ref<>, bool wanted);
  Index reserve(bool wanted);  // -1: raised
  void fill(Object*, Index number, bool wanted);
  Ref<> reference();

  Ref<> object();
  Ref<> member(const char* container);
  Ref<> codeMember() { return member("code object"); }
  Ref<> value(uint8_t kind, bool flag);
  bool real(bool binary, double&);
  Ref<> longInt();
  Ref<> asciiText(bool is_short, bool interned, bool flag);
  Ref<> text(bool interned, bool flag);
  Ref<> tuple(Index n, bool flag);
  Ref<> list(bool flag);
  Ref<> dict(bool flag);
  Ref<> set(bool flag);
  Ref<> frozenSet(bool flag);
  Ref<> code(bool flag);

  ThreadState& ts_;
  Object* file_ = nullptr;  // borrowed; null: memory
  const uint8_t *at_ = nullptr, *limit_ = nullptr;
  Ref<List> refs_;
  Ref<ByteArray> buffer_;  // what was read last from the file
  int depth_ = 0;
};

}  // namespace habu::marshal
