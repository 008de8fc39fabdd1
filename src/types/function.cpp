// Python functions. Running them is the interpreter's affair (functionVectorcall).
#include "types/function.h"

#include <cstddef>

#include "object/alloc.h"
#include "object/attribute.h"
#include "object/gc.h"
#include "object/interpreter.h"
#include "object/names.h"
#include "object/raise.h"
#include "types/code.h"
#include "types/dict.h"
#include "types/frame.h"
#include "types/module.h"
#include "types/str.h"
#include "types/tuple.h"
#include "types/weakref.h"

namespace habu {


namespace {

// What globals()['__builtins__'] says (a module as a rule), else the builtins of whoever runs now.
Ref<> builtinsFor(ThreadState& ts, Dict* globals) {
  Ref<> named = TRY(dictFind(ts, globals, names::__builtins__));
  if (named) {
    if (!isInstanceOf(named.get(), kModuleType)) return named;
    return Ref<>::share(static_cast<Object*>(moduleDict(static_cast<Module*>(named.get()))));
  }
  Frame* frame = ts.cframe ? ts.cframe->current_frame : nullptr;
  if (frame) return Ref<>::share(frame->builtins);
  return Ref<>::share(static_cast<Object*>(ts.interpreter->builtins));
}

Object* docOf(Code* code) {
  if (code->consts->size > 0 && isStr(code->consts->items[0])) return code->consts->items[0];
  return &kNoneObject;
}

// ---- attributes ----
Ref<> orNone(Object* o) { return o ? Ref<>::share(o) : none(); }

Ref<> getCode(ThreadState&, Function* f) { return Ref<>::share(static_cast<Object*>(f->code)); }
Status setCode(ThreadState& ts, Function* f, Object* value) {
  if (!value || value->type != &kCodeType) return raise(ts, kTypeError, "__code__ must be set to a code object");
  auto* code = static_cast<Code*>(value);
  Index cells = f->closure ? f->closure->size : 0;
  if (code->free_count != cells)
    return raise(ts, kValueError, "{}() requires a code object with {} free vars, not {}", f->name, cells,
                 code->free_count);
  f->version = 0;
  setField(f->code, share(code));
  return kDone;
}
Ref<> getName(ThreadState&, Function* f) { return Ref<>::share(f->name); }
Status setName(ThreadState& ts, Function* f, Object* value) {
  if (!value || !isStr(value)) return raise(ts, kTypeError, "__name__ must be set to a string object");
  setField(f->name, Ref<>::share(value));
  return kDone;
}
Ref<> getQualname(ThreadState&, Function* f) { return Ref<>::share(f->qualname); }
Status setQualname(ThreadState& ts, Function* f, Object* value) {
  if (!value || !isStr(value)) return raise(ts, kTypeError, "__qualname__ must be set to a string object");
  setField(f->qualname, Ref<>::share(value));
  return kDone;
}
Ref<> getDefaults(ThreadState&, Function* f) { return orNone(f->defaults); }
Status setDefaults(ThreadState& ts, Function* f, Object* value) {
  if (value && isNone(value)) value = nullptr;
  if (value && !isTuple(value)) return raise(ts, kTypeError, "__defaults__ must be set to a tuple object");
  f->version = 0;
  setField(f->defaults, Ref<Tuple>::share(static_cast<Tuple*>(value)));
  return kDone;
}
Ref<> getKeywordDefaults(ThreadState&, Function* f) { return orNone(f->kwdefaults); }
Status setKeywordDefaults(ThreadState& ts, Function* f, Object* value) {
  if (value && isNone(value)) value = nullptr;
  if (value && !isDict(value)) return raise(ts, kTypeError, "__kwdefaults__ must be set to a dict object");
  f->version = 0;
  setField(f->kwdefaults, Ref<Dict>::share(static_cast<Dict*>(value)));
  return kDone;
}

// The compiler hands annotations over as a flat tuple; most functions are never asked for theirs.
Ref<> getAnnotations(ThreadState& ts, Function* f) {
  if (!f->annotations) f->annotations = TRY(newDict(ts)).release();
  if (isExactTuple(f->annotations)) {
    Ref<Tuple> flat = share(static_cast<Tuple*>(f->annotations));
    Ref<Dict> dict = TRY(newDict(ts));
    for (Index i = 0; i + 1 < flat->size; i += 2) TRY(dictSet(ts, dict.get(), flat->items[i], flat->items[i + 1]));
    setField(f->annotations, Ref<>(std::move(dict)));
  }
  return Ref<>::share(f->annotations);
}
Status setAnnotations(ThreadState& ts, Function* f, Object* value) {
  if (value && isNone(value)) value = nullptr;
  if (value && !isDict(value)) return raise(ts, kTypeError, "__annotations__ must be set to a dict object");
  setField(f->annotations, Ref<>::share(value));
  return kDone;
}

// ---- slots ----
Raised raiseClosure(ThreadState& ts, Code* code, Index given) {
  return raise(ts, kValueError, "{} requires closure of length {}, not {}", code->name, code->free_count, given);
}

Status checkClosure(ThreadState& ts, Code* code, Object* closure) {
  if (!closure || isNone(closure)) {
    if (code->free_count) return raise(ts, kTypeError, "arg 5 (closure) must be tuple");
    return kDone;
  }
  if (!isTuple(closure))
    return raise(ts, kTypeError, "arg 5 (closure) must be {}", code->free_count ? "tuple" : "None or tuple");
  auto* cells = static_cast<Tuple*>(closure);
  if (cells->size != code->free_count) return raiseClosure(ts, code, cells->size);
  for (Object* cell : cells->span())
    if (cell->type != &kCellType) return raise(ts, kTypeError, "arg 5 (closure) expected cell, found {}", typeName(cell));
  return kDone;
}

Ref<> make(ThreadState& ts, Type*, Object* code, Object* globals, Object* name, Object* defaults, Object* closure) {
  if (code->type != &kCodeType)
    return raise(ts, kTypeError, "function() argument 'code' must be code, not {}", typeName(code));
  if (!isDict(globals))
    return raise(ts, kTypeError, "function() argument 'globals' must be dict, not {}", typeName(globals));
  if (name && !isNone(name) && !isStr(name)) return raise(ts, kTypeError, "arg 3 (name) must be None or string");
  if (defaults && !isNone(defaults) && !isTuple(defaults))
    return raise(ts, kTypeError, "arg 4 (defaults) must be None or tuple");
  TRY(checkClosure(ts, static_cast<Code*>(code), closure));
  Ref<Function> f = TRY(newFunction(ts, static_cast<Code*>(code), static_cast<Dict*>(globals), nullptr));
  if (name && !isNone(name)) setField(f->name, Ref<>::share(name));
  if (defaults && !isNone(defaults)) f->defaults = share(static_cast<Tuple*>(defaults)).release();
  if (closure && !isNone(closure)) f->closure = share(static_cast<Tuple*>(closure)).release();
  return f;
}

Ref<> repr(ThreadState& ts, Function* f) {
  return formatText(ts, "<function {} at {:#x}>", f->qualname, reinterpret_cast<uintptr_t>(f));
}
Ref<> callSlot(ThreadState& ts, Function* f, Tuple* args, Dict* keywords) { return callTuple(ts, f, args, keywords); }
Ref<> get(ThreadState& ts, Function* f, Object* o, Object*) {
  if (!o || isNone(o)) return Ref<>::share(static_cast<Object*>(f));
  return newMethod(ts, f, o);
}

int traverse(Function* f, VisitFn visit, void* arg) {
  VISIT(f->code);
  VISIT(f->globals);
  VISIT(f->builtins);
  VISIT(f->module);
  VISIT(f->defaults);
  VISIT(f->kwdefaults);
  VISIT(f->doc);
  VISIT(f->name);
  VISIT(f->dict);
  VISIT(f->closure);
  VISIT(f->annotations);
  VISIT(f->qualname);
  return 0;
}
void clearAll(Function* f) {
  f->version = 0;
  clearField(f->globals);
  clearField(f->builtins);
  clearField(f->module);
  clearField(f->defaults);
  clearField(f->kwdefaults);
  clearField(f->doc);
  clearField(f->dict);
  clearField(f->closure);
  clearField(f->annotations);
}
// Code, name and qualified name are never null, whoever sees the function in a finaliser: the names become empty.
int clear(Function* f) {
  clearAll(f);
  setField(f->name, Ref<>(emptyStr()));
  setField(f->qualname, Ref<>(emptyStr()));
  return 0;
}
void dealloc(Function* f) {
  untrack(f);
  if (f->weakrefs) clearWeakrefs(f);
  clearAll(f);
  clearField(f->code);
  clearField(f->name);
  clearField(f->qualname);
  f->type->free(f);
}

constexpr MemberDef kMembers[] = {
    MEMBER("__closure__", ObjectOrNone, Function, closure, kMemberReadOnly, nullptr),
    MEMBER("__doc__", ObjectOrNone, Function, doc, 0, nullptr),
    MEMBER("__globals__", ObjectOrNone, Function, globals, kMemberReadOnly, nullptr),
    MEMBER("__module__", ObjectOrNone, Function, module, 0, nullptr),
    MEMBER("__builtins__", ObjectOrNone, Function, builtins, kMemberReadOnly, nullptr),
    {}};
constexpr GetSetDef kGetSet[] = {
    GETSET("__code__", getCode, setCode, nullptr),
    GETSET("__defaults__", getDefaults, setDefaults, nullptr),
    GETSET("__kwdefaults__", getKeywordDefaults, setKeywordDefaults, nullptr),
    GETSET("__annotations__", getAnnotations, setAnnotations, nullptr),
    {"__dict__", genericDictGetter, genericDictSetter, nullptr, nullptr},
    GETSET("__name__", getName, setName, nullptr),
    GETSET("__qualname__", getQualname, setQualname, nullptr),
    {}};

}  // namespace

constinit Type kFunctionType = defineType<Function>({
    .name = "function",
    .doc = "function(code, globals, name=None, argdefs=None, closure=None)\n--\n\n"
           "A function made from code.\n\n"
           "  code\n    a code object\n"
           "  globals\n    the dictionary of global names\n"
           "  name\n    its name, when not that of the code\n"
           "  argdefs\n    a tuple of defaults for the last parameters\n"
           "  closure\n    a tuple of cells for the free variables",
    .flags = kHaveVectorcall | kMethodDescriptor,
    .dict_offset = offsetof(Function, dict),
    .weaklist_offset = offsetof(Function, weakrefs),
    .vectorcall_offset = offsetof(Function, vectorcall),
    .members = kMembers,
    .getset = kGetSet,
    .make = CONSTRUCTOR(make, "function", "(code, globals, name=None, argdefs=None, closure=None)"),
    .free = freeGcObject,
    .dealloc = slot<dealloc>,
    .traverse = slot<traverse>,
    .clear = slot<clear>,
    .repr = slot<repr>,
    .call = slot<callSlot>,
    .descr_get = slot<get>,
});

Ref<Function> newFunction(ThreadState& ts, Code* code, Dict* globals, Object* qualname) {
  Ref<> module = TRY(dictFind(ts, globals, names::__name__));
  Ref<> builtins = TRY(builtinsFor(ts, globals));
  Ref<Function> f = TRY(newObject<Function>(ts, kFunctionType));
  f->globals = share(globals).release();
  f->builtins = builtins.release();
  f->name = share(static_cast<Object*>(code->name)).release();
  f->qualname = share(qualname ? qualname : static_cast<Object*>(code->qualname)).release();
  f->code = share(code).release();
  f->doc = share(docOf(code)).release();
  f->module = module.release();
  f->vectorcall = functionVectorcall;
  track(f.get());
  return f;
}

}  // namespace habu
