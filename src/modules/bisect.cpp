// The module _bisect: binary search in sorted sequences.
#include "object/attribute.h"
#include "object/bind.h"
#include "object/call.h"
#include "object/module_def.h"
#include "object/number.h"
#include "object/protocol.h"
#include "types/int.h"
#include "types/list.h"

namespace habu {
namespace {

enum class Side { Left, Right };

Result<Index> highOf(ThreadState& ts, Object* hi) {
  if (!hi || isNone(hi)) return Index{-1};
  if (!hasIndex(hi)) return raise(ts, kTypeError, "argument should be integer or None, not '{:.200}'", typeName(hi));
  return asIndex(ts, hi, &kOverflowError);
}

template <Side kSide>
Result<Index> search(ThreadState& ts, Object* a, Object* x, Index low, Index high, Object* key) {
  if (low < 0) return raise(ts, kValueError, "lo must be non-negative");
  if (high == -1) high = TRY(lengthOf(ts, a));
  while (low < high) {
    Index middle = Index((size_t(low) + size_t(high)) / 2);
    Ref<> item = TRY(getItemAt(ts, a, middle));
    if (key) item = TRY(call(ts, key, {item.get()}));
    if constexpr (kSide == Side::Left) {
      if (TRY(compareBool(ts, item.get(), x, CompareOp::Lt))) low = middle + 1;
      else high = middle;
    } else {
      if (TRY(compareBool(ts, x, item.get(), CompareOp::Lt))) high = middle;
      else low = middle + 1;
    }
  }
  return low;
}

template <Side kSide>
Result<Index> bisect(ThreadState& ts, Object*, Object* a, Object* x, std::optional<Index> lo, Object* hi, Object* key) {
  Index high = TRY(highOf(ts, hi));
  return search<kSide>(ts, a, x, lo.value_or(0), high, key && !isNone(key) ? key : nullptr);
}

template <Side kSide>
Status insort(ThreadState& ts, Object*, Object* a, Object* x, std::optional<Index> lo, Object* hi, Object* key) {
  static constinit Name insert_name{"insert"};
  Index high = TRY(highOf(ts, hi));
  if (key && isNone(key)) key = nullptr;
  Ref<> wanted = key ? call(ts, key, {x}) : Ref<>::share(x);
  if (!wanted) return Raised{};
  Index at = TRY(search<kSide>(ts, a, wanted.get(), lo.value_or(0), high, key));
  if (isExactList(a)) return insertList(ts, reinterpret_cast<List*>(a), at, x);
  Ref<Int> position = TRY(newInt(ts, at));
  Ref<> done = TRY(callMethod(ts, a, insert_name, {position.get(), x}));
  return kDone;
}

constexpr auto bisectRight = &bisect<Side::Right>;
constexpr auto bisectLeft = &bisect<Side::Left>;
constexpr auto insortRight = &insort<Side::Right>;
constexpr auto insortLeft = &insort<Side::Left>;

#define BOUNDS "\n\nlo and hi bound the part of the sequence that is searched. A key function is applied to\nits items, "
constexpr MethodDef kMethods[] = {
    METHOD_AS("bisect_right", bisectRight, "($module, /, a, x, lo=0, hi=None, *, key=None)",
              "Return the index where to insert item x in list a, assuming a is sorted.\n\n"
              "All items before it are <= x, all from it on are > x." BOUNDS "not to x."),
    METHOD_AS("insort_right", insortRight, "($module, /, a, x, lo=0, hi=None, *, key=None)",
              "Insert item x in list a, and keep it sorted assuming a is sorted.\n\n"
              "Behind the items equal to x." BOUNDS "and to x."),
    METHOD_AS("bisect_left", bisectLeft, "($module, /, a, x, lo=0, hi=None, *, key=None)",
              "Return the index where to insert item x in list a, assuming a is sorted.\n\n"
              "All items before it are < x, all from it on are >= x." BOUNDS "not to x."),
    METHOD_AS("insort_left", insortLeft, "($module, /, a, x, lo=0, hi=None, *, key=None)",
              "Insert item x in list a, and keep it sorted assuming a is sorted.\n\n"
              "In front of the items equal to x." BOUNDS "and to x."),
    {}};
#undef BOUNDS

}  // namespace

extern const ModuleDef kBisectModule = {
    .name = "_bisect", .doc = "Bisection algorithms: keeping lists sorted, without sorting.", .methods = kMethods};

}  // namespace habu
