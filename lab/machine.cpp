#include "lab/machine.hpp"

#include "crypto/secret.hpp"
#include "lab/extension.hpp"
#include "lab/files.hpp"
#include "lab/ima_list.hpp"
#include "lab/swtpm.hpp"
#include "messages/vocabulary/ids.hpp"
#include "tpm/device/identity.hpp"
#include "tpm/format/pcr_selection.hpp"

namespace muster::lab {
namespace {

constexpr auto hostname_file = "hostname";
constexpr auto software_file = "software";

std::filesystem::path normal(const std::filesystem::path& folder) {
  return std::filesystem::absolute(folder).lexically_normal();
}

// Only names and versions: no characters that YAML would need escaped.
bool plain(std::string_view text) {
  return !text.empty() && printable(text) == text && text.find_first_of("\"\\") == std::string_view::npos;
}

status begin(const std::filesystem::path& folder, std::string hostname) {
  if (hostname.empty()) hostname = folder.filename().string();
  if (!plain(hostname)) return fault{errc::malformed, "not a valid host name"};
  if (auto kept = replace_file(folder / hostname_file, as_bytes(hostname)); !kept) return kept;
  return replace_file(folder / software_file, as_bytes(to_text(software{})));
}

} // namespace

result<machine> machine::create(const std::filesystem::path& folder, const vendor* maker,
                                const manufacture_plan& plan) {
  machine made{normal(folder)};
  if (auto fits = tpm::parse_chip_address(made.tpm_address()); !fits) return fits.fault();
  if (auto empty = make_empty_folder(made.folder_); !empty) return empty.fault();
  const auto lock = folder_lock::take(made.folder_);
  if (!lock) return lock.fault();
  if (auto done = manufacture(made.folder_, maker, plan); !done) return done.fault();
  if (auto begun = begin(made.folder_, plan.hostname); !begun) return begun.fault();
  return made;
}

result<machine> machine::adopt(const std::filesystem::path& folder, std::string hostname) {
  machine made{normal(folder)};
  const auto lock = folder_lock::take(made.folder_);
  if (!lock) return lock.fault();
  if (!std::filesystem::is_directory(swtpm{made.folder_}.state()))
    return fault{errc::not_found, "there is no state of a TPM in tpm/"};
  if (auto begun = begin(made.folder_, std::move(hostname)); !begun) return begun.fault();
  return made;
}

result<machine> machine::open(const std::filesystem::path& folder) {
  machine found{normal(folder)};
  if (const auto known = found.installed(); !known) return known.fault();
  return found;
}

bool machine::on() const { return std::filesystem::exists(socket()) && swtpm{folder_}.running(); }

result<software> machine::installed() const {
  const auto text = read_file(folder_ / software_file);
  if (!text) return text.fault();
  return parse_software(as_text(*text));
}

status machine::boot(const software& what) {
  const auto lock = folder_lock::take(folder_);
  if (!lock) return lock.fault();
  return boot_locked(what);
}

status machine::reboot(std::string_view append_to_command_line) {
  const auto lock = folder_lock::take(folder_);
  if (!lock) return lock.fault();
  auto what = installed();
  if (!what) return what.fault();
  if (!append_to_command_line.empty()) {
    if (!what->evidence.empty())
      return fault{errc::unsupported, "the kernel command line of a recorded boot cannot be changed"};
    what->kernel_command_line += ' ';
    what->kernel_command_line += append_to_command_line;
  }
  return boot_locked(*what);
}

status machine::write_facts(const software& what) const {
  const auto hostname = read_file(folder_ / hostname_file);
  if (!hostname) return hostname.fault();
  const std::string text = "hostname: \"" + std::string{as_text(*hostname)}
                           + "\"\noperating_system: \"Debian GNU/Linux 12 (bookworm)\"\nkernel: \""
                           + what.kernel
                           + "\"\narchitecture: \"x86_64\"\nproduct: \"Muster lab machine\"\nfirmware: \""
                           + what.firmware + "\"\n";
  return replace_file(facts(), as_bytes(text));
}

status machine::run(std::string_view path, std::string_view content) {
  if (path.empty() || path.front() != '/' || path.size() > 4096 || path.find('\0') != path.npos)
    return fault{errc::malformed, "run: the path must be absolute, of at most 4096 characters"};
  const auto lock = folder_lock::take(folder_);
  if (!lock) return lock.fault();
  if (!on()) return fault{errc::conflict, "run: the machine is off"};
  // Opens the TPM first, which waits until its user has finished, before the list grows. Then the list before
  // the PCR, as the kernel does: a quote never covers an entry that is missing from the list.
  auto chip = tpm::chip::open({tpm::chip_address::transport::swtpm, "path=" + socket().string()});
  if (!chip) return chip.fault();
  const auto identity = tpm::read_identity(*chip);
  if (!identity) return identity.fault();
  auto list = read_file(ima_log());
  if (!list) return list.fault();
  const auto data = ima_data(path, crypto::sha256(as_bytes(content)));
  append(*list, ima_entry(data));
  if (auto kept = replace_file(ima_log(), *list); !kept) return kept;
  return tpm::laboratory::extend(*chip, ima_pcr, extend_with(ima_pcr, identity->banks, data).digests);
}

status machine::extend(unsigned pcr, std::string_view text) {
  if (pcr >= tpm::pcr_count) return fault{errc::malformed, "extend: a TPM has PCR 0 to 23"};
  const auto lock = folder_lock::take(folder_);
  if (!lock) return lock.fault();
  if (!on()) return fault{errc::conflict, "extend: the machine is off"};
  auto chip = tpm::chip::open({tpm::chip_address::transport::swtpm, "path=" + socket().string()});
  if (!chip) return chip.fault();
  const auto identity = tpm::read_identity(*chip);
  if (!identity) return identity.fault();
  return tpm::laboratory::extend(*chip, pcr, extend_with(pcr, identity->banks, as_bytes(text)).digests);
}

status machine::power_down() const {
  if (on()) shut_down(socket());
  if (auto stopped = swtpm{folder_}.stop(); !stopped) return stopped;
  std::error_code ignored;
  std::filesystem::remove(socket(), ignored);
  std::filesystem::remove(socket().string() + ".ctrl", ignored);
  return {};
}

status machine::off() {
  const auto lock = folder_lock::take(folder_);
  if (!lock) return lock.fault();
  return power_down();
}

status machine::destroy() {
  if (auto done = off(); !done) return done;
  std::error_code why;
  std::filesystem::remove_all(folder_, why);
  if (why) return fault{errc::io, "cannot remove the machine's folder: " + why.message()};
  return {};
}

} // namespace muster::lab
