// What the files of the code type share.
#pragma once
#include "object/bind.h"
#include "types/code.h"

namespace habu {

void deallocCode(Code*);
Ref<> compareCode(ThreadState&, Code*, Object* other, CompareOp);
Result<Hash> hashCode(ThreadState&, Code*);
// Names of the variables that have `kind` among theirs.
Ref<Tuple> codeNames(ThreadState&, const Code*, LocalKind kind);
Ref<> codeLines(ThreadState&, Code*);      // co_lines(): an iterator
Ref<> codePositions(ThreadState&, Code*);  // co_positions()
Ref<Bytes> codeLineDeltas(ThreadState&, Code*);  // co_lnotab
extern Type kLineIteratorType, kPositionsIteratorType;

}  // namespace habu
