// Asserts of the model in programs that are not tests.
#pragma once

#include <doctest/doctest.h>

#include <cstdio>
#include <cstdlib>

namespace muster::liar {

/// Makes a failed assert outside of a test case end the program, because the model never throws.
inline void end_on_failed_asserts(doctest::Context& context) {
  context.setAsDefaultForAssertsOutOfTestCases();
  context.setAssertHandler([](const doctest::AssertData& failed) {
    std::fprintf(stderr, "%s:%d: %s\n", failed.m_file, failed.m_line, failed.m_expr);
    std::abort();
  });
}

} // namespace muster::liar
