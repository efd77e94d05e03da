#include "tpm/format/efi_signature_list.hpp"

#include <doctest/doctest.h>

using namespace muster;
using namespace muster::tpm;

namespace {

bytes le32(std::uint32_t value) {
  return {static_cast<std::uint8_t>(value), static_cast<std::uint8_t>(value >> 8U),
          static_cast<std::uint8_t>(value >> 16U), static_cast<std::uint8_t>(value >> 24U)};
}

/// A list of `entries` signatures of `each` bytes. The stated size is wrong by `lie`.
bytes list_of(std::uint32_t entries, std::uint32_t each, std::uint32_t header = 0, std::uint32_t lie = 0) {
  bytes out(16, 0x11);
  append(out, le32(28 + header + entries * each + lie));
  append(out, le32(header));
  append(out, le32(each));
  out.resize(out.size() + header + entries * each);
  return out;
}

} // namespace

TEST_CASE("signatures are counted over all lists") {
  CHECK(count_signatures({}).value() == 0);
  CHECK(count_signatures(list_of(3, 48)).value() == 3);
  auto two = list_of(200, 48);
  append(two, list_of(1, 900, 7));
  CHECK(count_signatures(two).value() == 201);
}

TEST_CASE("malformed lists are refused") {
  auto cut = list_of(3, 48);
  cut.pop_back();
  auto behind = list_of(3, 48);
  behind.push_back(0);
  bytes endless(28, 0); // a list of size zero would loop forever
  for (const auto& bad : {cut, behind, endless, list_of(3, 16), list_of(3, 0), list_of(1, 48, 0, 1),
                          list_of(1, 48, 0, 48), bytes(5)})
    CHECK_FALSE(count_signatures(bad).ok());
  auto huge = list_of(1, 48);
  for (std::size_t i = 16; i < 24; ++i)
    huge[i] = 0xff; // list and header state 4 GiB each
  CHECK_FALSE(count_signatures(huge).ok());
}
