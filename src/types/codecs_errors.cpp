// Error handlers: the registry, the built-in handlers as functions, and how codecs use them.
#include <charconv>
#include <climits>

#include "base/unicode.h"
#include "object/call.h"
#include "object/number.h"
#include "object/protocol.h"
#include "types/codecs_support.h"
#include "types/dict.h"
#include "types/function.h"
#include "types/int.h"
#include "types/str_kinds.h"
#include "types/str_methods.h"
#include "types/tuple.h"

namespace habu {

ErrorKind errorKind(const char* errors) {
  if (!errors) return ErrorKind::Strict;
  std::string_view name = errors;
  if (name == "strict") return ErrorKind::Strict;
  if (name == "surrogateescape") return ErrorKind::SurrogateEscape;
  if (name == "replace") return ErrorKind::Replace;
  if (name == "ignore") return ErrorKind::Ignore;
  if (name == "backslashreplace") return ErrorKind::BackslashReplace;
  if (name == "surrogatepass") return ErrorKind::SurrogatePass;
  if (name == "xmlcharrefreplace") return ErrorKind::XmlCharRefReplace;
  return ErrorKind::Other;
}

bool BytesBuilder::grow(Index more) {
  Index wanted = size_ + more;
  if (more > PTRDIFF_MAX / 2 - size_) {
    (void)raiseNoMemory(ts_);
    return false;
  }
  wanted = made_ ? wanted + wanted / 2 : wanted + 8;
  made_ = made_ ? shrinkBytes(ts_, std::move(made_), wanted) : newBytesUninitialized(ts_, wanted);
  return bool(made_);
}

bool appendXmlReference(BytesBuilder& out, char32_t c) {
  char text[16] = "&#";
  char* end = std::to_chars(text + 2, text + 14, uint32_t(c)).ptr;
  *end++ = ';';
  return out.append(std::string_view(text, size_t(end - text)));
}

bool appendBackslash(BytesBuilder& out, char32_t c) {
  int digits = c < 0x100 ? 2 : c < 0x10000 ? 4 : 8;
  char text[12] = {'\\', digits == 2 ? 'x' : digits == 4 ? 'u' : 'U'};
  for (int i = 0; i < digits; ++i) text[2 + i] = "0123456789abcdef"[c >> (4 * (digits - 1 - i)) & 15];
  return out.append(std::string_view(text, size_t(digits) + 2));
}

Result<ErrorRange> unicodeErrorRange(ThreadState&, UnicodeErrorObject* e, Index size) {
  ErrorRange r{e->start, e->end};
  if (r.start < 0) r.start = 0;
  if (r.start >= size) r.start = size - 1;
  if (r.end < 1) r.end = 1;
  if (r.end > size) r.end = size;
  return r;
}

// ---- calling a registered handler ----

namespace {

Status setErrorFields(ThreadState& ts, UnicodeErrorObject* e, Index start, Index end, const char* reason) {
  e->start = start;
  e->end = end;
  Ref<> text = TRY(newStr(ts, reason));
  setField(e->reason, std::move(text));
  return kDone;
}

// Makes the exception on first use, later changes its range.
template <class F>
Status prepareError(ThreadState& ts, Ref<>& exception, Type& type, const char* encoding, Index start, Index end,
                    const char* reason, F object) {
  if (exception && isInstanceOf(exception.get(), type))
    return setErrorFields(ts, static_cast<UnicodeErrorObject*>(exception.get()), start, end, reason);
  Ref<Str> name = TRY(newStr(ts, encoding));
  Ref<> input = TRY(object());
  Ref<Int> from = TRY(newInt(ts, start)), to = TRY(newInt(ts, end));
  Ref<Str> why = TRY(newStr(ts, reason));
  exception = TRY(call(ts, reinterpret_cast<Object*>(&type),
                       {name.get(), input.get(), reinterpret_cast<Object*>(from.get()),
                        reinterpret_cast<Object*>(to.get()), why.get()}));
  return kDone;
}

// The (replacement, position) pair that the handler returned.
struct Answer {
  Ref<> replacement;
  Index position;
};
Result<Answer> askHandler(ThreadState& ts, Object* handler, Object* exception, bool decoding) {
  Ref<> result = TRY(call(ts, handler, {exception}));
  auto wrong = [&]() -> Raised {
    return raise(ts, kTypeError, decoding ? "decoding error handler must return (str, int) tuple"
                                          : "encoding error handler must return (str/bytes, int) tuple");
  };
  if (!isTuple(result.get())) return wrong();
  auto* pair = static_cast<Tuple*>(result.get());
  if (pair->size != 2) return wrong();
  if (!isStr(pair->items[0]) && (decoding || !isBytes(pair->items[0]))) return wrong();
  if (!hasIndex(pair->items[1])) return wrong();
  Index position = TRY(Arg<Index>::from(ts, pair->items[1], {}));
  return Answer{share(pair->items[0]), position};
}

}  // namespace

Status Decoding::callHandler(Index start, Index end, const char* reason) {
  if (!handler_) handler_ = TRY(lookupErrorHandler(ts, errors_));
  TRY(prepareError(ts, exception_, kUnicodeDecodeError, encoding_, start, end, reason,
                   [this] { return Ref<>(newBytes(ts, in)); }));
  Answer answer = TRY(askHandler(ts, handler_.get(), exception_.get(), true));
  Object* object = static_cast<UnicodeErrorObject*>(exception_.get())->object;
  if (!object || !isBytes(object)) return raise(ts, kTypeError, "object attribute must be bytes");
  input_ = share(static_cast<Bytes*>(object));
  in = input_->view();
  Index size = Index(in.size()), position = answer.position < 0 ? answer.position + size : answer.position;
  if (position < 0 || position > size) return raise(ts, kIndexError, "position {} from error handler out of bounds", position);
  at = position;
  return appended(out.append(static_cast<Str*>(answer.replacement.get())));
}

Status Decoding::fault(Index start, Index end, const char* reason) {
  switch (kind()) {
    case ErrorKind::Strict: return raiseDecodeError(ts, encoding_, in, start, end, reason);
    case ErrorKind::Ignore: break;
    case ErrorKind::Replace:
      if (!out.append(U'\ufffd')) return Raised{};
      break;
    case ErrorKind::SurrogateEscape: {
      bool all = true;  // ASCII bytes cannot be escaped
      for (Index i = start; i < end; ++i) all &= byte(i) >= 0x80;
      if (!all) return callHandler(start, end, reason);
      for (Index i = start; i < end; ++i)
        if (!out.append(char32_t(0xdc00 + byte(i)))) return Raised{};
      break;
    }
    case ErrorKind::BackslashReplace:
      for (Index i = start; i < end; ++i)
        if (!appendHexEscape(out, byte(i))) return Raised{};
      break;
    default: return callHandler(start, end, reason);
  }
  at = end;
  return kDone;
}

Ref<> Encoding::replacement(Index start, Index end, const char* reason) {
  if (!handler_) handler_ = TRY(lookupErrorHandler(ts, errors_));
  TRY(prepareError(ts, exception_, kUnicodeEncodeError, encoding_, start, end, reason, [this] { return Ref<>(share(text)); }));
  Answer answer = TRY(askHandler(ts, handler_.get(), exception_.get(), false));
  Index size = text->length, position = answer.position < 0 ? answer.position + size : answer.position;
  if (position < 0 || position > size) return raise(ts, kIndexError, "position {} from error handler out of bounds", position);
  at = position;
  return std::move(answer.replacement);
}

// ---- the built-in handlers as functions ----

namespace {

Ref<Tuple> answer(ThreadState& ts, Ref<> replacement, Index position) {
  Ref<Int> at = TRY(newInt(ts, position));
  return packTuple(ts, {replacement.get(), reinterpret_cast<Object*>(at.get())});
}

// The exception a handler was given: which kind, its object and its range.
struct Problem {
  enum class Kind { Encode, Decode, Translate } kind;
  UnicodeErrorObject* error;
  Ref<> object;  // str or bytes
  Index start, end;
  Str* text() const { return static_cast<Str*>(object.get()); }
  std::string_view bytes() const { return static_cast<Bytes*>(object.get())->view(); }
};
Raised raiseHandlerType(ThreadState& ts, Object* e) {
  return raise(ts, kTypeError, "don't know how to handle {:.200} in error callback", typeName(e));
}
Result<Problem> problemOf(ThreadState& ts, Object* e) {
  Problem p{};
  bool decode = isInstanceOf(e, kUnicodeDecodeError);
  if (decode) p.kind = Problem::Kind::Decode;
  else if (isInstanceOf(e, kUnicodeEncodeError)) p.kind = Problem::Kind::Encode;
  else if (isInstanceOf(e, kUnicodeTranslateError)) p.kind = Problem::Kind::Translate;
  else return raiseHandlerType(ts, e);
  p.error = static_cast<UnicodeErrorObject*>(e);
  Object* object = p.error->object;
  if (!object) return raise(ts, kTypeError, "object attribute not set");
  if (decode ? !isBytes(object) : !isStr(object))
    return raise(ts, kTypeError, decode ? "object attribute must be bytes" : "object attribute must be unicode");
  p.object = share(object);
  ErrorRange r = TRY(unicodeErrorRange(ts, p.error, decode ? static_cast<Bytes*>(object)->size : static_cast<Str*>(object)->length));
  p.start = r.start;
  p.end = r.end;
  return p;
}

Ref<Tuple> strictErrors(ThreadState& ts, Object*, Object* e) {
  if (!isException(e)) return raise(ts, kTypeError, "codec must pass exception instance");
  return raiseInstance(ts, e);
}
Ref<Tuple> ignoreErrors(ThreadState& ts, Object*, Object* e) {
  Problem p = TRY(problemOf(ts, e));
  return answer(ts, emptyStr(), p.end);
}
Ref<Tuple> replaceErrors(ThreadState& ts, Object*, Object* e) {
  Problem p = TRY(problemOf(ts, e));
  if (p.kind == Problem::Kind::Decode) return answer(ts, TRY(strFromChar(ts, 0xfffd)), p.end);
  StrBuilder out(ts);
  out.fill(p.kind == Problem::Kind::Encode ? U'?' : U'\ufffd', p.end - p.start);
  return answer(ts, TRY(out.finish()), p.end);
}
Ref<Tuple> xmlErrors(ThreadState& ts, Object*, Object* e) {
  if (!isInstanceOf(e, kUnicodeEncodeError)) return raiseHandlerType(ts, e);
  Problem p = TRY(problemOf(ts, e));
  BytesBuilder out(ts);
  for (Index i = p.start; i < p.end; ++i) TRY(appended(appendXmlReference(out, (*p.text())[i])));
  Ref<Bytes> ascii = TRY(out.finish());
  return answer(ts, TRY(strFromAscii(ts, ascii->view())), p.end);
}
Ref<Tuple> backslashErrors(ThreadState& ts, Object*, Object* e) {
  Problem p = TRY(problemOf(ts, e));
  StrBuilder out(ts);
  for (Index i = p.start; i < p.end; ++i)
    appendHexEscape(out, p.kind == Problem::Kind::Decode ? uint8_t(p.bytes()[size_t(i)]) : (*p.text())[i]);
  return answer(ts, TRY(out.finish()), p.end);
}
Ref<Tuple> nameErrors(ThreadState& ts, Object*, Object* e) {
  if (!isInstanceOf(e, kUnicodeEncodeError)) return raiseHandlerType(ts, e);
  Problem p = TRY(problemOf(ts, e));
  StrBuilder out(ts);
  for (Index i = p.start; i < p.end; ++i) {
    char32_t c = (*p.text())[i];
    char name[kMaxUnicodeName * 2];
    int n = unicodeName(c, name);
    if (n == 0) {
      appendHexEscape(out, c);
      continue;
    }
    out.append(std::string_view("\\N{"));
    out.append(std::string_view(name, size_t(n)));
    out.append(U'}');
  }
  return answer(ts, TRY(out.finish()), p.end);
}

// The encodings whose byte forms of surrogates "surrogatepass" knows: unit size, byte order.
struct UnitForm {
  int size = 0;
  bool big = false;
};
UnitForm unitForm(std::string_view name) {
  char text[16];
  size_t n = 0;
  for (char c : name) {
    if (n == sizeof text) return {};
    text[n++] = c == '-' ? '_' : c >= 'A' && c <= 'Z' ? char(c + 32) : c;
  }
  std::string_view form(text, n);
  if (form == "cp65001") return {3, false};
  if (!form.starts_with("utf")) return {};
  form.remove_prefix(3);
  if (form.starts_with("_")) form.remove_prefix(1);
  if (form == "8") return {3, false};
  int size = form.starts_with("16") ? 2 : form.starts_with("32") ? 4 : 0;
  if (!size) return {};
  form.remove_prefix(2);
  if (form.empty()) return {size, false};
  if (form.starts_with("_")) form.remove_prefix(1);
  if (form == "le") return {size, false};
  if (form == "be") return {size, true};
  return {};
}

Ref<Tuple> surrogatePassErrors(ThreadState& ts, Object*, Object* e) {
  if (isInstanceOf(e, kUnicodeTranslateError)) return raiseHandlerType(ts, e);
  Problem p = TRY(problemOf(ts, e));
  if (!p.error->encoding || !isStr(p.error->encoding)) return raise(ts, kTypeError, "encoding attribute must be unicode");
  std::string_view encoding = TRY(utf8Of(ts, static_cast<Str*>(p.error->encoding)));
  UnitForm form = unitForm(encoding);
  if (form.size == 0) return raiseInstance(ts, e);
  auto shiftOf = [&form](int k) { return 8 * (form.big ? form.size - 1 - k : k); };
  if (p.kind == Problem::Kind::Encode) {
    BytesBuilder out(ts);
    for (Index i = p.start; i < p.end; ++i) {
      char32_t c = (*p.text())[i];
      if (!isSurrogate(c)) return raiseInstance(ts, e);
      char unit[4];
      if (form.size == 3) appendUtf8(unit, c);
      else
        for (int k = 0; k < form.size; ++k) unit[k] = char(c >> shiftOf(k));
      TRY(appended(out.append(std::string_view(unit, size_t(form.size)))));
    }
    return answer(ts, TRY(out.finish()), p.end);
  }
  auto at = [&p](int k) { return char32_t(uint8_t(p.bytes()[size_t(p.start) + size_t(k)])); };
  char32_t c = 0;
  if (Index(p.bytes().size()) - p.start >= form.size) {
    if (form.size == 3) {
      if ((at(0) & 0xf0) == 0xe0 && (at(1) & 0xc0) == 0x80 && (at(2) & 0xc0) == 0x80)
        c = (at(0) & 15) << 12 | (at(1) & 63) << 6 | (at(2) & 63);
    } else {
      for (int k = 0; k < form.size; ++k) c |= at(k) << shiftOf(k);
    }
  }
  if (!isSurrogate(c)) return raiseInstance(ts, e);
  return answer(ts, TRY(strFromChar(ts, c)), p.start + form.size);
}

Ref<Tuple> surrogateEscapeErrors(ThreadState& ts, Object*, Object* e) {
  if (isInstanceOf(e, kUnicodeTranslateError)) return raiseHandlerType(ts, e);
  Problem p = TRY(problemOf(ts, e));
  if (p.kind == Problem::Kind::Encode) {
    BytesBuilder out(ts);
    for (Index i = p.start; i < p.end; ++i) {
      char32_t c = (*p.text())[i];
      if (c < 0xdc80 || c > 0xdcff) return raiseInstance(ts, e);
      TRY(appended(out.append(char(c - 0xdc00))));
    }
    return answer(ts, TRY(out.finish()), p.end);
  }
  StrBuilder out(ts);
  Index i = p.start;
  for (; i < p.end && i < p.start + 4; ++i) {
    auto b = uint8_t(p.bytes()[size_t(i)]);
    if (b < 128) break;
    out.append(char32_t(0xdc00 + b));
  }
  if (i == p.start) return raiseInstance(ts, e);
  return answer(ts, TRY(out.finish()), i);
}

struct BuiltinHandler {
  const char* name;
  MethodDef def;
};
#define HANDLER(name, function_name, f, doc) \
  {name, ::habu::detail::named(::habu::detail::bindMethod<f, function_name, "($module, exception, /)", 0>(doc), function_name)}
constexpr BuiltinHandler kHandlers[] = {
    HANDLER("strict", "strict_errors", strictErrors, "Error handler 'strict': raises the exception."),
    HANDLER("ignore", "ignore_errors", ignoreErrors, "Error handler 'ignore': leaves out what is wrong."),
    HANDLER("replace", "replace_errors", replaceErrors, "Error handler 'replace': puts a question mark or U+FFFD."),
    HANDLER("xmlcharrefreplace", "xmlcharrefreplace_errors", xmlErrors, "Error handler 'xmlcharrefreplace': puts XML character references."),
    HANDLER("backslashreplace", "backslashreplace_errors", backslashErrors, "Error handler 'backslashreplace': puts escapes with a backslash."),
    HANDLER("namereplace", "namereplace_errors", nameErrors, "Error handler 'namereplace': puts \\N{...} escapes."),
    HANDLER("surrogatepass", "surrogatepass", surrogatePassErrors, "Error handler 'surrogatepass': lets surrogates through."),
    HANDLER("surrogateescape", "surrogateescape", surrogateEscapeErrors, "Error handler 'surrogateescape': bytes as lone surrogates (PEP 383)."),
};

Dict* handlers = nullptr;  // name -> callable; owned

Result<Dict*> handlerTable(ThreadState& ts) {
  if (handlers) return handlers;
  Ref<Dict> made = TRY(newDict(ts));
  for (const BuiltinHandler& h : kHandlers) {
    Ref<> function = TRY(newBuiltinFunction(ts, &h.def, nullptr, nullptr));
    TRY(dictSetAscii(ts, made.get(), h.name, std::move(function)));
  }
  return handlers = made.release();
}

}  // namespace

Status registerErrorHandler(ThreadState& ts, const char* name, Object* handler) {
  if (!isCallable(handler)) return raise(ts, kTypeError, "handler must be callable");
  Dict* table = TRY(handlerTable(ts));
  return dictSetAscii(ts, table, name, share(handler));
}

Ref<> lookupErrorHandler(ThreadState& ts, const char* name) {
  if (!name) name = "strict";
  Dict* table = TRY(handlerTable(ts));
  Ref<Str> key = TRY(newStr(ts, name));
  Object* found = dictFindStr(table, key.get());
  if (!found) return raise(ts, kLookupError, "unknown error handler name '{:.400}'", name);
  return share(found);
}

void clearErrorHandlers() { clearField(handlers); }

}  // namespace habu
