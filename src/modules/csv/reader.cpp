// csv.reader: a state machine over the characters of the lines.
#include "modules/csv/csv.h"

#include <new>

#include "object/alloc.h"
#include "object/gc.h"
#include "object/number.h"
#include "object/protocol.h"
#include "types/list.h"

namespace habu::csv {

namespace {

enum class ReadState { StartRecord, StartField, Escaped, InField, InQuotedField, EscapeInQuoted, QuoteInQuoted, EatNewline, AfterEscapedNewline };
constexpr char32_t kEndOfLine = 0xfffffffe;

struct Reader : Object {
  Object* input;     // iterator; owned
  Dialect* dialect;  // owned
  List* fields;      // of the row being read; owned
  Buffer* field;     // characters of the field being read; owned
  ReadState state;
  bool numeric;      // the field was not quoted and becomes a float
  unsigned long line_number;
};

bool isNewline(char32_t c) { return c == '\n' || c == '\r'; }

Status add(ThreadState& ts, Reader* r, char32_t c) {
  if (r->field->size() >= settings.field_limit)
    return raise(ts, *settings.error, "field larger than field limit ({})", settings.field_limit);
  if (!r->field->push(c)) return raiseNoMemory(ts);
  return kDone;
}

Status save(ThreadState& ts, Reader* r) {
  Ref<> field = TRY(strFromUcs4(ts, r->field->data(), r->field->size()));
  r->field->clear();
  if (r->numeric) {
    r->numeric = false;
    Ref<Float> number = TRY(floatFrom(ts, field.get()));
    field = Ref<>::steal(reinterpret_cast<Object*>(number.release()));
  }
  return appendList(ts, r->fields, std::move(field));
}

// The field ends at a newline or at the end of the line.
Status endField(ThreadState& ts, Reader* r, char32_t c) {
  TRY(save(ts, r));
  r->state = c == kEndOfLine ? ReadState::StartRecord : ReadState::EatNewline;
  return kDone;
}
Status nextField(ThreadState& ts, Reader* r) {
  TRY(save(ts, r));
  r->state = ReadState::StartField;
  return kDone;
}
Status addIn(ThreadState& ts, Reader* r, char32_t c, ReadState state) {
  TRY(add(ts, r, c));
  r->state = state;
  return kDone;
}

Status startField(ThreadState& ts, Reader* r, char32_t c) {
  const Dialect* d = r->dialect;
  if (isNewline(c) || c == kEndOfLine) return endField(ts, r, c);
  if (d->quotes(c)) {
    r->state = ReadState::InQuotedField;
  } else if (c == d->escape) {
    r->state = ReadState::Escaped;
  } else if (c == ' ' && d->skip_initial_space) {
    // not part of the field
  } else if (c == d->delimiter) {
    return save(ts, r);
  } else {
    r->numeric = d->quoting == Quoting::Nonnumeric;
    return addIn(ts, r, c, ReadState::InField);
  }
  return kDone;
}
Status inField(ThreadState& ts, Reader* r, char32_t c) {
  const Dialect* d = r->dialect;
  if (isNewline(c) || c == kEndOfLine) return endField(ts, r, c);
  if (c == d->delimiter) return nextField(ts, r);
  if (c != d->escape) return add(ts, r, c);
  r->state = ReadState::Escaped;
  return kDone;
}
Status inQuotedField(ThreadState& ts, Reader* r, char32_t c) {
  const Dialect* d = r->dialect;
  if (c == kEndOfLine) return kDone;
  if (c == d->escape) r->state = ReadState::EscapeInQuoted;
  else if (d->quotes(c)) r->state = d->doublequote ? ReadState::QuoteInQuoted : ReadState::InField;
  else return add(ts, r, c);
  return kDone;
}
Status quoteInQuoted(ThreadState& ts, Reader* r, char32_t c) {
  const Dialect* d = r->dialect;
  if (d->quotes(c)) return addIn(ts, r, c, ReadState::InQuotedField);
  if (c == d->delimiter) return nextField(ts, r);
  if (isNewline(c) || c == kEndOfLine) return endField(ts, r, c);
  if (!d->strict) return addIn(ts, r, c, ReadState::InField);
  return raise(ts, *settings.error, "'{}' expected after '{}'", d->delimiter, d->quote);
}

Status process(ThreadState& ts, Reader* r, char32_t c) {
  switch (r->state) {
    case ReadState::StartRecord:
      if (c == kEndOfLine) return kDone;  // an empty line: []
      if (isNewline(c)) {
        r->state = ReadState::EatNewline;
        return kDone;
      }
      r->state = ReadState::StartField;
      return startField(ts, r, c);
    case ReadState::StartField: return startField(ts, r, c);
    case ReadState::Escaped:
      if (isNewline(c)) return addIn(ts, r, c, ReadState::AfterEscapedNewline);
      return addIn(ts, r, c == kEndOfLine ? U'\n' : c, ReadState::InField);
    case ReadState::AfterEscapedNewline:
      if (c == kEndOfLine) return kDone;
      return inField(ts, r, c);
    case ReadState::InField: return inField(ts, r, c);
    case ReadState::InQuotedField: return inQuotedField(ts, r, c);
    case ReadState::EscapeInQuoted: return addIn(ts, r, c == kEndOfLine ? U'\n' : c, ReadState::InQuotedField);
    case ReadState::QuoteInQuoted: return quoteInQuoted(ts, r, c);
    case ReadState::EatNewline:
      if (isNewline(c)) return kDone;
      if (c == kEndOfLine) {
        r->state = ReadState::StartRecord;
        return kDone;
      }
      return raise(ts, *settings.error,
                   "new-line character seen in unquoted field - do you need to open the file in universal-newline mode?");
  }
  return kDone;
}

// In a field the plain characters up to the next one with a meaning are taken at once.
Result<Index> plainRun(ThreadState& ts, Reader* r, const Str* line, Index i) {
  const Dialect* d = r->dialect;
  bool quoted = r->state == ReadState::InQuotedField;
  Index start = i;
  for (; i < line->length; ++i) {
    char32_t c = (*line)[i];
    if (c == d->escape || (quoted ? c == d->quote : c == d->delimiter || isNewline(c))) break;
  }
  if (r->field->size() + (i - start) > settings.field_limit)
    return raise(ts, *settings.error, "field larger than field limit ({})", settings.field_limit);
  if (!r->field->append(line, start, i)) return raiseNoMemory(ts);
  return i;
}

Status readLine(ThreadState& ts, Reader* r, const Str* line) {
  for (Index i = 0; i < line->length;) {
    if (r->state == ReadState::InField || r->state == ReadState::InQuotedField) {
      i = TRY(plainRun(ts, r, line, i));
      if (i == line->length) break;
    }
    TRY(process(ts, r, (*line)[i++]));
  }
  return process(ts, r, kEndOfLine);
}

Ref<> next(ThreadState& ts, Reader* r) {
  if (!r->input) return {};
  Ref<List> fresh = TRY(newList(ts));
  setField(r->fields, std::move(fresh));
  r->field->clear();
  r->state = ReadState::StartRecord;
  r->numeric = false;
  do {
    Ref<> line = iterNext(ts, r->input);
    if (!line) {
      if (errorSet(ts) || (r->field->size() == 0 && r->state != ReadState::InQuotedField)) return {};
      if (r->dialect->strict) return raise(ts, *settings.error, "unexpected end of data");
      TRY(save(ts, r));
      break;
    }
    if (!isStr(line.get()))
      return raise(ts, *settings.error, "iterator should return strings, not {:.200} (the file should be opened in text mode)",
                   typeName(line.get()));
    ++r->line_number;
    TRY(readLine(ts, r, static_cast<Str*>(line.get())));
  } while (r->state != ReadState::StartRecord);
  return Ref<>::steal(reinterpret_cast<Object*>(std::exchange(r->fields, nullptr)));
}

Ref<> selfIter(ThreadState&, Object* o) { return share(o); }
int clear(Reader* r) {
  clearField(r->input);
  clearField(r->dialect);
  clearField(r->fields);
  return 0;
}
void dealloc(Reader* r) {
  untrack(r);
  clear(r);
  delete r->field;
  freeGcObject(r);
}
int traverse(Reader* r, VisitFn visit, void* arg) {
  VISIT(r->input);
  VISIT(r->dialect);
  VISIT(r->fields);
  return 0;
}
constexpr MemberDef kMembers[] = {MEMBER("dialect", Object, Reader, dialect, kMemberReadOnly, nullptr),
                                  MEMBER("line_num", ULong, Reader, line_number, kMemberReadOnly, nullptr),
                                  {}};

}  // namespace

Ref<> reader(ThreadState& ts, Object*, Args args) {
  TRY(checkDialectArguments(ts, args));
  auto r = TRY(newObject<Reader>(ts, kReaderType));
  r->field = new (std::nothrow) Buffer;
  if (!r->field) return raiseNoMemory(ts);
  r->input = TRY(iterOf(ts, args[0])).release();
  r->dialect = TRY(makeDialect(ts, args.count > 1 ? args[1] : nullptr, args.values + args.count, args.names)).release();
  track(r.get());
  return r;
}

constinit Type kReaderType = defineType<Reader>(
    {.name = "_csv.reader",
     .doc = "CSV reader\n\nGives the rows of its input, each a list of fields; line_num counts the lines read.",
     .flags = kBaseType | kImmutableType | kDisallowInstantiation,
     .members = kMembers,
     .dealloc = slot<dealloc>,
     .traverse = slot<traverse>,
     .clear = slot<clear>,
     .iter = slot<selfIter>,
     .iternext = slot<next>});

}  // namespace habu::csv
