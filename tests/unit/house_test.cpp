// The conventions that every other unit test relies on.
#include <gtest/gtest.h>

namespace {

TEST(House, BuildsWithoutExceptionsAndRtti) {
#if defined(__cpp_exceptions) || defined(__cpp_rtti)
  FAIL() << "src/ is compiled with -fno-exceptions -fno-rtti";
#endif
}

}  // namespace
