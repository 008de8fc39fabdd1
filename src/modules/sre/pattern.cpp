// re.Pattern: the type; its methods are in pattern_methods.cpp. The scanner behind finditer().
#include "modules/sre/pattern.h"

#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <new>

#include "base/hash.h"
#include "modules/sre/state.h"
#include "object/alloc.h"
#include "object/gc.h"
#include "object/protocol.h"
#include "types/dict.h"
#include "types/mapping_proxy.h"
#include "types/str.h"
#include "types/tuple.h"

namespace habu::sre {

namespace {

void dealloc(Pattern* p) {
  untrack(p);
  if (p->weakrefs) clearWeakrefs(p);
  clearField(p->pattern);
  clearField(p->group_index);
  clearField(p->index_group);
  std::free(p->maps);
  std::free(p->bitmaps);
  freeGcObject(p);
}
int traverse(Pattern* p, VisitFn visit, void* arg) {
  VISIT(p->group_index);
  VISIT(p->index_group);
  VISIT(p->pattern);
  return 0;
}
int clear(Pattern* p) {
  clearField(p->group_index);
  clearField(p->index_group);
  clearField(p->pattern);
  return 0;
}

Result<Hash> hash(ThreadState& ts, Pattern* p) {
  Hash h = TRY(hashOf(ts, p->pattern));
  h ^= hashMemory(p->code, size_t(p->size) * sizeof(Code));
  h ^= Hash(p->flags) ^ Hash(p->is_bytes) ^ p->groups;
  return h == -1 ? -2 : h;
}

Ref<> richcompare(ThreadState& ts, Object* left, Object* right, CompareOp op) {
  if ((op != CompareOp::Eq && op != CompareOp::Ne) || left->type != right->type) return notImplemented();
  auto* a = static_cast<Pattern*>(left);
  auto* b = static_cast<Pattern*>(right);
  bool equal = a == b;
  if (!equal) {
    equal = a->flags == b->flags && a->is_bytes == b->is_bytes && a->groups == b->groups && a->size == b->size &&
            std::memcmp(a->code, b->code, size_t(a->size) * sizeof(Code)) == 0;
    if (equal) equal = TRY(compareBool(ts, a->pattern, b->pattern, CompareOp::Eq));
  }
  return newBool(equal == (op == CompareOp::Eq));
}

Ref<Str> repr(ThreadState& ts, Pattern* p) {
  static constexpr struct {
    int flag;
    const char* name;
  } kNames[] = {{kTemplate, "re.TEMPLATE"},   {kIgnoreCase, "re.IGNORECASE"}, {kLocale, "re.LOCALE"},
                {kMultiline, "re.MULTILINE"}, {kDotAll, "re.DOTALL"},         {kUnicode, "re.UNICODE"},
                {kVerbose, "re.VERBOSE"},     {kDebug, "re.DEBUG"},           {kAscii, "re.ASCII"}};
  int flags = p->flags;
  if (p->is_bytes == 0 && (flags & (kLocale | kUnicode | kAscii)) == kUnicode) flags &= ~kUnicode;
  StrBuilder names(ts);
  for (const auto& entry : kNames) {
    if (!(flags & entry.flag)) continue;
    flags &= ~entry.flag;
    names.append(std::string_view(names.size() ? "|" : ", "));
    names.append(std::string_view(entry.name));
  }
  if (flags) {
    Ref<Str> rest = TRY(formatText(ts, names.size() ? "|0x{:x}" : ", 0x{:x}", unsigned(flags)));
    names.append(rest.get());
  }
  Ref<Str> tail = TRY(names.finish());
  return formatText(ts, "re.compile({!r:.200}{})", p->pattern, tail.get());
}

Ref<> getGroupIndex(ThreadState& ts, Pattern* p) {
  if (p->group_index && static_cast<Dict*>(p->group_index)->used) return newMappingProxy(ts, p->group_index);
  Ref<Dict> empty = TRY(newDict(ts));
  return newMappingProxy(ts, empty.get());
}

constexpr MemberDef kMembers[] = {
    MEMBER("pattern", Object, Pattern, pattern, kMemberReadOnly, "The text this was compiled from."),
    MEMBER("flags", Int, Pattern, flags, kMemberReadOnly, "The flags of the regular expression."),
    MEMBER("groups", Index, Pattern, groups, kMemberReadOnly, "The number of groups."),
    {}};
constexpr GetSetDef kGetSet[] = {
    GETTER("groupindex", getGroupIndex, "The numbers of the named groups by name."), {}};

// ---- scanner ----

struct Scanner : Object {
  Pattern* pattern;  // owned
  State* state;      // owned
  bool busy;
};

Ref<> scan(ThreadState& ts, Scanner* s, bool search) {
  State& state = *s->state;
  if (s->busy) return raise(ts, kValueError, "regular expression scanner already executing");
  if (!state.start) return none();
  s->busy = true;
  state.reset();
  state.ptr = state.start;
  int status = search ? state.search() : state.match();
  Ref<> match = newMatch(ts, s->pattern, state, status);
  if (status == 0) state.start = nullptr;
  else if (status > 0) state.advance();
  s->busy = false;
  return match;
}
Ref<> scanMatch(ThreadState& ts, Scanner* s) { return scan(ts, s, false); }
Ref<> scanSearch(ThreadState& ts, Scanner* s) { return scan(ts, s, true); }
void deallocScanner(Scanner* s) {
  untrack(s);
  if (s->state) {
    s->state->~State();
    std::free(s->state);
  }
  clearField(s->pattern);
  freeGcObject(s);
}
int traverseScanner(Scanner* s, VisitFn visit, void* arg) {
  VISIT(s->pattern);
  if (s->state) VISIT(s->state->subject.get());
  return 0;
}
constexpr MethodDef kScannerMethods[] = {
    METHOD_AS("match", scanMatch, "($self, /)", ""), METHOD_AS("search", scanSearch, "($self, /)", ""), {}};
constexpr MemberDef kScannerMembers[] = {MEMBER("pattern", Object, Scanner, pattern, kMemberReadOnly, nullptr), {}};

}  // namespace

Ref<> newScanner(ThreadState& ts, Pattern* p, Object* subject, Index pos, Index endpos) {
  auto s = TRY(newObject<Scanner>(ts, kScannerType));
  void* memory = std::malloc(sizeof(State));
  if (!memory) return raiseNoMemory(ts);
  s->state = new (memory) State(ts);
  s->pattern = share(p).release();
  TRY(s->state->open(p, subject, pos, endpos));
  track(s.get());
  return s;
}

constinit Type kScannerType = defineType<Scanner>({.name = "_sre.SRE_Scanner",
                                                   .flags = kDisallowInstantiation | kImmutableType,
                                                   .methods = kScannerMethods,
                                                   .members = kScannerMembers,
                                                   .dealloc = slot<deallocScanner>,
                                                   .traverse = slot<traverseScanner>});

constinit Type kPatternType = defineVarType<Pattern>(
    offsetof(Pattern, code), {.name = "re.Pattern",
                              .doc = "Compiled regular expression object.",
                              .flags = kDisallowInstantiation | kImmutableType,
                              .item_size = sizeof(Code),
                              .weaklist_offset = offsetof(Pattern, weakrefs),
                              .methods = kPatternMethods,
                              .members = kMembers,
                              .getset = kGetSet,
                              .dealloc = slot<dealloc>,
                              .traverse = slot<traverse>,
                              .clear = slot<clear>,
                              .repr = slot<repr>,
                              .hash = slot<hash>,
                              .richcompare = slot<richcompare>});

}  // namespace habu::sre
