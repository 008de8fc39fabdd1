// The methods of re.Pattern.
#include "modules/import.h"
#include "modules/sre/state.h"
#include "object/attribute.h"
#include "object/call.h"
#include "object/protocol.h"
#include "types/bytes.h"
#include "types/generic_alias.h"
#include "types/iterators.h"
#include "types/list.h"
#include "types/str.h"
#include "types/tuple.h"

namespace habu::sre {

Ref<> newScanner(ThreadState&, Pattern*, Object* subject, Index pos, Index endpos);

namespace {

constinit Name kSearch{"search"}, kSubx{"_subx"};

constexpr Index kMax = PTRDIFF_MAX;

enum class Way { Match, FullMatch, Search };
template <Way kWay>
Ref<> find(ThreadState& ts, Pattern* p, Object* string, std::optional<Index> pos, std::optional<Index> endpos) {
  State state(ts);
  TRY(state.open(p, string, pos.value_or(0), endpos.value_or(kMax)));
  state.match_all = kWay == Way::FullMatch;
  int status = kWay == Way::Search ? state.search() : state.match();
  return newMatch(ts, p, state, status);
}

Ref<> scanner(ThreadState& ts, Pattern* p, Object* string, std::optional<Index> pos, std::optional<Index> endpos) {
  return newScanner(ts, p, string, pos.value_or(0), endpos.value_or(kMax));
}
Ref<> finditer(ThreadState& ts, Pattern* p, Object* string, std::optional<Index> pos, std::optional<Index> endpos) {
  Ref<> scan = TRY(newScanner(ts, p, string, pos.value_or(0), endpos.value_or(kMax)));
  Ref<> search = TRY(getAttr(ts, scan.get(), kSearch));
  return newCallableIterator(ts, search.get(), &kNoneObject);
}

// What findall() lists for a match: the whole text, the one group, or a tuple of the groups.
Ref<> found(ThreadState& ts, Pattern* p, State& state) {
  if (p->groups == 0) return state.slice(state.offset(state.start), state.offset(state.ptr));
  if (p->groups == 1) return state.group(1, true);
  Ref<Tuple> groups = TRY(newTupleUninitialized(ts, p->groups));
  for (Index i = 0; i < p->groups; ++i) put(groups.get(), i, TRY(state.group(i + 1, true)));
  return groups;
}
Ref<List> findall(ThreadState& ts, Pattern* p, Object* string, std::optional<Index> pos, std::optional<Index> endpos) {
  State state(ts);
  TRY(state.open(p, string, pos.value_or(0), endpos.value_or(kMax)));
  Ref<List> out = TRY(newList(ts));
  while (state.start <= state.end) {
    state.reset();
    int status = state.search();
    if (status < 0) return Raised{};
    if (status == 0) break;
    TRY(appendList(ts, out.get(), TRY(found(ts, p, state))));
    state.advance();
  }
  return out;
}

Ref<List> split(ThreadState& ts, Pattern* p, Object* string, std::optional<Index> maxsplit) {
  Index limit = maxsplit.value_or(0);
  State state(ts);
  TRY(state.open(p, string, 0, kMax));
  Ref<List> out = TRY(newList(ts));
  Index last = 0;
  for (Index n = 0; !limit || n < limit; ++n) {
    state.reset();
    int status = state.search();
    if (status < 0) return Raised{};
    if (status == 0) break;
    TRY(appendList(ts, out.get(), TRY(state.slice(last, state.offset(state.start)))));
    for (Index i = 0; i < p->groups; ++i) TRY(appendList(ts, out.get(), TRY(state.group(i + 1, false))));
    last = state.offset(state.ptr);
    state.advance();
  }
  TRY(appendList(ts, out.get(), TRY(state.slice(last, state.endpos))));
  return out;
}

// ---- sub ----

// The replacement: a literal, or something to call with the match.
struct Filter {
  Ref<> object;
  bool callable = false;
};
Result<bool> isLiteral(ThreadState& ts, Object* text) {
  if (isStr(text)) return findStr(static_cast<Str*>(text), TRY(strFromChar(ts, '\\')).operator->(), 0, static_cast<Str*>(text)->length, 1) < 0;
  if (!hasBuffer(text)) return false;
  Result<BufferView> view = BufferView::of(ts, text);
  if (view.failed()) {
    clearError(ts);
    return false;
  }
  BufferView held = view.take();
  return held.bytes().find('\\') == std::string_view::npos;
}
Result<Filter> makeFilter(ThreadState& ts, Pattern* p, Object* replacement) {
  Filter f;
  if (isCallable(replacement)) {
    f.object = share(replacement);
    f.callable = true;
  } else if (TRY(isLiteral(ts, replacement))) {
    f.object = share(replacement);
  } else {  // a template, which the re module reads
    Ref<> re = TRY(importModule(ts, "re"));
    f.object = TRY(callMethod(ts, re.get(), kSubx, {p, replacement}));
    f.callable = isCallable(f.object.get());
  }
  return f;
}

Ref<> joinParts(ThreadState& ts, List* parts, State& state) {
  Ref<> joiner = TRY(state.slice(0, 0));
  if (parts->size == 0) return joiner;
  if (state.is_bytes) return joinBytes(ts, static_cast<Bytes*>(joiner.get())->view(), reinterpret_cast<Object*>(parts));
  return joinStrs(ts, static_cast<Str*>(joiner.get()), {parts->items, size_t(parts->size)});
}

struct Replaced {
  Ref<> text;
  Index count;
};
Result<Replaced> replace(ThreadState& ts, Pattern* p, Object* replacement, Object* string, Index limit) {
  Filter filter = TRY(makeFilter(ts, p, replacement));
  State state(ts);
  TRY(state.open(p, string, 0, kMax));
  Ref<List> parts = TRY(newList(ts));
  Index last = 0, n = 0;
  while (!limit || n < limit) {
    state.reset();
    int status = state.search();
    if (status < 0) return Raised{};
    if (status == 0) break;
    Index from = state.offset(state.start), to = state.offset(state.ptr);
    if (last < from) TRY(appendList(ts, parts.get(), TRY(state.slice(last, from))));
    Ref<> item;
    if (filter.callable) {
      Ref<> match = TRY(newMatch(ts, p, state, 1));
      item = TRY(call(ts, filter.object.get(), {match.get()}));
    } else {
      item = filter.object.copy();
    }
    if (!isNone(item.get())) TRY(appendList(ts, parts.get(), std::move(item)));
    last = to;
    ++n;
    state.advance();
  }
  if (last < state.endpos) TRY(appendList(ts, parts.get(), TRY(state.slice(last, state.endpos))));
  Ref<> text = TRY(joinParts(ts, parts.get(), state));
  return Replaced{std::move(text), n};
}

Ref<> sub(ThreadState& ts, Pattern* p, Object* replacement, Object* string, std::optional<Index> count) {
  Replaced r = TRY(replace(ts, p, replacement, string, count.value_or(0)));
  return std::move(r.text);
}
Ref<> subn(ThreadState& ts, Pattern* p, Object* replacement, Object* string, std::optional<Index> count) {
  Replaced r = TRY(replace(ts, p, replacement, string, count.value_or(0)));
  Ref<Int> n = TRY(newInt(ts, r.count));
  return packTuple(ts, {r.text.get(), reinterpret_cast<Object*>(n.get())});
}

Ref<> copy(ThreadState&, Pattern* p) { return share(p); }
Ref<> deepCopy(ThreadState&, Pattern* p, Object*) { return share(p); }
Ref<> classItem(ThreadState& ts, Type* type, Object* item) { return newGenericAlias(ts, reinterpret_cast<Object*>(type), item); }

#define SUBJECT "($self, /, string, pos=0, endpos=sys.maxsize)"

}  // namespace

constinit const MethodDef kPatternMethods[] = {
    METHOD_AS("match", find<Way::Match>, SUBJECT, "Match at the beginning of the string (from pos); None if it does not."),
    METHOD_AS("fullmatch", find<Way::FullMatch>, SUBJECT, "Match the whole string (from pos to endpos); None if it does not."),
    METHOD_AS("search", find<Way::Search>, SUBJECT, "The first match anywhere in the string; None if there is none."),
    METHOD(sub, "($self, /, repl, string, count=0)", "The string with the leftmost, not overlapping matches replaced by repl."),
    METHOD(subn, "($self, /, repl, string, count=0)", "The tuple (new string, number of replacements made)."),
    METHOD(findall, SUBJECT, "A list of all matches that do not overlap."),
    METHOD(split, "($self, /, string, maxsplit=0)", "The parts of the string between matches."),
    METHOD(finditer, SUBJECT, "An iterator over all matches that do not overlap, as match objects."),
    METHOD(scanner, SUBJECT, ""),
    METHOD_AS("__copy__", copy, "($self, /)", ""),
    METHOD_AS("__deepcopy__", deepCopy, "($self, memo, /)", ""),
    ::habu::detail::named(::habu::detail::bindMethod<classItem, "__class_getitem__", "($type, item, /)", kMethClass>("See PEP 585"), "__class_getitem__"),
    {}};

}  // namespace habu::sre
