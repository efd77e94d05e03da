#include "appraisal/bundle/bundle_verification.hpp"

#include "appraisal/boot/appraise_boot.hpp"
#include "appraisal/bundle/bundle_frames.hpp"
#include "appraisal/files/appraise_files.hpp"
#include "appraisal/policy/policy_codec.hpp"
#include "appraisal/reference/reference_codec.hpp"
#include "schemas/manifest.capnp.h"

#include <iterator>

namespace muster::appraisal {

namespace {

constexpr view_limits part_limits{bundle_frames::max_part, 4, 16};
constexpr view_limits set_limits{bundle_verification::max_reference, 4, 16};

/// Caps for the log of a whole boot, which arrived in many attestations. The size of the bundle is the
/// tighter bound.
constexpr std::uint64_t max_entries = 10'000'000;
constexpr std::uint64_t max_log_bytes = std::uint64_t{4} << 30U;

/// The stretches of a bundle, in their order.
enum class stretch : std::uint8_t { header, policy, reference, boot_log, ima_log, result, end, over };

const char* name_of(stretch s) noexcept {
  switch (s) {
  case stretch::header: return "header";
  case stretch::policy: return "policy";
  case stretch::reference: return "reference";
  case stretch::boot_log: return "boot log";
  case stretch::ima_log: return "IMA log";
  case stretch::result: return "result";
  case stretch::end: return "end";
  case stretch::over: break;
  }
  return "behind the end";
}

stretch stretch_of(bundle::Part::Which which) noexcept {
  switch (which) {
  case bundle::Part::HEADER: return stretch::header;
  case bundle::Part::POLICY: return stretch::policy;
  case bundle::Part::REFERENCE: return stretch::reference;
  case bundle::Part::BOOT_LOG: return stretch::boot_log;
  case bundle::Part::IMA_LOG: return stretch::ima_log;
  case bundle::Part::RESULT: return stretch::result;
  case bundle::Part::END: return stretch::end;
  }
  return stretch::over;
}

/// The PCR selection in the manifest. It is unproven until the quote over the manifest's hash is verified.
result<tpm::pcr_selection> selection_in(const frame& manifest) {
  const auto parsed = parse_view<wire::Manifest>(manifest, {64U << 10U, 4, 8});
  if (!parsed) return fault{parsed.fault().code, "manifest: " + parsed.fault().check};
  return parsed->read([](wire::Manifest::Reader in) -> result<tpm::pcr_selection> {
    tpm::pcr_selection out;
    for (const auto bank : in.getSelection()) {
      const auto algorithm = hash_algorithm_from(bank.getAlgorithm());
      if (!algorithm) return fault{errc::unsupported, "manifest: an unknown bank"};
      if (auto added = out.add(*algorithm, bank.getMask()); !added) return added.fault();
    }
    // A smaller selection would hide PCRs that a reference is compared with. The service never asks for less.
    const auto wanted = tpm::pcr_mask(0, 14);
    if ((out.mask_of(hash_algorithm::sha256) & wanted) != wanted)
      return fault{errc::denied, "pcr-selection: the quote does not cover sha256:0-14"};
    return out;
  });
}

result<attestation_inputs> inputs_of(const bundle_header& header) {
  const auto& evidence = *header.evidence;
  const auto area = tpm::parse_public_area(evidence.ak_public);
  if (!area) return area.fault();
  auto form = tpm::verify_ak_form(*area);
  if (!form) return form.fault();
  const auto selection = selection_in(frame::copy_of(evidence.manifest));
  if (!selection) return selection.fault();
  // The AK comes from the bundle itself. `verify_bundle_ak` checks whether a service certified it.
  return attestation_inputs{{header.number, evidence.nonce, *selection, logs_wanted::re_verify},
                            {header.node, evidence.exporter, crypto::sha256(evidence.node_spki)},
                            tpm::trust_claimed_ak(*std::move(form)),
                            nullptr,
                            nullptr,
                            nullptr,
                            {max_entries, max_log_bytes}};
}

tpm::pcr_values hints_of(const kept_evidence& in) {
  tpm::pcr_values out;
  for (const auto& one : in.pcrs)
    (void)out.set(one.algorithm, one.index, one.value.view());
  return out;
}

std::vector<finding> findings_of(const attestation_outcome& evidence, const policy& rules,
                                 const reference_choice& reference, std::uint64_t& unlisted) {
  auto out = appraise_boot(*evidence.claims, reference, rules);
  auto files = appraise_files(evidence.files, reference, rules);
  unlisted = files.total - files.findings.size();
  std::ranges::move(files.findings, std::back_inserter(out));
  // Findings of evidence other than those about claims do not depend on the rules.
  std::ranges::copy(lasting_of(evidence.findings), std::back_inserter(out));
  return out;
}

} // namespace

struct bundle_verification::parts {
  stretch at = stretch::header;
  std::uint64_t offset = 0; // of the next part
  bytes32 chain{};
  std::optional<fault> broken;

