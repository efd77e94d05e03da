#include "lab/software.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace muster::lab {
namespace {

// What a small Debian system opens first, in this order.
constexpr std::array<std::string_view, 48> first_paths{
    "/usr/lib/systemd/systemd",
    "/usr/lib/x86_64-linux-gnu/ld-linux-x86-64.so.2",
    "/etc/ld.so.cache",
    "/usr/lib/x86_64-linux-gnu/systemd/libsystemd-core-252.so",
    "/usr/lib/x86_64-linux-gnu/systemd/libsystemd-shared-252.so",
    "/usr/lib/x86_64-linux-gnu/libc.so.6",
    "/usr/lib/x86_64-linux-gnu/libseccomp.so.2.5.4",
    "/usr/lib/x86_64-linux-gnu/libmount.so.1.1.0",
    "/usr/lib/x86_64-linux-gnu/libblkid.so.1.1.0",
    "/usr/lib/x86_64-linux-gnu/libselinux.so.1",
    "/usr/lib/x86_64-linux-gnu/libpam.so.0.85.1",
    "/usr/lib/x86_64-linux-gnu/libaudit.so.1.0.0",
    "/usr/lib/x86_64-linux-gnu/libkmod.so.2.4.0",
    "/usr/lib/x86_64-linux-gnu/libapparmor.so.1.8.4",
    "/usr/lib/x86_64-linux-gnu/libcrypto.so.3",
    "/usr/lib/x86_64-linux-gnu/libzstd.so.1.5.4",
    "/usr/lib/x86_64-linux-gnu/liblzma.so.5.4.1",
    "/usr/lib/x86_64-linux-gnu/libpcre2-8.so.0.11.2",
    "/usr/lib/x86_64-linux-gnu/libcap.so.2.66",
    "/usr/lib/x86_64-linux-gnu/libgcrypt.so.20.4.1",
    "/usr/lib/systemd/system-generators/systemd-fstab-generator",
    "/usr/lib/systemd/system-generators/systemd-getty-generator",
    "/usr/lib/systemd/systemd-journald",
    "/usr/bin/kmod",
    "/usr/lib/systemd/systemd-modules-load",
    "/usr/lib/systemd/systemd-udevd",
    "/usr/bin/udevadm",
    "/usr/lib/udev/ata_id",
    "/usr/bin/mount",
    "/usr/sbin/fsck",
    "/usr/sbin/e2fsck",
    "/usr/lib/systemd/systemd-sysctl",
    "/usr/bin/dash",
    "/usr/sbin/apparmor_parser",
    "/usr/bin/systemd-tmpfiles",
    "/usr/lib/systemd/systemd-timesyncd",
    "/usr/bin/dbus-daemon",
    "/usr/lib/systemd/systemd-logind",
    "/usr/sbin/cron",
    "/usr/sbin/agetty",
    "/usr/sbin/sshd",
    "/usr/lib/openssh/sftp-server",
    "/usr/bin/bash",
    "/usr/bin/ls",
    "/usr/bin/grep",
    "/usr/bin/cat",
    "/usr/bin/raagent",
    "/usr/lib/x86_64-linux-gnu/libtss2-esys.so.0.0.0",
};

bool printable_line(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return c >= ' ' && c < '\x7f'; });
}

status take_number(std::size_t& out, std::string_view text) {
  const auto read = std::from_chars(text.data(), text.data() + text.size(), out);
  if (read.ec != std::errc{} || read.ptr != text.data() + text.size())
    return fault{errc::malformed, "software: files is not a number"};
  if (out > max_files) return fault{errc::limit, "software: too many files"};
  return {};
}

status take_path(software& out, std::string_view text) {
  if (text != "grub" && text != "uki")
    return fault{errc::malformed, "software: path is neither grub nor uki"};
  out.path = text == "uki" ? boot_path::unified_kernel : boot_path::grub;
  return {};
}

status take_line(software& out, std::string_view line) {
  const auto equals = line.find('=');
  if (equals == std::string_view::npos) return fault{errc::malformed, "software: a line without '='"};
  const auto key = line.substr(0, equals);
  const auto value = line.substr(equals + 1);
  if (!printable_line(value)) return fault{errc::malformed, "software: a value with control characters"};
  if (key == "files") return take_number(out.files, value);
  if (key == "path") return take_path(out, value);
  if (key == "phases")
    out.phases = value;
  else if (key == "kernel_command_line")
    out.kernel_command_line = value;
  else if (key == "firmware")
    out.firmware = value;
  else if (key == "kernel")
    out.kernel = value;
  else if (key == "initrd")
    out.initrd = value;
  else if (key == "evidence")
    out.evidence = value;
  else
    return fault{errc::malformed, "software: unknown key " + printable(key, 32)};
  return {};
}

} // namespace

result<software> parse_software(std::string_view text) {
  software out;
  while (!text.empty()) {
    const auto end = std::min(text.find('\n'), text.size());
    if (auto taken = take_line(out, text.substr(0, end)); !taken) return taken.fault();
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return out;
}

std::string to_text(const software& what) {
  return std::string{"path="} + (what.path == boot_path::unified_kernel ? "uki" : "grub")
         + "\nphases=" + what.phases + "\nkernel_command_line=" + what.kernel_command_line
         + "\nfirmware=" + what.firmware + "\nkernel=" + what.kernel + "\ninitrd=" + what.initrd
         + "\nfiles=" + std::to_string(what.files) + "\nevidence=" + what.evidence + '\n';
}

std::string file_path(std::size_t number) {
  if (number < first_paths.size()) return std::string{first_paths[number]};
  return "/usr/lib/x86_64-linux-gnu/modules/module-" + std::to_string(number) + ".so";
}

std::string file_content(std::size_t number) { return "content of " + file_path(number) + '\n'; }

} // namespace muster::lab
