// Argument parsing and conversion behind METHOD (bind.h), with the error texts of CPython's argument parser.
#include "object/bind.h"

#include <climits>
#include <cstdio>

#include "object/number.h"
#include "object/protocol.h"
#include "types/bytes.h"
#include "types/dict.h"
#include "types/float.h"
#include "types/int.h"
#include "types/str.h"
#include "types/tuple.h"

namespace habu {

Index Args::keywordCount() const { return names ? names->size : 0; }
Str* Args::keyword(Index i) const { return static_cast<Str*>(names->items[i]); }

Raised raiseArity(ThreadState& ts, const Signature& s, Index given) {
  Index bound = given < s.required ? s.required : s.count;
  if (s.parsed) {
    const char* how = s.required == s.count ? "exactly" : given < s.required ? "at least" : "at most";
    return raise(ts, kTypeError, "{}() takes {} {} argument{} ({} given)", s.function, how, bound, bound == 1 ? "" : "s", given);
  }
  const char* word = s.required == s.count ? "" : given < s.required ? "at least " : "at most ";
  return raise(ts, kTypeError, "{} expected {}{} argument{}, got {}", s.function, word, bound, bound == 1 ? "" : "s", given);
}

Raised raiseBadArgument(ThreadState& ts, ArgSite at, const char* expected, Object* got) {
  const Signature& s = *at.signature;
  const char* got_name = isNone(got) ? "None" : typeName(got);
  if (s.count == 1 && s.positional_only == 1 && s.required == 1 && !s.parsed)
    return raise(ts, kTypeError, "{}() argument must be {}, not {:.50}", s.function, expected, got_name);
  if (at.index < s.positional_only)
    return raise(ts, kTypeError, "{}() argument {} must be {}, not {:.50}", s.function, at.index + 1, expected, got_name);
  return raise(ts, kTypeError, "{}() argument '{}' must be {}, not {:.50}", s.function, s.name(at.index), expected, got_name);
}

namespace {

// Keyword arguments of either calling convention: vectorcall names, or a dictionary.
class Keywords {
 public:
  Keywords(Tuple* names, Object* const* values) : names_(names), values_(values) {}
  explicit Keywords(Dict* dict) : dict_(dict) {}
  Index count() const { return names_ ? names_->size : dict_ ? dict_->used : 0; }
  Object* find(std::string_view name) const {
    if (names_) {
      for (Index i = 0; i < names_->size; ++i)
        if (equalsAscii(static_cast<Str*>(names_->items[i]), name)) return values_[i];
      return nullptr;
    }
    DictCursor c(dict_);
    while (c.next())
      if (isStr(c.key) && equalsAscii(static_cast<Str*>(c.key), name)) return c.value;
    return nullptr;
  }
  template <class F>
  bool each(F f) const {
    if (names_) {
      for (Index i = 0; i < names_->size; ++i)
        if (!f(names_->items[i])) return false;
      return true;
    }
    DictCursor c(dict_);
    while (c.next())
      if (!f(c.key)) return false;
    return true;
  }

