#include "cli/evidence/appraise_bundle.hpp"

#include "appraisal/bundle/bundle_frames.hpp"
#include "appraisal/bundle/bundle_verification.hpp"
#include "appraisal/policy/policy_codec.hpp"
#include "cli/evidence/bundle_text.hpp"
#include "cli/files/file_role.hpp"
#include "cli/files/policy_file.hpp"
#include "cli/files/reference_file.hpp"
#include "files/open_fault.hpp"

#include <array>
#include <cerrno>
#include <fstream>
#include <ostream>

namespace muster::cli {

namespace {

/// `evidence_by`: the policy that governs how the evidence is read; null: the bundle's own policy.
result<appraisal::verified_bundle>
verify_file(const std::string& file, std::shared_ptr<const appraisal::policy> evidence_by = nullptr) {
  std::ifstream in{file, std::ios::binary};
  if (!in) return muster::files::open_fault(errno);
  appraisal::bundle_frames frames;
  appraisal::bundle_verification verification{std::move(evidence_by)};
  std::array<char, std::size_t{64} << 10U> block{};
  for (bool first = true; in.read(block.data(), block.size()) || in.gcount() > 0; first = false) {
    const auto more = as_bytes({block.data(), static_cast<std::size_t>(in.gcount())});
    if (first)
      if (const auto kind = check_kind(more, file_role::bundle); !kind) return kind.fault();
    frames.feed(more);
    for (;;) {
      auto part = frames.next();
      if (!part)
        return fault{part.fault().code,
                     part.fault().check + " (byte " + std::to_string(frames.offset()) + ")"};
      if (!*part) break;
      if (auto taken = verification.take(**part); !taken) return taken.fault();
    }
  }
  if (in.bad()) return fault{errc::io, "reading it failed"};
  if (auto ended = frames.end(); !ended) return ended.fault();
  return std::move(verification).finish();
}

constexpr std::size_t max_anchor_file = std::size_t{1} << 20U;

fault of_file(const std::string& file, const fault& why) { return {why.code, file + ": " + why.check}; }

/// Adds who vouches for the key, and since when the evidence has existed.
status add_vouching(bundle_report& report, const bundle_options& options) {
  const auto& header = report.bundle.header;
  auto name = appraisal::ak_name_of(header);
  if (!name) return name.fault();
  report.ak_name = *std::move(name);
  report.no_time = "--key was not given";
  if (!options.anchor) return {};
  const auto content = read_file(*options.anchor, max_anchor_file);
  if (!content) return of_file(*options.anchor, content.fault());
  const auto anchors = crypto::certificate::from_file(*content);
  if (!anchors) return of_file(*options.anchor, named(*content, file_role::anchor, anchors.fault()));
  auto vouched = appraisal::verify_bundle_ak(header, *anchors);
  if (!vouched) return vouched.fault();
  report.vouched = *std::move(vouched);
  if (!options.key) return {};
  const auto pem = read_file(*options.key, max_anchor_file);
  if (!pem) return of_file(*options.key, pem.fault());
  const auto key = crypto::public_key::from_pem(as_text(*pem));
  if (!key) return of_file(*options.key, named(*pem, file_role::log_key, key.fault()));
  auto time = appraisal::verify_log_proof(header, *key);
  // A missing proof makes nothing worse; a proof that does not hold is a forgery.
  if (!time && time.fault().code != errc::not_found) return time.fault();
  if (time)
    report.time = *time;
  else
    report.no_time = time.fault().check;
  return {};
}

} // namespace

int appraise_bundle_command(const bundle_options& options, std::ostream& out, std::ostream& err) {
  const auto verified = verify_file(options.file);
  if (!verified) return report_error(err, options.file, verified.fault());
  bundle_report report{*verified, {}, {}, {}, {}, {}, {}, {}};
  if (auto vouched = add_vouching(report, options); !vouched)
    return report_error(err, options.file, vouched.fault());

  std::optional<appraisal::policy> policy;
  std::optional<named_reference> reference;
  if (options.policy) {
    auto loaded = load_policy(*options.policy);
    if (!loaded) return report_error(err, *options.policy, loaded.fault());
    policy = *std::move(loaded);
    report.policy = appraisal::digest_of(*policy);
  }
  if (options.reference) {
    auto loaded = load_reference(*options.reference);
    if (!loaded) return report_error(err, *options.reference, loaded.fault());
    reference = *std::move(loaded);
    report.reference = reference->digest;
  }
  if (policy) {
    const auto read = verify_file(options.file, std::make_shared<const appraisal::policy>(*policy));
    if (!read) return report_error(err, options.file, read.fault());
    report.what_if = appraisal::what_if(*read, &*policy, reference ? reference->set.get() : nullptr);
  } else if (reference) {
    report.what_if = appraisal::what_if(*verified, nullptr, reference->set.get());
  }
  print_bundle(report, options.format, out);
  if (!verified->differs.empty()) return exit_error;
  if (!report.vouched) return exit_unvouched;
  return exit_status_of(report.what_if ? report.what_if->verdict : verified->concluded.verdict);
}

} // namespace muster::cli
