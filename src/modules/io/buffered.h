// The buffer between a raw stream and its user: one machine for BufferedReader, BufferedWriter and BufferedRandom.
//
//   buffer:  0 ........ position ........ read_end                reading: [position, read_end) is read ahead
//            0 .. write_position ==== write_end ... buffer_size   writing: [write_position, write_end) waits to go out
//
// raw_position is where the raw stream stands, counted from the buffer's start; absolute_position the same from the
// start of the file (-1: unknown). read_end and write_end are -1 when the buffer holds no data of that kind.
#pragma once
#include <pthread.h>

#include "modules/io/io.h"

namespace habu {

struct Buffered : Object {
  Object* raw;
  bool ok;        // __init__ has succeeded
  bool detached;
  bool readable, writable;
  char finalizing;
  bool direct;    // exactly our class on exactly a FileIO: no method calls needed
  long long absolute_position;
  char* buffer;   // owned; null: closed
  Index position, raw_position, read_end, write_position, write_end;
  pthread_mutex_t lock;
  bool has_lock;
  volatile unsigned long owner;  // thread that holds the lock, 0: none
  Index buffer_size;
  Dict* dict;
  Object* weakrefs;

  bool holdsRead() const { return readable && read_end != -1; }
  bool holdsWrite() const { return writable && write_end != -1; }
  Index ahead() const { return holdsRead() ? read_end - position : 0; }
  Index rawOffset() const { return (holdsRead() || holdsWrite()) && raw_position >= 0 ? raw_position - position : 0; }
  void moveTo(Index p) {
    position = p;
    if (holdsRead() && read_end < p) read_end = p;
  }
  void resetRead() { read_end = -1; }
  void resetWrite() {
    write_position = 0;
    write_end = -1;
  }
};

// Exclusive use of the buffer for one operation; a second entry by the same thread is a RuntimeError.
class [[nodiscard]] BufferLock {
 public:
  BufferLock(ThreadState&, Buffered*);
  ~BufferLock() { release(); }
  BufferLock(const BufferLock&) = delete;
  bool failed() const { return !held_; }
  void release();

 private:
  Buffered* self_;
  bool held_;
};
#define HOLD(name)             \
  BufferLock name(ts, self);   \
  if (name.failed()) return Raised{}

// ---- buffered.cpp: the machine ----
Status checkInitialized(ThreadState&, Buffered*);
Result<bool> bufferedClosed(ThreadState&, Buffered*);
// ValueError(message) when closed and nothing is read ahead.
Status checkOpen(ThreadState&, Buffered*, const char* message);
Status startBuffer(ThreadState&, Buffered*, Object* raw, Index size);
Result<long long> rawTell(ThreadState&, Buffered*);
Result<long long> rawSeek(ThreadState&, Buffered*, long long offset, int whence);
// -2: would block; 0: end of file.
Result<Index> rawRead(ThreadState&, Buffered*, char* out, Index size);
Result<Index> rawWrite(ThreadState&, Buffered*, const char* data, Index size);
Result<Index> fillBuffer(ThreadState&, Buffered*);
Status flushWrites(ThreadState&, Buffered*);
Status flushAndRewind(ThreadState&, Buffered*);
Raised raiseWouldBlock(ThreadState&, Index written);

// ---- buffered_read.cpp, buffered_write.cpp: operations, arguments checked ----
Ref<> bufferedReadAll(ThreadState&, Buffered*);
Ref<> bufferedRead(ThreadState&, Buffered*, Index n);  // n >= 0
Ref<> bufferedReadline(ThreadState&, Buffered*, Index limit);
Result<Index> bufferedWrite(ThreadState&, Buffered*, std::string_view);
Status bufferedFlush(ThreadState&, Buffered*);

}  // namespace habu
