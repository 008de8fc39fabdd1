// What the files of the type str share: str_type.cpp, str_methods.cpp, str_case.cpp, str_search.cpp, str_split.cpp,
// str_percent.cpp, str_format.cpp.
#pragma once
#include "object/bind.h"
#include "types/str.h"

namespace habu {

extern const MethodDef kStrMethods[];
Object* makeStr(Type*, Object* args, Object* keywords);  // tp_new

// \xNN, \uNNNN or \UNNNNNNNN
bool appendHexEscape(StrBuilder&, char32_t);

// format % arguments
Ref<Str> percentFormat(ThreadState&, Str* format, Object* arguments);

// ---- methods ----
Ref<Str> strCapitalize(ThreadState&, Str*);
Ref<Str> strCasefold(ThreadState&, Str*);
Ref<Str> strTitle(ThreadState&, Str*);
Ref<Str> strLower(ThreadState&, Str*);
Ref<Str> strUpper(ThreadState&, Str*);
Ref<Str> strSwapcase(ThreadState&, Str*);

bool strIsascii(ThreadState&, Str*);
bool strIslower(ThreadState&, Str*);
bool strIsupper(ThreadState&, Str*);
bool strIstitle(ThreadState&, Str*);
bool strIsspace(ThreadState&, Str*);
bool strIsdecimal(ThreadState&, Str*);
bool strIsdigit(ThreadState&, Str*);
bool strIsnumeric(ThreadState&, Str*);
bool strIsalpha(ThreadState&, Str*);
bool strIsalnum(ThreadState&, Str*);
bool strIsidentifier(ThreadState&, Str*);
bool strIsprintable(ThreadState&, Str*);

Result<Index> strFind(ThreadState&, Str*, Args);
Result<Index> strRfind(ThreadState&, Str*, Args);
Result<Index> strIndex(ThreadState&, Str*, Args);
Result<Index> strRindex(ThreadState&, Str*, Args);
Result<Index> strCount(ThreadState&, Str*, Args);
Result<bool> strStartswith(ThreadState&, Str*, Args);
Result<bool> strEndswith(ThreadState&, Str*, Args);
Ref<Str> strReplace(ThreadState&, Str*, Str* from, Str* to, std::optional<Index> count);
Ref<Str> strRemovePrefix(ThreadState&, Str*, Str*);
Ref<Str> strRemoveSuffix(ThreadState&, Str*, Str*);
Ref<Str> strStrip(ThreadState&, Str*, Object* chars);
Ref<Str> strLstrip(ThreadState&, Str*, Object* chars);
Ref<Str> strRstrip(ThreadState&, Str*, Object* chars);

Ref<List> strSplit(ThreadState&, Str*, Object* separator, std::optional<Index> limit);
Ref<List> strRsplit(ThreadState&, Str*, Object* separator, std::optional<Index> limit);
Ref<List> strSplitlines(ThreadState&, Str*, std::optional<int> keep_ends);
Ref<Tuple> strPartition(ThreadState&, Str*, Object* separator);
Ref<Tuple> strRpartition(ThreadState&, Str*, Object* separator);
Ref<Str> strJoin(ThreadState&, Str*, Object* iterable);

Ref<Str> strTranslate(ThreadState&, Str*, Object* table);

Ref<Str> strFormat(ThreadState&, Str*, Args);
Ref<Str> strFormatMap(ThreadState&, Str*, Object* mapping);
Ref<Str> strFormatSpec(ThreadState&, Str*, Str* spec);  // str.__format__

// ---- for others (the C interface, modules) ----
enum class StripSide : int { Left = 1, Right = 2, Both = 3 };
Ref<Str> stripStr(ThreadState&, Str*, Str* chars /* null: whitespace */, StripSide);
Ref<Str> replaceStr(ThreadState&, Str*, Str* from, Str* to, Index limit);  // limit < 0: all
Index countStr(const Str*, const Str* sub, Index start, Index stop);          // within 0 <= start, stop <= length
bool tailMatchStr(const Str*, const Str* part, Index start, Index stop, bool at_end);
// The same text in the narrowest kind that holds it.
Ref<Str> narrowest(ThreadState&, Ref<Str>);
// As an identifier of the language: XID_Start and '_' first, then XID_Continue.
bool isIdentifier(const Str*);

}  // namespace habu
