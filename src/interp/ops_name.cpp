// Names: class and module namespaces, globals, builtins.
#include "interp/global_cache.h"
#include "interp/ops.h"
#include "object/attribute.h"
#include "object/names.h"
#include "object/protocol.h"
#include "object/raise.h"
#include "types/dict.h"
#include "types/str.h"

namespace habu {

Raised raiseNotDefined(ThreadState& ts, Object* name) {
  return raiseNameError(ts, kNameError, "name '{:.200}' is not defined", name);
}

namespace {

// A name in `namespace`, any mapping: absent is empty.
Found findIn(ThreadState& ts, Object* space, Object* name) {
  if (isExactDict(space)) return dictFind(ts, static_cast<Dict*>(space), name);
  Ref<> value = getItem(ts, space, name);
  if (value) return value;
  if (!errorMatches(ts, kKeyError)) return Raised{};
  clearError(ts);
  return Ref<>{};
}

Ref<> loadGlobal(ThreadState& ts, Frame* frame, Object* name) {
  Ref<> value = TRY(findIn(ts, frame->globals, name));
  if (!value) value = TRY(findIn(ts, frame->builtins, name));
  if (!value) return raiseNotDefined(ts, name);
  return value;
}

Ref<> loadName(ThreadState& ts, Frame* frame, Object* name) {
  if (!frame->locals) return raise(ts, kSystemError, "no locals when loading {!r}", name);
  Ref<> value = TRY(findIn(ts, frame->locals, name));
  if (value) return value;
  return loadGlobal(ts, frame, name);
}

Status storeName(ThreadState& ts, Frame* frame, Object* name, Object* value) {
  if (!frame->locals) return raise(ts, kSystemError, "no locals found when storing {!r}", name);
  if (isExactDict(frame->locals)) return dictSet(ts, static_cast<Dict*>(frame->locals), name, value);
  return setItem(ts, frame->locals, name, value);
}

Status deleteName(ThreadState& ts, Frame* frame, Object* name) {
  if (!frame->locals) return raise(ts, kSystemError, "no locals when deleting {!r}", name);
  if (!delItem(ts, frame->locals, name).failed()) return kDone;
  return raiseNotDefined(ts, name);
}

Status deleteGlobal(ThreadState& ts, Frame* frame, Object* name) {
  if (TRY(dictDiscard(ts, frame->globals, name))) return kDone;
  return raiseNotDefined(ts, name);
}

Ref<> loadBuildClass(ThreadState& ts, Frame* frame) {
  Ref<> found = TRY(findIn(ts, frame->builtins, names::__build_class__));
  if (!found) return raise(ts, kNameError, "__build_class__ not found");
  return found;
}

Status setupAnnotations(ThreadState& ts, Frame* frame) {
  if (!frame->locals) return raise(ts, kSystemError, "no locals found when setting up annotations");
  Ref<> present = TRY(findIn(ts, frame->locals, names::__annotations__));
  if (present) return kDone;
  Ref<Dict> made = TRY(newDict(ts));
  return setItem(ts, frame->locals, names::__annotations__, made.get());
}

}  // namespace

HANDLER(LOAD_NAME) {
  frame->ip = ip;
  PUSH_OR_FAIL(loadName(ts, frame, nameAt(frame, ip->arg)));
  NEXT(LOAD_NAME);
}

HANDLER(STORE_NAME) {
  frame->ip = ip;
  CONSUME_OR_FAIL(storeName(ts, frame, nameAt(frame, ip->arg), top));
  NEXT(STORE_NAME);
}

HANDLER(DELETE_NAME) {
  frame->ip = ip;
  if (deleteName(ts, frame, nameAt(frame, ip->arg)).failed()) FAIL();
  NEXT(DELETE_NAME);
}

HANDLER(STORE_GLOBAL) {
  frame->ip = ip;
  CONSUME_OR_FAIL(dictSet(ts, frame->globals, nameAt(frame, ip->arg), top));
  NEXT(STORE_GLOBAL);
}

HANDLER(DELETE_GLOBAL) {
  frame->ip = ip;
  if (deleteGlobal(ts, frame, nameAt(frame, ip->arg)).failed()) FAIL();
  NEXT(DELETE_GLOBAL);
}

HANDLER(LOAD_GLOBAL) {
  frame->ip = ip;
  Object* value = owned(loadGlobal(ts, frame, nameAt(frame, ip->arg >> 1)));
  if (!value) [[unlikely]] FAIL();
  if (ip->arg & 1) *sp++ = nullptr;
  *sp++ = value;
  NEXT(LOAD_GLOBAL);
}

HANDLER(LOAD_GLOBAL_ADAPTIVE) {
  if (counterOf(ip) == 0) {
    counterOf(ip) = kBackoff;
    specialiseLoadGlobal(frame, ip);
    if (handlerOf(ip) != op_LOAD_GLOBAL_ADAPTIVE) DISPATCH();
  }
  --counterOf(ip);
  GO(LOAD_GLOBAL);
}

HANDLER(LOAD_GLOBAL_MODULE) {
  auto* cache = reinterpret_cast<GlobalCache*>(ip + 1);
  DictKeys* keys = frame->globals->keys;
  if (keys->version != cache->module_version) [[unlikely]]
    MISS(LOAD_GLOBAL);
  Object* value = cache->at(keys);
  if (!value) [[unlikely]]
    MISS(LOAD_GLOBAL);
  if (ip->arg & 1) *sp++ = nullptr;
  pushShared(sp, value);
  NEXT(LOAD_GLOBAL);
}

HANDLER(LOAD_GLOBAL_BUILTIN) {
  auto* cache = reinterpret_cast<GlobalCache*>(ip + 1);
  DictKeys* keys = static_cast<Dict*>(frame->builtins)->keys;
  if (frame->globals->keys->version != cache->module_version || keys->version != cache->builtins_version) [[unlikely]]
    MISS(LOAD_GLOBAL);
  Object* value = cache->at(keys);
  if (!value) [[unlikely]]
    MISS(LOAD_GLOBAL);
  if (ip->arg & 1) *sp++ = nullptr;
  pushShared(sp, value);
  NEXT(LOAD_GLOBAL);
}

HANDLER(LOAD_BUILD_CLASS) {
  frame->ip = ip;
  PUSH_OR_FAIL(loadBuildClass(ts, frame));
  NEXT(LOAD_BUILD_CLASS);
}

HANDLER(LOAD_ASSERTION_ERROR) {
  pushShared(sp, &kAssertionError);
  NEXT(LOAD_ASSERTION_ERROR);
}

HANDLER(SETUP_ANNOTATIONS) {
  frame->ip = ip;
  if (setupAnnotations(ts, frame).failed()) FAIL();
  NEXT(SETUP_ANNOTATIONS);
}

// ---- the caches of LOAD_GLOBAL ----

void specialiseLoadGlobal(Frame* frame, Instruction* ip) {
  if (frame->code->runtime->traced) return;
  auto* cache = reinterpret_cast<GlobalCache*>(ip + 1);
  Str* name = nameAt(frame, ip->arg >> 1);
  DictKeys* module = frame->globals->keys;
  if (!isExactDict(frame->globals) || !module->strOnly() || frame->globals->values) return;
  uint32_t module_version = dictKeysVersion(module);
  Index place = dictPlaceOf(module, name);
  if (!module_version) return;
  if (place >= 0) {
    cache->module_version = module_version;
    cache->point(module, place);
    counterOf(ip) = kMissTolerance;
    return rewrite(frame, ip, Op::LOAD_GLOBAL_MODULE);
  }
  if (!isExactDict(frame->builtins)) return;
  DictKeys* builtins = static_cast<Dict*>(frame->builtins)->keys;
  if (!builtins->strOnly() || static_cast<Dict*>(frame->builtins)->values) return;
  uint32_t builtins_version = dictKeysVersion(builtins);
  place = dictPlaceOf(builtins, name);
  if (!builtins_version || place < 0) return;
  cache->module_version = module_version;
  cache->builtins_version = builtins_version;
  cache->point(builtins, place);
  counterOf(ip) = kMissTolerance;
  rewrite(frame, ip, Op::LOAD_GLOBAL_BUILTIN);
}

}  // namespace habu
