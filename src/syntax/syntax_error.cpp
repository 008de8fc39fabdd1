#include "syntax/syntax_error.h"

#include "object/thread_state.h"
#include "types/int.h"
#include "types/str.h"
#include "types/tuple.h"

namespace habu::syntax {

Raised raiseSyntaxErrorAt(ThreadState& ts, Type& type, Ref<Str> message, const ErrorPlace& place) {
  Ref<Int> lineno = newInt(ts, place.lineno), offset = newInt(ts, place.offset);
  if (!lineno || !offset) return Raised{};
  Object* filename = place.filename ? place.filename : &kNoneObject;
  Object* text = place.text ? place.text : &kNoneObject;
  Ref<Tuple> where;
  if (place.end_lineno == kNoEnd) {
    where = packTuple(ts, {filename, lineno.get(), offset.get(), text});
  } else {
    Ref<Int> end_lineno = newInt(ts, place.end_lineno), end_offset = newInt(ts, place.end_offset);
    if (!end_lineno || !end_offset) return Raised{};
    where = packTuple(ts, {filename, lineno.get(), offset.get(), text, end_lineno.get(), end_offset.get()});
  }
  if (!where) return Raised{};
  Ref<Tuple> args = packTuple(ts, {message.get(), where.get()});
  if (!args) return Raised{};
  return raiseValue(ts, type, args.get());
}

Raised raiseSyntaxErrorIn(ThreadState& ts, Ref<Str> message, Object* filename, int lineno, int col_offset,
                          int end_lineno, int end_col_offset) {
  Ref<Str> text = sourceLine(ts, filename, lineno);
  if (errorSet(ts)) return Raised{};
  return raiseSyntaxErrorAt(ts, kSyntaxError, std::move(message),
                            {filename, lineno, col_offset + 1, end_lineno, end_col_offset + 1, text.get()});
}

}  // namespace habu::syntax
