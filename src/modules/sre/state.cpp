#include "modules/sre/state.h"

#include <cstdlib>
#include <cstring>

#include "object/protocol.h"
#include "types/bytes.h"
#include "types/str.h"

namespace habu::sre {

State::~State() { std::free(marks); }

Status State::open(Pattern* p, Object* text, Index from, Index to) {
  pattern = p;
  subject = share(text);
  Index length;
  const void* data;
  if (isStr(text)) {
    auto* s = static_cast<Str*>(text);
    data = s->data();
    length = s->length;
    char_size = int(s->kind());
    is_bytes = false;
  } else {
    Result<BufferView> view = hasBuffer(text) ? BufferView::of(ts, text) : Result<BufferView>::failure();
    if (view.failed()) {
      clearError(ts);
      return raise(ts, kTypeError, "expected string or bytes-like object, got '{:.200}'", typeName(text));
    }
    buffer = view.take();
    data = buffer.data();
    length = buffer.size();
    char_size = 1;
    is_bytes = true;
    if (!data) {
      if (length) return raise(ts, kValueError, "Buffer is NULL");
      data = "";
    }
  }
  if (is_bytes && p->is_bytes == 0) return raise(ts, kTypeError, "cannot use a string pattern on a bytes-like object");
  if (!is_bytes && p->is_bytes > 0) return raise(ts, kTypeError, "cannot use a bytes pattern on a string-like object");
  if (p->groups) {
    marks = static_cast<const void**>(std::calloc(size_t(p->groups) * 2, sizeof(void*)));
    if (!marks) return raiseNoMemory(ts);
  }
  pos = from < 0 ? 0 : from > length ? length : from;
  endpos = to < 0 ? 0 : to > length ? length : to;
  auto at = [&](Index i) { return static_cast<const char*>(data) + i * char_size; };
  beginning = data;
  start = ptr = at(pos);
  end = at(endpos);
  return kDone;
}

int State::match() {
  ptr = start;
  if (ptr > end) return 0;
  switch (char_size) {
    case 1: return runMatch<uint8_t>(*this, pattern->code);
    case 2: return runMatch<char16_t>(*this, pattern->code);
    default: return runMatch<char32_t>(*this, pattern->code);
  }
}

int State::search() {
  if (start > end) return 0;
  switch (char_size) {
    case 1: return runSearch<uint8_t>(*this);
    case 2: return runSearch<char16_t>(*this);
    default: return runSearch<char32_t>(*this);
  }
}

Ref<> State::group(Index i, bool empty) {
  Index at = (i - 1) * 2;
  if (at + 1 > last_mark || !marks[at] || !marks[at + 1]) {
    if (!empty) return none();
    return slice(0, 0);
  }
  return slice(offset(marks[at]), offset(marks[at + 1]));
}

Ref<> subjectSlice(ThreadState& ts, Object* subject, bool is_bytes, std::string_view bytes, Index start, Index end) {
  if (!is_bytes) return substring(ts, static_cast<Str*>(subject), start, end);
  if (isExact(subject, kBytesType) && start == 0 && end == Index(bytes.size())) return share(subject);
  return newBytes(ts, bytes.substr(size_t(start), size_t(end - start)));
}

}  // namespace habu::sre
