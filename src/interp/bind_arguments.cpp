// Arguments of a call to the locals of a Python function: positions, keywords, defaults, *args, **kwargs; and the
// TypeErrors when they do not fit.
#include "interp/frame_stack.h"
#include "interp/ops.h"
#include "object/protocol.h"
#include "object/raise.h"
#include "types/dict.h"
#include "types/list.h"
#include "types/str.h"
#include "types/tuple.h"

namespace habu {

namespace {

// One call being bound. Arguments move from `args` to `locals`; what was not moved is dropped in the end.
struct Binding {
  ThreadState& ts;
  Function* function;
  Code* code;
  Object** locals;
  Object** args;
  Index positional;
  Tuple* names;

  Object* localName(Index i) const { return code->localsplus_names->items[i]; }
  Index namedCount() const { return code->arg_count + code->kwonly_count; }
  bool varArgs() const { return (code->flags & kCodeVarArgs) != 0; }
  bool varKeywords() const { return (code->flags & kCodeVarKeywords) != 0; }
  Str* qualname() const { return reinterpret_cast<Str*>(function->qualname); }
};

// 'a' / 'a' and 'b' / 'a', 'b', and 'c'
Ref<Str> enumerateNames(ThreadState& ts, List* names) {
  Index n = names->size;
  if (n == 1) return formatText(ts, "{}", names->items[0]);
  if (n == 2) return formatText(ts, "{} and {}", names->items[0], names->items[1]);
  Ref<Str> text = formatText(ts, "{}", names->items[0]);
  for (Index i = 1; text && i < n; ++i)
    text = i + 1 < n ? formatText(ts, "{}, {}", text, names->items[i]) : formatText(ts, "{}, and {}", text, names->items[i]);
  return text;
}

Raised raiseMissing(Binding& b, Index start, Index stop, const char* kind) {
  Ref<List> missing = TRY(newList(b.ts));
  for (Index i = start; i < stop; ++i) {
    if (b.locals[i]) continue;
    TRY(appendList(b.ts, missing.get(), TRY(reprOf(b.ts, b.localName(i)))));
  }
  Ref<Str> text = TRY(enumerateNames(b.ts, missing.get()));
  return raise(b.ts, kTypeError, "{}() missing {} required {} argument{}: {}", b.qualname(), missing->size, kind,
               missing->size == 1 ? "" : "s", text);
}

Raised raiseTooMany(Binding& b, Index given) {
  Code* code = b.code;
  Index defaults = b.function->defaults ? b.function->defaults->size : 0;
  Index keyword_only = 0;
  for (Index i = code->arg_count; i < b.namedCount(); ++i) keyword_only += b.locals[i] != nullptr;
  bool plural = true;
  Ref<Str> takes;
  if (defaults) {
    takes = TRY(formatText(b.ts, "from {} to {}", code->arg_count - defaults, code->arg_count));
  } else {
    plural = code->arg_count != 1;
    takes = TRY(formatText(b.ts, "{}", code->arg_count));
  }
  Ref<Str> and_keywords = TRY(newStr(b.ts, ""));
  if (keyword_only)
    and_keywords = TRY(formatText(b.ts, " positional argument{} (and {} keyword-only argument{})", given != 1 ? "s" : "",
                                  keyword_only, keyword_only != 1 ? "s" : ""));
  return raise(b.ts, kTypeError, "{}() takes {} positional argument{} but {}{} {} given", b.qualname(), takes,
               plural ? "s" : "", given, and_keywords, given == 1 && !keyword_only ? "was" : "were");
}

// Names of positional-only parameters among the keywords: raises; otherwise leaves things as they are.
Status refusePositionalOnly(Binding& b) {
  Ref<List> found = TRY(newList(b.ts));
  for (Index i = 0; i < b.code->posonly_count; ++i) {
    for (Object* keyword : b.names->span()) {
      bool same = b.localName(i) == keyword || TRY(equalObjects(b.ts, b.localName(i), keyword));
      if (same) TRY(appendList(b.ts, found.get(), keyword));
    }
  }
  if (!found->size) return kDone;
  Ref<Str> comma = TRY(newStr(b.ts, ", "));
  Ref<Str> text = TRY(joinStrs(b.ts, comma.get(), {found->items, size_t(found->size)}));
  return raise(b.ts, kTypeError, "{}() got some positional-only arguments passed as keyword arguments: '{}'", b.qualname(),
               text);
}

// The parameter that `keyword` names, -1: none.
Result<Index> parameterOf(Binding& b, Object* keyword) {
  Index total = b.namedCount();
  for (Index i = b.code->posonly_count; i < total; ++i)
    if (b.localName(i) == keyword) return i;
  for (Index i = b.code->posonly_count; i < total; ++i)
    if (TRY(equalObjects(b.ts, keyword, b.localName(i)))) return i;
  return Index{-1};
}

Status bindKeyword(Binding& b, Index i, Dict* extra) {
  Object* keyword = b.names->items[i];
  Object*& value = b.args[b.positional + i];
  if (!isStr(keyword)) return raise(b.ts, kTypeError, "{}() keywords must be strings", b.qualname());
  Index at = TRY(parameterOf(b, keyword));
  if (at < 0) {
    if (extra) return dictSet(b.ts, extra, keyword, value);
    if (b.code->posonly_count) TRY(refusePositionalOnly(b));
    return raise(b.ts, kTypeError, "{}() got an unexpected keyword argument '{}'", b.qualname(), keyword);
  }
  if (b.locals[at]) return raise(b.ts, kTypeError, "{}() got multiple values for argument '{}'", b.qualname(), keyword);
  b.locals[at] = std::exchange(value, nullptr);
  return kDone;
}

Status bindDefaults(Binding& b, Index given) {
  Code* code = b.code;
  Tuple* defaults = b.function->defaults;
  Index with_default = defaults ? defaults->size : 0;
  Index first_default = code->arg_count - with_default;
  if (given < code->arg_count) {
    for (Index i = given; i < first_default; ++i)
      if (!b.locals[i]) return raiseMissing(b, given, first_default, "positional");
    for (Index i = std::max(given, first_default); i < code->arg_count; ++i)
      if (!b.locals[i]) b.locals[i] = Ref<>::share(defaults->items[i - first_default]).release();
  }
  Index total = b.namedCount();
  bool missing = false;
  for (Index i = code->arg_count; i < total; ++i) {
    if (b.locals[i]) continue;
    if (b.function->kwdefaults) {
      Ref<> value = TRY(dictFind(b.ts, b.function->kwdefaults, b.localName(i)));
      b.locals[i] = value.release();
    }
    missing |= !b.locals[i];
  }
  if (missing) return raiseMissing(b, code->arg_count, total, "keyword-only");
  return kDone;
}

Status bindAll(Binding& b) {
  Code* code = b.code;
  Index total = b.namedCount();
  Dict* extra = nullptr;
  if (b.varKeywords()) {
    Ref<Dict> made = TRY(newDict(b.ts));
    extra = made.get();
    b.locals[total + b.varArgs()] = reinterpret_cast<Object*>(made.release());
  }
  Index n = std::min<Index>(b.positional, code->arg_count);
  for (Index i = 0; i < n; ++i) b.locals[i] = std::exchange(b.args[i], nullptr);
  if (b.varArgs()) {
    Ref<Tuple> rest;
    if (n == b.positional) {
      rest = emptyTuple();
    } else {
      rest = tupleFromStack(b.ts, b.args + n, b.positional - n);
      for (Index i = n; i < b.positional; ++i) b.args[i] = nullptr;  // consumed even on failure
      if (!rest) return Raised{};
    }
    b.locals[total] = reinterpret_cast<Object*>(rest.release());
  }
  if (b.names)
    for (Index i = 0; i < b.names->size; ++i) TRY(bindKeyword(b, i, extra));
  if (b.positional > code->arg_count && !b.varArgs()) return raiseTooMany(b, b.positional);
  return bindDefaults(b, b.positional);
}

}  // namespace

bool bindArguments(ThreadState& ts, Function* function, Object** locals, Object** args, Index positional, Tuple* names) {
  Binding b{ts, function, function->code, locals, args, positional, names};
  Status done = bindAll(b);
  Index total = positional + (names ? names->size : 0);
  for (Index i = 0; i < total; ++i) Ref<> left = Ref<>::steal(std::exchange(args[i], nullptr));
  return !done.failed();
}

}  // namespace habu
