// Questions that tests ask about a verified IMA list.
#pragma once

#include "tests/tpm/evidence/ima_machine.hpp"
#include "tpm/evidence/boot_aggregate.hpp"
#include "tpm/format/tools_pcrs.hpp"

#include <doctest/doctest.h>

namespace muster::testing::verified_list {
using enum muster::hash_algorithm;

inline const std::vector<fed_bank> one_bank{{sha256}};
inline const std::vector<fed_bank> three_banks{{sha1}, {sha256}, {sha384, bank_feed::padded_sha1}};

inline std::vector<std::string> paths_of(const tpm::verified_ima& log) {
  std::vector<std::string> out;
  log.for_each([&out](const tpm::ima_entry& entry) { out.emplace_back(entry.path); });
  return out;
}

inline errc code_of(const result<tpm::verified_ima>& verified) {
  REQUIRE_FALSE(verified.ok());
  return verified.fault().code;
}

} // namespace muster::testing::verified_list
