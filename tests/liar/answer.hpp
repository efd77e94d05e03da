// Evidence: an account under a genuine quote.
#pragma once

#include "messages/frame.hpp"
#include "protocol/challenge.hpp"
#include "tests/liar/account.hpp"
#include "tests/tpm/evidence/soft_tpm.hpp"

#include <functional>

namespace muster::liar {

struct answer {
  frame manifest;
  testing::made_quote quote;
  tpm::pcr_values hints;
  bytes boot_log;
  bytes ima_log;
};

/// TPM2_Quote by a machine's AK, at the given clock of its TPM.
using quoting = std::function<testing::made_quote(byte_view extra_data, const tpm::pcr_selection& selection,
                                                  const tpm::pcr_values& values, const tpm::clock_info& at)>;
quoting quoted_by(const testing::soft_tpm& key);

/// What an agent with these claims and this TPM sends. The quote is over the PCRs of `tpm`.
answer answer_to(const service::challenge& asked, const service::evidence_channel& channel,
                 std::uint64_t first_entry, const account& told, const chip& tpm, const quoting& quote);

} // namespace muster::liar