  std::optional<bundle_header> header;
  std::optional<appraisal::policy> rules;
  std::shared_ptr<const appraisal::policy> evidence_by; // null: `rules`
  std::vector<bytes> sets;
  std::shared_ptr<const reference_set> reference;
  std::shared_ptr<const reference_set> staged;
  std::optional<running_attestation> attestation;
  std::optional<attestation_outcome> evidence;
  conclusion concluded;
  std::optional<result_content> result;
  bytes stated;

  fault at_place(stretch where, const fault& why) const {
    return {why.code,
            "bundle: " + std::string{name_of(where)} + ", byte " + std::to_string(offset) + ": " + why.check};
  }

  status enter(stretch next) {
    if (next < at || at == stretch::over) return fault{errc::malformed, "a part out of order"};
    if (next == at && (at == stretch::policy || at == stretch::result || (at == stretch::header && header)))
      return fault{errc::malformed, "a part that comes twice"};
    if (result && next < stretch::result)
      return fault{errc::malformed, "a log after what was concluded from it"};
    const bool skips = (next > stretch::header && !header) || (next > stretch::policy && !rules)
                       || (next > stretch::result && stated.empty());
    if (skips) return fault{errc::malformed, "a part before it is missing"};
    if (at <= stretch::reference && next > stretch::reference)
      if (auto good = close_references(); !good) return good;
    at = next;
    return {};
  }

  status take_header(bundle::Header::Reader in) {
    auto read = header_from(in);
    if (!read) return read.fault();
    header = *std::move(read);
    auto inputs = inputs_of(*header);
    if (!inputs) return inputs.fault();
    attestation.emplace(*std::move(inputs));
    const auto& evidence_in = *header->evidence;
    attestation->take_part0(frame::copy_of(evidence_in.manifest), evidence_in.attest, evidence_in.signature,
                            hints_of(evidence_in));
    sets.resize(header->references.size());
    return attestation->why_broken();
  }

  status take_policy(byte_view content) {
    if (crypto::sha256(content) != header->policy)
      return fault{errc::mismatch, "it is not the policy whose digest the header names"};
    const auto stored = parse_view<records::Policy>(frame::copy_of(content), part_limits);
    if (!stored) return stored.fault();
    auto read = policy_from(*stored);
    if (!read) return read.fault();
    if (!same(to_record(*read).content(), content))
      return fault{errc::malformed, "it is not in its canonical form"};
    rules = *std::move(read);
    // Before the logs: which PCRs are IMA's decides where its log is read to.
    attestation->judge_by(evidence_by ? evidence_by : std::make_shared<const appraisal::policy>(*rules));
    return {};
  }

  status take_reference(bundle::Piece::Reader in) {
    const std::size_t which = in.getSet();
    const auto body = bytes_of(in.getBody());
    if (which >= sets.size()) return fault{errc::malformed, "a set that the header does not name"};
    if (body.size() > max_reference - sets[which].size()) return fault{errc::limit, "it is too large"};
    append(sets[which], body);
    return {};
  }

  status close_references() {
    for (std::size_t i = 0; i < sets.size(); ++i) {
      if (crypto::sha256(sets[i]) != header->references[i])
        return fault{errc::mismatch, "reference: it is not the set whose digest the header names"};
      const auto stored = parse_view<records::ReferenceSet>(frame::adopt(std::move(sets[i])), set_limits);
      if (!stored) return fault{stored.fault().code, "reference: " + stored.fault().check};
      auto content = reference_content_from(*stored);
      if (!content) return content.fault();
      auto made = reference_set::make(*std::move(content));
      if (!made) return made.fault();
      if (!same(to_record((*made)->content()).content(), stored->content()))
        return fault{errc::malformed, "reference: it is not in its canonical form"};
      (i == 0 ? reference : staged) = *std::move(made);
    }
    if (sets.size() > max_bundle_references)
      return fault{errc::unsupported, "reference: more than the one in force and a staged one"};
    return {};
  }

  status take_log(log_kind kind, byte_view body) {
    attestation->take_log_part(kind, body);
    return attestation->why_broken();
  }

  status take_result(byte_view content) {
    if (content.empty()) return fault{errc::malformed, "it is empty"};
    if (!result)
      if (auto made = conclude(); !made) return made.fault();
    stated = to_bytes(content);
    return {};
  }

