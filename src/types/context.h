// Context variables (PEP 567): ContextVar, Context, Token.
#pragma once
#include "object/core.h"

namespace habu {

struct MapNode;

struct ContextVar : Object {  // PyContextVar
  Str* name;
  Object* fallback;          // nullable: the default
  Object* cached;            // borrowed value, valid while the two numbers match the thread's
  uint64_t cached_thread;
  uint64_t cached_version;
  Hash hash;
};
struct Context : Object {  // PyContext
  Context* previous;  // owned; the one to return to, while entered
  MapNode* vars;      // owned, nullable; persistent map ContextVar -> value
  Object* weakrefs;
  int size;           // bindings
  bool entered;
};
struct Token : Object {  // PyContextToken
  Context* context;
  ContextVar* var;
  Object* old_value;  // null: there was none
  bool used;
};
static_assert(sizeof(ContextVar) == 64 && sizeof(Context) == 48 && sizeof(Token) == 48);

extern Type kContextType C_NAME("PyContext_Type");
extern Type kContextVarType C_NAME("PyContextVar_Type");
extern Type kTokenType C_NAME("PyContextToken_Type");
extern Type kTokenMissingType;
extern Object* const kTokenMissing;  // Token.MISSING

Ref<Context> newContext(ThreadState&);
Ref<Context> copyContext(ThreadState&, Context*);
Ref<Context> copyCurrentContext(ThreadState&);
Status enterContext(ThreadState&, Context*);  // RuntimeError when entered already
Status exitContext(ThreadState&, Context*);
Ref<ContextVar> newContextVar(ThreadState&, Str* name, Object* fallback);
// The value here and now, else `fallback`, else the variable's default; absent: empty.
Found contextVarGet(ThreadState&, ContextVar*, Object* fallback);
Ref<Token> contextVarSet(ThreadState&, ContextVar*, Object* value);
Status contextVarReset(ThreadState&, ContextVar*, Token*);

}  // namespace habu
