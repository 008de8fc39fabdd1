// The struct of types.GenericAlias.
#pragma once
#include "types/generic_alias.h"
#include "types/tuple.h"
#include "types/type_parameters.h"

namespace habu {

struct GenericAlias : Object {
  Object* origin;
  Tuple* args;
  Tuple* parameters;  // null until asked for
  Object* weakrefs;
  bool starred;       // *tuple[int, str]
  VectorcallFn vectorcall;
};

}  // namespace habu