  muster::result<result_content> conclude() {
    if (!attestation || !rules) return fault{errc::malformed, "bundle: nothing to conclude from yet"};
    if (at <= stretch::reference)
      if (auto good = close_references(); !good) return good.fault();
    at = std::max(at, stretch::ima_log); // no set can follow
    evidence = std::move(*attestation).finish();
    if (evidence->end != attestation_end::verified)
      return fault{errc::mismatch,
                   evidence->findings.empty() ? evidence->reason : evidence->findings.front().found};
    std::uint64_t unlisted = 0;
    auto found = findings_of(*evidence, *rules, {reference.get(), staged.get()}, unlisted);
    concluded = appraisal::conclude(
        {header->kept, header->kept.size()}, std::move(found), occasion::increment, unlisted,
        {header->vouched_by, &*rules, reference ? reference_state::present : reference_state::absent});
    result_content out;
    out.node = header->node;
    out.generation = header->generation;
    out.epoch = header->epoch;
    out.number = header->number;
    out.verdict = concluded.verdict;
    out.decided = header->decided;
    out.findings = concluded.kept.findings;
    out.evidence = header->evidence;
    if (!header->references.empty()) out.reference = header->references.front();
    if (header->references.size() > 1) out.staged = header->references.back();
    out.policy = header->policy;
    out.vouched_by = header->vouched_by;
    result = out;
    return out;
  }

  status dispatch(bundle::Part::Reader in, byte_view whole) {
    if (auto entered = enter(stretch_of(in.which())); !entered) return entered;
    switch (in.which()) {
    case bundle::Part::HEADER: return take_header(in.getHeader());
    case bundle::Part::POLICY: return take_policy(bytes_of(in.getPolicy()));
    case bundle::Part::REFERENCE: return take_reference(in.getReference());
    case bundle::Part::BOOT_LOG: return take_log(log_kind::boot, bytes_of(in.getBootLog()));
    case bundle::Part::IMA_LOG: return take_log(log_kind::ima, bytes_of(in.getImaLog()));
    case bundle::Part::RESULT: return take_result(bytes_of(in.getResult()));
    case bundle::Part::END: break;
    }
    // No digest covers this part, so only exactly these bytes are accepted.
    if (!same(whole, end_part(chain).view()))
      return fault{errc::mismatch, "the bundle was damaged: its digest is not the one at its end"};
    at = stretch::over;
    return {};
  }

  std::vector<std::string> compare() const {
    if (same(to_record(*result).content(), stated)) return {};
    const auto parsed = parse_view<records::Result>(frame::copy_of(stated), part_limits);
    if (!parsed) return {"it is no result: " + parsed.fault().check};
    const auto read = result_from(*parsed);
    if (!read) return {"it is no result: " + read.fault().check};
    auto out = differences(*result, *read);
    if (out.empty()) out.emplace_back("its form is not canonical");
    return out;
  }
};

bundle_verification::bundle_verification(std::shared_ptr<const policy> evidence_by)
    : parts_{std::make_unique<parts>()} {
  parts_->evidence_by = std::move(evidence_by);
}
bundle_verification::~bundle_verification() = default;
bundle_verification::bundle_verification(bundle_verification&&) noexcept = default;
bundle_verification& bundle_verification::operator=(bundle_verification&&) noexcept = default;

status bundle_verification::take(const frame& part) {
  auto& p = *parts_;
  if (p.broken) return *p.broken;
  const auto parsed = parse_view<bundle::Part>(part, part_limits);
  status done;
  auto where = p.at;
  if (!parsed)
    done = parsed.fault();
  else
    done = parsed->read([&](bundle::Part::Reader in) {
      where = stretch_of(in.which());
      return p.dispatch(in, part.view());
    });
  if (!done) {
    p.broken = p.at_place(where, done.fault());
    return *p.broken;
  }
  p.chain = crypto::sha256({p.chain, part.view()});
  p.offset += bundle_frames::head_size + part.size();
  return {};
}

result<result_content> bundle_verification::conclude() {
  if (parts_->broken) return *parts_->broken;
  return parts_->conclude();
}

const bytes32& bundle_verification::chain() const noexcept { return parts_->chain; }

result<verified_bundle> bundle_verification::finish() && {
  auto& p = *parts_;
  if (p.broken) return *p.broken;
  if (p.at != stretch::over)
    return p.at_place(p.at, {errc::malformed, "the bundle ends before its end part"});
  auto differs = p.compare();
  return verified_bundle{std::move(*p.header), std::move(*p.rules),    std::move(p.reference),
                         std::move(p.staged),  std::move(*p.evidence), std::move(p.concluded),
                         std::move(*p.result), std::move(differs)};
}

conclusion what_if(const verified_bundle& bundle, const policy* rules, const reference_set* reference) {
  if (rules == nullptr) rules = &bundle.rules;
  const auto choice = reference != nullptr ? reference_choice{reference}
                                           : reference_choice{bundle.reference.get(), bundle.staged.get()};
  std::uint64_t unlisted = 0;
  auto found = findings_of(bundle.evidence, *rules, choice, unlisted);
  return conclude({bundle.header.kept, bundle.header.kept.size()}, std::move(found), occasion::increment,
                  unlisted,
                  {bundle.header.vouched_by, rules,
                   choice.present() ? reference_state::present : reference_state::absent});
}

} // namespace muster::appraisal
