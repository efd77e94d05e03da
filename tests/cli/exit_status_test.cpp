#include "cli/client/shown_status.hpp"

#include <doctest/doctest.h>

using namespace muster::cli;

TEST_CASE("only trusted gives success; an unknown word never does") {
  CHECK(exit_status_of("trusted") == 0);
  CHECK(exit_status_of("untrusted") == 1);
  CHECK(exit_status_of("revoked") == 1);
  CHECK(exit_status_of("stale") == 3);
  CHECK(exit_status_of("unknown") == 3);
  CHECK(exit_status_of("pending") == 3);
  CHECK(exit_status_of("warning") == 4);
  CHECK(exit_status_of("") == 3);
  CHECK(exit_status_of("Trusted") == 3);
  CHECK(exit_status_of("word of a later version") == 3);
}
