#include "tests/lab/workshop.hpp"
#include "tpm/device/non_volatile.hpp"

using namespace muster;
using namespace muster::tpm;
using namespace muster::test;

TEST_CASE("an NV index is defined, written, read in parts and undefined") {
  workshop place;
  auto& machine = place.create("m", lab::endorsement_choice::none);
  must(machine.boot({}));
  auto chip = open_chip(machine);
  constexpr std::uint32_t index = 0x01800100;
  bytes content(1500);
  for (std::size_t i = 0; i < content.size(); ++i)
    content[i] = static_cast<std::uint8_t>(i % 251);

  for (const auto who : {nv_authority::owner, nv_authority::platform})
    for (const auto readers : {nv_readers::anybody, nv_readers::owner}) {
      CHECK_FALSE(must(nv_defined(chip, index)));
      CHECK(nv_read(chip, index).fault().code == errc::not_found);
      must(nv_define(chip, who, index, readers, content.size()));
      CHECK(must(nv_defined(chip, index)));
      CHECK(must(nv_indices(chip)) == std::vector<std::uint32_t>{index});
      CHECK(nv_define(chip, who, index, readers, 8).fault().code == errc::conflict);
      CHECK(nv_read(chip, index).fault().code == errc::not_found); // never written
      must(nv_write(chip, who, index, content));
      CHECK(must(nv_read(chip, index)) == content);
      content.push_back(0);
      CHECK(nv_write(chip, who, index, content).fault().code == errc::limit);
      content.pop_back();
      must(nv_undefine(chip, who, index));
      CHECK(nv_undefine(chip, who, index).fault().code == errc::not_found);
    }
}

TEST_CASE("an index next to the requested one is not mistaken for it") {
  workshop place;
  auto& machine = place.create("m", lab::endorsement_choice::none);
  must(machine.boot({}));
  auto chip = open_chip(machine);
  must(nv_define(chip, nv_authority::owner, 0x01800101, nv_readers::owner, 8));
  CHECK_FALSE(must(nv_defined(chip, 0x01800100)));
  CHECK(nv_read(chip, 0x01800100).fault().code == errc::not_found);
}
