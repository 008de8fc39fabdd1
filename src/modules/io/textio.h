// TextIOWrapper: characters over a buffered stream of bytes.
//
// Reading:  buffer.read1() -> decoder -> decoded[used..] -> user. `snapshot` = (decoder flags, bytes) restores the
// decoder to where `decoded` begins: what tell() needs to name a position between two characters.
// Writing:  user -> encoder -> pending bytes -> buffer.write().
#pragma once
#include "modules/io/io.h"

namespace habu {

enum class TextEncoder : uint8_t { General, Ascii, Latin1, Utf8, Utf16, Utf16Le, Utf16Be, Utf32, Utf32Le, Utf32Be };

struct TextIo : Object {
  bool ok, detached;
  Index chunk_size;
  Object* buffer;
  Str* encoding;
  Object* encoder;  // null: not writable
  Object* decoder;  // null: not readable
  Str* errors;
  Str* read_newline;   // null: universal, or "\n" by translation
  Str* write_newline;  // null: "\n"
  char line_buffering, write_through, finalizing;
  bool universal, translate_read, translate_write;
  bool seekable, telling, has_read1;
  bool start_of_stream;  // a byte order mark is due
  TextEncoder kind;
  Str* decoded;          // nullable
  Index used;            // characters of it already given out
  double bytes_per_char; // of the last chunk
  char* pending;         // owned: encoded, not yet written
  Index pending_size, pending_capacity;
  Object* snapshot;      // tuple (int, bytes), nullable
  Dict* dict;
  Object* weakrefs;
};

// ---- textio.cpp ----
Status checkAttached(ThreadState&, TextIo*);
Status checkTextOpen(ThreadState&, TextIo*);  // "I/O operation on closed file."
Status startText(ThreadState&, TextIo*, Object* buffer, Object* encoding, Object* errors, Object* newline, bool line_buffering,
                 bool write_through);
Status reconfigureText(ThreadState&, TextIo*, Object* encoding, Object* errors, Object* newline, Object* line_buffering,
                       Object* write_through);
Ref<Str> localeEncoding(ThreadState&);

// ---- textio_write.cpp ----
Result<Index> writeText(ThreadState&, TextIo*, Str*);
Status flushPending(ThreadState&, TextIo*);
Status resetEncoder(ThreadState&, TextIo*, bool start_of_stream);

// ---- textio_read.cpp ----
Ref<Str> readText(ThreadState&, TextIo*, Index n);  // negative: all
Ref<Str> readTextLine(ThreadState&, TextIo*, Index limit);
void dropDecoded(TextIo*);
Ref<Str> decodeChunk(ThreadState&, Object* decoder, Object* bytes, bool eof);

// ---- textio_seek.cpp ----
Ref<> seekText(ThreadState&, TextIo*, Object* cookie, int whence);
Ref<> tellText(ThreadState&, TextIo*);

}  // namespace habu
