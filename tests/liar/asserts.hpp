// Programs that are no tests: the model asserts what its own files must be.
#pragma once

#include <doctest/doctest.h>

#include <cstdio>
#include <cstdlib>

namespace muster::liar {

/// An assert that fails outside of a test case ends the program. The model throws nothing.
inline void end_on_failed_asserts(doctest::Context& context) {
  context.setAsDefaultForAssertsOutOfTestCases();
  context.setAssertHandler([](const doctest::AssertData& failed) {
    std::fprintf(stderr, "%s:%d: %s\n", failed.m_file, failed.m_line, failed.m_expr);
    std::abort();
  });
}

} // namespace muster::liar
