#include "appraisal/attestation/running_attestation.hpp"

#include "messages/view.hpp"
#include "schemas/manifest.capnp.h"
#include "tpm/evidence/boot_replay.hpp"
#include "tpm/evidence/counters.hpp"

#include <algorithm>

namespace muster::appraisal {

namespace {

constexpr view_limits manifest_limits{64U << 10U, 4, 8};

fault manifest_fault(std::string_view what) { return {errc::malformed, "manifest: " + std::string{what}}; }

bool repeats(wire::Manifest::Reader manifest, const tpm::pcr_selection& selection) {
  const auto banks = manifest.getSelection();
  if (banks.size() != selection.size()) return false;
  unsigned i = 0;
  return std::all_of(selection.begin(), selection.end(), [&](const tpm::pcr_bank& bank) {
    const auto stated = banks[i++];
    return stated.getAlgorithm() == static_cast<std::uint16_t>(bank.algorithm)
           && stated.getMask() == bank.mask;
  });
}

} // namespace

std::uint64_t first_entry_wanted(const issued_challenge& challenge, const recorded_boot* recorded) noexcept {
  return challenge.logs == logs_wanted::increment && recorded != nullptr ? recorded->ima.entries : 0;
}

running_attestation::running_attestation(attestation_inputs inputs) : inputs_{std::move(inputs)} {
  // An increment is possible only with a recorded boot.
  if (inputs_.recorded == nullptr && inputs_.challenge.logs == logs_wanted::increment)
    inputs_.challenge.logs = logs_wanted::whole;
}

progress running_attestation::note(const status& step) {
  if (!step) broken_ = step.fault();
  return broken_ ? progress::over : progress::more;
}

/// A log that does not continue from the record is not a verdict yet: the whole log decides.
progress running_attestation::note_log(const status& step) {
  if (step || !increment()) return note(step);
  again_ = step.fault().check;
  return progress::more; // later parts may hold bad news
}

fault running_attestation::over_budget() const {
  const auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(inputs_.budget.cap());
  return {errc::limit, "cost: judging it takes more CPU time than the " + std::to_string(ms.count())
                           + " ms that one attestation may cost"};
}

progress running_attestation::take_part0(const frame& manifest, byte_view attest, byte_view signature,
                                         const tpm::pcr_values& hints) {
  if (broken_) return progress::over;
  const cpu_turn counted{inputs_.budget};
  if (quote_) return note(fault{errc::malformed, "evidence: part 0 came twice"});
  return note(verify_part0(manifest, attest, signature, hints));
}

status running_attestation::verify_part0(const frame& manifest, byte_view attest, byte_view signature,
                                         const tpm::pcr_values& hints) {
  const tpm::quote_context context{inputs_.challenge.nonce, inputs_.channel.node, inputs_.channel.exporter,
                                   inputs_.channel.node_spki, crypto::sha256(manifest.view())};
  // The AK is the one that was recorded when this node proved that its TPM holds the key.
  auto quote = tpm::verify_quote({attest, signature}, inputs_.ak, tpm::quote_binding(context),
                                 inputs_.challenge.selection);
  if (!quote) return quote.fault();
  quote_ = *std::move(quote);
  hints_ = hints;
  if (auto counted = compare_with_record(); !counted) return counted;
  // The quote covers the manifest's hash, so the manifest is now the machine's word.
  return read_manifest(manifest);
}

status running_attestation::compare_with_record() {
  if (inputs_.recorded == nullptr) return {};
  switch (tpm::compare_counters(inputs_.recorded->clock, *quote_)) {
  case tpm::boot_change::same_boot: return {};
  case tpm::boot_change::new_boot:
  case tpm::boot_change::resumed:
    if (increment()) again_ = "the machine booted or resumed";
    booted_ = true;
    ended_ = quote_->clock();
    return {};
  case tpm::boot_change::went_back: break;
  }
  went_back_ = true;
  return fault{errc::conflict, "counters: the TPM's counters or clock went back"};
}

status running_attestation::read_manifest(const frame& manifest) {
  auto parsed = parse_view<wire::Manifest>(manifest, manifest_limits);
  if (!parsed) return manifest_fault(parsed.fault().check);
  return parsed->read([this](wire::Manifest::Reader in) -> status {
    const auto& challenge = inputs_.challenge;
    if (in.getNumber() != challenge.number.value) return manifest_fault("it belongs to another attestation");
    if (!same(bytes_of(in.getNonce()), challenge.nonce))
      return manifest_fault("it belongs to another challenge");
    if (!repeats(in, challenge.selection)) return manifest_fault("its PCR selection is not the challenge's");
    const auto boot = bytes_of(in.getBootId());
    if (boot.size() != manifest_.boot.raw.size())
      return manifest_fault("the kernel's boot id is not 16 bytes long");
    std::ranges::copy(boot, manifest_.boot.raw.begin());

    const auto digest = bytes_of(in.getBootLogDigest());
    if (!digest.empty()) {
      if (digest.size() != bytes32{}.size())
        return manifest_fault("the boot log's digest is not 32 bytes long");
      std::ranges::copy(digest, manifest_.boot_log.emplace().begin());
      manifest_.boot_log_size = in.getBootLogSize();
      if (manifest_.boot_log_size == 0 || manifest_.boot_log_size > tpm::event_log::max_bytes)
        return fault{errc::limit, "boot-log: the log is empty, or larger than a boot log may be"};
    }

    if (challenge.logs == logs_wanted::re_verify)
      return {}; // replay from entry 0 proves more than the increment did
    const auto* recorded = inputs_.recorded.get();
    const bool offset = in.getImaFirst() == first_entry_wanted(challenge, recorded);
    if (!increment()) return offset ? status{} : manifest_fault("its IMA log does not begin with entry 0");
    if (!offset) again_ = "the IMA log does not begin where the last one ended";
    if (manifest_.boot != recorded->boot) again_ = "the kernel's boot id changed";
    // A missing boot log is a finding at once: asking again would not bring it back.
    if (manifest_.boot_log && manifest_.boot_log != recorded->boot_log) again_ = "the boot log changed";
    booted_ = booted_ || manifest_.boot != recorded->boot;
    return {};
  });
}

progress running_attestation::take_log_part(log_kind log, const frame& body) {
  if (broken_) return progress::over;
  const cpu_turn counted{inputs_.budget};
  const auto taken = take_log_now(log, body);
  return inputs_.budget.over() ? note(over_budget()) : taken;
}

void running_attestation::keep_reported(const frame& body) {
  reported_bytes_ += body.view().size();
  if (reported_bytes_ <= inputs_.caps.bytes) reported_.push_back({body.view(), body.owner()});
}

progress running_attestation::take_log_now(log_kind log, const frame& body) {
  if (!quote_) return note(fault{errc::malformed, "evidence: a log came before part 0"});
  if (log == log_kind::ima) keep_reported(body);
  if (!again_.empty()) return progress::more;
  if (log == log_kind::boot) return note(take_boot_part(body.view()));
  if (!ima_)
    if (auto begun = begin_ima(); !begun) return note_log(begun);
  return note_log(ima_->feed(body.view(), body.owner()));
}

status running_attestation::take_boot_part(byte_view body) {
  if (increment()) return fault{errc::malformed, "boot-log: the log was not asked for"};
  if (ima_) return fault{errc::malformed, "boot-log: a part came after the IMA log"};
  if (body.size() > manifest_.boot_log_size - boot_log_.size())
    return fault{errc::limit, "boot-log: the log is longer than the manifest states"};
  append(boot_log_, body);
  return {};
}

status running_attestation::close_boot_log() {
  if (!manifest_.boot_log) return {};
  if (crypto::sha256(boot_log_) != *manifest_.boot_log)
    return fault{errc::mismatch, "boot-log: the log is not the one whose digest was quoted"};
  auto parsed = tpm::parse_event_log(boot_log_);
  if (!parsed) return parsed.fault();
  if ((tpm::measured_pcrs(*parsed) & tpm::default_ima_pcrs) != 0)
    return fault{errc::denied, "boot-log: the log has events of PCR 10, which only IMA may extend"};
  event_log_ = *std::move(parsed);
  return {};
}

status running_attestation::begin_ima() {
  if (!increment())
    if (auto closed = close_boot_log(); !closed) return closed;
  auto start =
      increment() ? result<tpm::log_state>{inputs_.recorded->ima} : tpm::first_log_state(quote_->selection());
  if (!start) return start.fault();
  // What the policy gives to IMA is led to its value by entries, all of them: none of the last is left
  // unread.
  start->ima_pcrs |= pcrs_given_to_ima();
  auto begun = tpm::ima_verifier::begin(*std::move(start), *hints_, *quote_, inputs_.caps);
  if (!begun) return begun.fault();
  ima_ = *std::move(begun);
  return {};
}

} // namespace muster::appraisal
