// The arena of one syntax tree: its nodes, and a reference to each identifier and constant they mention.
#pragma once
#include "base/arena.h"
#include "object/ref.h"

namespace habu::syntax {

class AstArena : public Arena {
 public:
  AstArena() = default;
  ~AstArena();

  // Keeps the reference until the arena dies and lends the object. Null when `object` is empty or memory is out.
  template <class T>
  T* own(Ref<T> object) {
    if (!object) return nullptr;
    T* borrowed = object.get();
    return keep(Ref<>::steal(reinterpret_cast<Object*>(object.release()))) ? borrowed : nullptr;
  }

 private:
  struct Owned {
    Owned* previous;
    int count;
    Object* objects[61];
  };
  bool keep(Ref<> object);

  Owned* owned_ = nullptr;
};

}  // namespace habu::syntax
