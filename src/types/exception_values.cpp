// Exceptions with fields of their own: StopIteration, SystemExit, ImportError, NameError, AttributeError, SyntaxError.
#include "object/names.h"
#include "object/protocol.h"
#include "types/exception_base.h"
#include "types/int.h"
#include "types/str.h"

namespace habu {

namespace {

#define FIELD(name, T, field) MEMBER(name, ObjectOrNone, T, field, 0, nullptr)

// ---- StopIteration: the value of the generator ----
Status initStopIteration(ThreadState& ts, StopIteration* e, Tuple* args, Dict* keywords) {
  TRY(initException(ts, e, args, keywords));
  setField(e->value, args->size ? Ref<>::share(args->items[0]) : none());
  return kDone;
}
constexpr MemberDef kStopIterationMembers[] = {
    MEMBER("value", ObjectOrNone, StopIteration, value, 0, "what the generator returned"), {}};

// ---- SystemExit: one argument as it is, several as a tuple ----
Status initSystemExit(ThreadState& ts, SystemExit* e, Tuple* args, Dict* keywords) {
  TRY(initException(ts, e, args, keywords));
  if (args->size == 0) return kDone;
  setField(e->code, Ref<>::share(args->size == 1 ? args->items[0] : static_cast<Object*>(args)));
  return kDone;
}
constexpr MemberDef kSystemExitMembers[] = {MEMBER("code", ObjectOrNone, SystemExit, code, 0, "exception code"), {}};

// ---- ImportError ----
Status initImportError(ThreadState& ts, ImportError* e, Tuple* args, Dict* keywords) {
  TRY(initException(ts, e, args, nullptr));
  Object* given[2];
  TRY(exceptionKeywords(ts, "ImportError", keywords, {"name", "path"}, given));
  setField(e->name, Ref<>::share(given[0]));
  setField(e->path, Ref<>::share(given[1]));
  setField(e->message, args->size == 1 ? Ref<>::share(args->items[0]) : Ref<>());
  return kDone;
}
Ref<> strOfImportError(ThreadState& ts, ImportError* e) {
  if (e->message && isExactStr(e->message)) return Ref<>::share(e->message);
  return strOfException(ts, e);
}
Ref<> reduceImportError(ThreadState& ts, ImportError* e) {
  Ref<> state;
  if (e->name || e->path) {
    Ref<Dict> dict = TRY(e->dict ? dictCopy(ts, e->dict) : newDict(ts));
    if (e->name) TRY(dictSet(ts, dict.get(), names::name, e->name));
    if (e->path) TRY(dictSet(ts, dict.get(), names::path, e->path));
    state = std::move(dict);
  } else if (e->dict) {
    state = share(static_cast<Object*>(e->dict));
  }
  if (!state) return packTuple(ts, {e->type, e->args});
  return packTuple(ts, {e->type, e->args, state.get()});
}
constexpr MethodDef kImportErrorMethods[] = {METHOD_UNSIGNED("__reduce__", reduceImportError, "($self, /)", nullptr), {}};
constexpr MemberDef kImportErrorMembers[] = {
    MEMBER("msg", ObjectOrNone, ImportError, message, 0, "exception message"),
    MEMBER("name", ObjectOrNone, ImportError, name, 0, "module name"),
    MEMBER("path", ObjectOrNone, ImportError, path, 0, "module path"),
    {}};

// ---- NameError ----
Status initNameError(ThreadState& ts, NameError* e, Tuple* args, Dict* keywords) {
  TRY(initException(ts, e, args, nullptr));
  Object* given[1];
  TRY(exceptionKeywords(ts, "NameError", keywords, {"name"}, given));
  setField(e->name, Ref<>::share(given[0]));
  return kDone;
}
constexpr MemberDef kNameErrorMembers[] = {MEMBER("name", ObjectOrNone, NameError, name, 0, "name"), {}};

// ---- AttributeError ----
Status initAttributeError(ThreadState& ts, AttributeError* e, Tuple* args, Dict* keywords) {
  TRY(initException(ts, e, args, nullptr));
  Object* given[2];
  TRY(exceptionKeywords(ts, "AttributeError", keywords, {"name", "obj"}, given));
  setField(e->name, Ref<>::share(given[0]));
  setField(e->object, Ref<>::share(given[1]));
  return kDone;
}
constexpr MemberDef kAttributeErrorMembers[] = {
    MEMBER("name", ObjectOrNone, AttributeError, name, 0, "attribute name"),
    MEMBER("obj", ObjectOrNone, AttributeError, object, 0, "object"),
    {}};

Ref<> strPlain(ThreadState& ts, BaseException* e) { return strOfException(ts, e); }

// ---- SyntaxError: message and (filename, lineno, offset, text[, end_lineno, end_offset]) ----
Status readDetails(ThreadState& ts, SyntaxError* e, Object* details) {
  Ref<Tuple> info = TRY(tupleFrom(ts, details));
  Index n = info->size;
  if (n < 4) return raise(ts, kTypeError, "function takes at least 4 arguments ({} given)", n);
  if (n > 6) return raise(ts, kTypeError, "function takes at most 6 arguments ({} given)", n);
  setField(e->end_line, Ref<>());
  setField(e->end_offset, Ref<>());
  setField(e->filename, Ref<>::share(info->items[0]));
  setField(e->line, Ref<>::share(info->items[1]));
  setField(e->offset, Ref<>::share(info->items[2]));
  setField(e->text, Ref<>::share(info->items[3]));
  if (n > 4) setField(e->end_line, Ref<>::share(info->items[4]));
  if (n > 5) setField(e->end_offset, Ref<>::share(info->items[5]));
  if (n == 5) return raise(ts, kTypeError, "end_offset must be provided when end_lineno is provided");
  return kDone;
}
Status initSyntaxError(ThreadState& ts, SyntaxError* e, Tuple* args, Dict* keywords) {
  TRY(initException(ts, e, args, keywords));
  if (args->size >= 1) setField(e->message, Ref<>::share(args->items[0]));
  if (args->size == 2) return readDetails(ts, e, args->items[1]);
  return kDone;
}

Ref<Str> baseName(ThreadState& ts, Str* path) {
  Index start = 0;
  for (Index i = 0; i < path->length; ++i)
    if ((*path)[i] == '/') start = i + 1;
  return substring(ts, path, start, path->length);
}
Ref<> strOfSyntaxError(ThreadState& ts, SyntaxError* e) {
  Object* message = e->message ? e->message : &kNoneObject;
  Ref<Str> file;
  if (e->filename && isStr(e->filename)) file = TRY(baseName(ts, static_cast<Str*>(e->filename)));
  bool has_line = e->line && isExactInt(e->line);
  if (!file && !has_line) return strOf(ts, message);
  long long line = 0;
  if (has_line) {
    int overflow = 0;
    line = toLongLong(static_cast<Int*>(e->line), overflow);
    if (overflow) line = -1;
  }
  if (file && has_line) return formatText(ts, "{} ({}, line {})", message, file, line);
  if (file) return formatText(ts, "{} ({})", message, file);
  return formatText(ts, "{} (line {})", message, line);
}
constexpr MemberDef kSyntaxErrorMembers[] = {
    MEMBER("msg", ObjectOrNone, SyntaxError, message, 0, "exception msg"),
    MEMBER("filename", ObjectOrNone, SyntaxError, filename, 0, "exception filename"),
    MEMBER("lineno", ObjectOrNone, SyntaxError, line, 0, "exception lineno"),
    MEMBER("offset", ObjectOrNone, SyntaxError, offset, 0, "exception offset"),
    MEMBER("text", ObjectOrNone, SyntaxError, text, 0, "exception text"),
    MEMBER("end_lineno", ObjectOrNone, SyntaxError, end_line, 0, "exception end lineno"),
    MEMBER("end_offset", ObjectOrNone, SyntaxError, end_offset, 0, "exception end offset"),
    MEMBER("print_file_and_line", ObjectOrNone, SyntaxError, print_file_and_line, 0, "exception print_file_and_line"),
    {}};

}  // namespace

constinit Type kStopIteration = defineException<StopIteration>(
    "StopIteration", &kException, "The end of an iterator.",
    {.init = slot<initStopIteration>, .members = kStopIterationMembers});
constinit Type kSystemExit = defineException<SystemExit>(
    "SystemExit", &kBaseException, "The program asks to end.",
    {.init = slot<initSystemExit>, .members = kSystemExitMembers});
constinit Type kImportError = defineException<ImportError>(
    "ImportError", &kException, "A module could not be imported, or lacks a name asked of it.",
    {.init = slot<initImportError>, .str = slot<strOfImportError>, .methods = kImportErrorMethods, .members = kImportErrorMembers});
constinit Type kModuleNotFoundError = defineException<ImportError>(
    "ModuleNotFoundError", &kImportError, "No such module.", {.init = slot<initImportError>});
constinit Type kNameError = defineException<NameError>(
    "NameError", &kException, "A name that is bound nowhere.",
    {.init = slot<initNameError>, .str = slot<strPlain>, .members = kNameErrorMembers});
constinit Type kUnboundLocalError = defineException<NameError>(
    "UnboundLocalError", &kNameError, "A local variable that has no value yet.", {.init = slot<initNameError>});
constinit Type kAttributeError = defineException<AttributeError>(
    "AttributeError", &kException, "An object lacks an attribute.",
    {.init = slot<initAttributeError>, .str = slot<strPlain>, .members = kAttributeErrorMembers});
constinit Type kSyntaxError = defineException<SyntaxError>(
    "SyntaxError", &kException, "Text that is no Python.",
    {.init = slot<initSyntaxError>, .str = slot<strOfSyntaxError>, .members = kSyntaxErrorMembers});
constinit Type kIndentationError = defineException<SyntaxError>(
    "IndentationError", &kSyntaxError, "Indentation that fits no block.", {.init = slot<initSyntaxError>});
constinit Type kTabError = defineException<SyntaxError>(
    "TabError", &kIndentationError, "Tabs and spaces mixed in a way that depends on the tab width.",
    {.init = slot<initSyntaxError>});

}  // namespace habu
