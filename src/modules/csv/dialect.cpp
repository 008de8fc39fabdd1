// Dialects: how fields are delimited, quoted and escaped. And the module itself.
#include <cstdlib>
#include <cstring>

#include "modules/csv/csv.h"
#include "object/alloc.h"
#include "object/attribute.h"
#include "object/module_def.h"
#include "object/protocol.h"
#include "types/arguments.h"
#include "types/dict.h"
#include "types/heap_type.h"
#include "types/int.h"
#include "types/list.h"
#include "types/module.h"
#include "types/str_kinds.h"
#include "types/tuple.h"

namespace habu::csv {

constinit Settings settings{};

Buffer::~Buffer() { std::free(data_); }
bool Buffer::reserve(Index more) {
  if (more <= capacity_ - size_) return true;
  Index capacity = (size_ + more) * 2 + 64;
  auto* data = static_cast<char32_t*>(std::realloc(data_, size_t(capacity) * sizeof(char32_t)));
  if (!data) return false;
  data_ = data;
  capacity_ = capacity;
  return true;
}
bool Buffer::append(const char32_t* text, Index n) {
  if (!reserve(n)) return false;
  for (Index i = 0; i < n; ++i) data_[size_ + i] = text[i];
  size_ += n;
  return true;
}
bool Buffer::append(const Str* text, Index from, Index to) {
  if (!reserve(to - from)) return false;
  visitText(text, [&](const auto* p) {
    for (Index i = from; i < to; ++i) data_[size_++] = p[i];
  });
  return true;
}

namespace {

enum Parameter { kDelimiter, kDoublequote, kEscapechar, kLineterminator, kQuotechar, kQuoting, kSkipinitialspace, kStrict, kParameters };
constinit Name kParameterNames[kParameters] = {Name("delimiter"), Name("doublequote"), Name("escapechar"), Name("lineterminator"),
                                               Name("quotechar"), Name("quoting"), Name("skipinitialspace"), Name("strict")};

Status setChar(ThreadState& ts, const char* name, char32_t& field, Object* value, char32_t fallback, bool none_ok) {
  if (!value) {
    field = fallback;
    return kDone;
  }
  if (none_ok && isNone(value)) {
    field = kNotSet;
    return kDone;
  }
  if (!isStr(value))
    return raise(ts, kTypeError, "\"{}\" must be string{}, not {:.200}", name, none_ok ? " or None" : "", typeName(value));
  auto* s = static_cast<Str*>(value);
  if (s->length != 1) return raise(ts, kTypeError, "\"{}\" must be a 1-character string", name);
  field = (*s)[0];
  return kDone;
}
Status setBool(ThreadState& ts, char& field, Object* value, bool fallback) {
  field = char(value ? TRY(isTrue(ts, value)) : fallback);
  return kDone;
}
Status setLineTerminator(ThreadState& ts, Dialect* d, Object* value) {
  if (!value) {
    d->line_terminator = TRY(newStr(ts, "\r\n")).release();
  } else if (!isNone(value)) {
    if (!isStr(value)) return raise(ts, kTypeError, "\"lineterminator\" must be a string");
    d->line_terminator = TRY(exactStr(ts, static_cast<Str*>(value))).release();
  }
  return kDone;
}
Status setQuoting(ThreadState& ts, Dialect* d, Object* value) {
  int quoting = 0;
  if (value) {
    if (!isExactInt(value)) return raise(ts, kTypeError, "\"quoting\" must be an integer");
    quoting = TRY(asCInt(ts, value));
  }
  if (quoting < 0 || quoting > int(Quoting::None)) return raise(ts, kTypeError, "bad \"quoting\" value");
  d->quoting = Quoting(quoting);
  return kDone;
}

Status fill(ThreadState& ts, Dialect* d, Object* const* values) {
  TRY(setChar(ts, "delimiter", d->delimiter, values[kDelimiter], ',', false));
  TRY(setBool(ts, d->doublequote, values[kDoublequote], true));
  TRY(setChar(ts, "escapechar", d->escape, values[kEscapechar], kNotSet, true));
  TRY(setLineTerminator(ts, d, values[kLineterminator]));
  TRY(setChar(ts, "quotechar", d->quote, values[kQuotechar], '"', true));
  TRY(setQuoting(ts, d, values[kQuoting]));
  TRY(setBool(ts, d->skip_initial_space, values[kSkipinitialspace], false));
  TRY(setBool(ts, d->strict, values[kStrict], false));
  if (values[kQuotechar] && isNone(values[kQuotechar]) && !values[kQuoting]) d->quoting = Quoting::None;
  if (d->quoting != Quoting::None && d->quote == kNotSet) return raise(ts, kTypeError, "quotechar must be set if quoting enabled");
  if (!d->line_terminator) return raise(ts, kTypeError, "lineterminator must be set");
  return kDone;
}

Ref<> registered(ThreadState& ts, Object* name) {
  Ref<> found = TRY(dictFind(ts, settings.dialects, name));
  if (!found) return raise(ts, *settings.error, "unknown dialect");
  return found;
}

// A dialect of `type` from a base (a name, a Dialect or any object with the attributes) and parameters that override it.
Ref<> build(ThreadState& ts, Type* type, Object* base_argument, Object** values) {
  Ref<> base;
  if (base_argument) {
    base = isStr(base_argument) ? TRY(registered(ts, base_argument)) : share(base_argument);
    bool overridden = false;
    for (int i = 0; i < kParameters; ++i) overridden |= values[i] != nullptr;
    if (!overridden && isInstanceOf(base.get(), kDialectType)) return base;
  }
  Ref<> held[kParameters];
  for (int i = 0; base && i < kParameters; ++i) {
    if (values[i]) continue;
    Found attribute = findAttr(ts, base.get(), kParameterNames[i]);
    if (attribute.failed()) {
      clearError(ts);
      continue;
    }
    held[i] = attribute.take();
    values[i] = held[i].get();
  }
  auto d = Ref<Dialect>::steal(reinterpret_cast<Dialect*>(type->alloc(type, 0)));
  if (!d) return {};
  TRY(fill(ts, d.get(), values));
  return d;
}

Ref<> make(ThreadState& ts, Type* type, Object* dialect, Object* delimiter, Object* doublequote, Object* escapechar,
           Object* lineterminator, Object* quotechar, Object* quoting, Object* skipinitialspace, Object* strict) {
  Object* values[] = {delimiter, doublequote, escapechar, lineterminator, quotechar, quoting, skipinitialspace, strict};
  return build(ts, type, dialect, values);
}

void dealloc(Dialect* d) {
  clearField(d->line_terminator);
  d->type->free(d);
}

Ref<> charOrNone(ThreadState& ts, char32_t c) {
  if (c == kNotSet) return none();
  return strFromChar(ts, c);
}
Ref<> getDelimiter(ThreadState& ts, Dialect* d) { return charOrNone(ts, d->delimiter); }
Ref<> getEscape(ThreadState& ts, Dialect* d) { return charOrNone(ts, d->escape); }
Ref<> getQuote(ThreadState& ts, Dialect* d) { return charOrNone(ts, d->quote); }
Ref<> getLineTerminator(ThreadState&, Dialect* d) { return d->line_terminator ? share(static_cast<Object*>(d->line_terminator)) : none(); }
long long getQuoting(ThreadState&, Dialect* d) { return int(d->quoting); }
Ref<> refusePickle(ThreadState& ts, Dialect* d, Args) {
  const char* name = typeName(d);
  if (const char* dot = std::strrchr(name, '.')) name = dot + 1;
  return raise(ts, kTypeError, "cannot pickle '{:.100}' instances", name);
}

constexpr MethodDef kDialectMethods[] = {METHOD_RAW("__reduce__", refusePickle, "raises an exception to avoid pickling"),
                                         METHOD_RAW("__reduce_ex__", refusePickle, "raises an exception to avoid pickling"),
                                         {}};
constexpr MemberDef kDialectMembers[] = {MEMBER("skipinitialspace", Bool, Dialect, skip_initial_space, kMemberReadOnly, nullptr),
                                         MEMBER("doublequote", Bool, Dialect, doublequote, kMemberReadOnly, nullptr),
                                         MEMBER("strict", Bool, Dialect, strict, kMemberReadOnly, nullptr),
                                         {}};
constexpr GetSetDef kDialectGetSet[] = {GETTER("delimiter", getDelimiter, nullptr),
                                        GETTER("escapechar", getEscape, nullptr),
                                        GETTER("lineterminator", getLineTerminator, nullptr),
                                        GETTER("quotechar", getQuote, nullptr),
                                        GETTER("quoting", getQuoting, nullptr),
                                        {}};

// ---- the module's functions ----

Ref<List> listDialects(ThreadState& ts, Object*) { return dictKeyList(ts, settings.dialects); }
Status registerDialect(ThreadState& ts, Object*, Args args) {
  TRY(checkDialectArguments(ts, args));
  if (!isStr(args[0])) return raise(ts, kTypeError, "dialect name must be a string");
  Ref<Dialect> d = TRY(makeDialect(ts, args.count > 1 ? args[1] : nullptr, args.values + args.count, args.names));
  return dictSet(ts, settings.dialects, args[0], d.get());
}
Status unregisterDialect(ThreadState& ts, Object*, Object* name) {
  if (!TRY(dictDiscard(ts, settings.dialects, name))) return raise(ts, *settings.error, "unknown dialect");
  return kDone;
}
Ref<> getDialect(ThreadState& ts, Object*, Object* name) { return registered(ts, name); }
Result<long long> fieldSizeLimit(ThreadState& ts, Object*, Object* limit) {
  long old = settings.field_limit;
  if (limit) {
    if (!isExactInt(limit)) return raise(ts, kTypeError, "limit must be an integer");
    settings.field_limit = long(TRY(asLongLong(ts, limit)));
  }
  return old;
}

constexpr MethodDef kMethods[] = {
    METHOD_RAW("reader", reader, "csv_reader = reader(iterable [, dialect='excel'] [optional keyword args])\n\nA reader that gives the rows of the iterable of lines as lists of strings. The dialect\nis a name or an object with a dialect's attributes; keywords override them."),
    METHOD_RAW("writer", writer, "csv_writer = csv.writer(fileobj [, dialect='excel'] [optional keyword args])\n\nA writer whose rows are written to the file object as lines of text."),
    METHOD_AS("list_dialects", listDialects, "($module, /)", "The names of all known dialects."),
    METHOD_RAW("register_dialect", registerDialect, "Register a dialect under a name.\n    dialect = csv.register_dialect(name[, dialect[, **fmtparams]])"),
    METHOD_AS("unregister_dialect", unregisterDialect, "($module, /, name)", "Forget a dialect."),
    METHOD_AS("get_dialect", getDialect, "($module, /, name)", "The dialect of that name."),
    METHOD_AS("field_size_limit", fieldSizeLimit, "($module, /, new_limit=<unrepresentable>)", "The longest field that readers accept; sets a new limit if one is given."),
    {}};

Status populate(ThreadState& ts, Module* m) {
  for (Type* type : {&kDialectType, &kReaderType, &kWriterType}) {
    TRY(readyType(ts, *type));
    TRY(setModuleName(ts, *type));
  }
  auto type_object = [](Type& type) { return share(reinterpret_cast<Object*>(&type)); };
  TRY(addObject(ts, m, "Dialect", type_object(kDialectType)));
  TRY(addObject(ts, m, "Reader", type_object(kReaderType)));
  TRY(addObject(ts, m, "Writer", type_object(kWriterType)));
  Ref<Type> error = TRY(newExceptionClass(ts, "_csv.Error", kException));
  setField(settings.error, error.copy());
  TRY(addObject(ts, m, "Error", Ref<>::steal(reinterpret_cast<Object*>(error.release()))));
  Ref<Dict> dialects = TRY(newDict(ts));
  setField(settings.dialects, dialects.copy());
  TRY(addObject(ts, m, "_dialects", std::move(dialects)));
  settings.field_limit = 128 * 1024;
  TRY(addStr(ts, m, "__version__", "1.0"));
  TRY(addInt(ts, m, "QUOTE_MINIMAL", int(Quoting::Minimal)));
  TRY(addInt(ts, m, "QUOTE_ALL", int(Quoting::All)));
  TRY(addInt(ts, m, "QUOTE_NONNUMERIC", int(Quoting::Nonnumeric)));
  return addInt(ts, m, "QUOTE_NONE", int(Quoting::None));
}

}  // namespace

Status checkDialectArguments(ThreadState& ts, const Args& args) { return checkPositional(ts, "", args.count, 1, 2); }

Ref<Dialect> makeDialect(ThreadState& ts, Object* dialect, Object* const* values, Tuple* names) {
  Object* parameters[kParameters] = {};
  for (Index i = 0; names && i < names->size; ++i) {
    auto* key = static_cast<Str*>(names->items[i]);
    int found = -1;
    for (int k = 0; k < kParameters; ++k)
      if (equalStr(key, kParameterNames[k].get())) found = k;
    if (found >= 0) parameters[found] = values[i];
    else if (equalsAscii(key, "dialect") && !dialect) dialect = values[i];
    else if (equalsAscii(key, "dialect")) return raise(ts, kTypeError, "argument for function given by name ('dialect') and position (1)");
    else return raise(ts, kTypeError, "'{}' is an invalid keyword argument for this function", key);
  }
  return cast<Dialect>(TRY(build(ts, &kDialectType, dialect, parameters)));
}

constinit Type kDialectType = defineType<Dialect>(
    {.name = "_csv.Dialect",
     .doc = "CSV dialect\n\nHow fields are delimited, quoted and escaped.",
     .flags = kBaseType | kImmutableType,
     .methods = kDialectMethods,
     .members = kDialectMembers,
     .getset = kDialectGetSet,
     .make = CONSTRUCTOR(make, "", "(dialect='', delimiter=',', doublequote=True, escapechar=None, lineterminator='', quotechar='', quoting=0, skipinitialspace=False, strict=False)"),
     .free = freeObject,
     .dealloc = slot<dealloc>});

}  // namespace habu::csv

namespace habu {
extern const ModuleDef kCsvModule = {
    .name = "_csv",
    .doc = "CSV parsing and writing.\n\nReaders, writers and dialects of comma-separated values; the module csv adds the rest.",
    .methods = csv::kMethods,
    .populate = csv::populate};
}  // namespace habu
