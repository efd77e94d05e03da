#include "cli/offline/appraise_bundle.hpp"

#include "appraisal/bundle_frames.hpp"
#include "appraisal/bundle_verification.hpp"
#include "appraisal/policy_record.hpp"
#include "cli/offline/bundle_text.hpp"
#include "cli/offline/policy_file.hpp"
#include "cli/offline/reference_file.hpp"

#include <array>
#include <fstream>
#include <ostream>

namespace muster::cli {

namespace {

result<appraisal::verified_bundle> verify_file(const std::string& file) {
  std::ifstream in{file, std::ios::binary};
  if (!in) return fault{errc::not_found, "there is no such file, or no permission to read it"};
  appraisal::bundle_frames frames;
  appraisal::bundle_verification verification;
  std::array<char, std::size_t{64} << 10U> block{};
  while (in.read(block.data(), block.size()) || in.gcount() > 0) {
    frames.feed(as_bytes({block.data(), static_cast<std::size_t>(in.gcount())}));
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

} // namespace

int appraise_bundle_command(const bundle_options& options, std::ostream& out, std::ostream& err) {
  const auto verified = verify_file(options.file);
  if (!verified) return report_error(err, options.file, verified.fault());
  bundle_report report{*verified, {}, {}, {}};

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
  if (policy || reference)
    report.what_if = appraisal::what_if(*verified, policy ? &*policy : nullptr,
                                        reference ? reference->set.get() : nullptr);
  print_bundle(report, options.format, out);
  if (!verified->differs.empty()) return exit_error;
  return exit_status_of(report.what_if ? report.what_if->verdict : verified->concluded.verdict);
}

} // namespace muster::cli
