// The freezer itself has no frozen modules.
#include "modules/frozen.h"

namespace habu {
std::span<const FrozenModule> frozenModules() { return {}; }
}  // namespace habu
