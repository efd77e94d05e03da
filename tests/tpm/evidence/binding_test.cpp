#include "tests/tpm/evidence/rising.hpp"
#include "tpm/evidence/binding.hpp"

#include <doctest/doctest.h>

using namespace muster;
using namespace muster::testing;
using namespace muster::tpm;

namespace {

quote_context context() {
  return {rising(0), node_id{rising(0x20)}, rising(0x40), rising(0x60), rising(0x80)};
}

} // namespace

TEST_CASE("the binding matches the protocol's test vector") {
  CHECK(to_hex(quote_binding(context()).view())
        == "9d4e8ab52653c122a522807bdc8e58917819e831547d155decb1f7049795e84f");
}

TEST_CASE("check 06: nonce, node, channel, node key and manifest are all bound") {
  struct row {
    const char* what;
    void (*change)(quote_context&);
  };
  const row rows[]{
      {"nonce", [](quote_context& c) { c.nonce[31] ^= 1; }},
      {"node", [](quote_context& c) { c.node.raw[0] ^= 1; }},
      {"exporter", [](quote_context& c) { c.exporter[0] ^= 1; }},
      {"node key", [](quote_context& c) { c.node_spki[0] ^= 1; }},
      {"manifest", [](quote_context& c) { c.manifest_digest[31] ^= 1; }},
  };
  const auto genuine = quote_binding(context());
  for (const auto& r : rows) {
    CAPTURE(r.what);
    auto other = context();
    r.change(other);
    CHECK_FALSE(same(quote_binding(other).view(), genuine.view()));
  }
}

TEST_CASE("a binding that is longer than a TPM accepts verifies nothing, instead of being cut") {
  CHECK(binding{bytes(66)}.view().size() == binding::max_size);
  CHECK(binding{bytes(67)}.empty());
  CHECK(binding{byte_view{}}.empty());
}
