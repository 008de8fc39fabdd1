// The module _symtable: the compiler's symbol table as Python objects, for the library module symtable.
#include "compiler/compile_tree.h"
#include "compiler/symbol_table.h"
#include "modules/builtins/source.h"
#include "object/alloc.h"
#include "object/bind.h"
#include "object/gc.h"
#include "object/module_def.h"
#include "syntax/parse.h"
#include "types/bytes.h"
#include "types/dict.h"
#include "types/int.h"
#include "types/list.h"
#include "types/module.h"
#include "types/str.h"

namespace habu {

namespace {

struct SymtableEntry : Object {
  Int* id;  // distinguishes the entries of one table
  Str* name;
  Dict* symbols;    // name -> flags
  List* varnames;   // the parameters
  List* children;
  int type, nested, lineno;
};
extern Type kSymtableEntryType;

void dealloc(SymtableEntry* self) {
  clearField(self->id);
  clearField(self->name);
  clearField(self->symbols);
  clearField(self->varnames);
  clearField(self->children);
  freeObject(self);
}

Ref<Str> repr(ThreadState& ts, SymtableEntry* self) {
  return formatText(ts, "<symtable entry {}({}), line {}>", self->name, self->id, self->lineno);
}

constexpr MemberDef kMembers[] = {MEMBER("id", Object, SymtableEntry, id, kMemberReadOnly, nullptr),
                                  MEMBER("name", Object, SymtableEntry, name, kMemberReadOnly, nullptr),
                                  MEMBER("symbols", Object, SymtableEntry, symbols, kMemberReadOnly, nullptr),
                                  MEMBER("varnames", Object, SymtableEntry, varnames, kMemberReadOnly, nullptr),
                                  MEMBER("children", Object, SymtableEntry, children, kMemberReadOnly, nullptr),
                                  MEMBER("nested", Int, SymtableEntry, nested, kMemberReadOnly, nullptr),
                                  MEMBER("type", Int, SymtableEntry, type, kMemberReadOnly, nullptr),
                                  MEMBER("lineno", Int, SymtableEntry, lineno, kMemberReadOnly, nullptr),
                                  {}};

constinit Type kSymtableEntryType = defineType<SymtableEntry>({.name = "symtable entry",
                                                               .flags = kDisallowInstantiation,
                                                               .members = kMembers,
                                                               .dealloc = slot<dealloc>,
                                                               .repr = slot<repr>});

Str* nameOf(const void* key) { return static_cast<Str*>(const_cast<void*>(key)); }

Ref<SymtableEntry> entryOf(ThreadState& ts, const compiler::Scope* scope) {
  Ref<SymtableEntry> entry = TRY(newObject<SymtableEntry>(ts, kSymtableEntryType));
  entry->id = TRY(newIntUnsigned(ts, reinterpret_cast<uintptr_t>(scope->node))).release();
  entry->name = share(scope->name).release();
  entry->symbols = TRY(newDict(ts)).release();
  entry->varnames = TRY(newList(ts)).release();
  entry->children = TRY(newList(ts)).release();
  entry->type = int(scope->kind);
  entry->nested = scope->nested;
  entry->lineno = scope->at.lineno;
  for (auto& symbol : scope->symbols) {
    Ref<Int> flags = TRY(newInt(ts, symbol.value));
    TRY(dictSet(ts, entry->symbols, nameOf(symbol.key), flags.get()));
  }
  for (Str* parameter : scope->parameters) TRY(appendList(ts, entry->varnames, parameter));
  for (const compiler::Scope* child : scope->children) {
    Ref<SymtableEntry> made = TRY(entryOf(ts, child));
    TRY(appendList(ts, entry->children, Ref<>(std::move(made))));
  }
  return entry;
}

Ref<> symtable(ThreadState& ts, Module*, Object* source, Object* filename, Str* start) {
  Ref<Str> name = TRY(builtins::fileNameOf(ts, filename));
  builtins::Source text = TRY(builtins::sourceOf(ts, source, "symtable", "string or bytes"));
  syntax::ParseOptions options{};
  if (equalsAscii(start, "exec")) options.mode = syntax::Mode::Exec;
  else if (equalsAscii(start, "eval")) options.mode = syntax::Mode::Eval;
  else if (equalsAscii(start, "single")) options.mode = syntax::Mode::Single;
  else return raise(ts, kValueError, "symtable() arg 3 must be 'exec' or 'eval' or 'single'");
  options.source_is_utf8 = (text.flags & (kSourceIsUtf8 | kIgnoreCookie)) != 0;
  syntax::AstArena arena;
  syntax::Mod* mod = TRY(syntax::parse(ts, arena, text.text, name.get(), options));
  compiler::SymbolTable* table = TRY(compiler::symbolTableOf(ts, arena, mod, name.get(), 0));
  return entryOf(ts, table->top);
}

constexpr MethodDef kMethods[] = {
    METHOD(symtable, "($module, source, filename, startstr, /)", "The symbol table entry of the module that the source text is."),
    {}};

Status populate(ThreadState& ts, Module* m) {
  using namespace compiler;
  TRY(readyType(ts, kSymtableEntryType));
  const struct {
    const char* name;
    int value;
  } kConstants[] = {{"USE", kUse},
                    {"DEF_GLOBAL", kDefGlobal},
                    {"DEF_NONLOCAL", kDefNonlocal},
                    {"DEF_LOCAL", kDefLocal},
                    {"DEF_PARAM", kDefParam},
                    {"DEF_FREE", kDefFree},
                    {"DEF_FREE_CLASS", kDefFreeClass},
                    {"DEF_IMPORT", kDefImport},
                    {"DEF_BOUND", kDefBound},
                    {"DEF_ANNOT", kDefAnnot},
                    {"TYPE_FUNCTION", int(ScopeKind::Function)},
                    {"TYPE_CLASS", int(ScopeKind::Class)},
                    {"TYPE_MODULE", int(ScopeKind::Module)},
                    {"LOCAL", int(Binding::Local)},
                    {"GLOBAL_EXPLICIT", int(Binding::GlobalExplicit)},
                    {"GLOBAL_IMPLICIT", int(Binding::GlobalImplicit)},
                    {"FREE", int(Binding::Free)},
                    {"CELL", int(Binding::Cell)},
                    {"SCOPE_OFF", kScopeOffset},
                    {"SCOPE_MASK", 15}};
  for (const auto& c : kConstants) TRY(addInt(ts, m, c.name, c.value));
  return kDone;
}

}  // namespace

extern const ModuleDef kSymtableModule = {.name = "_symtable", .methods = kMethods, .populate = populate};

}  // namespace habu
