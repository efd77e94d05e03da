#include "crypto/tpm_manufacturers.hpp"

#include <algorithm>
#include <array>

namespace muster::crypto {

namespace {

using enum tpm_kind;

/// TCG TPM Vendor ID Registry: the name in ASCII, padded with zeros or blanks as in the registry.
constexpr std::size_t registered = 28;
constexpr std::array<tpm_manufacturer, registered + 3> all{{
    {{0x414d4400}, "AMD", chip, "https://ftpm.amd.com/pki/aia/"},
    {{0x414e5400}, "Ant Group", chip, ""},
    {{0x41544d4c}, "Atmel", chip, ""},
    {{0x4252434d}, "Broadcom", chip, ""},
    {{0x4353434f}, "Cisco", chip, ""},
    {{0x464c5953}, "Flyslice", chip, ""},
    {{0x474f4f47},
     "Google: ChromeOS chips, and the vTPM of Google Cloud's Shielded VMs",
     both,
     "https://pki.goog/cloud_integrity/"},
    {{0x48495349}, "Huawei", chip, ""},
    {{0x48504500}, "HPE", chip, ""},
    {{0x48504900}, "HP Inc.", chip, ""},
    {{0x49465800}, "Infineon", chip, "https://pki.infineon.com/"},
    {{0x494e5443}, "Intel", chip, "https://upgrades.intel.com/content/CRL/ekcert/"},
    {{0x4c454e00}, "Lenovo", chip, ""},
    {{0x4d534654},
     "Microsoft: Pluton, and the vTPM of Hyper-V and Azure",
     both,
     "https://www.microsoft.com/pkiops/docs/repository.htm"},
    {{0x4e534700}, "NSING", chip, ""},
    {{0x4e534d20}, "National Semiconductor", chip, ""},
    {{0x4e544300}, "Nuvoton", chip, "https://www.nuvoton.com/security/NTC-TPM-EK-Cert/"},
    {{0x4e545a00}, "Nationz", chip, "https://pki.nationz.com.cn/"},
    {{0x51434f4d}, "Qualcomm", chip, ""},
    {{0x524f4343}, "Fuzhou Rockchip", chip, ""},
    {{0x5345414c}, "Wisekey", chip, ""},
    {{0x53454345}, "SecEdge", chip, ""},
    {{0x534d5343}, "SMSC", chip, ""},
    {{0x534d534e}, "Samsung", chip, ""},
    {{0x534e5300}, "Sinosun", chip, ""},
    {{0x53544d20}, "ST Microelectronics", chip, "https://secure.globalsign.com/cacert/ (stmtpm*)"},
    {{0x54584e00}, "Texas Instruments", chip, ""},
    {{0x57454300}, "Winbond", chip, ""},
    // The makers of virtual TPMs that are accepted only by name. swtpm_cert writes IBM's PCI number, and libtpms
    // reports IBM's name, which is registered, too. The NitroTPM of AWS has no EK certificate: its EK comes from an
    // interface of EC2 (GetInstanceTpmEkPub).
    {{0x00001014},
     "swtpm, the software TPM of QEMU and libvirt",
     virtual_tpm,
     "/var/lib/swtpm-localca/ on the host that runs it"},
    {{0x49424d00}, "IBM, the name of software TPMs", virtual_tpm, ""},
    {{0x564d5700}, "VMware", virtual_tpm, "https://VCENTER/certs/download.zip of the vCenter that runs it"},
}};

constexpr auto ids = [] {
  std::array<tpm_manufacturer_id, registered> out{};
  for (std::size_t i = 0; i < out.size(); ++i)
    out[i] = all[i].id;
  return out;
}();

} // namespace

std::span<const tpm_manufacturer> tpm_manufacturers() noexcept { return all; }

const tpm_manufacturer* find_tpm_manufacturer(tpm_manufacturer_id id) noexcept {
  const auto found = std::ranges::find(all, id, &tpm_manufacturer::id);
  return found == all.end() ? nullptr : &*found;
}

std::span<const tpm_manufacturer_id> known_tpm_manufacturers() noexcept { return ids; }

} // namespace muster::crypto
