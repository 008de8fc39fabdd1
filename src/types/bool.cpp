// bool: a subclass of int with two instances.
#include "object/bind.h"
#include "object/protocol.h"
#include "types/arguments.h"
#include "types/int.h"
#include "types/str.h"
#include "types/tuple.h"

namespace habu {

namespace {

Ref<Str> repr(ThreadState&, Int* self) {
  static constinit Name true_text{"True"}, false_text{"False"};
  return share(self == &kTrueInt ? true_text.get() : false_text.get());
}

template <BitOperation operation>
Ref<> combine(ThreadState& ts, Object* a, Object* b) {
  if (isBool(a) && isBool(b)) {
    bool x = a == &kTrueInt, y = b == &kTrueInt;
    return newBool(operation == BitOperation::And ? x && y : operation == BitOperation::Or ? x || y : x != y);
  }
  if (!isInt(a) || !isInt(b)) return notImplemented();
  return bitwiseInts(ts, static_cast<Int*>(a), static_cast<Int*>(b), operation);
}

Ref<> make(ThreadState& ts, Type*, Tuple* args, Dict* keywords) {
  TRY(noKeywords(ts, "bool", keywords));
  TRY(checkPositional(ts, "bool", args->size, 0, 1));
  return newBool(args->size ? TRY(isTrue(ts, args->items[0])) : false);
}

Ref<> callType(ThreadState& ts, Type*, Args args) {
  TRY(noKeywordNames(ts, "bool", args.names));
  TRY(checkPositional(ts, "bool", args.count, 0, 1));
  return newBool(args.count ? TRY(isTrue(ts, args[0])) : false);
}

constinit NumberSlots kNumber = {
    .bit_and = slot<combine<BitOperation::And>>,
    .bit_xor = slot<combine<BitOperation::Xor>>,
    .bit_or = slot<combine<BitOperation::Or>>,
};

}  // namespace

constinit Type kBoolType = defineVarType<Int>(
    Index(sizeof(Int)),
    {.name = "bool",
     .doc = "bool(x) -> bool\n\n"
            "Returns True when the argument x is true, False otherwise. True and False are the only two instances;\n"
            "the class is a subclass of int and cannot be subclassed itself.",
     .base = &kIntType,
     .item_size = sizeof(Digit),
     .number = &kNumber,
     .make = makeSlot<make>,
     .repr = slot<repr>,
     .vectorcall = typeVectorcall<callType>});

constinit Int kTrueInt = {{{kImmortalRefcount, &kBoolType}, 1}, {1}};
constinit Int kFalseInt = {{{kImmortalRefcount, &kBoolType}, 0}, {0}};

}  // namespace habu
