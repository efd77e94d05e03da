// Evidence: an account under a genuine quote.
#pragma once

#include "messages/frame.hpp"
#include "protocol/challenge.hpp"
#include "tests/liar/account.hpp"
#include "tests/tpm/evidence/soft_tpm.hpp"

namespace muster::liar {

struct answer {
  frame manifest;
  testing::made_quote quote;
  tpm::pcr_values hints;
  bytes boot_log;
  bytes ima_log;
};

/// What an agent sends that has these texts and this TPM. The quote is over what `tpm` holds.
answer answer_to(const service::challenge& asked, const service::evidence_channel& channel,
                 std::uint64_t first_entry, const account& told, const chip& tpm,
                 const testing::soft_tpm& key);

} // namespace muster::liar
