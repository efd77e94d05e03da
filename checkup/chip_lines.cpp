#include "checkup/chip_lines.hpp"

#include "checkup/vendor_lines.hpp"
#include "messages/time_text.hpp"

#include <algorithm>

namespace muster::checkup {

namespace {

constexpr const char* device_subject = "tpm device";
constexpr const char* chip_subject = "tpm";
constexpr const char* bank_subject = "tpm banks";
constexpr const char* ek_subject = "ek certificate";

/// Without the kernel's resource manager, each program must leave room for the others, and none does.
bool bypasses_manager(const chip_facts& seen) {
  return seen.kind == chip_transport::device && seen.path.starts_with("/dev/tpm")
         && !seen.path.starts_with("/dev/tpmrm");
}

line judge_device(const chip_facts& seen) {
  if (!seen.there)
    return seen.kind == chip_transport::device
               ? bad(device_subject, seen.path + " is not there",
                     "switch the TPM 2.0 on in the firmware's setup (\"Security Device\", PTT, fTPM); on a "
                     "virtual machine add a TPM 2.0; see dmesg for the driver")
               : bad(device_subject, seen.path + " is not there", "start the software TPM, or correct `tpm`");
  const auto what = seen.path + (seen.permissions.empty() ? "" : " (" + seen.permissions + ')');
  if (!seen.usable)
    return bad(device_subject, what + " cannot be opened by " + seen.user,
               seen.kind == chip_transport::device
                   ? "run this as root or as the agent's user; that user needs the group of the device: "
                     "usermod -aG tss muster-agent"
                   : "let the agent's user write to the socket");
  if (bypasses_manager(seen))
    return bad(device_subject, what + " bypasses the kernel's resource manager",
               "write tpm: device:/dev/tpmrm0 in node.yaml");
  return good(device_subject, what);
}

std::string bank_names(const std::vector<hash_algorithm>& banks) {
  std::string out;
  for (const auto one : banks)
    out += (out.empty() ? "" : ", ") + std::string{to_string(one)};
  return out;
}

line judge_banks(const std::vector<hash_algorithm>& banks) {
  if (banks.empty())
    return bad(bank_subject, "no bank of a known algorithm is on",
               "switch the SHA-256 bank on in the firmware's setup, then reboot");
  if (std::ranges::find(banks, hash_algorithm::sha256) == banks.end())
    return bad(bank_subject, "there is no SHA-256 bank, only " + bank_names(banks),
               "switch it on in the firmware's setup, or tpm2_pcrallocate sha256:all, then reboot");
  return good(bank_subject, bank_names(banks));
}

std::string chip_remedy(errc code) {
  switch (code) {
  case errc::busy: return "another program holds the software TPM: end it, or wait until it is done";
  case errc::timeout:
    return "the TPM hangs: restart the machine; if it hangs again, look for a firmware update";
  case errc::denied: return "a password is set on a hierarchy: see tpm2_changeauth";
  default:
    return "it is no TPM 2.0, or was not started: look at dmesg; restart the machine or the software TPM";
  }
}

line judge_certificate(const ek_seen& one, const ek_facts& all) {
  if (!one.certificate)
    return note(
        ek_subject, one.where + ": " + one.certificate.fault().check,
        "the agent skips it; if there is no other, approve the machine by its fingerprint, or ask the "
        "maker of the machine for the certificate");
  const auto& read = *one.certificate;
  const auto& fields = read.fields();
  auto says = one.where + ": " + chip_named_by(read) + ", issued by " + name_of_issuer(read);
  if (!read.valid_at(all.now))
    return bad(ek_subject,
               says + ", valid from " + rfc3339(fields.not_before) + " to " + rfc3339(fields.not_after),
               "correct the clock if it is wrong; no service accepts a certificate outside its time");
  return good(ek_subject,
              says + "; to admit it by its vendor, a service needs " + needed_for(read, all.chain));
}

} // namespace

lines judge_chip(const chip_facts& seen) {
  lines out;
  // An address of host and port has nothing to look at.
  if (!seen.path.empty()) out.push_back(judge_device(seen));
  if (!seen.chip) {
    // The device's line says it already.
    if (seen.path.empty() || (seen.there && seen.usable))
      out.push_back(bad(chip_subject, seen.address + ": " + seen.chip.fault().check,
                        chip_remedy(seen.chip.fault().code)));
    return out;
  }
  const auto& chip = *seen.chip;
  auto says = chip.manufacturer;
  if (!chip.vendor.empty() && chip.vendor != chip.manufacturer) says += ' ' + chip.vendor;
  out.push_back(good(chip_subject, says + " answers"));
  out.push_back(judge_banks(chip.banks));
  return out;
}

lines judge_ek(const ek_facts& seen) {
  lines out;
  for (const auto& one : seen.certificates)
    out.push_back(judge_certificate(one, seen));
  if (seen.certificates.empty())
    out.push_back(note(ek_subject, "the TPM has none, so its vendor does not vouch for it",
                       "approve the machine by its fingerprint (muster node approve); Intel PTT and AMD fTPM "
                       "publish certificates on the network: see tpm2_getekcertificate"));
  if (!seen.chain_problem.empty())
    out.push_back(note(ek_subject,
                       "not all certificates of CAs in the TPM can be read: " + seen.chain_problem,
                       "put them into admission.vendor_roots of the service"));
  return out;
}

} // namespace muster::checkup
