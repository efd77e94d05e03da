// Verified quotes over any PCR values that a test needs.
#pragma once

#include "tests/tpm/evidence/soft_tpm.hpp"
#include "tpm/evidence/quote.hpp"

#include <doctest/doctest.h>

namespace muster::testing {

class quoting_tpm {
public:
  tpm::verified_quote quote(const tpm::pcr_values& values, const tpm::pcr_selection& selection) const {
    const auto expected = tpm::binding{as_bytes("a nonce")};
    const auto made = tpm_.sign(tpm_.honest(expected.view(), selection, values));
    auto out = tpm::verify_quote(made.view(), tpm_.trusted(), expected, selection, tpm::offline_rules);
    REQUIRE_MESSAGE(out.ok(), out.fault().check);
    return *out;
  }
  /// A quote over all present values.
  tpm::verified_quote quote(const tpm::pcr_values& values) const { return quote(values, values.present()); }

  tpm::verified_pcrs verified(const tpm::pcr_values& values) const {
    auto out = tpm::verify_pcr_values(quote(values), values);
    REQUIRE(out.ok());
    return *out;
  }

private:
  soft_tpm tpm_;
};

} // namespace muster::testing
