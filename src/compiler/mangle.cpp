#include "compiler/mangle.h"

#include "object/raise.h"

namespace habu::compiler {

bool isPrivateName(const Str* name) {
  Index n = name->length;
  if (n < 2 || (*name)[0] != '_' || (*name)[1] != '_') return false;
  if ((*name)[n - 1] == '_' && (*name)[n - 2] == '_') return false;
  for (Index i = 2; i < n; ++i)
    if ((*name)[i] == '.') return false;
  return true;
}

Str* mangle(ThreadState& ts, syntax::AstArena& arena, Str* private_class, Str* name) {
  if (!private_class || name->length < 2 || (*name)[0] != '_' || !isPrivateName(name)) return name;
  Index start = 0;
  while (start < private_class->length && (*private_class)[start] == '_') ++start;
  if (start == private_class->length) return name;  // a class called ___ has no private names
  StrBuilder text(ts);
  text.append(U'_');
  text.append(private_class, start, private_class->length);
  text.append(name);
  Ref<Str> mangled = text.finish();
  if (!mangled) return nullptr;
  intern(mangled);
  Str* kept = arena.own(std::move(mangled));
  if (!kept) (void)raiseNoMemory(ts);
  return kept;
}

}  // namespace habu::compiler
