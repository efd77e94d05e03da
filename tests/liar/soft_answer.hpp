// How a machine of `bench/` answers in the liar's words.
#pragma once

#include "bench/soft_machine.hpp"
#include "bench/words.hpp"
#include "tests/liar/answer.hpp"

#include <doctest/doctest.h>

namespace muster::liar {

inline service::challenge challenge_of(const bench::order& asked) {
  service::challenge out;
  out.issue.number = {asked.number};
  out.issue.nonce = asked.nonce;
  out.issue.selection = asked.selection;
  out.issue.logs = asked.want_boot_log ? appraisal::logs_wanted::whole : appraisal::logs_wanted::increment;
  return out;
}

inline quoting quoted_by(bench::soft_machine& own) {
  return [&own](byte_view extra_data, const tpm::pcr_selection& selection, const tpm::pcr_values& values,
                const tpm::clock_info& at) {
    own.be_in(own.boot(), at);
    auto made = own.sign_quote(extra_data, selection, values);
    REQUIRE(made.ok());
    return testing::made_quote{std::move(made->attest), std::move(made->signature)};
  };
}

} // namespace muster::liar
