// What breaks if these fail: a machine forgets what it is a witness of.
#include "node/ra_agent/kept_heads.hpp"

#include <doctest/doctest.h>

using namespace muster;
using namespace muster::node;

namespace {

bytes head(std::uint64_t size, std::uint8_t root = 0, std::uint64_t time = 0) {
  crypto::signed_log_head out{{size, {}, {time}}, bytes(70, 7)};
  out.head.root.fill(root);
  return crypto::encode(out);
}

bytes both(bytes first, const bytes& second) {
  append(first, second);
  return first;
}

} // namespace

TEST_CASE("the largest head and the last one are kept, and returned after a restart") {
  kept_heads kept;
  CHECK(kept.encode().empty());
  CHECK(kept.take(head(40)));
  CHECK(kept.encode() == head(40));
  CHECK(kept.take(head(50)));
  CHECK(kept.encode() == head(50));

  // The service was rolled back: its new heads do not make the machine forget the earlier ones.
  CHECK(kept.take(head(31)));
  CHECK(kept.encode() == both(head(50), head(31)));
  CHECK(kept.take(head(32)));
  CHECK(kept.encode() == both(head(50), head(32)));
  kept = kept_heads::parse(kept.encode());
  CHECK(kept.encode() == both(head(50), head(32)));

  CHECK(kept.take(head(60)));
  CHECK(kept.encode() == head(60));
}

TEST_CASE("another root at the same size does not replace the earlier one") {
  auto kept = kept_heads::parse(head(40, 1));
  CHECK(kept.take(head(40, 2)));
  CHECK(kept.encode() == both(head(40, 1), head(40, 2)));
}

TEST_CASE("a head that is signed again replaces the one of the same name, and a repeated head is not new") {
  auto kept = kept_heads::parse(head(40, 1, 1000));
  CHECK(kept.take(head(40, 1, 2000)));
  CHECK(kept.encode() == head(40, 1, 2000));
  CHECK_FALSE(kept.take(head(40, 1, 2000)));
}

TEST_CASE("bytes that are not a head are dropped, from the service and from the disk") {
  auto kept = kept_heads::parse(head(40));
  for (const auto& bad : {bytes{}, bytes{1, 2, 3}, bytes(5000, 1), both(head(1), head(2))})
    CHECK_FALSE(kept.take(bad));
  CHECK(kept.encode() == head(40));
  for (const auto& bad : {bytes{}, bytes{1, 2, 3}, both(both(head(1), head(2)), head(3))})
    CHECK(kept_heads::parse(bad) == kept_heads{});
}
