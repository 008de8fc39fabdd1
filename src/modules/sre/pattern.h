// re.Pattern, re.Match and the scanner.
#pragma once
#include "modules/sre/constants.h"
#include "object/bind.h"

namespace habu::sre {

struct Pattern : VarObject {  // size: length of the code
  Index groups;
  Object* group_index;   // dict: name -> number; owned
  Object* index_group;   // tuple of names; owned
  Object* pattern;       // str, bytes or None; owned
  int flags;
  int is_bytes;          // -1: the pattern is None
  Object* weakrefs;
  // For the set of an IN (or of the info block) that starts at code[i], bitmaps[maps[i] - 1] says which characters
  // below 256 are members; 0: no bitmap.
  uint32_t* maps;
  struct Bitmap {
    uint32_t bits[8];
  }* bitmaps;
  Code code[1];
};
struct Match : VarObject {  // size: number of marks
  Object* string;   // owned; null or None never
  Object* regs;     // tuple, made on demand
  Pattern* pattern; // owned
  Index pos, endpos, last_index;
  Index groups;     // including group 0
  Index marks[1];   // start and end of each group, -1: unset
};

extern Type kPatternType, kMatchType, kScannerType;

// Checks code made outside this program's control: afterwards the engine needs no bounds checks on it. Marks the sets
// in `maps`, which is zero before.
bool validateCode(ThreadState&, Pattern*);
// Makes the bitmaps of a validated pattern. False: out of memory.
bool buildBitmaps(Pattern*);

class State;
Ref<> newMatch(ThreadState&, Pattern*, State&, int status);  // None for status 0, empty for a failure
extern const MethodDef kPatternMethods[];
// bytes or str between two positions of a subject.
Ref<> subjectSlice(ThreadState&, Object* subject, bool is_bytes, std::string_view bytes, Index start, Index end);

}  // namespace habu::sre
