#include "types/structseq.h"

#include "object/protocol.h"
#include "unit/vm.h"

using namespace habu;

namespace {

struct StructSeqTest : Vm {};

constexpr StructSeqField kFields[] = {{"a", "first"}, {kUnnamedField}, {"c", "hidden"}, {}};
constexpr StructSeqDesc kDesc = {"test.triple", "A triple.", kFields, 2};

TEST_F(StructSeqTest, HasVisibleAndHiddenFields) {
  Ref<Type> type = newStructSeqType(ts(), kDesc);
  StructSeqBuilder builder(ts(), type.get());
  for (int i = 1; i <= 3; ++i) builder.add(newInt(ts(), i));
  Ref<> triple = builder.finish();
  EXPECT_EQ(lengthOf(ts(), triple.get()).take(), 2);
  EXPECT_EQ(structSeqFields(type.get()), 3);
  EXPECT_EQ(text(triple.get()), "test.triple(a=1, c=2)");  // names are counted without the unnamed field, as in CPython
}

TEST_F(StructSeqTest, IsMadeFromASequence) {
  Ref<Type> type = newStructSeqType(ts(), kDesc);
  Ref<> items = eval("[1, 2, 3, 4]");
  EXPECT_FALSE(call(ts(), type.get(), {items.get()}));
  EXPECT_EQ(takeError(), "TypeError: test.triple() takes an at most 3-sequence (4-sequence given)");
}

}  // namespace
