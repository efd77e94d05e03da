// What breaks if these fail: a policy excuses more than its operator wrote, or two policies that bind different
// values have one digest.
#include "appraisal/policy/policy_codec.hpp"
#include "tests/appraisal/samples.hpp"

#include <doctest/doctest.h>

namespace bound_value_test {

using namespace muster;
using namespace muster::appraisal;

namespace {

bound_value bound(std::uint8_t pcr, std::string_view measured, std::string model) {
  return {pcr, hash_algorithm::sha256, samples::digest_of(measured), std::move(model)};
}

policy binding(std::vector<bound_value> values) {
  policy out;
  out.bound = std::move(values);
  return out;
}

} // namespace

TEST_CASE("check 43: a policy binds only what is the firmware's, in the SHA-256 bank, and was measured") {
  const auto good =
      bound_value{0, hash_algorithm::sha256, crypto::hash(hash_algorithm::sha256, as_bytes("x")), "Model 5"};
  CHECK(defect_of(std::vector{good}).empty());
  const std::pair<const char*, void (*)(bound_value&)> rows[] = {
      {"the boot loader's", [](bound_value& one) { one.pcr = 4; }},
      {"boot attempts", [](bound_value& one) { one.pcr = 5; }},
      {"the kernel's", [](bound_value& one) { one.pcr = 8; }},
      {"none", [](bound_value& one) { one.pcr = 200; }},
      {"short", [](bound_value& one) { one.value = crypto::digest{bytes(20, 1)}; }},
      {"another bank",
       [](bound_value& one) {
         one.algorithm = hash_algorithm::sha384;
         one.value = crypto::hash(hash_algorithm::sha384, as_bytes("x"));
       }},
      {"no model", [](bound_value& one) { one.model.clear(); }},
      {"a long model", [](bound_value& one) { one.model.assign(201, 'x'); }},
      {"nothing was measured", [](bound_value& one) { one.value = crypto::digest{bytes(32, 0)}; }},
      {"SHA-1",
       [](bound_value& one) {
         one.algorithm = hash_algorithm::sha1;
         one.value = crypto::digest{bytes(20, 1)};
       }},
  };
  for (const auto& [what, change] : rows) {
    CAPTURE(what);
    auto one = good;
    change(one);
    CHECK_FALSE(defect_of(std::vector{one}).empty());
  }
  CHECK_FALSE(defect_of(std::vector{good, good}).empty());
}

TEST_CASE("check 43: a value of another bank binds nothing, since root may extend one bank alone") {
  const auto value = crypto::hash(hash_algorithm::sha384, as_bytes("x"));
  const std::vector listed{bound_value{7, hash_algorithm::sha384, value, "Model 5"}};
  CHECK(find_bound(listed, 7, hash_algorithm::sha384, value.view()) == nullptr);
}

TEST_CASE("bound values are part of a policy's digest, in whatever order they are written") {
  const std::vector policies{binding({}),
                             binding({bound(0, "a", "Model 1")}),
                             binding({bound(1, "a", "Model 1")}),
                             binding({bound(0, "b", "Model 1")}),
                             binding({bound(0, "a", "Model 2")}),
                             binding({bound(0, "a", "Model 1"), bound(0, "b", "Model 1")})};
  for (const auto& one : policies)
    for (const auto& other : policies)
      CHECK((digest_of(one) == digest_of(other)) == (&one == &other));
  const auto ordered = binding({bound(0, "a", "1"), bound(0, "b", "2"), bound(2, "a", "3")});
  const auto turned = binding({bound(2, "a", "3"), bound(0, "b", "2"), bound(0, "a", "1")});
  CHECK(digest_of(ordered) == digest_of(turned));
  const auto back = policy_from(to_record(turned).read_back());
  REQUIRE_MESSAGE(back.ok(), back.fault().check);
  CHECK(digest_of(*back) == digest_of(turned));
  CHECK(back->bound.size() == 3);
  CHECK_FALSE(policy_from(to_record(binding({bound(4, "a", "x")})).read_back()).ok());
}

} // namespace bound_value_test
