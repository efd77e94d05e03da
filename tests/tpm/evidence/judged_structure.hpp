// Boot logs that explain all PCRs of their machine, and what their structure shows.
#pragma once

#include "tests/tpm/evidence/quoting.hpp"
#include "tests/tpm/logs.hpp"
#include "tpm/evidence/boot_replay.hpp"
#include "tpm/evidence/boot_structure.hpp"

#include <functional>

namespace muster::testing {

inline event_log_builder& separators(event_log_builder& b, unsigned but = 99) {
  for (unsigned pcr = 0; pcr < 8; ++pcr)
    if (pcr != but) b.separator(pcr);
  return b;
}

inline event_log_builder& exits(event_log_builder& b) {
  return b.action(5, "Exit Boot Services Invocation").action(5, "Exit Boot Services Returned with Success");
}

struct judged_structure {
  std::vector<tpm::boot_remark> remarks;
  tpm::secure_boot secure = tpm::secure_boot::unknown;
  std::vector<tpm::secure_boot_variable> variables;

  bool has(tpm::boot_issue issue, unsigned pcr) const {
    return std::ranges::any_of(
        remarks, [&](const tpm::boot_remark& one) { return one.issue == issue && one.pcr == pcr; });
  }
};

inline judged_structure judge_structure(byte_view raw) {
  static const quoting_tpm chip;
  const auto log = tpm::parse_event_log(raw).value();
  crypto::hasher hash{hash_algorithm::sha256};
  const auto replayed = tpm::replay_bank(log, hash, ~0U, 0);
  tpm::pcr_values values;
  for (unsigned pcr = 0; pcr < 16; ++pcr)
    REQUIRE(values.set(hash_algorithm::sha256, pcr, replayed.values[pcr].view()).ok());
  const auto verified = tpm::verify_boot_log(log, chip.verified(values)).value();
  return {tpm::check_structure(verified), tpm::secure_boot_of(verified),
          tpm::secure_boot_variables_of(verified)};
}

inline judged_structure judge_structure(const std::function<void(event_log_builder&)>& build) {
  event_log_builder b{{hash_algorithm::sha256}};
  build(b);
  return judge_structure(b.view());
}

} // namespace muster::testing
