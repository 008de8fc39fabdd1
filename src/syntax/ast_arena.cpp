#include "syntax/ast_arena.h"

namespace habu::syntax {

AstArena::~AstArena() {
  for (Owned* block = owned_; block; block = block->previous)
    for (int i = 0; i < block->count; ++i) Ref<>::steal(block->objects[i]) = nullptr;
}

bool AstArena::keep(Ref<> object) {
  if (!owned_ || owned_->count == 61) {
    auto* block = static_cast<Owned*>(allocate(sizeof(Owned)));
    if (!block) return false;
    block->previous = owned_;
    block->count = 0;
    owned_ = block;
  }
  owned_->objects[owned_->count++] = object.release();
  return true;
}

}  // namespace habu::syntax
