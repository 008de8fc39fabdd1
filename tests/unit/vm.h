// A running VM for unit tests: one for the whole program, since there is one runtime per process.
//
//   TEST_F(Vm, AddsIntegers) { EXPECT_EQ(run("print(1 + 1)"), "2\n"); }
//   TEST_F(Vm, ...) { Ref<> v = eval("[1, 2]"); ... C++ functions on `v` with `ts()` ... }
#pragma once
#include <gtest/gtest.h>

#include <string>

#include "object/call.h"
#include "object/thread_state.h"

class Vm : public testing::Test {
 protected:
  static habu::ThreadState& ts() { return habu::ThreadState::current(); }
  void SetUp() override;
  // No test may leave an exception behind.
  void TearDown() override;

  // What a program prints in a fresh namespace; an uncaught exception adds "Type: message".
  static std::string run(const char* source);
  // The value of an expression; empty with the exception set.
  static habu::Ref<> eval(const char* expression);
  // "Type: message" of the pending exception, which is taken away.
  static std::string takeError();
  static std::string text(habu::Object*);  // str(o)
};
