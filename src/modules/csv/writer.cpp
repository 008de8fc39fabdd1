// csv.writer.
#include <new>

#include "base/search.h"
#include "modules/csv/csv.h"
#include "object/alloc.h"
#include "object/attribute.h"
#include "object/call.h"
#include "object/gc.h"
#include "object/names.h"
#include "object/number.h"
#include "object/protocol.h"
#include "types/str_kinds.h"

namespace habu::csv {

namespace {

struct Writer : Object {
  Object* write;     // bound method of the file; owned
  Dialect* dialect;  // owned
};

// One row being written.
class Row {
 public:
  Row(ThreadState& ts, const Dialect* d) : ts_(ts), d_(d) {}

  Status add(Object* field) {
    bool quoted = d_->quoting == Quoting::All || (d_->quoting == Quoting::Nonnumeric && !isNumber(field));
    if (isNone(field)) return append(nullptr, quoted);
    if (isStr(field)) return append(static_cast<Str*>(field), quoted);
    Ref<Str> text = TRY(strOf(ts_, field));
    return append(text.get(), quoted);
  }
  Ref<Str> finish() {
    if (fields_ > 0 && text_.size() == 0) {  // else the line would read as no field at all
      if (d_->quoting == Quoting::None) return raise(ts_, *settings.error, "single empty field record must be quoted");
      --fields_;
      TRY(append(nullptr, true));
    }
    if (!text_.append(d_->line_terminator, 0, d_->line_terminator->length)) return raiseNoMemory(ts_);
    return strFromUcs4(ts_, text_.data(), text_.size());
  }

 private:
  bool special(char32_t c) const {
    if (c == d_->delimiter || c == d_->escape || c == d_->quote) return true;
    const Str* end = d_->line_terminator;
    for (Index i = 0; i < end->length; ++i)
      if (c == (*end)[i]) return true;
    return false;
  }
  // Does a special character need the escape character in front?
  bool escaped(char32_t c) const {
    if (d_->quoting == Quoting::None) return true;
    return c == d_->quote ? !d_->doublequote : c == d_->escape;
  }
  Status append(const Str* field, bool quoted) {
    Index n = field ? field->length : 0;
    for (Index i = 0; i < n && !quoted; ++i)
      if (special((*field)[i]) && !escaped((*field)[i])) quoted = true;
    bool good = (fields_ == 0 || text_.push(d_->delimiter)) && (!quoted || text_.push(d_->quote));
    Index run = 0;  // plain characters from here
    for (Index i = 0; i < n && good; ++i) {
      char32_t c = (*field)[i];
      if (!special(c)) continue;
      bool escape = escaped(c), twice = !escape && c == d_->quote;
      if (!escape && !twice) continue;
      if (escape && d_->escape == kNotSet) return raise(ts_, *settings.error, "need to escape, but no escapechar set");
      good = text_.append(field, run, i) && text_.push(escape ? d_->escape : d_->quote);
      run = i;
    }
    good = good && (!n || text_.append(field, run, n)) && (!quoted || text_.push(d_->quote));
    if (!good) return raiseNoMemory(ts_);
    ++fields_;
    return kDone;
  }

  ThreadState& ts_;
  const Dialect* d_;
  Buffer text_;
  Index fields_ = 0;
};

Ref<> writerow(ThreadState& ts, Writer* w, Object* row) {
  Ref<> fields = iterOf(ts, row);
  if (!fields) {
    if (!errorMatches(ts, kTypeError)) return {};
    clearError(ts);
    return raise(ts, *settings.error, "iterable expected, not {:.200}", typeName(row));
  }
  if (!w->write) return raise(ts, kTypeError, "'NoneType' object is not callable");
  Row out(ts, w->dialect);
  while (Ref<> field = iterNext(ts, fields.get())) TRY(out.add(field.get()));
  if (errorSet(ts)) return Raised{};
  Ref<Str> line = TRY(out.finish());
  return call(ts, w->write, {line.get()});
}

Status writerows(ThreadState& ts, Writer* w, Object* rows) {
  Ref<> it = TRY(iterOf(ts, rows));
  while (Ref<> row = iterNext(ts, it.get())) {
    Ref<> result = TRY(writerow(ts, w, row.get()));
  }
  if (errorSet(ts)) return Raised{};
  return kDone;
}

int clear(Writer* w) {
  clearField(w->write);
  clearField(w->dialect);
  return 0;
}
void dealloc(Writer* w) {
  untrack(w);
  clear(w);
  freeGcObject(w);
}
int traverse(Writer* w, VisitFn visit, void* arg) {
  VISIT(w->write);
  VISIT(w->dialect);
  return 0;
}
constexpr MethodDef kMethods[] = {
    METHOD_UNSIGNED("writerow", writerow, "($self, row, /)", "writerow(iterable)\n\nWrite the fields of the iterable as a row; what is no string goes through str()."),
    METHOD_UNSIGNED("writerows", writerows, "($self, rows, /)", "writerows(iterable of iterables)\n\nWrite several rows."),
    {}};
constexpr MemberDef kMembers[] = {MEMBER("dialect", Object, Writer, dialect, kMemberReadOnly, nullptr), {}};

}  // namespace

Ref<> writer(ThreadState& ts, Object*, Args args) {
  TRY(checkDialectArguments(ts, args));
  auto w = TRY(newObject<Writer>(ts, kWriterType));
  Ref<> write = TRY(findAttr(ts, args[0], names::write));
  if (!write || !isCallable(write.get())) return raise(ts, kTypeError, "argument 1 must have a \"write\" method");
  w->write = write.release();
  w->dialect = TRY(makeDialect(ts, args.count > 1 ? args[1] : nullptr, args.values + args.count, args.names)).release();
  track(w.get());
  return w;
}

constinit Type kWriterType = defineType<Writer>(
    {.name = "_csv.writer",
     .doc = "CSV writer\n\nTurns rows of fields into lines of text and writes them to a file object.",
     .flags = kBaseType | kImmutableType | kDisallowInstantiation,
     .methods = kMethods,
     .members = kMembers,
     .dealloc = slot<dealloc>,
     .traverse = slot<traverse>,
     .clear = slot<clear>});

}  // namespace habu::csv
