// The machines of tests/data/vm as claims, from their genuine quotes in the SHA-256 bank.
#pragma once

#include "appraisal/attestation/boot_evidence.hpp"
#include "tests/tpm/logs.hpp"
#include "tests/tpm/machines.hpp"
#include "tpm/format/tools_pcrs.hpp"

namespace muster::testing {

/// Logs and PCR values as the files have them.
struct vm_files {
  bytes boot_log;
  bytes ima_log;
  tpm::pcr_values pcrs; ///< all banks
};

inline vm_files read_vm(const std::string& name) {
  const auto base = "vm/" + name + "/";
  return {read_test_data(base + "binary_bios_measurements"),
          read_test_data(base + "binary_runtime_measurements"),
          parse_pcrread(read_test_data(base + "pcrread.txt"))};
}

template <class T> T required(result<T> made) {
  REQUIRE_MESSAGE(made.ok(), made.fault().check);
  return *std::move(made);
}

struct vm_claims {
  appraisal::boot_claims boot;
  appraisal::file_claims files;
};

inline vm_claims verified_vm(const std::string& name) {
  const auto files = read_vm(name);
  const auto quoted = read_quote(name, hash_algorithm::sha256);
  const auto pcrs = required(tpm::parse_tools_pcrs(quoted.pcrs));
  const auto ak =
      tpm::trust_claimed_ak(required(tpm::verify_ak_form(required(tpm::parse_sized_public_area(quoted.ak)))));
  const auto quote = required(tpm::verify_quote(
      {quoted.attest, quoted.signature}, ak, tpm::binding{quoted.nonce}, pcrs.selection, tpm::offline_rules));
  const auto parsed = required(tpm::parse_event_log(files.boot_log));
  auto verifier =
      required(tpm::ima_verifier::begin(required(tpm::first_log_state(pcrs.selection)), pcrs.values, quote));
  REQUIRE(verifier.feed(files.ima_log).ok());
  const auto ima = required(std::move(verifier).finish());
  const auto log = required(tpm::verify_boot_log(parsed, ima.pcrs()));
  REQUIRE(log.contradicted() == 0);
  vm_claims out{appraisal::claims_from_evidence(&log, ima), {}};
  REQUIRE(appraisal::append_claims(out.files, ima));
  return out;
}

} // namespace muster::testing
