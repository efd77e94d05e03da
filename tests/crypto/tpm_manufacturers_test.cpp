#include "crypto/tpm_manufacturers.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <set>
#include <string>

using namespace muster;
using namespace muster::crypto;

TEST_CASE("each TPM manufacturer has one id and a name, and its id spells the name of the registry") {
  std::set<tpm_manufacturer_id> seen;
  for (const auto& one : tpm_manufacturers()) {
    CAPTURE(std::string{one.name});
    CHECK(seen.insert(one.id).second);
    CHECK_FALSE(one.name.empty());
    CHECK(find_tpm_manufacturer(one.id) == &one);
    if (one.id.value == 0x1014) continue; // a PCI number, not ASCII
    for (int shift = 24; shift >= 0; shift -= 8) {
      const auto c = static_cast<char>(one.id.value >> static_cast<unsigned>(shift) & 0xffU);
      CHECK((c == '\0' || c == ' ' || (c >= 'A' && c <= 'Z')));
    }
  }
  CHECK(find_tpm_manufacturer({0x12345678}) == nullptr);
}

TEST_CASE("the virtual TPMs are known by name, and those that anyone can run are not accepted by default") {
  struct row {
    std::uint32_t id;
    const char* name;
    bool by_default;
  };
  const row rows[] = {
      {0x00001014, "swtpm", false}, {0x49424d00, "IBM", false},         {0x564d5700, "VMware", false},
      {0x4d534654, "Azure", true},  {0x474f4f47, "Google Cloud", true},
  };
  for (const auto& [id, name, by_default] : rows) {
    CAPTURE(name);
    const auto* known = find_tpm_manufacturer({id});
    REQUIRE(known != nullptr);
    CHECK(known->name.find(name) != std::string_view::npos);
    CHECK(known->kind != tpm_kind::chip);
    const auto in = std::ranges::count(known_tpm_manufacturers(), tpm_manufacturer_id{id});
    CHECK((in == 1) == by_default);
  }
  CHECK(known_tpm_manufacturers().size() == 28);
}
