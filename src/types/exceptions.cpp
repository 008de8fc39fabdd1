// BaseException, and all exception classes that add nothing to their base.
#include "types/exceptions.h"

#include "object/names.h"
#include "object/protocol.h"
#include "types/exception_base.h"
#include "types/frame.h"
#include "types/list.h"
#include "types/str.h"
#include "types/type_object.h"

namespace habu {

// ---- life cycle ----
int visitException(BaseException* e, VisitFn visit, void* arg) {
  VISIT(e->dict);
  VISIT(e->args);
  VISIT(e->notes);
  VISIT(e->traceback);
  VISIT(e->context);
  VISIT(e->cause);
  return 0;
}
void clearException(BaseException* e) {
  clearField(e->dict);
  clearField(e->args);
  clearField(e->notes);
  clearField(e->traceback);
  clearField(e->context);
  clearField(e->cause);
}

Object* exceptionNewSlot(Type* type, Object* args, Object*) {
  auto* e = static_cast<BaseException*>(type->alloc(type, 0));
  if (!e) return nullptr;
  e->args = args ? share(static_cast<Tuple*>(args)).release() : emptyTuple().release();
  return e;
}
Status initException(ThreadState& ts, BaseException* e, Tuple* args, Dict* keywords) {
  TRY(noKeywords(ts, e->type->name, keywords));
  setField(e->args, share(args));
  return kDone;
}

Status exceptionKeywords(ThreadState& ts, const char* type, Dict* keywords, std::initializer_list<const char*> names,
                         Object** out) {
  for (size_t i = 0; i < names.size(); ++i) out[i] = nullptr;
  if (!keywords || !keywords->used) return kDone;
  if (keywords->used > Index(names.size()))
    return raise(ts, kTypeError, "{}() takes at most {} keyword argument{} ({} given)", type, names.size(),
                 names.size() == 1 ? "" : "s", keywords->used);
  DictCursor c(keywords);
  while (c.next()) {
    if (!isStr(c.key)) return raise(ts, kTypeError, "keywords must be strings");
    size_t i = 0;
    for (; i < names.size(); ++i)
      if (equalsAscii(static_cast<Str*>(c.key), names.begin()[i])) break;
    if (i == names.size()) return raise(ts, kTypeError, "'{}' is an invalid keyword argument for {}()", c.key, type);
    out[i] = c.value;
  }
  return kDone;
}

// ---- text ----
Ref<> strOfException(ThreadState& ts, BaseException* e) {
  if (e->args->size == 0) return emptyStr();
  if (e->args->size == 1) return strOf(ts, e->args->items[0]);
  return strOf(ts, e->args);
}

namespace {

Ref<> repr(ThreadState& ts, BaseException* e) {
  const char* name = shortTypeName(e->type);
  if (e->args->size == 1) return formatText(ts, "{}({!r})", name, e->args->items[0]);
  return formatText(ts, "{}{!r}", name, e->args);
}

// ---- pickling ----
Ref<> reduce(ThreadState& ts, BaseException* e) {
  if (e->args && e->dict) return packTuple(ts, {e->type, e->args, e->dict});
  return packTuple(ts, {e->type, e->args});
}
Ref<> setState(ThreadState& ts, BaseException* e, Object* state) {
  if (isNone(state)) return none();
  if (!isDict(state)) return raise(ts, kTypeError, "state is not a dictionary");
  Ref<Dict> items = TRY(dictCopy(ts, static_cast<Dict*>(state)));
  DictCursor c(items.get());
  while (c.next()) {
    if (!isStr(c.key)) return raise(ts, kTypeError, "attribute name must be string, not '{:.200}'", typeName(c.key));
    Ref<> key = Ref<>::share(c.key);
    Ref<> value = Ref<>::share(c.value);
    TRY(setAttr(ts, e, static_cast<Str*>(key.get()), value.get()));
  }
  return none();
}

// ---- attributes ----
Ref<> orNone(Object* o) { return o ? Ref<>::share(o) : none(); }

Ref<> getArgs(ThreadState&, BaseException* e) { return orNone(e->args); }
Status setArgs(ThreadState& ts, BaseException* e, Object* value) {
  if (!value) return raise(ts, kTypeError, "args may not be deleted");
  Ref<Tuple> args = TRY(tupleFrom(ts, value));
  setField(e->args, std::move(args));
  return kDone;
}
Ref<> getTraceback(ThreadState&, BaseException* e) { return orNone(e->traceback); }
Status setTraceback(ThreadState& ts, BaseException* e, Object* value) {
  if (!value) return raise(ts, kTypeError, "__traceback__ may not be deleted");
  if (!isNone(value) && value->type != &kTracebackType)
    return raise(ts, kTypeError, "__traceback__ must be a traceback or None");
  setField(e->traceback, isNone(value) ? Ref<>() : Ref<>::share(value));
  return kDone;
}
Ref<> getContext(ThreadState&, BaseException* e) { return orNone(e->context); }
Status setContext(ThreadState& ts, BaseException* e, Object* value) {
  if (!value) return raise(ts, kTypeError, "__context__ may not be deleted");
  if (!isNone(value) && !isException(value))
    return raise(ts, kTypeError, "exception context must be None or derive from BaseException");
  setField(e->context, isNone(value) ? Ref<>() : Ref<>::share(value));
  return kDone;
}
Ref<> getCause(ThreadState&, BaseException* e) { return orNone(e->cause); }
Status setCause(ThreadState& ts, BaseException* e, Object* value) {
  if (!value) return raise(ts, kTypeError, "__cause__ may not be deleted");
  if (!isNone(value) && !isException(value))
    return raise(ts, kTypeError, "exception cause must be None or derive from BaseException");
  setField(e->cause, isNone(value) ? Ref<>() : Ref<>::share(value));
  e->suppress_context = 1;
  return kDone;
}

Ref<> withTraceback(ThreadState& ts, BaseException* e, Object* traceback) {
  TRY(setTraceback(ts, e, traceback));
  return Ref<>::share(static_cast<Object*>(e));
}

Status addNote(ThreadState& ts, BaseException* e, Object* note) {
  if (!isStr(note)) return raise(ts, kTypeError, "note must be a str, not '{}'", typeName(note));
  Ref<> notes = TRY(findAttr(ts, e, names::__notes__));
  if (!notes) {
    notes = TRY(newList(ts));
    TRY(setAttr(ts, e, names::__notes__, notes.get()));
  }
  if (!isList(notes.get())) return raise(ts, kTypeError, "Cannot add note: __notes__ is not a list");
  return appendList(ts, static_cast<List*>(notes.get()), note);
}

constexpr MethodDef kMethods[] = {
    METHOD_UNSIGNED("__reduce__", reduce, "($self, /)", nullptr),
    METHOD_UNSIGNED("__setstate__", setState, "($self, state, /)", nullptr),
    METHOD_UNSIGNED("with_traceback", withTraceback, "($self, tb, /)",
                    "Exception.with_traceback(tb) --\n    gives the exception the traceback tb and returns it."),
    METHOD_UNSIGNED("add_note", addNote, "($self, note, /)",
                    "Exception.add_note(note) --\n    adds a line that tracebacks print below the exception."),
    {}};
constexpr MemberDef kMembers[] = {
    MEMBER("__suppress_context__", Bool, BaseException, suppress_context, 0, nullptr), {}};
constexpr GetSetDef kGetSet[] = {
    {"__dict__", genericDictGetter, genericDictSetter, nullptr, nullptr},
    GETSET("args", getArgs, setArgs, nullptr),
    GETSET("__traceback__", getTraceback, setTraceback, nullptr),
    GETSET("__context__", getContext, setContext, "exception context"),
    GETSET("__cause__", getCause, setCause, "exception cause"),
    {}};

consteval Type defineBaseException() {
  TypeSpec spec = exceptionSpec<BaseException>("BaseException", nullptr, "The base class of all exceptions.");
  spec.flags |= kExceptionSubclass;
  spec.methods = kMethods;
  spec.members = kMembers;
  spec.getset = kGetSet;
  spec.make = exceptionNewSlot;
  spec.init = slot<initException>;
  spec.repr = slot<repr>;
  spec.str = slot<strOfException>;
  spec.getattro = genericGetAttrSlot;
  spec.setattro = genericSetAttrSlot;
  return defineType<BaseException>(spec);
}

// KeyError shows the key's repr, so that KeyError('') is not an empty message.
Ref<> strOfKeyError(ThreadState& ts, BaseException* e) {
  if (e->args->size == 1) return reprOf(ts, e->args->items[0]);
  return strOfException(ts, e);
}

}  // namespace

Ref<> stateOfException(ThreadState&, BaseException* e) { return Ref<>::share(static_cast<Object*>(e->dict)); }

constinit Type kBaseException = defineBaseException();

#define SIMPLE(name, base, doc)                                                                                    \
  constinit Type k##name = defineException<BaseException>(#name, &k##base, doc,                                    \
                                                          {.make = exceptionNewSlot, .init = slot<initException>});

