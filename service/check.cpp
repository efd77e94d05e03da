#include "service/check.hpp"

#include "crypto/digest.hpp"
#include "service/applied.hpp"
#include "service/privacy_ca/vendor_folder.hpp"
#include "service/rest_api/unix_listener.hpp"
#include "standing/admission_policy.hpp"
#include "tpm/files/file_kind.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>

namespace muster::service {

namespace {

std::string counted(std::size_t n, const char* one, const char* many) {
  return std::to_string(n) + ' ' + (n == 1 ? one : many);
}

/// Whole MiB for large sizes: a quarter of a machine's memory is not a round number.
std::string round_size(std::uint64_t bytes) {
  return settings::size_to_string(bytes < settings::MiB ? bytes : bytes / settings::MiB * settings::MiB);
}

/// How long an IMA list may be; two limits decide it together.
std::string list_line(const settings::service_settings& in) {
  const auto most = session_settings_of(in).agent.caps.bytes;
  const auto memory = evidence_memory_of(in);
  if (most >= in.limits.log_bytes)
    return "limits: an IMA list may be up to " + round_size(most) + " (limits.log_bytes)";
  return "limits: WARNING: an IMA list may be up to " + round_size(most)
         + ", a quarter of limits.evidence_memory (" + round_size(memory) + "), not the "
         + round_size(in.limits.log_bytes) + " of limits.log_bytes; a machine with a longer one is untrusted";
}

/// How many entries each list of `admission.deny` has.
std::string denial_line(const crypto::ek_denials& denied) {
  return "deny: " + counted(denied.eks.size(), "EK", "EKs") + ", "
         + counted(denied.certificates.size(), "certificate", "certificates") + ", "
         + counted(denied.issuers.size(), "issuer", "issuers") + ", "
         + counted(denied.firmware.size(), "firmware bound", "firmware bounds");
}

/// Whether a vendor certificate has this key.
bool known_issuer(const crypto::vendor_store& vendors, const bytes32& key) {
  const auto of = [&](const crypto::certificate& one) {
    return crypto::sha256(one.fields().spki) == key || crypto::sha256(one.key().spki()) == key;
  };
  return std::ranges::any_of(vendors.roots(), of) || std::ranges::any_of(vendors.intermediates(), of);
}

/// An issuer is a CA, and the CAs that count are in the folders. A digest of anything else denies no machine.
void put_denials(std::vector<std::string>& out, const crypto::ek_denials& denied,
                 const crypto::vendor_store& vendors) {
  out.push_back(denial_line(denied));
  for (const auto& one : denied.issuers)
    if (!known_issuer(vendors, one))
      out.push_back("deny: WARNING: admission.deny.issuers: " + to_hex(one)
                    + " is the key of no certificate in admission.vendor_roots; is it the digest of a "
                      "SubjectPublicKeyInfo? (one that only machines show is denied all the same)");
}

/// What somebody put into a folder of certificates.
std::string kind_of_file(const std::string& name) {
  std::ifstream in{name, std::ios::binary};
  if (!in) return "a file that cannot be read again";
  bytes begin(64UL * 1024);
  in.read(reinterpret_cast<char*>(begin.data()), static_cast<std::streamsize>(begin.size()));
  begin.resize(static_cast<std::size_t>(in.gcount()));
  return std::string{tpm::to_string(tpm::kind_of(begin))};
}

void put_missing_folder(std::vector<std::string>& out, const char* key, const std::string& file) {
  const auto folder = std::filesystem::path{file}.parent_path();
  std::error_code ignored;
  if (folder.empty() || std::filesystem::is_directory(folder, ignored)) return;
  out.push_back(std::string{key} + ": WARNING: the folder " + printable(folder.string())
                + " is not there; a start needs it");
}

/// A CA that leads to no root vouches for nothing: mostly its root was not fetched as well.
void put_rootless(std::vector<std::string>& out, const crypto::vendor_store& vendors) {
  constexpr std::size_t named = 20;
  const auto rootless = vendors.rootless();
  for (const auto& one : rootless.subspan(0, std::min(named, rootless.size())))
    out.push_back("vendors: WARNING: CA " + one.fields().subject + " leads to no root: the certificate of "
                  + one.fields().issuer + " is not in admission.vendor_roots");
  if (rootless.size() > named)
    out.push_back("vendors: WARNING: and " + std::to_string(rootless.size() - named)
                  + " more CAs lead to no root");
}

} // namespace

result<std::vector<std::string>> check_named_files(const configuration& in) {
  std::vector<std::string> out;
  const auto& folder = in.settings.policies;
  out.push_back(folder.empty()
                    ? "policies: no folder is named; the section policy holds for every group"
                    : counted(in.policies.size(), "policy", "policies") + " in " + printable(folder));
  out.push_back(list_line(in.settings));
  if (const auto& group = in.settings.socket_group; !group.empty())
    if (const auto known = rest_api::group_of(group); !known) return known.fault();
  put_missing_folder(out, "socket", in.settings.socket);
  put_missing_folder(out, "log.head_file", in.settings.head_file);
  const auto vendors = load_vendor_folders(in.settings.admission.vendor_roots);
  if (!vendors) return vendors.fault();
  out.push_back("vendors: " + counted(vendors->roots().size(), "root", "roots") + ", "
                + counted(vendors->intermediates().size(), "intermediate", "intermediates") + ", "
                + counted(vendors->revocations().size(), "CRL", "CRLs"));
  if (vendors->roots().empty())
    out.push_back(
        in.settings.admission.vendor_roots.empty()
            ? "vendors: WARNING: admission.vendor_roots names no folder: no vendor vouches for any machine, "
              "so an operator has to approve each, and its verdict is at most what the policy gives then "
              "(endorsement.operator)"
            : "vendors: WARNING: 0 roots: no vendor vouches for any machine");
  put_rootless(out, *vendors);
  const auto policy = ek_policy_of(in.settings.admission);
  if (!policy) return policy.fault();
  put_denials(out, policy->denied, *vendors);
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  for (const auto& one : overdue_lists(
           *vendors,
           {static_cast<std::uint64_t>(std::chrono::floor<std::chrono::milliseconds>(now).count())}))
    out.push_back("vendors: WARNING: " + printable(one, 1024));
  for (const auto& one : vendors->refused())
    out.push_back("vendors: WARNING: " + one.name + " is left out: it is " + kind_of_file(one.name) + ": "
                  + one.why.check + "; the folder is for certificates of CAs and for CRLs, PEM or DER");
  return out;
}

} // namespace muster::service
