// The adaptive forms of instructions: which one fits the operands seen, and what their caches hold.
#pragma once
#include "interp/ops.h"
#include "types/function.h"

namespace habu {

// Each looks at the operands on the stack and rewrites the slot when one of the specialised forms fits.
void specialiseBinaryOp(Frame*, Instruction* ip, Object** sp);
void specialiseBinarySubscr(Frame*, Instruction* ip, Object** sp);
void specialiseCompareOp(Frame*, Instruction* ip, Object** sp);
void specialiseStoreSubscr(Frame*, Instruction* ip, Object** sp);
void specialiseUnpackSequence(Frame*, Instruction* ip, Object** sp);
void specialiseLoadAttr(Frame*, Instruction* ip, Object** sp);
void specialiseStoreAttr(Frame*, Instruction* ip, Object** sp);
void specialiseLoadMethod(Frame*, Instruction* ip, Object** sp);
void specialisePrecall(Frame*, Instruction* ip, Object** sp);
void specialiseCall(Frame*, Instruction* ip, Object** sp);

struct SubscriptCache {  // BINARY_SUBSCR_GETITEM
  uint32_t unused, counter;
  uint32_t type_version, function_version;
  Function* function;  // borrowed: in the dictionary of the type as long as the type has this version
  uint64_t spare;
};
static_assert(sizeof(SubscriptCache) == 4 * sizeof(Instruction));

struct AttributeCache {  // LOAD_ATTR, STORE_ATTR
  uint32_t unused, counter;
  uint32_t version;  // of the type, or of the keys of a module's dictionary
  uint32_t keys_version;
  uint64_t offset;   // index among the inline values; bytes from the object or keys to the value
  Function* getter;  // LOAD_ATTR_PROPERTY: borrowed from the property, whose address is in `offset`
};
static_assert(sizeof(AttributeCache) == 4 * sizeof(Instruction));

struct MethodCache {  // LOAD_METHOD
  uint32_t unused, counter;
  uint32_t type_version, keys_version;
  Object* method;  // borrowed, as above
  uint64_t dict_offset;
  uint64_t spare[6];
};
static_assert(sizeof(MethodCache) == 10 * sizeof(Instruction));

struct CallCache {  // CALL
  uint32_t unused, counter;
  uint32_t function_version, least;
  Function* init;  // CALL_PY_CLASS: borrowed; __init__ as long as the class has this version
  uint32_t type_version, names;  // index of the constant with the keyword names + 1; 0: none
};
static_assert(sizeof(CallCache) == 4 * sizeof(Instruction));

// Versions of functions that the caches compare; 0: ran out.
uint32_t functionVersion(Function*);

// Suspends the running frame at a call instruction and starts `callee`, whose result is pushed when it returns.
#define ENTER_CALL(callee, op)                                    \
  do {                                                            \
    frame->ip = ip + info(Op::op).caches;                         \
    frame->stack_top = int(sp - frame->localsplus);               \
    (callee)->previous = frame;                                   \
    frame = ts.cframe->current_frame = (callee);                  \
    sp = frame->localsplus + frame->code->localsplus_count;       \
    GO(start);                                                    \
  } while (0)

}  // namespace habu
