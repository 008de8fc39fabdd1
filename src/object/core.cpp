#include "object/core.h"

#include "object/interpreter.h"
#include "object/thread_state.h"
#include "types/dict.h"
#include "types/int.h"
#include "types/str.h"

namespace habu {

Object* trueObject() { return &kTrueInt; }
Object* falseObject() { return &kFalseInt; }

Interpreter mainInterpreter{};

Object* sysGet(Str* name) { return mainInterpreter.sys_dict ? dictFindStr(mainInterpreter.sys_dict, name) : nullptr; }

void Name::intern() {
  Ref<Str> s = internedStr(ThreadState::current(), text_);
  if (!s) __builtin_trap();  // out of memory while making a constant of the program itself
  if (s->refcount < kImmortalRefcount) s->refcount += kImmortalRefcount;  // one-character texts are immortal already
  str_ = s.release();
}

}  // namespace habu
