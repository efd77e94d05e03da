// A machine in memory: it boots, uses files and is upgraded. The same functions compute what a Verifier would
// conclude from its evidence; TPMs and TLS are left to the tests of processes.
#pragma once

#include "appraisal/attestation/attestation_outcome.hpp"
#include "records/context.hpp"
#include "records/node_record.hpp"
#include "standing/attestation.hpp"
#include "tests/appraisal/samples.hpp"

#include <map>

namespace muster::service::fleet_test {

/// One machine: what it booted, what is on its disk, what it used since the boot.
struct machine {
  node_id id;
  unsigned kernel = 1;                   ///< on disk
  std::map<std::string, unsigned> files; ///< path to version, on disk
  bool tells_increment = false;          ///< its next attestation brings no entries: nothing is new
  // since it booted
  unsigned booted = 1;
  std::uint32_t boots = 1;
  appraisal::file_claims used;
  session_epoch epoch;
  std::string group; ///< as its session was told
  context_ptr context;
  std::shared_ptr<const node_state> recorded;

  void use(const std::string& path) {
    appraisal::samples::push_file(used, path, path + " version " + std::to_string(files.at(path)));
  }
  void use_all() {
    for (const auto& [path, version] : files)
      use(path);
  }
  void reboot() {
    booted = kernel;
    ++boots;
    used = {};
    use_all();
  }
};

inline appraisal::boot_claims boot_of(unsigned kernel) {
  auto boot = appraisal::samples::grub_machine();
  for (auto& e : boot.events)
    if (e.hint == "/vmlinuz" || e.hint == "/initrd.img")
      e.digest = appraisal::samples::digest_of(e.hint + " " + std::to_string(kernel));
  return appraisal::samples::verified(std::move(boot));
}

inline boot_id booted(const machine& one) {
  boot_id out;
  out.raw[0] = static_cast<std::uint8_t>(one.boots);
  return out;
}

inline decision_request request_with(const machine& one,
                                     std::shared_ptr<const appraisal::attestation_outcome> outcome,
                                     boot_time challenged) {
  return {one.id,
          one.epoch,
          {one.recorded->number.value + 1},
          challenged,
          one.context,
          std::move(outcome),
          std::make_shared<const node_evidence>(),
          booted(one),
          one.recorded->generation,
          false,
          false,
          one.group};
}

/// Its evidence, as its present session would submit it for a decision.
inline decision_request request_of(const machine& one, boot_time challenged) {
  auto outcome = std::make_shared<appraisal::attestation_outcome>();
  outcome->end = appraisal::attestation_end::verified;
  const bool rebooted = !one.recorded->boot || one.recorded->reset_count != one.boots;
  outcome->what = rebooted ? appraisal::occasion::new_boot : appraisal::occasion::full_log;
  appraisal::recorded_boot boot;
  boot.boot = booted(one);
  boot.clock.reset_count = one.boots;
  boot.ima.entries = one.used.size();
  outcome->boot = std::move(boot);
  if (one.tells_increment) {
    outcome->what = appraisal::occasion::increment;
    return request_with(one, outcome, challenged);
  }
  outcome->claims = boot_of(one.booted);
  outcome->files = one.used;
  outcome->findings = appraisal::appraise_boot(*outcome->claims, one.context->choice(), *one.context->policy);
  auto files = appraisal::appraise_files(one.used, one.context->choice(), *one.context->policy);
  outcome->findings.insert(outcome->findings.end(), files.findings.begin(), files.findings.end());
  return request_with(one, outcome, challenged);
}

} // namespace muster::service::fleet_test
