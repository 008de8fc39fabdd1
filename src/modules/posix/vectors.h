// Argument and environment vectors for the exec family and posix_spawn.
#pragma once
#include <vector>

#include "modules/posix/posix.h"

namespace habu::posix {

// Owned bytes objects, and the null-terminated array of pointers that system calls take.
class [[nodiscard]] Strings {
 public:
  void add(Ref<Bytes> s) { owned_.push_back(std::move(s)); }
  char* const* pointers() {
    pointers_.clear();
    for (const Ref<Bytes>& s : owned_) pointers_.push_back(s->data);
    pointers_.push_back(nullptr);
    return pointers_.data();
  }

 private:
  std::vector<Ref<Bytes>> owned_;
  std::vector<char*> pointers_;
};

// From a list or tuple of str, bytes or os.PathLike; ValueError with the given texts.
Result<Strings> argumentStrings(ThreadState&, Object* list_or_tuple, const char* when_empty, const char* when_first_empty);
// "key=value" from a mapping.
Result<Strings> environmentStrings(ThreadState&, Object* mapping);

}  // namespace habu::posix
