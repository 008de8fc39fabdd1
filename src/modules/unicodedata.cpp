// The module unicodedata: Unicode 14.0, and 3.2 as the object ucd_3_2_0 (the same functions as methods).
#include "base/unicode.h"

#include "object/alloc.h"
#include "object/bind.h"
#include "object/module_def.h"
#include "object/protocol.h"
#include "types/module.h"
#include "types/str_kinds.h"

namespace habu {

namespace {

struct Ucd : Object {
  const char* version;
};
extern Type kUcdType;

// Functions get the module as `self`, methods the object of the old version.
bool isOld(const Object* self) { return isExact(self, kUcdType); }
bool oldUnassigned(const Object* self, char32_t c) { return isOld(self) && oldUnicode(c).category == 0; }

Ref<> missing(ThreadState& ts, Object* fallback, const char* message) {
  if (fallback) return share(fallback);
  return raise(ts, kValueError, message);
}
Ref<> intObject(ThreadState& ts, int v) {
  Ref<Int> i = TRY(newInt(ts, v));
  return Ref<>::steal(reinterpret_cast<Object*>(i.release()));
}

Ref<> decimal(ThreadState& ts, Object* self, char32_t c, Object* fallback) {
  int value = decimalValue(c);
  if (isOld(self)) {
    const OldUnicode& old = oldUnicode(c);
    if (old.decimal != 254) value = old.decimal == 255 ? -1 : old.decimal;
  }
  if (value < 0) return missing(ts, fallback, "not a decimal");
  return intObject(ts, value);
}
Ref<> digit(ThreadState& ts, Object*, char32_t c, Object* fallback) {
  int value = digitValue(c);
  if (value < 0) return missing(ts, fallback, "not a digit");
  return intObject(ts, value);
}
Ref<> numeric(ThreadState& ts, Object* self, char32_t c, Object* fallback) {
  double value = numericValue(c);
  if (isOld(self) && oldUnicode(c).number != -2.0) value = oldUnicode(c).number;
  if (value == -1.0) return missing(ts, fallback, "not a numeric character");
  Ref<Float> f = TRY(newFloat(ts, value));
  return Ref<>::steal(reinterpret_cast<Object*>(f.release()));
}
Ref<Str> category(ThreadState& ts, Object* self, char32_t c) {
  if (isOld(self) && oldUnicode(c).category != 255) return newStr(ts, categoryNameAt(oldUnicode(c).category));
  return newStr(ts, categoryName(unicodeRecord(c)));
}
Ref<Str> bidirectional(ThreadState& ts, Object* self, char32_t c) {
  if (isOld(self) && oldUnicode(c).bidi != 255) return newStr(ts, bidiNameAt(oldUnicode(c).bidi));
  return newStr(ts, bidiName(unicodeRecord(c)));
}
int combining(ThreadState&, Object* self, char32_t c) { return oldUnassigned(self, c) ? 0 : unicodeRecord(c).combining; }
int mirrored(ThreadState&, Object* self, char32_t c) {
  if (isOld(self) && oldUnicode(c).mirrored != 255) return oldUnicode(c).mirrored;
  return (unicodeFlags(c) & kUniMirrored) != 0;
}
Ref<Str> eastAsianWidth(ThreadState& ts, Object* self, char32_t c) {
  if (isOld(self) && oldUnicode(c).width != 255) return newStr(ts, widthNameAt(oldUnicode(c).width));
  return newStr(ts, widthName(unicodeRecord(c)));
}

Ref<Str> decomposition(ThreadState& ts, Object* self, char32_t c) {
  if (oldUnassigned(self, c)) return emptyStr();
  Decomposition d = decompositionOf(c);
  StrBuilder out(ts);
  out.append(std::string_view(d.prefix));
  for (int i = 0; i < d.count; ++i) {
    if (out.size()) out.append(U' ');
    uint32_t code = d.codes[i];
    for (int shift = code > 0xfffff ? 20 : code > 0xffff ? 16 : 12; shift >= 0; shift -= 4)
      out.append(char32_t("0123456789ABCDEF"[code >> shift & 15]));
  }
  return out.finish();
}

Ref<> name(ThreadState& ts, Object* self, char32_t c, Object* fallback) {
  char text[kMaxUnicodeName * 2];
  int n = oldUnassigned(self, c) ? 0 : unicodeName(c, text);
  if (n == 0) return missing(ts, fallback, "no such name");
  return strFromAscii(ts, {text, size_t(n)});
}

Ref<Str> find(ThreadState& ts, Object* self, std::string_view name) {
  char32_t c[4];
  if (name.size() > 256) return raise(ts, kKeyError, "name too long");
  int n = unicodeLookup(name.data(), name.size(), true, c, !isOld(self));
  if (n == 1 && oldUnassigned(self, c[0])) n = 0;
  if (n == 0) return raise(ts, kKeyError, "undefined character name '{}'", name);
  return strFromUcs4(ts, c, n);
}
Ref<Str> lookup(ThreadState& ts, Object* self, Object* name) {
  if (isStr(name)) return find(ts, self, TRY(utf8Of(ts, static_cast<Str*>(name))));
  BufferView view = TRY(BufferView::of(ts, name));
  return find(ts, self, view.bytes());
}

Result<NormalForm> normalForm(ThreadState& ts, Str* form) {
  if (equalsAscii(form, "NFC")) return NormalForm::Nfc;
  if (equalsAscii(form, "NFKC")) return NormalForm::Nfkc;
  if (equalsAscii(form, "NFD")) return NormalForm::Nfd;
  if (equalsAscii(form, "NFKD")) return NormalForm::Nfkd;
  return raise(ts, kValueError, "invalid normalization form");
}
// 1 yes, 0 no, -1 only normalising can tell.
int quickCheck(Object* self, NormalForm form, Str* text) {
  if (text->isAscii()) return 1;
  if (isOld(self)) return -1;
  return visitText(text, [&](const auto* p) { return quickNormal(form, p, size_t(text->length)); });
}
Ref<Str> normalized(ThreadState& ts, Object* self, NormalForm form, Str* text) {
  CodePoints out;
  bool good = visitText(text, [&](const auto* p) { return normalizeText(form, p, size_t(text->length), out, isOld(self)); });
  if (!good) return raiseNoMemory(ts);
  return strFromUcs4(ts, out.data(), Index(out.size()));
}
Result<bool> isNormalized(ThreadState& ts, Object* self, Str* form_name, Str* text) {
  if (text->length == 0) return true;
  NormalForm form = TRY(normalForm(ts, form_name));
  int quick = quickCheck(self, form, text);
  if (quick >= 0) return quick == 1;
  Ref<Str> other = TRY(normalized(ts, self, form, text));
  return equalStr(text, other.get());
}
Ref<Str> normalize(ThreadState& ts, Object* self, Str* form_name, Str* text) {
  if (text->length == 0) return share(text);
  NormalForm form = TRY(normalForm(ts, form_name));
  if (quickCheck(self, form, text) == 1) return share(text);
  return normalized(ts, self, form, text);
}

constexpr MethodDef kMethods[] = {
    METHOD(decimal, "($self, chr, default=<unrepresentable>, /)", "The decimal value of a character as an int."),
    METHOD(digit, "($self, chr, default=<unrepresentable>, /)", "The digit value of a character as an int."),
    METHOD(numeric, "($self, chr, default=<unrepresentable>, /)", "The numeric value of a character as a float."),
    METHOD(category, "($self, chr, /)", "The general category of a character."),
    METHOD(bidirectional, "($self, chr, /)", "The bidirectional class of a character, or ''."),
    METHOD(combining, "($self, chr, /)", "The canonical combining class of a character, 0 if none is defined."),
    METHOD(mirrored, "($self, chr, /)", "1 if the character is mirrored in bidirectional text, else 0."),
    METHOD_AS("east_asian_width", eastAsianWidth, "($self, chr, /)", "The East Asian width of a character."),
    METHOD(decomposition, "($self, chr, /)", "The decomposition mapping of a character, or ''."),
    METHOD(name, "($self, chr, default=<unrepresentable>, /)", "The name of a character."),
    METHOD(lookup, "($self, name, /)", "The character (or sequence) of that name; KeyError when there is none."),
    METHOD_AS("is_normalized", isNormalized, "($self, form, unistr, /)", "Is the string in the normal form 'NFC', 'NFKC', 'NFD' or 'NFKD'?"),
    METHOD(normalize, "($self, form, unistr, /)", "The string in the normal form 'NFC', 'NFKC', 'NFD' or 'NFKD'."),
    {}};

constexpr MemberDef kMembers[] = {MEMBER("unidata_version", String, Ucd, version, kMemberReadOnly, nullptr), {}};
void dealloc(Object* o) { freeObject(o); }
constinit Type kUcdType = defineType<Ucd>({.name = "unicodedata.UCD",
                                           .flags = kDisallowInstantiation,
                                           .methods = kMethods,
                                           .members = kMembers,
                                           .dealloc = dealloc});

Status populate(ThreadState& ts, Module* m) {
  TRY(addStr(ts, m, "unidata_version", "14.0.0"));
  TRY(addType(ts, m, kUcdType));
  Ref<Ucd> old = TRY(newObject<Ucd>(ts, kUcdType));
  old->version = "3.2.0";
  return addObject(ts, m, "ucd_3_2_0", std::move(old));
}

}  // namespace

extern const ModuleDef kUnicodedataModule = {
    .name = "unicodedata",
    .doc = "The Unicode Character Database, version 14.0.0, and its normal forms.",
    .methods = kMethods,
    .populate = populate};

}  // namespace habu
