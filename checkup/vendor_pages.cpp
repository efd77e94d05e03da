#include "checkup/vendor_pages.hpp"

#include <algorithm>
#include <array>

namespace muster::checkup {

namespace {

struct known_vendor {
  std::string_view id;   ///< TCG vendor id; empty: known by name only
  std::string_view name; ///< part of the issuer's name
  std::string_view page;
};

// A virtual TPM of the cloud is before the maker whose id it carries.
constexpr std::array known{
    known_vendor{"", "swtpm-localca", "/var/lib/swtpm-localca on the host of the virtual machine"},
    known_vendor{"id:474F4F47", "Google", "https://pki.goog/cloud_integrity/"},
    known_vendor{"id:49465800", "Infineon",
                 "https://www.infineon.com/cms/en/product/promopages/optiga_tpm_certificates/"},
    known_vendor{"id:4E544300", "Nuvoton", "https://www.nuvoton.com/security/NTC-TPM-EK-Cert/"},
    known_vendor{"id:53544D20", "STM",
                 "https://www.st.com/resource/en/technical_note/tn1330-st-trusted-platform-module-tpm-"
                 "endorsement-key-ek-certificates-stmicroelectronics.pdf"},
    known_vendor{"id:494E5443", "Intel", "https://upgrades.intel.com/content/CRL/ekcert/EKRootPublicKey.cer"},
    known_vendor{"id:414D4400", "AMD", "https://ftpm.amd.com/pki/aia/"},
    known_vendor{"id:4E545A00", "Nationz", "http://pki.nationz.com.cn/EkRootCA/EkRootCA.crt"},
    known_vendor{"id:4D534654", "Microsoft", collected_vendor_roots},
};

} // namespace

std::string_view vendor_page(std::string_view manufacturer, std::string_view issuer) noexcept {
  const auto by_name = [issuer](const known_vendor& one) { return issuer.find(one.name) != issuer.npos; };
  if (const auto found = std::ranges::find_if(known, by_name); found != known.end()) return found->page;
  const auto by_id = [manufacturer](const known_vendor& one) {
    return !one.id.empty() && one.id == manufacturer;
  };
  const auto found = std::ranges::find_if(known, by_id);
  return found == known.end() ? std::string_view{} : found->page;
}

} // namespace muster::checkup
