// sys functions that read or change settings and sizes.
#include <dlfcn.h>
#include <malloc.h>

#include <cstdio>

#include "modules/sys/sys.h"
#include "object/alloc.h"
#include "object/attribute.h"
#include "object/call.h"
#include "object/gc.h"
#include "object/gil.h"
#include "object/interpreter.h"
#include "object/number.h"
#include "object/protocol.h"
#include "types/int.h"
#include "types/str.h"

namespace habu::sys {

namespace {

int dlopen_flags = RTLD_NOW;

Status setRecursionLimit(ThreadState& ts, Object*, int limit) {
  if (limit < 1) return raise(ts, kValueError, "recursion limit must be greater or equal than 1");
  int depth = ts.recursion_limit - ts.recursion_remaining;
  if (depth >= limit)
    return raise(ts, kRecursionError, "cannot set the recursion limit to {} at the recursion depth {}: the limit is too low", limit, depth);
  for (ThreadState* t = mainInterpreter.threads; t; t = t->next) {
    t->recursion_remaining += limit - t->recursion_limit;
    t->recursion_limit = limit;
  }
  return kDone;
}
int getRecursionLimit(ThreadState& ts, Object*) { return ts.recursion_limit; }

Status setSwitchInterval_(ThreadState& ts, Object*, double seconds) {
  if (!(seconds > 0)) return raise(ts, kValueError, "switch interval must be strictly positive");
  setSwitchInterval(seconds);
  return kDone;
}
double getSwitchInterval(ThreadState&, Object*) { return switchInterval(); }

Status setDlopenFlags(ThreadState&, Object*, int flags) {
  dlopen_flags = flags;
  return kDone;
}
int getDlopenFlags(ThreadState&, Object*) { return dlopen_flags; }

constexpr int kDigitsThreshold = 640;
Status setIntMaxStrDigits(ThreadState& ts, Object*, int digits) {
  if (digits != 0 && digits < kDigitsThreshold)
    return raise(ts, kValueError, "maxdigits must be 0 or larger than {}", kDigitsThreshold);
  mainInterpreter.int_max_str_digits = digits;
  return kDone;
}
int getIntMaxStrDigits(ThreadState&, Object*) { return mainInterpreter.int_max_str_digits; }

Ref<> internText(ThreadState& ts, Object*, Object* s) {
  if (!isStr(s)) return raise(ts, kTypeError, "intern() argument must be str, not {:.50}", typeName(s));
  if (!isExactStr(s)) return raise(ts, kTypeError, "can't intern {:.400}", typeName(s));
  Ref<Str> text = share(static_cast<Str*>(s));
  intern(text);
  return text;
}

Index getRefcount(ThreadState&, Object*, Object* o) { return o->refcount; }
Index getAllocatedBlocks(ThreadState&, Object*) { return Index(allocatedBlocks()); }
bool isFinalizing(ThreadState&, Object*) { return mainInterpreter.finalizing; }
Ref<> defaultEncoding(ThreadState& ts, Object*) { return internedStr(ts, "utf-8"); }
Ref<> fileSystemEncoding(ThreadState& ts, Object*) { return internedStr(ts, "utf-8"); }
Ref<> fileSystemErrors(ThreadState& ts, Object*) { return internedStr(ts, "surrogateescape"); }

Result<Index> plainSize(ThreadState& ts, Object* o) {
  static constinit Name sizeof_name{"__sizeof__"};
  Ref<> method = TRY(lookupSpecial(ts, o, sizeof_name));
  if (!method) return raise(ts, kTypeError, "Type {:.100} doesn't define __sizeof__", typeName(o));
  Ref<> size = TRY(call(ts, method.get()));
  if (!isInt(size.get())) return raise(ts, kTypeError, "'{:.200}' object cannot be interpreted as an integer", typeName(size.get()));
  Index n = TRY(asIndex(ts, size.get(), &kOverflowError));
  if (n < 0) return raise(ts, kValueError, "__sizeof__() should return >= 0");
  const Type* t = o->type;
  return n + Index(t->has(kManagedDict) ? 4 * sizeof(void*) : isGc(o) ? sizeof(GcHeader) : 0);
}

Ref<> getSizeOf(ThreadState& ts, Object*, Args a) {
  Object *object = a.count > 0 ? a[0] : nullptr, *fallback = a.count > 1 ? a[1] : nullptr;
  if (a.count > 2) return raise(ts, kTypeError, "getsizeof() takes at most 2 arguments ({} given)", a.count);
  for (Index i = 0; i < a.keywordCount(); ++i) {
    if (equalsAscii(a.keyword(i), "object")) object = a.keywordValue(i);
    else if (equalsAscii(a.keyword(i), "default")) fallback = a.keywordValue(i);
    else return raise(ts, kTypeError, "'{}' is an invalid keyword argument for getsizeof()", a.keyword(i));
  }
  if (!object) return raise(ts, kTypeError, "getsizeof() missing required argument 'object' (pos 1)");
  auto size = plainSize(ts, object);
  if (!size.failed()) return newInt(ts, size.take());
  if (!fallback || !errorMatches(ts, kTypeError)) return Raised{};
  clearError(ts);
  return share(fallback);
}

Status debugMallocStats(ThreadState&, Object*) {
  std::fprintf(stderr, "%zu blocks allocated\n", allocatedBlocks());
  malloc_stats();
  return kDone;
}
Status clearTypeCache(ThreadState&, Object*) {
  typeModified(&kObjectType);  // every cached lookup goes through object
  return kDone;
}
Index getQuickenedCount(ThreadState&, Object*) { return 0; }

}  // namespace

const MethodDef kSettingMethods[] = {
    METHOD_AS("setrecursionlimit", setRecursionLimit, "($module, limit, /)", "Sets how deep Python calls may nest."),
    METHOD_AS("getrecursionlimit", getRecursionLimit, "($module, /)", "How deep Python calls may nest."),
    METHOD_AS("setswitchinterval", setSwitchInterval_, "($module, interval, /)", "Sets how long a thread may run while others wait, in seconds."),
    METHOD_AS("getswitchinterval", getSwitchInterval, "($module, /)", "How long a thread may run while others wait, in seconds."),
    METHOD_AS("setdlopenflags", setDlopenFlags, "($module, flags, /)", "Sets the flags that extension modules are loaded with."),
    METHOD_AS("getdlopenflags", getDlopenFlags, "($module, /)", "The flags that extension modules are loaded with."),
    METHOD_AS("set_int_max_str_digits", setIntMaxStrDigits, "($module, /, maxdigits)", "Limits the digits of int <-> str conversions; 0: no limit."),
    METHOD_AS("get_int_max_str_digits", getIntMaxStrDigits, "($module, /)", "The limit on the digits of int <-> str conversions."),
    METHOD_AS("intern", internText, "($module, string, /)", "The one interned string with this text."),
    METHOD_AS("getrefcount", getRefcount, "($module, object, /)", "The reference count, the argument's own reference included."),
    METHOD_AS("getallocatedblocks", getAllocatedBlocks, "($module, /)", "How many blocks of memory are in use."),
    METHOD_AS("is_finalizing", isFinalizing, "($module, /)", "Whether the interpreter is shutting down."),
    METHOD_AS("getdefaultencoding", defaultEncoding, "($module, /)", "The encoding of str.encode() without arguments."),
    METHOD_AS("getfilesystemencoding", fileSystemEncoding, "($module, /)", "The encoding of file names."),
    METHOD_AS("getfilesystemencodeerrors", fileSystemErrors, "($module, /)", "The error handler for file names."),
    METHOD_RAW("getsizeof", getSizeOf, "getsizeof(object [, default]) -> int\n\nThe size of an object in bytes."),
    METHOD_AS("_debugmallocstats", debugMallocStats, "($module, /)", "Prints facts about memory to stderr."),
    METHOD_AS("_clear_type_cache", clearTypeCache, "($module, /)", "Forgets cached attribute lookups."),
    METHOD_AS("_getquickenedcount", getQuickenedCount, "($module, /)", "How many code objects carry specialised instructions in place (none: the private stream does)."),
    {}};

}  // namespace habu::sys
