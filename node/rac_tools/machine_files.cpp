#include "node/rac_tools/machine_files.hpp"

#include "messages/vocabulary/log_caps.hpp"
#include "node/rac_tools/ima_walker.hpp"
#include "node/rac_tools/kernel_file.hpp"

#include <sys/utsname.h>

namespace muster::node {

namespace {

constexpr std::size_t small_file = 64 * 1024;
constexpr const char* secure_boot_variable =
    "/sys/firmware/efi/efivars/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c";

/// One line of a small kernel file; empty if the file does not exist or may not be read.
std::string line_of(const std::string& path) {
  const auto content = read_whole(path, small_file);
  if (!content) return {};
  const auto text = as_text(*content);
  return std::string{text.substr(0, text.find('\n'))};
}

machine_texts texts_of_this_machine() {
  machine_texts out;
  utsname names{};
  if (::uname(&names) == 0) {
    out.hostname = names.nodename;
    out.kernel = names.release;
    out.architecture = names.machine;
  }
  if (const auto content = read_whole("/etc/os-release", small_file); content)
    out.operating_system = pretty_name(as_text(*content));
  const std::string dmi = "/sys/class/dmi/id/";
  out.product = line_of(dmi + "product_name");
  out.firmware = line_of(dmi + "bios_version");
  return out;
}

file_state state_of(errc code) noexcept {
  return code == errc::not_found ? file_state::absent : file_state::unreadable;
}

// Four bytes of attributes, then the value (Documentation/filesystems/efivarfs.rst).
switch_state read_secure_boot() {
  const auto content = read_whole(secure_boot_variable, small_file);
  if (!content || content->size() != 5) return switch_state::unknown;
  return content->back() == 1 ? switch_state::on : switch_state::off;
}

// Looks whether there is an entry after boot_aggregate: only the front of the list is read.
void survey_ima_log(const std::string& path, boot_survey& out) {
  const auto list = kernel_file::open(path);
  out.ima_log = list ? file_state::present : state_of(list.fault().code);
  if (!list) return;
  bytes front(4096);
  const auto got = list->read_at(0, front);
  if (!got) return;
  ima_walker walker{{}};
  const auto walked = walker.walk(byte_view{front}.first(*got), 2);
  out.ima_measures = walked && walker.at().entry >= 2;
}

} // namespace

result<machine_texts> read_machine_texts(const settings::platform_files& files) {
  if (files.facts.empty()) return texts_of_this_machine();
  const auto content = read_whole(files.facts, small_file);
  if (!content) return fault{content.fault().code, printable(files.facts) + ": " + content.fault().check};
  return parse_facts(files.facts, as_text(*content));
}

void survey_files(const settings::platform_files& files, boot_survey& out) {
  auto log = read_whole(files.boot_log, max_boot_log);
  out.boot_log = log ? file_state::present : state_of(log.fault().code);
  if (log && log->empty()) out.boot_log = file_state::absent; // the firmware handed over none
  if (log) out.boot_log_content = frame::adopt(std::move(*log));
  survey_ima_log(files.ima_log, out);
  // With a facts file, the described machine is not the one whose kernel runs here.
  if (!files.facts.empty()) return;
  out.command_line = line_of("/proc/cmdline");
  out.secure_boot = read_secure_boot();
}

result<frame> read_boot_log(const settings::platform_files& files) {
  auto log = read_whole(files.boot_log, max_boot_log);
  if (log) return frame::adopt(std::move(*log));
  if (log.fault().code == errc::not_found) return frame{};
  return fault{log.fault().code, "boot log: " + log.fault().check};
}

} // namespace muster::node
