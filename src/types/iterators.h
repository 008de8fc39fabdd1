// Iterators of the built-in sequences, and the lazy built-ins: enumerate, zip, map, filter, reversed, iter(callable).
#pragma once
#include "object/core.h"

namespace habu {

struct SequenceIterator : Object {  // list, tuple, and anything with __getitem__ ("iterator")
  Index index;
  Object* sequence;  // owned; null once exhausted
};
extern Type kListIteratorType C_NAME("PyListIter_Type");
extern Type kListReverseIteratorType C_NAME("PyListRevIter_Type");
extern Type kTupleIteratorType C_NAME("PyTupleIter_Type");
extern Type kSequenceIteratorType C_NAME("PySeqIter_Type");

struct CallableIterator : Object {
  Object* callable;  // owned; null once exhausted
  Object* sentinel;
};
extern Type kCallableIteratorType C_NAME("PyCallIter_Type");

struct Enumerate : Object {
  Index index;      // next number while it fits; then kMaxIndex
  Object* iterator;
  Object* result;   // a (None, None) pair that is handed out again while nobody else holds it
  Object* long_index;  // owned; null while `index` suffices
  Object* one;
};
struct Reversed : Object {
  Index index;  // -1: exhausted
  Object* sequence;
};
struct Zip : Object {
  Index count;
  Object* iterators;  // tuple
  Object* result;     // reused while unshared
  int strict;
};
struct Map : Object {
  Object* iterators;  // tuple
  Object* function;
};
struct Filter : Object {
  Object* function;
  Object* iterator;
};
extern Type kEnumerateType C_NAME("PyEnum_Type");
extern Type kReversedType C_NAME("PyReversed_Type");
extern Type kZipType C_NAME("PyZip_Type");
extern Type kMapType C_NAME("PyMap_Type");
extern Type kFilterType C_NAME("PyFilter_Type");

Ref<> newSequenceIterator(ThreadState&, Object* sequence);  // iter() over __getitem__
Ref<> newCallableIterator(ThreadState&, Object* callable, Object* sentinel);

// iter(it) is it: slot<iteratorItself>.
Ref<> iteratorItself(ThreadState&, Object*);
// The argument of __setstate__: an int (TypeError "an integer is required"), OverflowError when out of range.
Result<Index> stateIndex(ThreadState&, Object* state);
// (iter, ((),)): what an exhausted iterator reduces to.
Ref<> reduceExhausted(ThreadState&);
// The built-in function `name`, as __reduce__ methods name it (iter, reversed).
Ref<> builtinFunction(ThreadState&, Str* name);

}  // namespace habu
