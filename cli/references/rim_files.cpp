#include "cli/references/rim_files.hpp"

#include "cli/files/file_role.hpp"
#include "extraction/rim/support_rim.hpp"
#include "tpm/format/event_log.hpp"

#include <algorithm>
#include <chrono>

namespace muster::cli {

namespace {

constexpr std::size_t max_certificates = std::size_t{1} << 20U;

/// The time by the user's clock: certificates must be valid then.
wall_time now() {
  const auto since = std::chrono::system_clock::now().time_since_epoch();
  return {static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::milliseconds>(since).count())};
}

fault of_file(std::string_view option, const std::string& file, const fault& why) {
  return {why.code, std::string{option} + ' ' + printable(file) + ": " + why.check};
}

result<std::vector<crypto::certificate>> roots_of(const std::optional<std::string>& file) {
  if (!file) return std::vector<crypto::certificate>{};
  const auto pem = read_file(*file, max_certificates);
  if (!pem) return fault{pem.fault().code, printable(*file) + ": " + pem.fault().check};
  auto roots = crypto::certificate::from_file(*pem);
  if (!roots) {
    const auto why = named(*pem, file_role::anchor, roots.fault());
    return fault{why.code, printable(*file) + ": " + why.check};
  }
  return roots;
}

result<extraction::verified_rim> load_rim(const std::string& file, const make_options& options) {
  if (!options.rim_root)
    return fault{errc::denied, "give --rim-root, the certificate that it must be signed under"};
  const auto roots = roots_of(options.rim_root);
  if (!roots) return roots.fault();
  const auto time_roots = roots_of(options.rim_time_root);
  if (!time_roots) return time_roots.fault();
  const auto content = read_file(file, extraction::max_rim_bytes);
  if (!content) return content.fault();
  auto rim = extraction::verify_rim(*content, *roots, now(), *time_roots);
  if (!rim) return named(*content, file_role::rim, rim.fault());
  return rim;
}

/// The manifest that names `content`, and what the event log says. If none names it, the fault is that of the
/// last one.
result<std::pair<const rim_file*, extraction::expected_boot>> read_support(byte_view content,
                                                                           std::span<const rim_file> rims) {
  fault why{errc::denied, "give --rim, the manifest that names it"};
  for (const auto& one : rims) {
    auto read = extraction::read_support_rim(content, one.rim);
    if (read) return std::pair{&one, *std::move(read)};
    why = read.fault();
    if (why.code != errc::mismatch) break;
  }
  return why;
}

/// The values that earlier files gave, and which file gave them.
using given_values = std::vector<std::pair<appraisal::pcr_claim, std::string>>;

class overlay {
public:
  overlay(appraisal::reference_content& boot, const appraisal::extraction_rules& rules)
      : boot_{boot}, rules_{rules} {}

  result<support_report> take(const std::string& file, const rim_file& named_by,
                              extraction::expected_boot from) {
    support_report out{file, named_by.file, {}, std::move(from.notes)};
    for (std::size_t i = 0; i < from.pcrs.size(); ++i) {
      const auto& value = from.pcrs[i];
      if (!rules_.learns_pcr(value.index)) continue;
      const auto before =
          std::ranges::find_if(given_, [&](const auto& one) { return one.first.index == value.index; });
      if (before != given_.end() && before->first.value != value.value)
        return fault{errc::conflict, "PCR " + std::to_string(value.index) + " has another value in "
                                         + printable(before->second)};
      if (replace(value, std::move(from.events[i])))
        out.notes.push_back("PCR " + std::to_string(value.index) + " has another value in --base");
      given_.emplace_back(value, file);
      out.gave += (out.gave.empty() ? "PCR " : ", ") + std::to_string(value.index);
    }
    if (out.gave.empty()) return fault{errc::denied, "the rules learn none of its PCRs"};
    const auto& product = named_by.rim.product();
    boot_.origin += (boot_.origin.empty() ? "" : "; ") + out.gave + " of " + from.name + " (" + product.name
                    + ' ' + product.version + ')';
    return out;
  }

private:
  /// Whether the set had another value.
  bool replace(const appraisal::pcr_claim& value, appraisal::reference_pcr_events events) {
    const auto old = std::ranges::find(boot_.pcrs, value.index, &appraisal::pcr_claim::index);
    const bool differs = old != boot_.pcrs.end() && old->value != value.value;
    std::erase_if(boot_.pcrs, [&](const auto& one) { return one.index == value.index; });
    std::erase_if(boot_.events, [&](const auto& one) { return one.pcr == value.index; });
    std::erase_if(boot_.left_out, [&](const auto& one) { return one.pcr == value.index; });
    boot_.pcrs.push_back(value);
    boot_.events.push_back(std::move(events));
    std::ranges::sort(boot_.pcrs, {}, &appraisal::pcr_claim::index);
    std::ranges::sort(boot_.events, {}, &appraisal::reference_pcr_events::pcr);
    return differs;
  }

  appraisal::reference_content& boot_;
  const appraisal::extraction_rules& rules_;
  given_values given_;
};

} // namespace

result<std::vector<rim_file>> load_rims(const make_options& options) {
  std::vector<rim_file> out;
  for (const auto& file : options.rims) {
    auto rim = load_rim(file, options);
    if (!rim) return of_file("--rim", file, rim.fault());
    out.push_back({file, *std::move(rim)});
  }
  return out;
}

result<std::vector<support_report>> take_support_rims(const make_options& options,
                                                      std::span<const rim_file> rims,
                                                      const appraisal::extraction_rules& rules,
                                                      appraisal::reference_content& boot) {
  std::vector<support_report> out;
  overlay into{boot, rules};
  for (const auto& file : options.support_rims) {
    const auto content = read_file(file, tpm::event_log::max_bytes);
    if (!content) return of_file("--support-rim", file, content.fault());
    auto read = read_support(*content, rims);
    if (!read) return of_file("--support-rim", file, read.fault());
    auto report = into.take(file, *read->first, std::move(read->second));
    if (!report) return of_file("--support-rim", file, report.fault());
    out.push_back(*std::move(report));
  }
  return out;
}

} // namespace muster::cli
