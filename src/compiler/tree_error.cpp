#include "compiler/tree_error.h"

#include "object/call.h"
#include "syntax/syntax_error.h"
#include "types/exceptions.h"
#include "types/int.h"
#include "types/str.h"

namespace habu::compiler {

namespace {
Ref<> number(ThreadState& ts, int value) {
  if (value < 0) return none();
  return newInt(ts, value);
}
}  // namespace

Raised raiseTreeError(ThreadState& ts, Str* filename, const TreePlace& place, Ref<Str> message) {
  if (!message) return Raised{};
  Ref<> made = call(ts, &kSyntaxError, {message.get()});
  Ref<Str> text = syntax::sourceLine(ts, filename, place.lineno);
  Ref<> line = number(ts, place.lineno), offset = number(ts, place.offset);
  Ref<> end_line = number(ts, place.end_lineno), end_offset = number(ts, place.end_offset);
  if (!made || errorSet(ts) || !line || !offset || !end_line || !end_offset) return Raised{};
  auto* error = static_cast<SyntaxError*>(made.get());
  setField(error->filename, Ref<>(share(filename)));
  setField(error->line, std::move(line));
  setField(error->offset, std::move(offset));
  setField(error->end_line, std::move(end_line));
  setField(error->end_offset, std::move(end_offset));
  setField(error->text, text ? Ref<>(std::move(text)) : none());
  return raiseValue(ts, kSyntaxError, error);
}

}  // namespace habu::compiler
