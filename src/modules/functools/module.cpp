// reduce, cmp_to_key, and the module _functools itself.
#include "modules/functools/functools.h"
#include "types/heap_type.h"

namespace habu {
namespace functools {

namespace {

// ---- cmp_to_key ----
struct KeyWrapper : Object {
  Object* compare;
  Object* object;  // null in what cmp_to_key returns, which is called to make the keys
};

constexpr Signature kCallSignature = parseSignature("K", "($self, obj)");

Ref<> newKey(ThreadState& ts, Object* compare, Object* object) {
  Ref<KeyWrapper> key = TRY(newObject<KeyWrapper>(ts, kKeyWrapper));
  key->compare = Ref<>::share(compare).release();
  key->object = Ref<>::share(object).release();
  track(key.get());
  return key;
}

Ref<> callKey(ThreadState& ts, KeyWrapper* self, Object* args, Object* keywords) {
  Object* object = nullptr;
  if (!parseTupleArguments(ts, kCallSignature, reinterpret_cast<Tuple*>(args), reinterpret_cast<Dict*>(keywords), &object))
    return {};
  return newKey(ts, self->compare, object);
}

Ref<> richcompare(ThreadState& ts, KeyWrapper* self, Object* other, CompareOp op) {
  if (!isExact(other, kKeyWrapper)) return raise(ts, kTypeError, "other argument must be K instance");
  Ref<> x = Ref<>::share(self->object), y = Ref<>::share(reinterpret_cast<KeyWrapper*>(other)->object);
  if (!x || !y) return raise(ts, kAttributeError, "object");
  Ref<> compare = Ref<>::share(self->compare);
  Ref<> order = TRY(call(ts, compare.get(), {x.get(), y.get()}));
  Ref<Int> zero = TRY(newInt(ts, 0));
  return compareObjects(ts, order.get(), zero.get(), op);
}

constexpr MemberDef kKeyMembers[] = {MEMBER("obj", ObjectOrNone, KeyWrapper, object, 0, "Value wrapped by a key function."), {}};

Ref<> cmpToKey(ThreadState& ts, Object*, Object* compare) { return newKey(ts, compare, nullptr); }

// ---- reduce ----
Ref<> reduce(ThreadState& ts, Object* function, Object* iterable, Object* initial) {
  Ref<> it = iterOf(ts, iterable);
  if (!it) {
    if (errorMatches(ts, kTypeError)) return raise(ts, kTypeError, "reduce() arg 2 must support iteration");
    return {};
  }
  Ref<> result = Ref<>::share(initial);
  while (Ref<> item = iterNext(ts, it.get())) {
    if (!result) {
      result = std::move(item);
      continue;
    }
    Object* args[] = {nullptr, result.get(), item.get()};
    result = TRY(vectorcall(ts, function, args + 1, 2 | kArgumentsOffset));
  }
  if (errorSet(ts)) return {};
  if (!result) return raise(ts, kTypeError, "reduce() of empty iterable with no initial value");
  return result;
}

Object* reduceFunction(Object*, Object* args_object) {
  ThreadState& ts = ThreadState::current();
  auto* args = reinterpret_cast<Tuple*>(args_object);
  if (checkPositional(ts, "reduce", args->size, 2, 3).failed()) return nullptr;
  return reduce(ts, args->items[0], args->items[1], args->size == 3 ? args->items[2] : nullptr).release();
}

consteval MethodDef reduceMethod() {
  MethodDef d;
  d.name = "reduce";
  d.function = CFunction(static_cast<BinaryFn>(&reduceFunction));
  d.flags = kMethVarargs;
  d.doc =
      "reduce(function, iterable[, initial]) -> value\n\nCombine the items from left to right with a function of two arguments:\n"
      "reduce(lambda x, y: x+y, [1, 2, 3]) is ((1+2)+3). The initial value stands in front\nof the items, and is the result when "
      "there are none.";
  return d;
}

constexpr MethodDef kMethods[] = {
    reduceMethod(),
    METHOD_UNSIGNED("cmp_to_key", cmpToKey, "($module, mycmp)", "Convert a cmp= function into a key= function."),
    {}};

Status populate(ThreadState& ts, Module* m) {
  (void)TRY(readyType(ts, kKeyWrapper));
  (void)TRY(readyType(ts, kLruLink));
  (void)TRY(addType(ts, m, kPartial));
  (void)TRY(addType(ts, m, kLruCache));
  for (Type* type : {&kKeyWrapper, &kPartial, &kLruCache}) (void)TRY(setModuleName(ts, *type));
  return kDone;
}

}  // namespace

constinit Type kKeyWrapper = defineType<KeyWrapper>(
    {.name = "functools.KeyWrapper",
     .members = kKeyMembers,
     .free = freeGcObject,
     .dealloc = slot<deallocFields<KeyWrapper, &KeyWrapper::compare, &KeyWrapper::object>>,
     .traverse = slot<traverseFields<KeyWrapper, &KeyWrapper::compare, &KeyWrapper::object>>,
     .clear = slot<clearFields<KeyWrapper, &KeyWrapper::compare, &KeyWrapper::object>>,
     .hash = notHashable,
     .richcompare = slot<richcompare>,
     .call = slot<callKey>,
     .getattro = genericGetAttrSlot});

}  // namespace functools

extern const ModuleDef kFunctoolsModule = {.name = "_functools",
                                           .doc = "Tools that operate on functions.",
                                           .methods = functools::kMethods,
                                           .populate = functools::populate};

}  // namespace habu
