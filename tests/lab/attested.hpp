// A machine's evidence, gathered as an agent does and judged by the service's own checks.
#pragma once

#include "lab/files.hpp"
#include "tests/lab/workshop.hpp"
#include "tpm/device/attestation.hpp"
#include "tpm/device/identity.hpp"
#include "tpm/evidence/boot_aggregate.hpp"
#include "tpm/evidence/boot_structure.hpp"

namespace muster::test {

struct attested {
  bytes boot_log; ///< the events of `boot` point into it
  tpm::clock_info clock;
  tpm::verified_boot_log boot;
  tpm::verified_ima ima;
};

/// PCR 0 to 14 in every bank of the TPM.
inline tpm::pcr_selection everything(tpm::chip& chip) {
  tpm::pcr_selection all;
  for (const auto bank : must(tpm::read_identity(chip)).banks)
    must(all.add(bank, tpm::pcr_mask(0, 14)));
  return all;
}

/// Values first, then the quote, then the IMA list (docs/protocol.md 4). `between` runs after the quote with
/// the TPM closed, and represents what a machine does while its agent works.
template <class Between> attested attest(const lab::machine& machine, Between between) {
  const auto extra = crypto::make_nonce();
  auto boot_log = must(lab::read_file(machine.boot_log()));
  tpm::pcr_selection wanted;
  std::optional<tpm::pcr_values> claimed;
  std::optional<tpm::signed_quote> made;
  bytes ak_area;
  {
    auto chip = open_chip(machine);
    wanted = everything(chip);
    const auto ak = must(tpm::load_attestation_key(chip));
    ak_area = to_bytes(ak.public_area());
    claimed = must(tpm::read_pcrs(chip, wanted));
    made = must(tpm::quote(chip, ak, extra, wanted));
  }
  between();
  const auto list = must(lab::read_file(machine.ima_log()));

  const auto trusted = must(tpm::trust_recorded_ak(ak_area));
  const auto quote =
      must(tpm::verify_quote({made->attest, made->signature}, trusted, tpm::binding{extra}, wanted));
  auto verifier = must(tpm::ima_verifier::begin(must(tpm::first_log_state(wanted)), *claimed, quote));
  must(verifier.feed(list));
  auto ima = must(std::move(verifier).finish());
  auto boot = must(tpm::verify_boot_log(must(tpm::parse_event_log(boot_log)), ima.pcrs()));
  return {std::move(boot_log), quote.clock(), std::move(boot), std::move(ima)};
}

inline attested attest(const lab::machine& machine) {
  return attest(machine, [] {});
}

} // namespace muster::test
