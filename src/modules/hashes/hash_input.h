// What the hash modules share: their input, and the hexadecimal form of digests.
#pragma once
#include "object/bind.h"
#include "object/gil.h"
#include "types/bytes.h"
#include "types/str.h"

namespace habu {

// Data to be hashed: a bytes-like object of one dimension.
Result<BufferView> hashInput(ThreadState&, Object*);
Ref<Str> hexText(ThreadState&, const unsigned char*, size_t);

// Longer inputs are hashed without the lock; other threads wait for their turn on the same object.
inline constexpr Index kHashRelease = 2048;
class HashTurn {
 public:
  HashTurn(ThreadState& ts, bool& busy);
  ~HashTurn() { busy_ = false; }
  HashTurn(const HashTurn&) = delete;

 private:
  bool& busy_;
};

}  // namespace habu
