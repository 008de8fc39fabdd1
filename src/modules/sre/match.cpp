// re.Match.
#include <cstddef>

#include "modules/import.h"
#include "modules/sre/state.h"
#include "object/alloc.h"
#include "object/call.h"
#include "object/gc.h"
#include "object/number.h"
#include "object/protocol.h"
#include "types/bytes.h"
#include "types/dict.h"
#include "types/generic_alias.h"
#include "types/int.h"
#include "types/str.h"
#include "types/tuple.h"

namespace habu::sre {

Ref<> newMatch(ThreadState& ts, Pattern* pattern, State& state, int status) {
  if (status == 0) return none();
  if (status < 0) return Raised{};
  auto m = TRY(newObject<Match>(ts, kMatchType, 2 * (pattern->groups + 1)));
  m->groups = pattern->groups + 1;
  m->size = 2 * m->groups;
  m->pattern = share(pattern).release();
  m->string = state.subject.copy().release();
  m->marks[0] = state.offset(state.start);
  m->marks[1] = state.offset(state.ptr);
  for (Index i = 0; i < pattern->groups; ++i) {
    Index j = 2 * i;
    bool set = j + 1 <= state.last_mark && state.marks[j] && state.marks[j + 1];
    m->marks[j + 2] = set ? state.offset(state.marks[j]) : -1;
    m->marks[j + 3] = set ? state.offset(state.marks[j + 1]) : -1;
    if (m->marks[j + 2] > m->marks[j + 3])
      return raise(ts, kSystemError, "The span of capturing group is wrong, please report a bug for the re module.");
  }
  m->pos = state.pos;
  m->endpos = state.endpos;
  m->last_index = state.last_index;
  track(m.get());
  return m;
}

namespace {

constinit Name kExpand{"_expand"};

void dealloc(Match* m) {
  untrack(m);
  clearField(m->regs);
  clearField(m->string);
  clearField(m->pattern);
  freeGcObject(m);
}
int traverse(Match* m, VisitFn visit, void* arg) {
  VISIT(m->regs);
  VISIT(m->string);
  VISIT(m->pattern);
  return 0;
}
int clear(Match* m) {
  clearField(m->regs);
  clearField(m->string);
  clearField(m->pattern);
  return 0;
}

Result<Index> groupNumber(ThreadState& ts, Match* m, Object* key) {
  if (!key) return 0;
  Index i = -1;
  if (hasIndex(key)) {
    i = TRY(asIndex(ts, key, nullptr));
  } else if (m->pattern->group_index) {
    Ref<> number = TRY(dictFind(ts, static_cast<Dict*>(m->pattern->group_index), key));
    if (number && isInt(number.get())) i = TRY(asIndex(ts, number.get(), nullptr));
  }
  if (i < 0 || i >= m->groups) return raise(ts, kIndexError, "no such group");
  return i;
}

Ref<> groupText(ThreadState& ts, Match* m, Index i, Object* fallback) {
  Index start = m->marks[2 * i], end = m->marks[2 * i + 1];
  if (start < 0) return share(fallback);
  if (isStr(m->string)) return substring(ts, static_cast<Str*>(m->string), start, end);
  BufferView view = TRY(BufferView::of(ts, m->string));
  Index size = view.size();  // the exporter may have shrunk since
  if (end > size) end = size;
  if (start > end) start = end;
  return subjectSlice(ts, m->string, true, view.bytes(), start, end);
}
Ref<> groupByKey(ThreadState& ts, Match* m, Object* key) {
  Index i = TRY(groupNumber(ts, m, key));
  return groupText(ts, m, i, &kNoneObject);
}

Ref<> group(ThreadState& ts, Match* m, Args args) {
  if (args.count == 0) return groupText(ts, m, 0, &kNoneObject);
  if (args.count == 1) return groupByKey(ts, m, args[0]);
  Ref<Tuple> out = TRY(newTupleUninitialized(ts, args.count));
  for (Index i = 0; i < args.count; ++i) put(out.get(), i, TRY(groupByKey(ts, m, args[i])));
  return out;
}
Ref<> subscript(ThreadState& ts, Match* m, Object* key) { return groupByKey(ts, m, key); }

Ref<Tuple> groups(ThreadState& ts, Match* m, Object* fallback) {
  if (!fallback) fallback = &kNoneObject;
  Ref<Tuple> out = TRY(newTupleUninitialized(ts, m->groups - 1));
  for (Index i = 1; i < m->groups; ++i) put(out.get(), i - 1, TRY(groupText(ts, m, i, fallback)));
  return out;
}
Ref<Dict> groupdict(ThreadState& ts, Match* m, Object* fallback) {
  if (!fallback) fallback = &kNoneObject;
  Ref<Dict> out = TRY(newDict(ts));
  auto* names = static_cast<Dict*>(m->pattern->group_index);
  if (!names) return out;
  DictCursor c(names);
  while (c.next()) {
    Ref<> key = share(c.key), number = share(c.value);
    Index i = TRY(groupNumber(ts, m, key.get()));
    Ref<> text = TRY(groupText(ts, m, i, fallback));
    TRY(dictSet(ts, out.get(), key.get(), text.get()));
  }
  return out;
}

Result<Index> start(ThreadState& ts, Match* m, Object* key) { return m->marks[2 * TRY(groupNumber(ts, m, key))]; }
Result<Index> end(ThreadState& ts, Match* m, Object* key) { return m->marks[2 * TRY(groupNumber(ts, m, key)) + 1]; }
Ref<Tuple> spanAt(ThreadState& ts, Match* m, Index i) {
  Ref<Int> from = TRY(newInt(ts, m->marks[2 * i])), to = TRY(newInt(ts, m->marks[2 * i + 1]));
  return packTuple(ts, {reinterpret_cast<Object*>(from.get()), reinterpret_cast<Object*>(to.get())});
}
Ref<Tuple> span(ThreadState& ts, Match* m, Object* key) { return spanAt(ts, m, TRY(groupNumber(ts, m, key))); }

Ref<> expand(ThreadState& ts, Match* m, Object* template_text) {
  Ref<> re = TRY(importModule(ts, "re"));
  return callMethod(ts, re.get(), kExpand, {m->pattern, m, template_text});
}
Ref<> copy(ThreadState&, Match* m) { return share(m); }
Ref<> deepCopy(ThreadState&, Match* m, Object*) { return share(m); }

Ref<> getLastIndex(ThreadState& ts, Match* m) {
  if (m->last_index < 0) return none();
  Ref<Int> i = TRY(newInt(ts, m->last_index));
  return Ref<>::steal(reinterpret_cast<Object*>(i.release()));
}
Ref<> getLastGroup(ThreadState&, Match* m) {
  auto* names = static_cast<Tuple*>(m->pattern->index_group);
  if (names && m->last_index >= 0 && m->last_index < names->size) return share(names->items[m->last_index]);
  return none();
}
Ref<> getRegs(ThreadState& ts, Match* m) {
  if (!m->regs) {
    Ref<Tuple> regs = TRY(newTupleUninitialized(ts, m->groups));
    for (Index i = 0; i < m->groups; ++i) put(regs.get(), i, TRY(spanAt(ts, m, i)));
    m->regs = regs.release();
  }
  return share(m->regs);
}

Ref<Str> repr(ThreadState& ts, Match* m) {
  Ref<> text = TRY(groupText(ts, m, 0, &kNoneObject));
  return formatText(ts, "<{} object; span=({}, {}), match={!r:.50}>", m->type, m->marks[0], m->marks[1], text.get());
}

Ref<> classItem(ThreadState& ts, Type* type, Object* item) { return newGenericAlias(ts, reinterpret_cast<Object*>(type), item); }

constexpr MethodDef kMethods[] = {
    METHOD_POSITIONAL("group", group, "group([group1, ...]) -> str or tuple.\n\nThe text of one or more groups; 0 is the whole match."),
    METHOD(start, "($self, group=0, /)", "Where the text of the group starts."),
    METHOD(end, "($self, group=0, /)", "Where the text of the group ends."),
    METHOD(span, "($self, group=0, /)", "The 2-tuple (m.start(group), m.end(group))."),
    METHOD(groups, "($self, /, default=None)", "The texts of all groups, from 1.\n\n  default\n    For groups that took no part in the match."),
    METHOD(groupdict, "($self, /, default=None)", "The texts of the named groups by name.\n\n  default\n    For groups that took no part in the match."),
    METHOD(expand, "($self, /, template)", "The template with its backslash references replaced by groups, as sub() does."),
    METHOD_AS("__copy__", copy, "($self, /)", ""),
    METHOD_AS("__deepcopy__", deepCopy, "($self, memo, /)", ""),
    ::habu::detail::named(::habu::detail::bindMethod<classItem, "__class_getitem__", "($type, item, /)", kMethClass>("See PEP 585"), "__class_getitem__"),
    {}};
constexpr GetSetDef kGetSet[] = {
    GETTER("lastindex", getLastIndex, "The number of the last group that matched."),
    GETTER("lastgroup", getLastGroup, "The name of the last group that matched."),
    GETTER("regs", getRegs, nullptr),
    {}};
constexpr MemberDef kMembers[] = {
    MEMBER("string", Object, Match, string, kMemberReadOnly, "The string passed to match() or search()."),
    MEMBER("re", Object, Match, pattern, kMemberReadOnly, "The regular expression object."),
    MEMBER("pos", Index, Match, pos, kMemberReadOnly, "Where the search began."),
    MEMBER("endpos", Index, Match, endpos, kMemberReadOnly, "Where the search had to end."),
    {}};
constinit MappingSlots kMapping = {.subscript = slot<subscript>};

}  // namespace

constinit Type kMatchType = defineVarType<Match>(
    offsetof(Match, marks), {.name = "re.Match",
                             .doc = "The result of re.match() and re.search().\nMatch objects are always true.",
                             .flags = kDisallowInstantiation | kImmutableType,
                             .item_size = sizeof(Index),
                             .methods = kMethods,
                             .members = kMembers,
                             .getset = kGetSet,
                             .mapping = &kMapping,
                             .dealloc = slot<dealloc>,
                             .traverse = slot<traverse>,
                             .clear = slot<clear>,
                             .repr = slot<repr>});

}  // namespace habu::sre
