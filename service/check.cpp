#include "service/check.hpp"

#include "service/applied.hpp"
#include "service/privacy_ca/vendor_folder.hpp"

namespace muster::service {

namespace {

std::string counted(std::size_t n, const char* one, const char* many) {
  return std::to_string(n) + ' ' + (n == 1 ? one : many);
}

/// In MiB where that says enough: a quarter of a machine's memory is no round number.
std::string round_size(std::uint64_t bytes) {
  return settings::size_to_string(bytes < settings::MiB ? bytes : bytes / settings::MiB * settings::MiB);
}

/// How long a list may be, which two limits say together.
std::string list_line(const settings::service_settings& in) {
  const auto most = session_settings_of(in).agent.caps.bytes;
  const auto memory = evidence_memory_of(in);
  if (most >= in.limits.log_bytes)
    return "limits: an IMA list may have " + round_size(most) + " (limits.log_bytes)";
  return "limits: WARNING: an IMA list may have " + round_size(most)
         + ", a quarter of limits.evidence_memory (" + round_size(memory) + "), not the "
         + round_size(in.limits.log_bytes) + " of limits.log_bytes; a machine with a longer one is untrusted";
}

} // namespace

result<std::vector<std::string>> check_named_files(const configuration& in) {
  std::vector<std::string> out;
  const auto& folder = in.settings.policies;
  out.push_back(folder.empty()
                    ? "policies: no folder is named; the section policy holds for every group"
                    : counted(in.policies.size(), "policy", "policies") + " in " + printable(folder));
  out.push_back(list_line(in.settings));
  const auto vendors = load_vendor_folders(in.settings.admission.vendor_roots);
  if (!vendors) return vendors.fault();
  out.push_back("vendors: " + counted(vendors->roots().size(), "root", "roots") + ", "
                + counted(vendors->intermediates().size(), "intermediate", "intermediates") + ", "
                + counted(vendors->revocations().size(), "CRL", "CRLs"));
  if (vendors->roots().empty() && !in.settings.admission.vendor_roots.empty())
    out.push_back("vendors: WARNING: 0 roots: no vendor vouches for any machine");
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  for (const auto& one : overdue_lists(
           *vendors,
           {static_cast<std::uint64_t>(std::chrono::floor<std::chrono::milliseconds>(now).count())}))
    out.push_back("vendors: WARNING: " + printable(one, 1024));
  for (const auto& one : vendors->refused())
    out.push_back("vendors: " + printable(one.name) + " is left out: " + one.why.check);
  return out;
}

} // namespace muster::service
