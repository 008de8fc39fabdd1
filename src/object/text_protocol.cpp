// repr, str, ascii, format (protocol.h).
#include "object/attribute.h"
#include "object/call.h"
#include "object/names.h"
#include "object/protocol.h"
#include "types/dict.h"
#include "types/int.h"
#include "types/list.h"
#include "types/str.h"

namespace habu {

Ref<Str> reprOf(ThreadState& ts, Object* o) {
  if (!o) return newStr(ts, "<NULL>");
  if (!o->type->repr) return formatText(ts, "<{} object at {:#x}>", typeName(o), reinterpret_cast<uintptr_t>(o));
  RecursionGuard guard(ts, " while getting the repr of an object");
  if (guard.failed()) return Raised{};
  Ref<> text = Ref<>::steal(o->type->repr(o));
  if (!text) return Raised{};
  if (!isStr(text.get())) return raise(ts, kTypeError, "__repr__ returned non-string (type {:.200})", typeName(text.get()));
  return cast<Str>(std::move(text));
}

Ref<Str> strOf(ThreadState& ts, Object* o) {
  if (!o) return newStr(ts, "<NULL>");
  if (isExactStr(o)) return Ref<Str>::share(static_cast<Str*>(o));
  if (!o->type->str) return reprOf(ts, o);
  RecursionGuard guard(ts, " while getting the str of an object");
  if (guard.failed()) return Raised{};
  Ref<> text = Ref<>::steal(o->type->str(o));
  if (!text) return Raised{};
  if (!isStr(text.get())) return raise(ts, kTypeError, "__str__ returned non-string (type {:.200})", typeName(text.get()));
  return cast<Str>(std::move(text));
}

Ref<Str> asciiOf(ThreadState& ts, Object* o) {
  Ref<Str> text = TRY(reprOf(ts, o));
  if (text->isAscii()) return text;
  StrBuilder out(ts);
  for (Index i = 0; i < text->length; ++i) {
    char32_t c = (*text)[i];
    if (c < 0x80) {
      out.append(c);
      continue;
    }
    static const char kHex[] = "0123456789abcdef";
    int digits = c < 0x100 ? 2 : c < 0x10000 ? 4 : 8;
    out.append(std::string_view(digits == 2 ? "\\x" : digits == 4 ? "\\u" : "\\U"));
    for (int d = digits - 1; d >= 0; --d) out.append(char32_t(kHex[(c >> (4 * d)) & 15]));
  }
  return out.finish();
}

Ref<Str> formatObject(ThreadState& ts, Object* o, Str* spec) {
  if (!spec || spec->length == 0) {
    if (isExactStr(o)) return Ref<Str>::share(static_cast<Str*>(o));
    if (isExactInt(o)) return strOf(ts, o);
  }
  Ref<> empty;
  Object* argument = spec;
  if (!argument) {
    empty = Ref<>::share(static_cast<Object*>(names::kEmpty.get()));
    argument = empty.get();
  }
  Ref<> method = TRY(lookupSpecial(ts, o, names::__format__));
  if (!method) return raise(ts, kTypeError, "Type {:.100} doesn't define __format__", typeName(o));
  Ref<> text = TRY(call(ts, method.get(), {argument}));
  if (!isStr(text.get())) return raise(ts, kTypeError, "__format__ must return a str, not {:.200}", typeName(text.get()));
  return cast<Str>(std::move(text));
}

// The objects whose repr is under way are kept in a list in the thread's dictionary: visible as CPython's, and
// searched from the end, so that the usual shallow nesting stays cheap.
namespace {
constinit Name kReprKey{"Py_Repr"};

List* activeReprs(ThreadState& ts, bool create) {
  if (!ts.dict) {
    if (!create) return nullptr;
    Ref<Dict> d = newDict(ts);
    if (!d) return nullptr;
    ts.dict = d.release();
  }
  auto* dict = static_cast<Dict*>(ts.dict);
  Object* found = dictFindStr(dict, kReprKey);
  if (found || !create) return static_cast<List*>(found);
  Ref<List> list = newList(ts);
  if (!list || dictSet(ts, dict, kReprKey.get(), list.get()).failed()) return nullptr;
  return list.get();  // kept alive by the dictionary
}
}  // namespace

ReprGuard::ReprGuard(ThreadState& ts, Object* o) : ts_(ts), object_(o), state_(0) {
  List* list = activeReprs(ts, true);
  if (!list) {
    state_ = -1;
    return;
  }
  for (Index i = list->size; i-- > 0;)
    if (list->items[i] == o) {
      state_ = 1;
      return;
    }
  if (appendList(ts, list, o).failed()) state_ = -1;
}

ReprGuard::~ReprGuard() {
  if (state_ != 0) return;
  PendingError pending = PendingError::take(ts_);
  if (List* list = activeReprs(ts_, false))
    for (Index i = list->size; i-- > 0;)
      if (list->items[i] == object_) {
        if (setListSlice(ts_, list, i, i + 1, nullptr).failed()) clearError(ts_);
        break;
      }
  if (pending) std::move(pending).restore(ts_);
}

}  // namespace habu
