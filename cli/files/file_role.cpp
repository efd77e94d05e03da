#include "cli/files/file_role.hpp"

#include <algorithm>
#include <initializer_list>

namespace muster::cli {

namespace {

using tpm::file_kind;

struct role_words {
  std::string_view wanted; ///< to follow "not"
  std::string_view remedy; ///< to follow "give"
};

role_words words_of(file_role role) noexcept {
  switch (role) {
  case file_role::ak:
    return {"an attestation key", "its public part: TPM2B_PUBLIC (tpm2_createak -u), or PEM (-f pem)"};
  case file_role::quote: return {"a quote", "what tpm2_quote -m wrote"};
  case file_role::signature: return {"a signature", "what tpm2_quote -s wrote"};
  case file_role::pcrs: return {"PCR values", "what tpm2_quote -o wrote, or the output of tpm2_pcrread"};
  case file_role::boot_log: return {"a boot log", "binary_bios_measurements, from /sys/kernel/security/tpm0"};
  case file_role::ima_list:
    return {"an IMA list", "binary_runtime_measurements, from /sys/kernel/security/ima"};
  case file_role::bundle: return {"an evidence bundle", "what muster evidence export wrote"};
  case file_role::anchor: return {"a certificate", "the certificate in PEM"};
  case file_role::log_key: return {"a public key", "your copy of the service's log.pem"};
  case file_role::reference_set:
    return {"a reference set", "what muster reference make or muster appraise --learn wrote"};
  case file_role::keylime: return {"a runtime policy of Keylime", "the JSON that keylime-policy wrote"};
  case file_role::rim: return {"a RIM", "a signed RIM in XML"};
  }
  return {"the right file", "the right file"};
}

/// What the role's own parser reads, or refuses in better words.
bool is_of(file_kind kind, file_role role) noexcept {
  const auto one_of = [kind](std::initializer_list<file_kind> kinds) {
    return std::find(kinds.begin(), kinds.end(), kind) != kinds.end();
  };
  switch (role) {
  case file_role::ak:
    return one_of({file_kind::sized_public, file_kind::public_area, file_kind::pem_public_key,
                   file_kind::der_public_key});
  case file_role::quote: return kind == file_kind::quote;
  case file_role::signature: return one_of({file_kind::tpmt_signature, file_kind::ecdsa_signature});
  case file_role::pcrs: return one_of({file_kind::tools_pcrs, file_kind::tools_pcr_text});
  case file_role::boot_log: return kind == file_kind::boot_log;
  case file_role::ima_list:
    return one_of({file_kind::ima_list, file_kind::ima_list_big, file_kind::ima_list_ascii});
  case file_role::bundle: return kind == file_kind::bundle;
  case file_role::anchor: return one_of({file_kind::pem_certificate, file_kind::der_certificate});
  case file_role::log_key: return kind == file_kind::pem_public_key;
  case file_role::reference_set: return kind == file_kind::reference_set;
  case file_role::keylime:
    return one_of({file_kind::keylime_policy, file_kind::dsse_envelope, file_kind::json});
  case file_role::rim: return one_of({file_kind::rim, file_kind::xml});
  }
  return false;
}

} // namespace

status check_kind(byte_view content, file_role role) {
  const auto kind = tpm::kind_of(content);
  // The reader of text would take any byte for a line.
  if (kind == file_kind::unknown && role == file_role::ima_list)
    return fault{errc::malformed, "this is not an IMA list: it does not begin with an entry"};
  if (kind == file_kind::unknown || is_of(kind, role)) return {};
  const auto words = words_of(role);
  return fault{errc::malformed, "this is " + std::string{to_string(kind)} + ", not "
                                    + std::string{words.wanted} + "; give " + std::string{words.remedy}};
}

fault named(byte_view content, file_role role, fault why) {
  const auto checked = check_kind(content, role);
  return checked ? why : checked.fault();
}

} // namespace muster::cli