SIMPLE(Exception, BaseException, "The base class of all exceptions that programs handle.")
SIMPLE(TypeError, Exception, "An argument of the wrong type.")
SIMPLE(StopAsyncIteration, Exception, "The end of an asynchronous iterator.")
SIMPLE(GeneratorExit, BaseException, "A generator is asked to finish.")
SIMPLE(KeyboardInterrupt, BaseException, "The user interrupted the program.")
SIMPLE(EOFError, Exception, "Input ended where more was wanted.")
SIMPLE(RuntimeError, Exception, "An error that fits no other class.")
SIMPLE(RecursionError, RuntimeError, "Too many calls inside each other.")
SIMPLE(NotImplementedError, RuntimeError, "A method that subclasses must define.")
SIMPLE(AssertionError, Exception, "An assertion did not hold.")
SIMPLE(ArithmeticError, Exception, "The base class of arithmetic errors.")
SIMPLE(FloatingPointError, ArithmeticError, "A floating point operation failed.")
SIMPLE(OverflowError, ArithmeticError, "A result too large to be represented.")
SIMPLE(ZeroDivisionError, ArithmeticError, "Division or remainder by zero.")
SIMPLE(LookupError, Exception, "The base class of failed lookups.")
SIMPLE(IndexError, LookupError, "A sequence index out of range.")
SIMPLE(ValueError, Exception, "An argument of the right type with an unsuitable value.")
SIMPLE(UnicodeError, ValueError, "The base class of Unicode errors.")
SIMPLE(SystemError, Exception, "An internal error of the interpreter.\n\nPlease report it with the traceback and the version of the interpreter.")
SIMPLE(ReferenceError, Exception, "A weak proxy's object is gone.")
SIMPLE(MemoryError, Exception, "Out of memory.")
SIMPLE(BufferError, Exception, "A buffer operation was not possible.")
SIMPLE(Warning, Exception, "The base class of warning categories.")
SIMPLE(UserWarning, Warning, "Warnings made by user code.")
SIMPLE(DeprecationWarning, Warning, "Warnings about features that will go away.")
SIMPLE(PendingDeprecationWarning, Warning, "Warnings about features that may be deprecated one day.")
SIMPLE(SyntaxWarning, Warning, "Warnings about dubious syntax.")
SIMPLE(RuntimeWarning, Warning, "Warnings about dubious behaviour at run time.")
SIMPLE(FutureWarning, Warning, "Warnings about constructs that will change their meaning.")
SIMPLE(ImportWarning, Warning, "Warnings about likely mistakes in imports.")
SIMPLE(UnicodeWarning, Warning, "Warnings about Unicode problems.")
SIMPLE(BytesWarning, Warning, "Warnings about mixing up bytes and str.")
SIMPLE(ResourceWarning, Warning, "Warnings about resources that were not released.")
SIMPLE(EncodingWarning, Warning, "Warnings about text read or written with the default encoding.")

constinit Type kKeyError = defineException<BaseException>(
    "KeyError", &kLookupError, "A key that a mapping does not have.", {.init = slot<initException>, .str = slot<strOfKeyError>});

}  // namespace habu
