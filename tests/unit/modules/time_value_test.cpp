#include "modules/time_value.h"

#include "unit/vm.h"

using namespace habu;

namespace {

struct TimeValue : Vm {
  Object* value(const char* expression) {
    kept_ = eval(expression);
    return kept_.get();
  }
  Ref<> kept_;
};

TEST_F(TimeValue, RoundsToWholeUnits) {
  EXPECT_EQ(divideRounded(7, 2, Rounding::Floor), 3);
  EXPECT_EQ(divideRounded(-7, 2, Rounding::Floor), -4);
  EXPECT_EQ(divideRounded(-7, 2, Rounding::Ceiling), -3);
  EXPECT_EQ(divideRounded(5, 2, Rounding::HalfEven), 2);
  EXPECT_EQ(divideRounded(7, 2, Rounding::HalfEven), 4);
  EXPECT_EQ(divideRounded(-7, 2, Rounding::AwayFromZero), -4);
}

TEST_F(TimeValue, ReadsIntsAndFloats) {
  EXPECT_EQ(nanosecondsFrom(ts(), value("3"), Rounding::Floor).take(), 3 * kNsPerSecond);
  EXPECT_EQ(nanosecondsFrom(ts(), value("-1.5"), Rounding::Floor).take(), -1500000000);
  timespec t = timespecFromSeconds(ts(), value("-0.25"), Rounding::Floor).take();
  EXPECT_EQ(t.tv_sec, -1);
  EXPECT_EQ(t.tv_nsec, 750000000);
}

TEST_F(TimeValue, RefusesWhatDoesNotFit) {
  EXPECT_TRUE(nanosecondsFrom(ts(), value("1e30"), Rounding::Floor).failed());
  EXPECT_EQ(takeError(), "OverflowError: timestamp too large to convert to C _PyTime_t");
  EXPECT_TRUE(timeFromSeconds(ts(), value("float('nan')"), Rounding::Floor).failed());
  EXPECT_EQ(takeError(), "ValueError: Invalid value NaN (not a number)");
}

}  // namespace
