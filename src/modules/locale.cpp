// The module `_locale`: the C library's locale, collation and message catalogues.
#include <errno.h>
#include <langinfo.h>
#include <libintl.h>
#include <limits.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

#include <memory>

#include "object/bind.h"
#include "object/module_def.h"
#include "types/bytes.h"
#include "types/dict.h"
#include "types/heap_type.h"
#include "types/int.h"
#include "types/list.h"
#include "types/str.h"

namespace habu {
namespace {

Type* locale_error;

// Text in the locale's encoding; what does not decode becomes lone surrogates.
Ref<Str> fromLocale(ThreadState& ts, std::string_view text) {
  StrBuilder out(ts);
  mbstate_t state{};
  const char *p = text.data(), *end = p + text.size();
  while (p < end) {
    wchar_t c = 0;
    size_t n = ::mbrtowc(&c, p, size_t(end - p), &state);
    if (n == size_t(-1) || n == size_t(-2)) {
      c = wchar_t(0xDC00 + static_cast<unsigned char>(*p));
      n = 1;
      state = {};
    }
    out.append(char32_t(c));
    p += n ? n : 1;
  }
  return out.finish();
}
Ref<Str> fromLocaleOrEmpty(ThreadState& ts, const char* text) { return fromLocale(ts, text ? text : ""); }

struct FreeMemory {
  void operator()(void* p) const { free(p); }
};
using Wide = std::unique_ptr<wchar_t, FreeMemory>;

Result<Wide> wideFrom(ThreadState& ts, const Str* s) {
  Wide out(static_cast<wchar_t*>(malloc((size_t(s->length) + 1) * sizeof(wchar_t))));
  if (!out) return raiseNoMemory(ts);
  for (Index i = 0; i < s->length; ++i) {
    out.get()[i] = wchar_t((*s)[i]);
    if (!out.get()[i]) return raise(ts, kValueError, "embedded null character");
  }
  out.get()[s->length] = 0;
  return out;
}

// A str argument that may be None: the pointer is null then.
Result<const char*> textOrNull(ThreadState& ts, Object* o, const char* what) {
  if (!o || isNone(o)) return static_cast<const char*>(nullptr);
  if (!isStr(o)) return raise(ts, kTypeError, "{} must be str or None, not {:.50}", what, typeName(o));
  std::string_view text = TRY(utf8Of(ts, reinterpret_cast<Str*>(o)));
  if (strlen(text.data()) != text.size()) return raise(ts, kValueError, "embedded null character");
  return text.data();
}

Ref<> setlocaleOf(ThreadState& ts, Module*, int category, Object* name) {
  const char* wanted = TRY(textOrNull(ts, name, "setlocale() argument 2"));
  const char* result = ::setlocale(category, wanted);
  if (!result) return raise(ts, *locale_error, wanted ? "unsupported locale setting" : "locale query failed");
  return fromLocale(ts, result);
}

// ---- localeconv ----
Ref<List> groupingList(ThreadState& ts, const char* grouping) {
  Ref<List> list = TRY(newList(ts));
  if (!grouping || !*grouping) return list;
  for (const char* p = grouping;; ++p) {
    TRY(appendList(ts, list.get(), Ref<>(TRY(newInt(ts, *p)))));
    if (*p == 0 || *p == CHAR_MAX) return list;
  }
}

Ref<> localeconvOf(ThreadState& ts, Module*) {
  lconv* c = ::localeconv();
  Ref<Dict> d = TRY(newDict(ts));
  auto text = [&](const char* key, const char* value) -> Status {
    return dictSetAscii(ts, d.get(), key, TRY(fromLocaleOrEmpty(ts, value)));
  };
  TRY(text("int_curr_symbol", c->int_curr_symbol));
  TRY(text("currency_symbol", c->currency_symbol));
  TRY(text("mon_decimal_point", c->mon_decimal_point));
  TRY(text("mon_thousands_sep", c->mon_thousands_sep));
  TRY(dictSetAscii(ts, d.get(), "mon_grouping", TRY(groupingList(ts, c->mon_grouping))));
  TRY(text("positive_sign", c->positive_sign));
  TRY(text("negative_sign", c->negative_sign));
  const struct { const char* key; char value; } kNumbers[] = {
      {"int_frac_digits", c->int_frac_digits}, {"frac_digits", c->frac_digits}, {"p_cs_precedes", c->p_cs_precedes},
      {"p_sep_by_space", c->p_sep_by_space}, {"n_cs_precedes", c->n_cs_precedes}, {"n_sep_by_space", c->n_sep_by_space},
      {"p_sign_posn", c->p_sign_posn}, {"n_sign_posn", c->n_sign_posn}};
  for (auto& n : kNumbers) TRY(dictSetAscii(ts, d.get(), n.key, TRY(newInt(ts, n.value))));
  TRY(text("decimal_point", c->decimal_point));
  TRY(text("thousands_sep", c->thousands_sep));
  TRY(dictSetAscii(ts, d.get(), "grouping", TRY(groupingList(ts, c->grouping))));
  return d;
}

// ---- collation ----
Result<int> strcollOf(ThreadState& ts, Module*, Str* a, Str* b) {
  Wide left = TRY(wideFrom(ts, a)), right = TRY(wideFrom(ts, b));
  return ::wcscoll(left.get(), right.get());
}

Ref<> strxfrmOf(ThreadState& ts, Module*, Str* s) {
  Wide text = TRY(wideFrom(ts, s));
  size_t size = ::wcsxfrm(nullptr, text.get(), 0) + 1;
  Wide out(static_cast<wchar_t*>(malloc(size * sizeof(wchar_t))));
  if (!out) return raiseNoMemory(ts);
  size_t length = ::wcsxfrm(out.get(), text.get(), size);
  return strFromUcs4(ts, reinterpret_cast<const char32_t*>(out.get()), Index(length));
}

// ---- nl_langinfo ----
struct Constant {
  const char* name;
  int value;
};
#define X(name) {#name, name}
constexpr Constant kLanginfo[] = {
    X(DAY_1), X(DAY_2), X(DAY_3), X(DAY_4), X(DAY_5), X(DAY_6), X(DAY_7), X(ABDAY_1), X(ABDAY_2), X(ABDAY_3), X(ABDAY_4),
    X(ABDAY_5), X(ABDAY_6), X(ABDAY_7), X(MON_1), X(MON_2), X(MON_3), X(MON_4), X(MON_5), X(MON_6), X(MON_7), X(MON_8),
    X(MON_9), X(MON_10), X(MON_11), X(MON_12), X(ABMON_1), X(ABMON_2), X(ABMON_3), X(ABMON_4), X(ABMON_5), X(ABMON_6),
    X(ABMON_7), X(ABMON_8), X(ABMON_9), X(ABMON_10), X(ABMON_11), X(ABMON_12), X(RADIXCHAR), X(THOUSEP), X(CRNCYSTR),
    X(D_T_FMT), X(D_FMT), X(T_FMT), X(AM_STR), X(PM_STR), X(CODESET), X(T_FMT_AMPM), X(ERA), X(ERA_D_FMT), X(ERA_D_T_FMT),
    X(ERA_T_FMT), X(ALT_DIGITS), X(YESEXPR), X(NOEXPR), X(_DATE_FMT)};
constexpr Constant kCategories[] = {X(LC_CTYPE), X(LC_TIME), X(LC_COLLATE), X(LC_MONETARY), X(LC_MESSAGES), X(LC_NUMERIC), X(LC_ALL), X(CHAR_MAX)};
#undef X

Ref<> langinfo(ThreadState& ts, Module*, int key) {
  for (const Constant& c : kLanginfo)
    if (c.value == key) return fromLocaleOrEmpty(ts, ::nl_langinfo(key));
  return raise(ts, kValueError, "unsupported langinfo constant");
}

Ref<> getencoding(ThreadState& ts, Module*) {
  const char* codeset = ::nl_langinfo(CODESET);
  return fromLocale(ts, codeset && *codeset ? codeset : "UTF-8");
}

// ---- message catalogues ----
Ref<> gettextOf(ThreadState& ts, Module*, std::string_view message) { return fromLocale(ts, ::gettext(message.data())); }
Ref<> dgettextOf(ThreadState& ts, Module*, Object* domain, std::string_view message) {
  const char* d = TRY(textOrNull(ts, domain, "dgettext() argument 1"));
  return fromLocale(ts, ::dgettext(d, message.data()));
}
Ref<> dcgettextOf(ThreadState& ts, Module*, Object* domain, std::string_view message, int category) {
  const char* d = TRY(textOrNull(ts, domain, "dcgettext() argument 1"));
  return fromLocale(ts, ::dcgettext(d, message.data(), category));
}
Ref<> textdomainOf(ThreadState& ts, Module*, Object* domain) {
  const char* d = TRY(textOrNull(ts, domain, "textdomain() argument"));
  const char* result = ::textdomain(d);
  if (!result) return raiseErrno(ts, errno);
  return fromLocale(ts, result);
}
Ref<> bindtextdomainOf(ThreadState& ts, Module*, std::string_view domain, Object* directory) {
  if (domain.empty()) return raise(ts, *locale_error, "domain must be a non-empty string");
  Ref<Bytes> path;
  if (!isNone(directory)) path = TRY(fileSystemBytes(ts, directory));
  const char* result = ::bindtextdomain(domain.data(), path ? path->data : nullptr);
  if (!result) return raiseErrno(ts, errno);
  return fromLocale(ts, result);
}
Ref<> bindCodeset(ThreadState& ts, Module*, std::string_view domain, Object* codeset) {
  const char* c = TRY(textOrNull(ts, codeset, "bind_textdomain_codeset() argument 2"));
  const char* result = ::bind_textdomain_codeset(domain.data(), c);
  if (!result) return none();
  return fromLocale(ts, result);
}

constexpr MethodDef kMethods[] = {
    METHOD_AS("setlocale", setlocaleOf, "($module, category, locale=<unrepresentable>, /)", "Sets the locale of a category, or tells it."),
    METHOD_AS("localeconv", localeconvOf, "($module, /)", "How the locale writes numbers and amounts of money."),
    METHOD_AS("strcoll", strcollOf, "($module, os1, os2, /)", "Compares two texts as the locale sorts them."),
    METHOD_AS("strxfrm", strxfrmOf, "($module, string, /)", "A text whose plain order is the locale's order of the given one."),
    METHOD_AS("nl_langinfo", langinfo, "($module, key, /)", "What the locale says about a constant of this module."),
    METHOD(getencoding, "($module, /)", "The locale's encoding."),
    METHOD_AS("gettext", gettextOf, "($module, msg, /)", "The translation of a message."),
    METHOD_AS("dgettext", dgettextOf, "($module, domain, msg, /)", "The translation of a message in a domain."),
    METHOD_AS("dcgettext", dcgettextOf, "($module, domain, msg, category, /)", "The translation of a message in a domain and category."),
    METHOD_AS("textdomain", textdomainOf, "($module, domain, /)", "Sets the domain of messages, or tells it."),
    METHOD_AS("bindtextdomain", bindtextdomainOf, "($module, domain, dir, /)", "Sets the directory of a domain's catalogues, or tells it."),
    METHOD_AS("bind_textdomain_codeset", bindCodeset, "($module, domain, codeset, /)", "Sets the encoding of a domain's translations, or tells it."),
    {}};

Status populate(ThreadState& ts, Module* m) {
  for (const Constant& c : kCategories) TRY(addInt(ts, m, c.name, c.value));
  locale_error = TRY(newExceptionClass(ts, "locale.Error", kException)).release();
  TRY(addObject(ts, m, "Error", Ref<>::share(locale_error)));
  for (const Constant& c : kLanginfo) TRY(addInt(ts, m, c.name, c.value));
  return kDone;
}

}  // namespace

extern const ModuleDef kLocaleModule = {.name = "_locale", .doc = "The C library's locale; programs use the module locale.", .methods = kMethods, .populate = populate};

}  // namespace habu
