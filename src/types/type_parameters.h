// Substitution of type parameters, shared by GenericAlias and UnionType (PEP 585, 604, 646).
#pragma once
#include "object/core.h"

namespace habu {

// The distinct type variables among `args` and in their own __parameters__, in order of first use.
Ref<Tuple> collectTypeParameters(ThreadState&, Tuple* args);
// `args` with the parameters of `self` replaced by what stands in the brackets (`item`).
Ref<Tuple> substituteTypeParameters(ThreadState&, Object* self, Tuple* args, Tuple* parameters, Object* item);
// The text of an argument: int, module.Class, ..., or its repr.
Ref<Str> typeArgumentText(ThreadState&, Object*);
bool isGenericAlias(const Object*);
extern Type kGenericAliasType C_NAME("Py_GenericAliasType");

}  // namespace habu
