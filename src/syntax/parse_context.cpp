#include <cstdio>

#include "object/raise.h"
#include "syntax/parser.h"
#include "syntax/unicode_text.h"
#include "types/str.h"

namespace habu::syntax {
namespace {

uint32_t hashText(std::string_view text) {
  uint64_t hash = text.size() * 0x9E3779B97F4A7C15u;
  const char* p = text.data();
  size_t left = text.size();
  auto mix = [&](uint64_t word) {
    hash = (hash ^ word) * 0xFF51AFD7ED558CCDu;
    hash ^= hash >> 32;
  };
  for (; left >= 8; p += 8, left -= 8) {
    uint64_t word;
    std::memcpy(&word, p, 8);
    mix(word);
  }
  uint64_t word = 0;
  for (size_t i = 0; i < left; ++i) word = word << 8 | static_cast<unsigned char>(p[i]);
  mix(word);
  return static_cast<uint32_t>(hash);
}

bool isAscii(std::string_view text) {
  for (char c : text)
    if (static_cast<signed char>(c) < 0) return false;
  return true;
}

}  // namespace

bool ParseContext::growNames() {
  uint32_t capacity = name_capacity_ ? name_capacity_ * 2 : 256;
  auto* grown = static_cast<Entry*>(std::calloc(capacity, sizeof(Entry)));
  if (!grown) return false;
  for (uint32_t i = 0; i < name_capacity_; ++i) {
    if (!names_[i].name) continue;
    uint32_t at = names_[i].hash & (capacity - 1);
    while (grown[at].name) at = (at + 1) & (capacity - 1);
    grown[at] = names_[i];
  }
  std::free(names_);
  names_ = grown;
  name_capacity_ = capacity;
  return true;
}

Str* ParseContext::identifier(std::string_view text) {
  if (name_count_ * 3 >= name_capacity_ * 2 && !growNames()) return (void)raiseNoMemory(ts), nullptr;
  uint32_t hash = hashText(text), at = hash & (name_capacity_ - 1);
  for (; names_[at].name; at = (at + 1) & (name_capacity_ - 1))
    if (names_[at].hash == hash && names_[at].length == text.size() &&
        std::memcmp(names_[at].text, text.data(), text.size()) == 0)
      return names_[at].name;
  // The key must outlive the source buffer, which moves while interactive lines come in.
  Str* name;
  const char* key;
  if (isAscii(text)) {
    name = arena.own(internedStr(ts, text));
    key = name ? asciiView(name).data() : nullptr;
  } else {
    Ref<Str> normal = normalizedIdentifier(ts, text);
    if (normal) intern(normal);
    name = arena.own(std::move(normal));
    auto* copy = static_cast<char*>(arena.allocate(text.size(), 1));
    if (copy) std::memcpy(copy, text.data(), text.size());
    else name = nullptr;
    key = copy;
  }
  if (!name) {
    if (!errorSet(ts)) (void)raiseNoMemory(ts);
    return nullptr;
  }
  names_[at] = {hash, static_cast<uint32_t>(text.size()), name, key};
  ++name_count_;
  return name;
}

WarningSink::Outcome ParseContext::warnAt(Type& category, int32_t lineno, const char* message) {
  if (!warn) return Outcome::Continue;
  Ref<Str> text = newStr(ts, message);
  if (text && !failed(warnExplicit(ts, category, std::move(text), filename, lineno))) return Outcome::Continue;
  if (!errorMatches(ts, category)) return Outcome::Raised;
  clearError(ts);
  warning_failed = true;
  return Outcome::Error;
}

WarningSink::Outcome ParseContext::invalidNumberEnd(const char* kind, int32_t lineno) {
  char message[64];
  std::snprintf(message, sizeof message, "invalid %s literal", kind);
  return warnAt(kSyntaxWarning, lineno, message);
}

}  // namespace habu::syntax
