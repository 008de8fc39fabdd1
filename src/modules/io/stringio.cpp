// StringIO: a text stream in memory.
//
// As long as text is only appended, the contents are `text` plus a list of pieces not joined yet. Writing in the middle,
// or reading and writing by turns, moves them into an array of characters.
#include <cstdlib>
#include <cstring>

#include "modules/io/io.h"
#include "object/attribute.h"
#include "object/number.h"
#include "object/protocol.h"
#include "types/arguments.h"
#include "types/dict.h"
#include "types/int.h"
#include "types/list.h"
#include "types/str.h"
#include "types/str_methods.h"
#include "types/tuple.h"

namespace habu {

namespace {

constexpr int kMaxJoins = 3;

struct StringIo : Object {
  Str* text;        // contents, with `pieces`; null: they are in `characters`
  List* pieces;     // nullable
  char32_t* characters;
  Index capacity, length, position;
  int joins;        // how often pieces were joined
  bool ok, closed, universal, translate;
  int seen;
  Object* decoder;  // newline decoder; null: none
  Str* read_newline;   // null: None was given
  Str* write_newline;  // null: "\n" stays
  Dict* dict;
  Object* weakrefs;
};

Status checkUsable(ThreadState& ts, StringIo* self) {
  if (!self->ok) return raise(ts, kValueError, "I/O operation on uninitialized object");
  if (self->closed) return raise(ts, kValueError, "I/O operation on closed file");
  return kDone;
}

void dropContents(StringIo* self) {
  clearField(self->text);
  clearField(self->pieces);
  std::free(std::exchange(self->characters, nullptr));
  self->capacity = self->length = self->position = 0;
  self->joins = 0;
}

Status joinPieces(ThreadState& ts, StringIo* self) {
  if (!self->text || !self->pieces) return kDone;
  TRY(insertList(ts, self->pieces, 0, self->text));
  Ref<Str> empty = emptyStr();
  Ref<Str> whole = TRY(joinStrs(ts, empty.get(), {self->pieces->items, size_t(self->pieces->size)}));
  clearField(self->pieces);
  setField(self->text, std::move(whole));
  ++self->joins;
  return kDone;
}

Status reserve(ThreadState& ts, StringIo* self, Index n) {
  if (n <= self->capacity) return kDone;
  Index grown = n + n / 8 + 16;
  if (grown > PTRDIFF_MAX / 4) return raise(ts, kOverflowError, "new buffer size too large");
  auto* p = static_cast<char32_t*>(std::realloc(self->characters, size_t(grown) * sizeof(char32_t)));
  if (!p) return raiseNoMemory(ts);
  self->characters = p;
  self->capacity = grown;
  return kDone;
}

void copyCharacters(const Str* s, char32_t* out) {
  for (Index i = 0; i < s->length; ++i) out[i] = (*s)[i];
}

Status realize(ThreadState& ts, StringIo* self) {
  if (!self->text) return kDone;
  TRY(joinPieces(ts, self));
  TRY(reserve(ts, self, self->length));
  copyCharacters(self->text, self->characters);
  clearField(self->text);
  return kDone;
}

// For reading: everything in one place.
Status settle(ThreadState& ts, StringIo* self) {
  if (!self->pieces) return kDone;
  if (self->joins >= kMaxJoins) return realize(ts, self);
  return joinPieces(ts, self);
}

Ref<Str> slice(ThreadState& ts, StringIo* self, Index start, Index stop) {
  if (self->text) {
    if (start == 0 && stop == self->text->length && isExactStr(self->text)) return share(self->text);
    return substring(ts, self->text, start, stop);
  }
  return strFromUcs4(ts, self->characters + start, stop - start);
}

Status writeText(ThreadState& ts, StringIo* self, Str* source) {
  Ref<Str> text = share(source);
  if (self->decoder) text = TRY(decodeNewlines(ts, self->decoder, text.get(), true));
  if (self->write_newline) {
    Ref<Str> newline = TRY(strFromAscii(ts, "\n"));
    text = TRY(replaceStr(ts, text.get(), newline.get(), self->write_newline, -1));
  }
  Index n = text->length;
  if (n == 0) return kDone;
  if (self->position > PTRDIFF_MAX / 8 - n) return raise(ts, kOverflowError, "new position too large");
  if (self->text && self->position == self->length) {
    if (self->length == 0) {
      setField(self->text, std::move(text));
    } else {
      if (!self->pieces) self->pieces = TRY(newList(ts)).release();
      TRY(appendList(ts, self->pieces, Ref<>(std::move(text))));
    }
    self->length = self->position = self->length + n;
    return kDone;
  }
  TRY(realize(ts, self));
  Index end = self->position + n;
  TRY(reserve(ts, self, end));
  if (self->position > self->length)
    std::memset(self->characters + self->length, 0, size_t(self->position - self->length) * sizeof(char32_t));
  copyCharacters(text.get(), self->characters + self->position);
  self->position = end;
  if (self->length < end) self->length = end;
  return kDone;
}

// ---- methods ----
Ref<Str> getvalue(ThreadState& ts, StringIo* self) {
  TRY(checkUsable(ts, self));
  if (self->pieces) {
    TRY(joinPieces(ts, self));
    self->joins = 0;  // asked for as a whole: joining cost no more than the answer
  }
  return slice(ts, self, 0, self->length);
}

Result<Index> tell(ThreadState& ts, StringIo* self) {
  TRY(checkUsable(ts, self));
  return self->position;
}

Ref<Str> read(ThreadState& ts, StringIo* self, OptionalSize size) {
  TRY(checkUsable(ts, self));
  TRY(settle(ts, self));
  Index n = self->length > self->position ? self->length - self->position : 0;
  if (size.value >= 0 && size.value < n) n = size.value;
  if (n == 0) return emptyStr();
  Index start = self->position;
  self->position += n;
  return slice(ts, self, start, start + n);
}

Ref<Str> readLine(ThreadState& ts, StringIo* self, Index limit) {
  if (self->position >= self->length) return emptyStr();
  TRY(settle(ts, self));
  Index stop = self->length;
  if (limit >= 0 && limit < stop - self->position) stop = self->position + limit;
  LineEnd ends{self->translate, self->universal, self->read_newline};
  Index start = self->position, consumed = 0, end;
  if (self->text) {
    end = findLineEnd(ends, self->text, start, stop, consumed);
  } else {
    // The scanner works on texts: look at growing pieces of the array.
    end = -1;
    for (Index piece = 256; end < 0; piece *= 2) {
      bool whole = piece >= stop - start;
      Ref<Str> part = TRY(strFromUcs4(ts, self->characters + start, whole ? stop - start : piece));
      Index at = findLineEnd(ends, part.get(), 0, part->length, consumed);
      // A line end at the very end of a piece may be half of "\r\n".
      if (at >= 0 && (whole || at < part->length)) end = start + at;
      if (whole) break;
    }
  }
  if (end < 0) end = stop;
  self->position = end;
  return slice(ts, self, start, end);
}

Ref<Str> readline(ThreadState& ts, StringIo* self, OptionalSize size) {
  TRY(checkUsable(ts, self));
  return readLine(ts, self, size.value);
}

Ref<> next(ThreadState& ts, StringIo* self) {
  TRY(checkUsable(ts, self));
  Ref<> line;
  if (isExact(self, kStringIoType)) {
    line = TRY(readLine(ts, self, -1));
  } else {
    line = TRY(callMethod(ts, self, names::readline));
    if (!isStr(line.get()))
      return raise(ts, kOSError, "readline() should have returned a str object, not '{:.200}'", typeName(line.get()));
  }
  if (static_cast<Str*>(line.get())->length == 0) return {};
  return line;
}

Ref<> truncate(ThreadState& ts, StringIo* self, Object* size) {
  TRY(checkUsable(ts, self));
  Index n = size && !isNone(size) ? TRY(Arg<OptionalSize>::from(ts, size, {})).value : self->position;
  if (n < 0) return raise(ts, kValueError, "Negative size value {}", n);
  if (n < self->length) {
    TRY(realize(ts, self));
    self->length = n;
  }
  return newInt(ts, n);
}

Result<Index> seek(ThreadState& ts, StringIo* self, Index position, std::optional<int> from) {
  TRY(checkUsable(ts, self));
  int whence = from.value_or(0);
  if (whence < 0 || whence > 2) return raise(ts, kValueError, "Invalid whence ({}, should be 0, 1 or 2)", whence);
  if (position < 0 && whence == 0) return raise(ts, kValueError, "Negative seek position {}", position);
  if (whence != 0 && position != 0) return raise(ts, kOSError, "Can't do nonzero cur-relative seeks");
  self->position = whence == 0 ? position : whence == 1 ? self->position : self->length;
  return self->position;
}

Result<Index> write(ThreadState& ts, StringIo* self, Object* text) {
  TRY(checkUsable(ts, self));
  if (!isStr(text)) return raise(ts, kTypeError, "string argument expected, got '{}'", typeName(text));
  Index n = static_cast<Str*>(text)->length;
  TRY(writeText(ts, self, static_cast<Str*>(text)));
  return n;
}

Status close(ThreadState&, StringIo* self) {
  self->closed = true;
  dropContents(self);
  return kDone;
}

Result<bool> yes(ThreadState& ts, StringIo* self) {
  TRY(checkUsable(ts, self));
  return true;
}
Result<bool> closedOf(ThreadState& ts, StringIo* self) {
  if (!self->ok) return raise(ts, kValueError, "I/O operation on uninitialized object");
  return self->closed;
}
Result<bool> lineBuffering(ThreadState& ts, StringIo* self) {
  TRY(checkUsable(ts, self));
  return false;
}
Ref<> newlines(ThreadState& ts, StringIo* self) {
  TRY(checkUsable(ts, self));
  if (!self->decoder) return none();
  return getAttr(ts, self->decoder, io_names::newlines);
}

Status setUp(ThreadState& ts, StringIo* self, Object* value, Object* newline) {
  if (newline && !isNone(newline) && !isStr(newline))
    return raise(ts, kTypeError, "newline must be str or None, not {:.200}", typeName(newline));
  Ref<Str> nl = !newline ? TRY(strFromAscii(ts, "\n")) : isNone(newline) ? Ref<Str>() : share(static_cast<Str*>(newline));
  if (nl && nl->length && !equalsAscii(nl.get(), "\n") && !equalsAscii(nl.get(), "\r") && !equalsAscii(nl.get(), "\r\n"))
    return raise(ts, kValueError, "illegal newline value: {!r}", nl);
  if (value && !isNone(value) && !isStr(value))
    return raise(ts, kTypeError, "initial_value must be str or None, not {:.200}", typeName(value));
  self->ok = false;
  dropContents(self);
  clearField(self->decoder);
  clearField(self->write_newline);
  self->universal = !nl || nl->length == 0;
  self->translate = !nl;
  if (nl && nl->length && (*nl)[0] == '\r') self->write_newline = nl.copy().release();
  setField(self->read_newline, std::move(nl));
  if (self->universal) self->decoder = TRY(newNewlineDecoder(ts, &kNoneObject, self->translate)).release();
  setField(self->text, emptyStr());
  if (value && !isNone(value)) TRY(writeText(ts, self, static_cast<Str*>(value)));
  self->position = 0;
  self->closed = false;
  self->ok = true;
  return kDone;
}
Status init(ThreadState& ts, StringIo* self, Object* value, Object* newline) { return setUp(ts, self, value, newline); }

Ref<> getstate(ThreadState& ts, StringIo* self) {
  Ref<Str> value = TRY(getvalue(ts, self));
  Ref<Int> position = TRY(newInt(ts, self->position));
  Ref<> dict = none();
  if (self->dict) dict = TRY(dictCopy(ts, self->dict));
  Object* newline = self->read_newline ? self->read_newline : &kNoneObject;
  return packTuple(ts, {value.get(), newline, position.get(), dict.get()});
}

Ref<> setstate(ThreadState& ts, StringIo* self, Object* state) {
  if (self->closed) return raise(ts, kValueError, "I/O operation on closed file");
  if (!isTuple(state) || static_cast<Tuple*>(state)->size < 4)
    return raise(ts, kTypeError, "{:.200}.__setstate__ argument should be 4-tuple, got {:.200}", typeName(self), typeName(state));
  auto* t = static_cast<Tuple*>(state);
  TRY(setUp(ts, self, nullptr, t->items[1]));
  // The text as it stood: line ends are not translated once more.
  if (isStr(t->items[0])) {
    setField(self->text, share(static_cast<Str*>(t->items[0])));
    self->length = self->text->length;
  } else if (!isNone(t->items[0])) {
    return raise(ts, kTypeError, "initial_value must be str or None, not {:.200}", typeName(t->items[0]));
  }
  if (!isInt(t->items[2])) return raise(ts, kTypeError, "third item of state must be an integer, got {:.200}", typeName(t->items[2]));
  Index position = TRY(Arg<Index>::from(ts, t->items[2], {}));
  if (position < 0) return raise(ts, kValueError, "position value cannot be negative");
  self->position = position;
  Object* dict = t->items[3];
  if (isNone(dict)) return none();
  if (!isDict(dict)) return raise(ts, kTypeError, "fourth item of state should be a dict, got a {:.200}", typeName(dict));
  if (self->dict) TRY(dictUpdate(ts, self->dict, dict));
  else self->dict = share(static_cast<Dict*>(dict)).release();
  return none();
}

Ref<> make(ThreadState& ts, Type* type, Tuple*, Dict*) {
  Ref<StringIo> self = TRY(allocateInstance<StringIo>(type));
  self->text = emptyStr().release();
  return self;
}

int traverse(StringIo* self, VisitFn visit, void* arg) {
  VISIT(self->pieces);
  VISIT(self->decoder);
  VISIT(self->dict);
  return 0;
}
int clear(StringIo* self) {
  clearField(self->dict);
  return 0;
}
void dealloc(StringIo* self) {
  untrack(self);
  self->ok = false;
  dropContents(self);
  clearField(self->decoder);
  clearField(self->read_newline);
  clearField(self->write_newline);
  if (self->weakrefs) clearWeakrefs(self);
  endDealloc(self);
}

constexpr MethodDef kMethods[] = {
    METHOD(close, "($self, /)", "Drops the contents; later operations fail. Closing twice is no error."),
    METHOD(getvalue, "($self, /)", "The whole contents."),
    METHOD(read, "($self, size=-1, /)", "At most `size` characters, everything by default."),
    METHOD(readline, "($self, size=-1, /)", "Until the next line end; empty at the end."),
    METHOD(tell, "($self, /)", "The present position."),
    METHOD(truncate, "($self, pos=None, /)", "Cuts the contents off at `pos`, by default the present position."),
    METHOD(seek, "($self, pos, whence=0, /)", "Moves to a position from the start (0); with whence 1 and 2 pos must be 0."),
    METHOD(write, "($self, s, /)", "Writes a string; returns its length."),
    METHOD_AS("seekable", yes, "($self, /)", "True while the stream is open."),
    METHOD_AS("readable", yes, "($self, /)", "True while the stream is open."),
    METHOD_AS("writable", yes, "($self, /)", "True while the stream is open."),
    METHOD_UNSIGNED("__getstate__", getstate, "($self, /)", nullptr),
    METHOD_UNSIGNED("__setstate__", setstate, "($self, state, /)", nullptr),
    {}};
constexpr GetSetDef kGetSet[] = {
    GETTER("closed", closedOf, nullptr),
    GETTER("newlines", newlines, nullptr),
    GETTER("line_buffering", lineBuffering, nullptr),
    {}};

}  // namespace

constinit Type kStringIoType = defineType<StringIo>({
    .name = "_io.StringIO",
    .doc = "StringIO(initial_value='', newline='\\n')\n--\n\n"
           "Text I/O implementation using an in-memory buffer.\n\n"
           "initial_value are the contents at first; newline works as in TextIOWrapper, without translating \"\\n\" to the\n"
           "system's line end.",
    .flags = kBaseType,
    .base = &kTextIoBaseType,
    .dict_offset = offsetof(StringIo, dict),
    .weaklist_offset = offsetof(StringIo, weakrefs),
    .methods = kMethods,
    .getset = kGetSet,
    .make = makeSlot<make>,
    .init = INITIALIZER(init, "StringIO", "(initial_value='', newline='\\n')"),
    .dealloc = slot<dealloc>,
    .traverse = slot<traverse>,
    .clear = slot<clear>,
    .iternext = slot<next>});

}  // namespace habu
