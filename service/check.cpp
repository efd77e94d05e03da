#include "service/check.hpp"

#include "service/privacy_ca/vendor_folder.hpp"

namespace muster::service {

namespace {

std::string counted(std::size_t n, const char* one, const char* many) {
  return std::to_string(n) + ' ' + (n == 1 ? one : many);
}

} // namespace

result<std::vector<std::string>> check_named_files(const configuration& in) {
  std::vector<std::string> out;
  const auto& folder = in.settings.policies;
  out.push_back(folder.empty()
                    ? "policies: no folder is named; the section policy holds for every group"
                    : counted(in.policies.size(), "policy", "policies") + " in " + printable(folder));
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
