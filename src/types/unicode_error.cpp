// UnicodeDecodeError, UnicodeEncodeError, UnicodeTranslateError.
#include "object/buffer.h"
#include "object/number.h"
#include "object/protocol.h"
#include "types/bytes.h"
#include "types/exception_base.h"
#include "types/int.h"
#include "types/str.h"

namespace habu {

namespace {

Status checkCount(ThreadState& ts, Tuple* args, Index wanted) {
  if (args->size == wanted) return kDone;
  return raise(ts, kTypeError, "function takes exactly {} arguments ({} given)", wanted, args->size);
}
Status checkStr(ThreadState& ts, Tuple* args, Index i) {
  if (isStr(args->items[i])) return kDone;
  return raise(ts, kTypeError, "argument {} must be str, not {}", i + 1,
               isNone(args->items[i]) ? "None" : typeName(args->items[i]));
}
Result<Index> position(ThreadState& ts, Tuple* args, Index i) { return asIndex(ts, args->items[i], &kOverflowError); }

void fill(UnicodeErrorObject* e, Ref<> encoding, Ref<> object, Index start, Index end, Ref<> reason) {
  setField(e->encoding, std::move(encoding));
  setField(e->object, std::move(object));
  e->start = start;
  e->end = end;
  setField(e->reason, std::move(reason));
}

Status initDecode(ThreadState& ts, UnicodeErrorObject* e, Tuple* args, Dict* keywords) {
  TRY(initException(ts, e, args, keywords));
  TRY(checkCount(ts, args, 5));
  TRY(checkStr(ts, args, 0));
  Index start = TRY(position(ts, args, 2));
  Index end = TRY(position(ts, args, 3));
  TRY(checkStr(ts, args, 4));
  Ref<> object = Ref<>::share(args->items[1]);
  if (!isBytes(object.get())) {
    BufferView view = TRY(BufferView::of(ts, object.get()));
    object = TRY(newBytes(ts, view.bytes()));
  }
  fill(e, Ref<>::share(args->items[0]), std::move(object), start, end, Ref<>::share(args->items[4]));
  return kDone;
}
Status initEncode(ThreadState& ts, UnicodeErrorObject* e, Tuple* args, Dict* keywords) {
  TRY(initException(ts, e, args, keywords));
  TRY(checkCount(ts, args, 5));
  TRY(checkStr(ts, args, 0));
  TRY(checkStr(ts, args, 1));
  Index start = TRY(position(ts, args, 2));
  Index end = TRY(position(ts, args, 3));
  TRY(checkStr(ts, args, 4));
  fill(e, Ref<>::share(args->items[0]), Ref<>::share(args->items[1]), start, end, Ref<>::share(args->items[4]));
  return kDone;
}
Status initTranslate(ThreadState& ts, UnicodeErrorObject* e, Tuple* args, Dict* keywords) {
  TRY(initException(ts, e, args, keywords));
  TRY(checkCount(ts, args, 4));
  TRY(checkStr(ts, args, 0));
  Index start = TRY(position(ts, args, 1));
  Index end = TRY(position(ts, args, 2));
  TRY(checkStr(ts, args, 3));
  fill(e, Ref<>(), Ref<>::share(args->items[0]), start, end, Ref<>::share(args->items[3]));
  return kDone;
}

// The attributes can be set to anything: str() takes them as they are.
Ref<> strDecode(ThreadState& ts, UnicodeErrorObject* e) {
  if (!e->object) return emptyStr();
  Ref<Str> reason = TRY(strOf(ts, e->reason ? e->reason : &kNoneObject));
  Ref<Str> encoding = TRY(strOf(ts, e->encoding ? e->encoding : &kNoneObject));
  bool single = isBytes(e->object) && e->start >= 0 && e->start < static_cast<Bytes*>(e->object)->size &&
                e->end == e->start + 1;
  if (single) {
    auto byte = unsigned(static_cast<unsigned char>(static_cast<Bytes*>(e->object)->data[e->start]));
    return formatText(ts, "'{}' codec can't decode byte 0x{:02x} in position {}: {}", encoding, byte, e->start, reason);
  }
  return formatText(ts, "'{}' codec can't decode bytes in position {}-{}: {}", encoding, e->start, e->end - 1, reason);
}

Ref<Str> escaped(ThreadState& ts, char32_t c) {
  if (c <= 0xff) return formatText(ts, "\\x{:02x}", unsigned(c));
  if (c <= 0xffff) return formatText(ts, "\\u{:04x}", unsigned(c));
  return formatText(ts, "\\U{:08x}", unsigned(c));
}
bool isSingleCharacter(UnicodeErrorObject* e) {
  return isStr(e->object) && e->start >= 0 && e->start < static_cast<Str*>(e->object)->length && e->end == e->start + 1;
}
Ref<> strEncode(ThreadState& ts, UnicodeErrorObject* e) {
  if (!e->object) return emptyStr();
  Ref<Str> reason = TRY(strOf(ts, e->reason ? e->reason : &kNoneObject));
  Ref<Str> encoding = TRY(strOf(ts, e->encoding ? e->encoding : &kNoneObject));
  if (isSingleCharacter(e)) {
    Ref<Str> c = TRY(escaped(ts, (*static_cast<Str*>(e->object))[e->start]));
    return formatText(ts, "'{}' codec can't encode character '{}' in position {}: {}", encoding, c, e->start, reason);
  }
  return formatText(ts, "'{}' codec can't encode characters in position {}-{}: {}", encoding, e->start, e->end - 1,
                    reason);
}
Ref<> strTranslate(ThreadState& ts, UnicodeErrorObject* e) {
  if (!e->object) return emptyStr();
  Ref<Str> reason = TRY(strOf(ts, e->reason ? e->reason : &kNoneObject));
  if (isSingleCharacter(e)) {
    Ref<Str> c = TRY(escaped(ts, (*static_cast<Str*>(e->object))[e->start]));
    return formatText(ts, "can't translate character '{}' in position {}: {}", c, e->start, reason);
  }
  return formatText(ts, "can't translate characters in position {}-{}: {}", e->start, e->end - 1, reason);
}

constexpr MemberDef kMembers[] = {
    MEMBER("encoding", ObjectOrNone, UnicodeErrorObject, encoding, 0, "exception encoding"),
    MEMBER("object", ObjectOrNone, UnicodeErrorObject, object, 0, "exception object"),
    MEMBER("start", Index, UnicodeErrorObject, start, 0, "exception start"),
    MEMBER("end", Index, UnicodeErrorObject, end, 0, "exception end"),
    MEMBER("reason", ObjectOrNone, UnicodeErrorObject, reason, 0, "exception reason"),
    {}};

}  // namespace

constinit Type kUnicodeDecodeError = defineException<UnicodeErrorObject>(
    "UnicodeDecodeError", &kUnicodeError, "Bytes that cannot be decoded.",
    {.make = exceptionNewSlot, .init = slot<initDecode>, .str = slot<strDecode>, .members = kMembers});
constinit Type kUnicodeEncodeError = defineException<UnicodeErrorObject>(
    "UnicodeEncodeError", &kUnicodeError, "Characters that cannot be encoded.",
    {.make = exceptionNewSlot, .init = slot<initEncode>, .str = slot<strEncode>, .members = kMembers});
constinit Type kUnicodeTranslateError = defineException<UnicodeErrorObject>(
    "UnicodeTranslateError", &kUnicodeError, "Characters that cannot be translated.",
    {.make = exceptionNewSlot, .init = slot<initTranslate>, .str = slot<strTranslate>, .members = kMembers});

Raised raiseDecodeError(ThreadState& ts, const char* encoding, std::string_view bytes, Index start, Index end,
                        const char* reason) {
  Ref<Str> encoding_text = TRY(newStr(ts, encoding));
  Ref<Bytes> object = TRY(newBytes(ts, bytes));
  Ref<Int> from = TRY(newInt(ts, start));
  Ref<Int> to = TRY(newInt(ts, end));
  Ref<Str> why = TRY(newStr(ts, reason));
  Ref<Tuple> args = TRY(packTuple(ts, {encoding_text.get(), object.get(), from.get(), to.get(), why.get()}));
  return raiseValue(ts, kUnicodeDecodeError, args.get());
}
Raised raiseEncodeError(ThreadState& ts, const char* encoding, Str* text, Index start, Index end, const char* reason) {
  Ref<Str> encoding_text = TRY(newStr(ts, encoding));
  Ref<Int> from = TRY(newInt(ts, start));
  Ref<Int> to = TRY(newInt(ts, end));
  Ref<Str> why = TRY(newStr(ts, reason));
  Ref<Tuple> args = TRY(packTuple(ts, {encoding_text.get(), text, from.get(), to.get(), why.get()}));
  return raiseValue(ts, kUnicodeEncodeError, args.get());
}

}  // namespace habu
