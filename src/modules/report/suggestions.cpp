// "Did you mean": the candidate nearest to a name that was not found, by edit distance (Levenshtein, where a change of
// case costs half).
#include "modules/report/report.h"
#include "object/protocol.h"
#include "types/dict.h"
#include "types/exceptions.h"
#include "types/frame.h"
#include "types/list.h"
#include "types/str.h"
#include "types/tuple.h"

namespace habu::report {

namespace {

constexpr Index kMaxCandidates = 750;
constexpr Index kMaxLength = 40;
constexpr Index kMoveCost = 2, kCaseCost = 1;

char32_t lower(char32_t c) { return c >= 'A' && c <= 'Z' ? c + 32 : c; }

Index substitutionCost(char32_t a, char32_t b) { return a == b ? 0 : lower(a) == lower(b) ? kCaseCost : kMoveCost; }

// Edit distance of the UTF-8 texts; more than `most`: anything above it.
Index distance(std::string_view a, std::string_view b, Index most) {
  while (!a.empty() && !b.empty() && a.front() == b.front()) a.remove_prefix(1), b.remove_prefix(1);
  while (!a.empty() && !b.empty() && a.back() == b.back()) a.remove_suffix(1), b.remove_suffix(1);
  if (a.empty() || b.empty()) return Index(a.size() + b.size()) * kMoveCost;
  if (Index(a.size()) > kMaxLength || Index(b.size()) > kMaxLength) return most + 1;
  if (b.size() < a.size()) std::swap(a, b);
  if (Index(b.size() - a.size()) * kMoveCost > most) return most + 1;
  Index row[kMaxLength];
  for (size_t i = 0; i < a.size(); ++i) row[i] = Index(i + 1) * kMoveCost;
  Index result = 0;
  for (size_t j = 0; j < b.size(); ++j) {
    Index diagonal = result = Index(j) * kMoveCost;
    Index smallest = PTRDIFF_MAX;
    for (size_t i = 0; i < a.size(); ++i) {
      Index substituted = diagonal + substitutionCost(static_cast<unsigned char>(b[j]), static_cast<unsigned char>(a[i]));
      diagonal = row[i];
      Index inserted_or_deleted = (result < diagonal ? result : diagonal) + kMoveCost;
      result = substituted < inserted_or_deleted ? substituted : inserted_or_deleted;
      row[i] = result;
      if (result < smallest) smallest = result;
    }
    if (smallest > most) return most + 1;
  }
  return result;
}

Ref<Str> nearest(ThreadState& ts, std::span<Object* const> candidates, Str* name) {
  if (Index(candidates.size()) >= kMaxCandidates || name->length == 0) return {};
  auto wanted_text = utf8Of(ts, name);
  if (wanted_text.failed()) return clearError(ts), Ref<Str>{};
  std::string_view wanted = wanted_text.take();
  Index best = PTRDIFF_MAX;
  Ref<Str> suggestion;
  for (Object* candidate : candidates) {
    if (!isStr(candidate)) return {};
    auto* item = static_cast<Str*>(candidate);
    if (equalStr(item, name)) continue;
    auto text = utf8Of(ts, item);
    if (text.failed()) return clearError(ts), Ref<Str>{};
    std::string_view item_text = text.take();
    Index most = Index(wanted.size() + item_text.size() + 3) * kMoveCost / 6;
    if (most >= best) most = best - 1;
    Index d = distance(wanted, item_text, most);
    if (d > most) continue;
    if (!suggestion || d < best) {
      suggestion = share(item);
      best = d;
    }
  }
  return suggestion;
}

Ref<Str> nearestIn(ThreadState& ts, Ref<List> names, Str* name) {
  if (!names) return clearError(ts), Ref<Str>{};
  return nearest(ts, {names->items, size_t(names->size)}, name);
}

Ref<Str> suggestAttribute(ThreadState& ts, AttributeError* e) {
  if (!e->name || !e->object || !isExactStr(e->name)) return {};
  return nearestIn(ts, dirOf(ts, e->object), static_cast<Str*>(e->name));
}

// Among the names of the frame where it was not found: locals, globals, builtins.
Ref<Str> suggestVariable(ThreadState& ts, NameError* e) {
  if (!e->name || !e->traceback || !isExactStr(e->name) || !isExact(e->traceback, kTracebackType)) return {};
  auto* name = static_cast<Str*>(e->name);
  auto* tb = static_cast<Traceback*>(e->traceback);
  while (tb->next) tb = tb->next;
  Frame* f = tb->frame->frame;
  if (Ref<Str> s = nearest(ts, f->code->localsplus_names->span(), name)) return s;
  if (f->globals)
    if (Ref<Str> s = nearestIn(ts, dictKeyList(ts, f->globals), name)) return s;
  if (f->builtins && isDict(f->builtins)) return nearestIn(ts, dictKeyList(ts, static_cast<Dict*>(f->builtins)), name);
  return {};
}

}  // namespace

Ref<Str> suggestName(ThreadState& ts, Object* exception) {
  if (isExact(exception, kAttributeError)) return suggestAttribute(ts, static_cast<AttributeError*>(exception));
  if (isExact(exception, kNameError)) return suggestVariable(ts, static_cast<NameError*>(exception));
  return {};
}

}  // namespace habu::report