 private:
  Tuple* names_ = nullptr;
  Object* const* values_ = nullptr;
  Dict* dict_ = nullptr;
};

bool raiseCount(ThreadState& ts, const Signature& s, Index positional, Index keywords) {
  Index given = positional + keywords;
  if (given > s.count) {
    (void)raise(ts, kTypeError, "{}() takes at most {} {}argument{} ({} given)", s.function, int(s.count),
                positional == 0 ? "keyword " : "", s.count == 1 ? "" : "s", given);
    return true;
  }
  if (positional > s.positional) {
    if (s.positional == 0) {
      (void)raise(ts, kTypeError, "{}() takes no positional arguments", s.function);
    } else {
      const char* word = s.required < s.positional ? "at most" : "exactly";
      (void)raise(ts, kTypeError, "{}() takes {} {} positional argument{} ({} given)", s.function, word, int(s.positional),
                  s.positional == 1 ? "" : "s", positional);
    }
    return true;
  }
  int least = s.required < s.positional_only ? s.required : s.positional_only;
  if (positional < least) {
    const char* word = least < s.positional ? "at least" : "exactly";
    (void)raise(ts, kTypeError, "{}() takes {} {} positional argument{} ({} given)", s.function, word, least, least == 1 ? "" : "s",
                positional);
    return true;
  }
  return false;
}

// A keyword that no parameter took: unknown, or its parameter was given by position too.
bool raiseLeftover(ThreadState& ts, const Signature& s, Index positional, const Keywords& kw) {
  for (int i = s.positional_only; i < positional; ++i)
    if (kw.find(s.name(i))) {
      (void)raise(ts, kTypeError, "argument for {}() given by name ('{}') and position ({})", s.function, s.name(i), i + 1);
      return false;
    }
  return kw.each([&](Object* key) {
    if (!isStr(key)) {
      (void)raise(ts, kTypeError, "keywords must be strings");
      return false;
    }
    for (int i = s.positional_only; i < s.count; ++i)
      if (equalsAscii(static_cast<Str*>(key), s.name(i))) return true;
    (void)raise(ts, kTypeError, "'{}' is an invalid keyword argument for {}()", key, s.function);
    return false;
  });
}

bool parse(ThreadState& ts, const Signature& s, Object* const* args, Index positional, const Keywords& kw, Object** out) {
  Index left = kw.count();
  if (positional + left > s.count || positional > s.positional || positional < s.positional_only) {
    if (raiseCount(ts, s, positional, left)) return false;
  }
  for (int i = 0; i < s.count; ++i) {
    if (i < positional) {
      out[i] = args[i];
      continue;
    }
    out[i] = left && i >= s.positional_only ? kw.find(s.name(i)) : nullptr;
    if (out[i]) {
      --left;
    } else if (!s.isOptional(i)) {
      if (i < s.positional)
        (void)raise(ts, kTypeError, "{}() missing required argument '{}' (pos {})", s.function, s.name(i), i + 1);
      else
        (void)raise(ts, kTypeError, "{}() missing required argument '{}'", s.function, s.name(i));
      return false;
    }
  }
  return left == 0 || raiseLeftover(ts, s, positional, kw);
}

}  // namespace

bool parseArguments(ThreadState& ts, const Signature& s, Object* const* args, Index positional, Tuple* names, Object** out) {
  return parse(ts, s, args, positional, Keywords(names, args + positional), out);
}

bool parseTupleArguments(ThreadState& ts, const Signature& s, Tuple* args, Dict* keywords, Object** out) {
  if (s.positional_only == s.count) {  // the conventions without keyword names
    if (keywords && keywords->used) {
      (void)raise(ts, kTypeError, "{}() takes no keyword arguments", s.function);
      return false;
    }
    if (args->size < s.required || args->size > s.count) {
      (void)raiseArity(ts, s, args->size);
      return false;
    }
    for (Index i = 0; i < s.count; ++i) out[i] = i < args->size ? args->items[i] : nullptr;
    return true;
  }
  return parse(ts, s, args->items, args->size, Keywords(keywords), out);
}

// ---- conversions ----
Result<Index> Arg<Index>::from(ThreadState& ts, Object* o, ArgSite) {
  Ref<Int> i = TRY(indexObject(ts, o));
  int overflow = 0;
  long long v = toLongLong(i.get(), overflow);
  if (overflow) return raise(ts, kOverflowError, "Python int too large to convert to C ssize_t");
  return Index(v);
}
Result<int> Arg<int>::from(ThreadState& ts, Object* o, ArgSite) {
  Ref<Int> i = TRY(indexObject(ts, o));
  int overflow = 0;
  long long v = toLongLong(i.get(), overflow);
  if (overflow || v != int(v)) return raise(ts, kOverflowError, "Python int too large to convert to C int");
  return int(v);
}
Result<ParsedInt> Arg<ParsedInt>::from(ThreadState& ts, Object* o, ArgSite) {
  Ref<Int> i = TRY(indexObject(ts, o));
  int overflow = 0;
  long long v = toLongLong(i.get(), overflow);
  if (overflow) return raise(ts, kOverflowError, "Python int too large to convert to C long");
  if (v > INT_MAX) return raise(ts, kOverflowError, "signed integer is greater than maximum");
  if (v < INT_MIN) return raise(ts, kOverflowError, "signed integer is less than minimum");
  return ParsedInt{int(v)};
}
Result<unsigned> Arg<unsigned>::from(ThreadState& ts, Object* o, ArgSite) {
  return unsigned(TRY(asUnsignedLongLongMask(ts, o)));
}
Result<long long> Arg<long long>::from(ThreadState& ts, Object* o, ArgSite) { return asLongLong(ts, o); }
Result<unsigned long long> Arg<unsigned long long>::from(ThreadState& ts, Object* o, ArgSite) {
  return asUnsignedLongLong(ts, o);
}
Result<bool> Arg<bool>::from(ThreadState& ts, Object* o, ArgSite) { return isTrue(ts, o); }
Result<double> Arg<double>::from(ThreadState& ts, Object* o, ArgSite) { return asDouble(ts, o); }
Result<char32_t> Arg<char32_t>::from(ThreadState& ts, Object* o, ArgSite at) {
  if (!isStr(o)) return raiseBadArgument(ts, at, "a unicode character", o);
  auto* s = static_cast<Str*>(o);
  if (s->length != 1) return raiseBadArgument(ts, at, "a unicode character", o);
  return (*s)[0];
}
Result<Str*> Arg<Str*>::from(ThreadState& ts, Object* o, ArgSite at) {
  if (!isStr(o)) return raiseBadArgument(ts, at, "str", o);
  return static_cast<Str*>(o);
}
Result<Bytes*> Arg<Bytes*>::from(ThreadState& ts, Object* o, ArgSite at) {
  if (!isBytes(o)) return raiseBadArgument(ts, at, "bytes", o);
  return static_cast<Bytes*>(o);
}
Result<Tuple*> Arg<Tuple*>::from(ThreadState& ts, Object* o, ArgSite at) {
  if (!isTuple(o)) return raiseBadArgument(ts, at, "tuple", o);
  return static_cast<Tuple*>(o);
}
Result<List*> Arg<List*>::from(ThreadState& ts, Object* o, ArgSite at) {
  if (!isList(o)) return raiseBadArgument(ts, at, "list", o);
  return reinterpret_cast<List*>(o);
}
Result<Dict*> Arg<Dict*>::from(ThreadState& ts, Object* o, ArgSite at) {
  if (!isDict(o)) return raiseBadArgument(ts, at, "dict", o);
  return static_cast<Dict*>(o);
}
Result<Type*> Arg<Type*>::from(ThreadState& ts, Object* o, ArgSite at) {
  if (!isType(o)) return raiseBadArgument(ts, at, "type", o);
  return static_cast<Type*>(o);
}
Result<BufferView> Arg<BufferView>::from(ThreadState& ts, Object* o, ArgSite) { return BufferView::of(ts, o); }
Result<std::string_view> Arg<std::string_view>::from(ThreadState& ts, Object* o, ArgSite at) {
  if (!isStr(o)) return raiseBadArgument(ts, at, "str", o);
  std::string_view text = TRY(utf8Of(ts, static_cast<Str*>(o)));
  if (text.find('\0') != text.npos) return raise(ts, kValueError, "embedded null character");
  return text;
}

}  // namespace habu
