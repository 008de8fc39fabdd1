// The whole way, from source text to what it prints.
#include "unit/vm.h"

namespace {

struct Program : Vm {};

TEST_F(Program, PrintsValues) { EXPECT_EQ(run("print(1 + 1, 'a' * 3, [x for x in range(3)])"), "2 aaa [0, 1, 2]\n"); }
TEST_F(Program, RaisesExceptions) { EXPECT_EQ(run("print('before')\n1 / 0"), "before\nZeroDivisionError: division by zero\n"); }
TEST_F(Program, ReportsSyntaxErrors) { EXPECT_EQ(run("1 +"), "SyntaxError: invalid syntax (<test>, line 1)\n"); }
TEST_F(Program, ImportsTheLibrary) { EXPECT_EQ(run("import keyword\nprint(keyword.iskeyword('if'))"), "True\n"); }

}  // namespace
