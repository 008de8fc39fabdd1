// The module _sre: compile() and what the compiler of the re package asks for.
#include <cstdlib>

#include "modules/sre/charset.h"
#include "modules/sre/pattern.h"
#include "object/alloc.h"
#include "object/gc.h"
#include "object/module_def.h"
#include "object/protocol.h"
#include "types/dict.h"
#include "types/int.h"
#include "types/list.h"
#include "types/module.h"
#include "types/str.h"
#include "types/tuple.h"

namespace habu::sre {

namespace {

Result<int> kindOfPattern(ThreadState& ts, Object* pattern) {
  if (isNone(pattern)) return -1;
  if (isStr(pattern)) return 0;
  Result<BufferView> view = hasBuffer(pattern) ? BufferView::of(ts, pattern) : Result<BufferView>::failure();
  if (view.failed()) {
    clearError(ts);
    return raise(ts, kTypeError, "expected string or bytes-like object, got '{:.200}'", typeName(pattern));
  }
  BufferView held = view.take();
  return 1;
}

Ref<Pattern> compile(ThreadState& ts, Module*, Object* text, int flags, List* code, Index groups, Dict* group_index,
                     Tuple* index_group) {
  Index n = code->size;
  auto p = TRY(newObject<Pattern>(ts, kPatternType, n));
  p->size = n;
  for (Index i = 0; i < n; ++i) {
    Object* item = code->items[i];
    int overflow = 1;
    long long v = isInt(item) ? toLongLong(reinterpret_cast<Int*>(item), overflow) : -1;
    if (overflow || v < 0 || v > long(kMaxRepeat)) return raise(ts, kOverflowError, "regular expression code size limit exceeded");
    p->code[i] = Code(v);
  }
  p->is_bytes = TRY(kindOfPattern(ts, text));
  p->pattern = share(text).release();
  p->flags = flags;
  p->groups = groups;
  if (group_index->used) p->group_index = share(static_cast<Object*>(group_index)).release();
  if (group_index->used) p->index_group = share(static_cast<Object*>(index_group)).release();
  p->maps = static_cast<uint32_t*>(std::calloc(size_t(n) + 1, sizeof(uint32_t)));
  if (!p->maps) return raiseNoMemory(ts);
  if (!validateCode(ts, p.get())) return raise(ts, kRuntimeError, "invalid SRE code");
  if (!buildBitmaps(p.get())) return raiseNoMemory(ts);
  track(p.get());
  return p;
}

long long codeSize(ThreadState&, Module*) { return sizeof(Code); }
bool asciiIsCased(ThreadState&, Module*, int c) { return c >= 0 && (char32_t(c) | 32) - 'a' < 26u; }
bool unicodeIsCased(ThreadState&, Module*, int c) {
  auto u = char32_t(c);
  if (u > 0x10ffff) return false;
  return toLowerSimple(u) != u || toUpperSimple(u) != u;
}
long long asciiToLower(ThreadState&, Module*, int c) { return c < 0 ? c : int(lowerAscii(char32_t(c))); }
long long unicodeToLower(ThreadState&, Module*, int c) { return char32_t(c) > 0x10ffff ? c : int(toLowerSimple(char32_t(c))); }

constexpr MethodDef kMethods[] = {
    METHOD(compile, "($module, /, pattern, flags, code, groups, groupindex,\n        indexgroup)", ""),
    METHOD_AS("getcodesize", codeSize, "($module, /)", ""),
    METHOD_AS("ascii_iscased", asciiIsCased, "($module, character, /)", ""),
    METHOD_AS("unicode_iscased", unicodeIsCased, "($module, character, /)", ""),
    METHOD_AS("ascii_tolower", asciiToLower, "($module, character, /)", ""),
    METHOD_AS("unicode_tolower", unicodeToLower, "($module, character, /)", ""),
    {}};

Status populate(ThreadState& ts, Module* m) {
  TRY(readyType(ts, kPatternType));
  TRY(readyType(ts, kMatchType));
  TRY(readyType(ts, kScannerType));
  TRY(addInt(ts, m, "MAGIC", kMagic));
  TRY(addInt(ts, m, "CODESIZE", sizeof(Code)));
  TRY(addInt(ts, m, "MAXREPEAT", kMaxRepeat));
  TRY(addInt(ts, m, "MAXGROUPS", kMaxGroups));
  return addStr(ts, m, "copyright", " SRE 2.2.2 Copyright (c) 1997-2002 by Secret Labs AB ");
}

}  // namespace

}  // namespace habu::sre

namespace habu {
extern const ModuleDef kSreModule = {.name = "_sre", .methods = sre::kMethods, .populate = sre::populate};
}  // namespace habu
