// The whole life of the `habu` program: what its main() and Py_BytesMain do.
#pragma once

namespace habu {
[[gnu::visibility("default")]] int runMain(int argc, char** argv);
}
