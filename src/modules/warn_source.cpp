#include "modules/warn_source.h"

#include "modules/import.h"
#include "object/attribute.h"
#include "object/call.h"
#include "object/raise.h"
#include "types/int.h"
#include "types/str.h"

namespace habu {
namespace {

Status warnWithSource(ThreadState& ts, Object* source) {
  static constinit Name module_name{"_warnings"}, warn_name{"warn"};
  Ref<Str> text = TRY(formatText(ts, "unclosed {!r}", source));
  Found found = importedModule(ts, module_name);
  if (found.failed()) return Raised{};
  Ref<> module = found.take();
  if (!module) return warnText(ts, kResourceWarning, 1, std::move(text));
  Ref<> function = TRY(getAttr(ts, module.get(), warn_name));
  Ref<Int> level = TRY(newInt(ts, 1));
  if (!call(ts, function.get(), {text.get(), &kResourceWarning, level.get(), source})) return Raised{};
  return kDone;
}

}  // namespace

void warnUnclosed(ThreadState& ts, Object* source) {
  PendingError pending = PendingError::take(ts);
  if (warnWithSource(ts, source).failed()) {
    if (errorMatches(ts, kWarning)) writeUnraisable(ts, source);
    else clearError(ts);
  }
  std::move(pending).restore(ts);
}

}  // namespace habu
