// Compares opcodes.def with what CPython 3.11 says about its own opcodes (tools/opcode_facts.py).
#include "bytecode/opcode.h"

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>
#include <string>

namespace habu {
namespace {

std::string kindOf(Operand operand) {
  switch (operand) {
    case Operand::Const: return "const";
    case Operand::Name:
    case Operand::Global: return "name";
    case Operand::Forward:
    case Operand::Backward: return "jump";
    case Operand::Local: return "local";
    case Operand::Cell: return "cell";
    case Operand::Compare: return "compare";
    default: return "-";
  }
}

void compareRow(std::istringstream& row) {
  int number = 0, caches = 0;
  std::string name, kind, fact;
  row >> number >> name >> kind >> caches;
  const OpInfo& op = kOps[number];
  ASSERT_TRUE(op.name) << name;
  EXPECT_EQ(op.name, name);
  EXPECT_EQ(kindOf(op.operand), kind) << name;
  EXPECT_EQ(op.caches, caches) << name;
  EXPECT_TRUE(isPublicOp(uint8_t(number)));
  while (row >> fact) {
    int arg = 0, effect = 0;
    char jump[8] = "";
    ASSERT_EQ(sscanf(fact.c_str(), "%d:%7[A-Za-z]:%d", &arg, jump, &effect), 3);
    JumpCase which = *jump == 'F' ? JumpCase::No : *jump == 'T' ? JumpCase::Yes : JumpCase::Either;
    EXPECT_EQ(disStackEffect(Op(number), arg, which), effect) << name << " " << fact;
  }
}

TEST(Opcodes, AgreeWithCPython) {
  std::ifstream facts("tests/unit/bytecode/opcodes-3.11.tsv");
  ASSERT_TRUE(facts);
  int rows = 0, specialised = 0;
  for (std::string line; std::getline(facts, line);) {
    std::istringstream row(line);
    std::string what;
    row >> what;
    if (what == "op") {
      compareRow(row);
      ++rows;
    } else {
      int number = 0;
      std::string name, family;
      row >> number >> name >> family;
      ASSERT_TRUE(kOps[number].name) << name;
      EXPECT_EQ(kOps[number].name, name);
      EXPECT_EQ(info(kOps[number].family).name, family);
      ++specialised;
    }
  }
  for (const OpInfo& op : kOps) {
    if (!op.name) continue;
    if (!(op.flags & opflag::Specialised)) --rows;
    else if (!(op.flags & opflag::Private)) --specialised;
  }
  EXPECT_EQ(rows, 0) << "opcodes that only one side has";
  EXPECT_EQ(specialised, 0);
}

TEST(Opcodes, LongArgumentsRoundTrip) {
  CodeUnit code[16];
  for (uint32_t arg : {0u, 255u, 256u, 65535u, 65536u, 0x1234567u}) {
    CodeUnit* end = emitInstruction(code, Op::LOAD_ATTR, arg);
    EXPECT_EQ(end - code, instructionUnits(Op::LOAD_ATTR, arg));
    CodeReader reader(code, end - code);
    ASSERT_TRUE(reader.next());
    EXPECT_EQ(reader.op, Op::LOAD_ATTR);
    EXPECT_EQ(reader.arg, arg);
    EXPECT_FALSE(reader.next());
  }
}

}  // namespace
}  // namespace habu
