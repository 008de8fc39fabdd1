// The type `code`: constructor, replace(), attributes.
#include <string>

#include "object/attribute.h"
#include "object/audit.h"
#include "object/bind.h"
#include "object/protocol.h"
#include "object/raise.h"
#include "types/arguments.h"
#include "types/bytes.h"
#include "types/code_object.h"
#include "types/dict.h"
#include "types/int.h"
#include "types/list.h"
#include "types/str.h"
#include "types/tuple.h"

namespace habu {

namespace {

// The fields of a code object as constructor and replace() take them. Nullable pointers are borrowed.
struct Fields {
  int arg_count, posonly_count, kwonly_count, local_count, stack_size, flags, first_line;
  Bytes* code;
  Tuple *consts, *names, *varnames, *freevars, *cellvars;
  Str *filename, *name, *qualname;
  Bytes *line_table, *exception_table;
};

struct Variables {
  Ref<Tuple> names;
  Ref<Bytes> kinds;
};

Result<bool> tupleHolds(ThreadState& ts, Tuple* tuple, Object* name) { return containsItem(ts, tuple, name); }

// Locals, then cells that are no locals, then free variables.
Status collectVariables(ThreadState& ts, const Fields& f, Variables& out) {
  Ref<List> names = TRY(listFrom(ts, f.varnames));
  std::string kinds;
  for (Object* name : f.varnames->span())
    kinds += char(TRY(tupleHolds(ts, f.cellvars, name)) ? kLocal | kCell : int(kLocal));
  for (Object* name : f.cellvars->span()) {
    if (TRY(tupleHolds(ts, f.varnames, name))) continue;
    TRY(appendList(ts, names.get(), name));
    kinds += char(kCell);
  }
  for (Object* name : f.freevars->span()) {
    TRY(appendList(ts, names.get(), name));
    kinds += char(kFree);
  }
  out.names = TRY(listToTuple(ts, names.get()));
  out.kinds = TRY(newBytes(ts, kinds));
  return kDone;
}

Ref<> makeFromFields(ThreadState& ts, const Fields& f) {
  int named = f.arg_count + f.kwonly_count + ((f.flags & kCodeVarArgs) != 0) + ((f.flags & kCodeVarKeywords) != 0);
  if (f.posonly_count <= f.arg_count && f.varnames->size < named)
    return raise(ts, kValueError, "code: co_varnames is too small");
  if (f.varnames->size != f.local_count) return raise(ts, kValueError, "code: co_nlocals != len(co_varnames)");
  Variables variables;
  TRY(collectVariables(ts, f, variables));
  CodeParts p{};
  p.filename = f.filename;
  p.name = f.name;
  p.qualname = f.qualname;
  p.flags = f.flags;
  p.first_line = f.first_line;
  p.arg_count = f.arg_count;
  p.posonly_count = f.posonly_count;
  p.kwonly_count = f.kwonly_count;
  p.stack_size = f.stack_size;
  p.code = f.code->view();
  p.consts = f.consts;
  p.names = f.names;
  p.localsplus_names = variables.names.get();
  p.localsplus_kinds = variables.kinds.get();
  p.line_table = f.line_table;
  p.exception_table = f.exception_table;
  return makeCode(ts, p);
}

Status auditNew(ThreadState& ts, const Fields& f) {
  Ref<Int> a = TRY(newInt(ts, f.arg_count)), p = TRY(newInt(ts, f.posonly_count)), k = TRY(newInt(ts, f.kwonly_count)),
           n = TRY(newInt(ts, f.local_count)), s = TRY(newInt(ts, f.stack_size)), fl = TRY(newInt(ts, f.flags));
  return audit(ts, "code.__new__", {f.code, f.filename, f.name, a.get(), p.get(), k.get(), n.get(), s.get(), fl.get()});
}

// A tuple of exact strs with the same texts. TypeError for anything else.
Ref<Tuple> exactNames(ThreadState& ts, Tuple* names) {
  Ref<Tuple> made = TRY(newTupleUninitialized(ts, names->size));
  for (Index i = 0; i < names->size; ++i) {
    Object* name = names->items[i];
    if (isExactStr(name)) {
      put(made.get(), i, Ref<>::share(name));
    } else if (isStr(name)) {
      put(made.get(), i, substring(ts, static_cast<Str*>(name), 0, static_cast<Str*>(name)->length));
    } else {
      return raise(ts, kTypeError, "name tuples must contain only strings, not '{:.500}'", typeName(name));
    }
  }
  return made;
}

constexpr Signature kNewSignature = parseSignature(
    "code",
    "(argcount, posonlyargcount, kwonlyargcount, nlocals, stacksize, flags, codestring, constants, names, varnames, "
    "filename, name, qualname, firstlineno, linetable, exceptiontable, freevars=(), cellvars=(), /)");

template <class T>
Result<T> convert(ThreadState& ts, Object* const* values, const Signature& s, int i) {
  return ArgOrNull<T>::from(ts, values[i], {&s, i});
}

Ref<> newCode(ThreadState& ts, Type*, Tuple* args, Dict* keywords) {
  const Signature& s = kNewSignature;
  TRY(noKeywords(ts, "code", keywords));
  Object* v[Signature::kMax] = {};
  if (!parseTupleArguments(ts, s, args, nullptr, v)) return {};
  Fields f{};
  f.arg_count = TRY(convert<int>(ts, v, s, 0));
  f.posonly_count = TRY(convert<int>(ts, v, s, 1));
  f.kwonly_count = TRY(convert<int>(ts, v, s, 2));
  f.local_count = TRY(convert<int>(ts, v, s, 3));
  f.stack_size = TRY(convert<int>(ts, v, s, 4));
  f.flags = TRY(convert<int>(ts, v, s, 5));
  f.code = TRY(convert<Bytes*>(ts, v, s, 6));
  f.consts = TRY(convert<Tuple*>(ts, v, s, 7));
  f.names = TRY(convert<Tuple*>(ts, v, s, 8));
  f.varnames = TRY(convert<Tuple*>(ts, v, s, 9));
  f.filename = TRY(convert<Str*>(ts, v, s, 10));
  f.name = TRY(convert<Str*>(ts, v, s, 11));
  f.qualname = TRY(convert<Str*>(ts, v, s, 12));
  f.first_line = TRY(convert<int>(ts, v, s, 13));
  f.line_table = TRY(convert<Bytes*>(ts, v, s, 14));
  f.exception_table = TRY(convert<Bytes*>(ts, v, s, 15));
  f.freevars = TRY(convert<Tuple*>(ts, v, s, 16));
  f.cellvars = TRY(convert<Tuple*>(ts, v, s, 17));
  Ref<Tuple> none_at_all = emptyTuple();
  if (!f.freevars) f.freevars = none_at_all.get();
  if (!f.cellvars) f.cellvars = none_at_all.get();
  TRY(auditNew(ts, f));
  if (f.arg_count < 0) return raise(ts, kValueError, "code: argcount must not be negative");
  if (f.posonly_count < 0) return raise(ts, kValueError, "code: posonlyargcount must not be negative");
  if (f.kwonly_count < 0) return raise(ts, kValueError, "code: kwonlyargcount must not be negative");
  if (f.local_count < 0) return raise(ts, kValueError, "code: nlocals must not be negative");
  Ref<Tuple> names = TRY(exactNames(ts, f.names)), varnames = TRY(exactNames(ts, f.varnames));
  Ref<Tuple> freevars = TRY(exactNames(ts, f.freevars)), cellvars = TRY(exactNames(ts, f.cellvars));
  f.names = names.get();
  f.varnames = varnames.get();
  f.freevars = freevars.get();
  f.cellvars = cellvars.get();
  return makeFromFields(ts, f);
}

constexpr Signature kReplaceSignature = parseSignature(
    "replace",
    "(*, co_argcount=1, co_posonlyargcount=1, co_kwonlyargcount=1, co_nlocals=1, co_stacksize=1, co_flags=1, "
    "co_firstlineno=1, co_code=1, co_consts=1, co_names=1, co_varnames=1, co_freevars=1, co_cellvars=1, co_filename=1, "
    "co_name=1, co_qualname=1, co_linetable=1, co_exceptiontable=1)");

// Keeps `field` when the argument is absent.
template <class T>
Status override(ThreadState& ts, T& field, Object* const* values, int i) {
  if (values[i]) field = TRY(convert<T>(ts, values, kReplaceSignature, i));
  return kDone;
}

Ref<> replace(ThreadState& ts, Code* self, Args args) {
  Object* v[Signature::kMax] = {};
  if (!parseArguments(ts, kReplaceSignature, args.values, args.count, args.names, v)) return {};
  Ref<Tuple> varnames = TRY(codeNames(ts, self, kLocal)), cellvars = TRY(codeNames(ts, self, kCell)),
             freevars = TRY(codeNames(ts, self, kFree));
  Ref<Bytes> code = TRY(newBytes(ts, {reinterpret_cast<char*>(self->code), self->codeBytes()}));
  Fields f{self->arg_count, self->posonly_count, self->kwonly_count, self->local_count, self->stack_size, self->flags,
           self->first_line, code.get(), self->consts, self->names, varnames.get(), freevars.get(), cellvars.get(),
           self->filename, self->name, self->qualname, self->line_table, self->exception_table};
  int* const numbers[] = {&f.arg_count, &f.posonly_count, &f.kwonly_count, &f.local_count, &f.stack_size, &f.flags, &f.first_line};
  for (int i = 0; i < 7; ++i) TRY(override(ts, *numbers[i], v, i));
  TRY(override(ts, f.code, v, 7));
  TRY(override(ts, f.consts, v, 8));
  TRY(override(ts, f.names, v, 9));
  TRY(override(ts, f.varnames, v, 10));
  TRY(override(ts, f.freevars, v, 11));
  TRY(override(ts, f.cellvars, v, 12));
  TRY(override(ts, f.filename, v, 13));
  TRY(override(ts, f.name, v, 14));
  TRY(override(ts, f.qualname, v, 15));
  TRY(override(ts, f.line_table, v, 16));
  TRY(override(ts, f.exception_table, v, 17));
  for (int i = 0; i < 7; ++i)
    if (*numbers[i] < 0) return raise(ts, kValueError, "{} must be a positive integer", kReplaceSignature.name(i));
  TRY(auditNew(ts, f));
  return makeFromFields(ts, f);
}

Ref<> varnameFromOparg(ThreadState& ts, Code* self, int oparg) {
  if (oparg < 0 || oparg >= self->localsplus_names->size) return raise(ts, kIndexError, "tuple index out of range");
  return Ref<>::share(self->localsplus_names->items[oparg]);
}

Ref<> repr(ThreadState& ts, Code* self) {
  Ref<Str> address = TRY(formatText(ts, "0x{:x}", reinterpret_cast<uintptr_t>(self)));
  if (!self->first_line) return formatText(ts, "<code object {} at {}, file \"{}\", line -1>", self->name, address, self->filename);
  return formatText(ts, "<code object {} at {}, file \"{}\", line {}>", self->name, address, self->filename, self->first_line);
}

Ref<> getCode(ThreadState& ts, Code* self) {
  if (!self->public_code) self->public_code = TRY(newBytes(ts, {reinterpret_cast<char*>(self->code), self->codeBytes()})).release();
  return Ref<>::share(static_cast<Object*>(self->public_code));
}
Ref<> getAdaptive(ThreadState& ts, Code* self) { return adaptiveCode(ts, self); }
Ref<> getVarnames(ThreadState& ts, Code* self) { return codeNames(ts, self, kLocal); }
Ref<> getCellvars(ThreadState& ts, Code* self) { return codeNames(ts, self, kCell); }
Ref<> getFreevars(ThreadState& ts, Code* self) { return codeNames(ts, self, kFree); }
Ref<> getLnotab(ThreadState& ts, Code* self) { return codeLineDeltas(ts, self); }
Ref<> lines(ThreadState& ts, Code* self) { return codeLines(ts, self); }
Ref<> positions(ThreadState& ts, Code* self) { return codePositions(ts, self); }
Index sizeInBytes(ThreadState&, Code* self) { return Index(offsetof(Code, code)) + Index(self->codeBytes()); }

constexpr MethodDef kMethods[] = {
    METHOD_UNSIGNED("__sizeof__", sizeInBytes, "($self, /)", nullptr),
    METHOD_UNSIGNED("co_lines", lines, "($self, /)", nullptr),
    METHOD_UNSIGNED("co_positions", positions, "($self, /)", nullptr),
    METHOD_RAW("replace", replace,
               "replace($self, /, **changes)\n--\n\nA code object like this one with other values for the named fields."),
    METHOD_AS("_varname_from_oparg", varnameFromOparg, "($self, /, oparg)",
              "For internal use: the variable that an oparg stands for, in whichever form the bytecode counts variables."),
    {}};

constexpr MemberDef kMembers[] = {
    MEMBER("co_argcount", Int, Code, arg_count, kMemberReadOnly, nullptr),
    MEMBER("co_posonlyargcount", Int, Code, posonly_count, kMemberReadOnly, nullptr),
    MEMBER("co_kwonlyargcount", Int, Code, kwonly_count, kMemberReadOnly, nullptr),
    MEMBER("co_stacksize", Int, Code, stack_size, kMemberReadOnly, nullptr),
    MEMBER("co_flags", Int, Code, flags, kMemberReadOnly, nullptr),
    MEMBER("co_names", ObjectOrNone, Code, names, kMemberReadOnly, nullptr),
    MEMBER("co_filename", ObjectOrNone, Code, filename, kMemberReadOnly, nullptr),
    MEMBER("co_name", ObjectOrNone, Code, name, kMemberReadOnly, nullptr),
    MEMBER("co_qualname", ObjectOrNone, Code, qualname, kMemberReadOnly, nullptr),
    MEMBER("co_firstlineno", Int, Code, first_line, kMemberReadOnly, nullptr),
    MEMBER("co_linetable", ObjectOrNone, Code, line_table, kMemberReadOnly, nullptr),
    MEMBER("co_exceptiontable", ObjectOrNone, Code, exception_table, kMemberReadOnly, nullptr),
    MEMBER("co_nlocals", Int, Code, local_count, kMemberReadOnly, nullptr),
    MEMBER("co_consts", ObjectOrNone, Code, consts, kMemberReadOnly, nullptr),
    {}};

constexpr GetSetDef kGetSet[] = {
    GETTER("co_lnotab", getLnotab, nullptr),
    GETTER("_co_code_adaptive", getAdaptive, nullptr),
    GETTER("co_varnames", getVarnames, nullptr),
    GETTER("co_cellvars", getCellvars, nullptr),
    GETTER("co_freevars", getFreevars, nullptr),
    GETTER("co_code", getCode, nullptr),
    {}};

}  // namespace

Ref<Tuple> codeNames(ThreadState& ts, const Code* code, LocalKind kind) {
  Index count = 0;
  auto matches = [&](Index i) { return (uint8_t(code->localsplus_kinds->data[i]) & kind) != 0; };
  for (Index i = 0; i < code->localsplus_count; ++i) count += matches(i);
  Ref<Tuple> made = TRY(newTupleUninitialized(ts, count));
  for (Index i = 0, n = 0; i < code->localsplus_count; ++i)
    if (matches(i)) put(made.get(), n++, Ref<>::share(code->localsplus_names->items[i]));
  return made;
}

constinit Type kCodeType = defineVarType<Code>(offsetof(Code, code), {
    .name = "code",
    .doc = "A compiled block of Python code: immutable bytecode with its constants, names and tables.",
    .item_size = 2,
    .weaklist_offset = offsetof(Code, weakrefs),
    .methods = kMethods,
    .members = kMembers,
    .getset = kGetSet,
    .make = makeSlot<newCode>,
    .dealloc = slot<deallocCode>,
    .repr = slot<repr>,
    .hash = slot<hashCode>,
    .richcompare = slot<compareCode>,
    .getattro = genericGetAttrSlot,

});

}  // namespace habu
