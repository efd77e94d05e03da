#include "lab/boot_events.hpp"

#include "crypto/digest.hpp"
#include "lab/uefi.hpp"
#include "messages/vocabulary/writer.hpp"

namespace muster::lab {
namespace {

using tpm::event_type;
using event_list = std::vector<boot_event>;

constexpr std::string_view shim_path = "\\EFI\\debian\\shimx64.efi";
constexpr std::string_view unified_kernel_path = "\\EFI\\Linux\\debian.efi";

bytes text(std::string_view words) { return to_bytes(as_bytes(words)); }

// Stands in for something large that a log names but does not contain: an image, a key, a file.
bytes stand_in(std::string_view name, std::size_t size) {
  bytes out;
  for (std::uint32_t block = 0; out.size() < size; ++block)
    append(out, crypto::sha256({as_bytes("muster-lab "), as_bytes(name), writer{}.u32_be(block).view()}));
  out.resize(size);
  return out;
}

void add(event_list& out, unsigned pcr, event_type type, bytes data) {
  out.push_back({pcr, type, data, data});
}
void add(event_list& out, unsigned pcr, event_type type, bytes data, bytes measured) {
  out.push_back({pcr, type, std::move(data), std::move(measured)});
}

void separator(event_list& out, unsigned pcr) { add(out, pcr, event_type::separator, bytes(4)); }

void firmware(event_list& out, const software& what) {
  const auto blob = [&](std::uint64_t base, std::uint64_t length, const std::string& name) {
    writer where;
    where.u64_le(base).u64_le(length);
    add(out, 0, event_type::efi_platform_firmware_blob, where.take(),
        stand_in("firmware " + what.firmware + " " + name, 64));
  };
  auto version = uefi::utf16(what.firmware);
  append(version, bytes{0, 0});
  add(out, 0, event_type::s_crtm_version, version);
  blob(0x820000, 0xe0000, "PEI");
  blob(0x900000, 0xc00000, "DXE");
}

bytes allowed_image() {
  const auto digest = crypto::sha256(stand_in("shim", 64));
  return {digest.begin(), digest.end()};
}

void secure_boot(event_list& out) {
  const auto config = [&](std::string_view guid, std::string_view name, byte_view content) {
    add(out, 7, event_type::efi_variable_driver_config, uefi::variable(guid, name, content));
  };
  config(uefi::global_variable, "SecureBoot", bytes{1});
  config(uefi::global_variable, "PK", uefi::key_list(stand_in("platform key", 256)));
  config(uefi::global_variable, "KEK", uefi::key_list(stand_in("key exchange key", 256)));
  config(uefi::image_security_database, "db", uefi::digest_list({allowed_image()}));
  config(uefi::image_security_database, "dbx",
         uefi::digest_list({stand_in("revoked image 1", 32), stand_in("revoked image 2", 32)}));
  separator(out, 7);
}

void boot_options(event_list& out, std::string_view first) {
  // For these, only the variable's content is measured.
  const auto option = [&](std::string_view name, const bytes& content) {
    add(out, 1, event_type::efi_variable_boot, uefi::variable(uefi::global_variable, name, content), content);
  };
  option("BootOrder", {0, 0, 1, 0});
  option("Boot0000", uefi::load_option("debian", first));
  option("Boot0001", uefi::load_option("EFI Internal Shell", "\\Shell.efi"));
  add(out, 4, event_type::efi_action, text("Calling EFI Application from Boot Option"));
  for (unsigned pcr = 0; pcr < 7; ++pcr)
    separator(out, pcr);
}

void authority(event_list& out, std::string_view guid, std::string_view name, byte_view content) {
  add(out, 7, event_type::efi_variable_authority, uefi::variable(guid, name, content));
}

void mok(event_list& out, std::string_view name) {
  auto with_nul = text(name);
  with_nul.push_back(0);
  add(out, 14, event_type::ipl, std::move(with_nul), stand_in(name, 32));
}

void image(event_list& out, unsigned pcr, event_type type, std::uint64_t address, std::string_view path,
           std::string_view name) {
  add(out, pcr, type, uefi::image_load(address, 0x100000, path), stand_in(name, 64));
}

void shim(event_list& out, std::uint32_t load_base) {
  authority(out, uefi::image_security_database, "db", uefi::signature_data(allowed_image()));
  add(out, 5, event_type::efi_gpt_event, uefi::partition_table());
  image(out, 4, event_type::efi_boot_services_application, load_base, shim_path, "shim");
  mok(out, "MokList");
  mok(out, "MokListX");
  authority(out, uefi::shim_lock, "SbatLevel", as_bytes("sbat,1,2025021800\nshim,4\ngrub,5\n"));
  mok(out, "MokListTrusted");
  authority(out, uefi::shim_lock, "MokListRT", uefi::signature_data(stand_in("vendor certificate", 32)));
  image(out, 4, event_type::efi_boot_services_application, load_base + 0x200000U,
        "\\EFI\\debian\\grubx64.efi", "grub");
}

// GRUB measures the text after the first ": ", without the NUL that the log has.
void grub_text(event_list& out, std::string_view label, const std::string& words) {
  auto data = text(std::string{label} + ": " + words);
  data.push_back(0);
  add(out, 8, event_type::ipl, std::move(data), text(words));
}

void grub_file(event_list& out, std::string_view path, bytes content) {
  auto data = text(path);
  data.push_back(0);
  add(out, 9, event_type::ipl, std::move(data), std::move(content));
}

void grub(event_list& out, const software& what, std::uint32_t load_base) {
  const auto kernel_path = "/boot/vmlinuz-" + what.kernel;
  const auto initrd_path = "/boot/initrd.img-" + what.kernel;
  const auto linux_line = kernel_path + " " + what.kernel_command_line;
  const auto entry =
      "menuentry Debian GNU/Linux {\n  linux " + linux_line + "\n  initrd " + initrd_path + "\n}";

  grub_text(out, "grub_cmd", "source (hd0,gpt2)/boot/grub/grub.cfg");
  grub_file(out, "(hd0,gpt2)/boot/grub/grub.cfg", text("set timeout=5\n" + entry + '\n'));
  grub_text(out, "grub_cmd", "set timeout=5");
  grub_text(out, "grub_cmd", entry);
  grub_text(out, "grub_cmd", "setparams Debian GNU/Linux");
  grub_text(out, "grub_cmd", "linux " + linux_line);
  grub_file(out, kernel_path, stand_in("vmlinuz " + what.kernel, 128));
  // Logged twice: by shim's verification and by the firmware's.
  for (const std::uint32_t offset : {0x400000U, 0xc00000U})
    image(out, 4, event_type::efi_boot_services_application, load_base + offset, kernel_path,
          "vmlinuz " + what.kernel);
  grub_text(out, "kernel_cmdline", linux_line);
  grub_text(out, "grub_cmd", "initrd " + initrd_path);
  grub_file(out, initrd_path, stand_in("initrd " + what.initrd, 128));
}

// systemd's stub measures each section into PCR 11: its name with a NUL, then its content. The log shows the
// name for both. At the end, the kernel's own stub measures the initial RAM disk that it was given.
void unified_kernel(event_list& out, const software& what, std::uint32_t load_base) {
  authority(out, uefi::image_security_database, "db", uefi::signature_data(allowed_image()));
  add(out, 5, event_type::efi_gpt_event, uefi::partition_table());
  image(out, 4, event_type::efi_boot_services_application, load_base, unified_kernel_path,
        "unified kernel " + what.kernel + what.initrd + what.kernel_command_line);
  const auto section = [&](std::string_view name, bytes content) {
    auto named = uefi::utf16(name);
    append(named, bytes{0, 0});
    auto with_nul = text(name);
    with_nul.push_back(0);
    add(out, 11, event_type::ipl, named, std::move(with_nul));
    add(out, 11, event_type::ipl, named, std::move(content));
  };
  section(".linux", stand_in("vmlinuz " + what.kernel, 128));
  section(".osrel", text("ID=debian\nVERSION_ID=\"12\"\n"));
  section(".cmdline", text(what.kernel_command_line));
  section(".initrd", stand_in("initrd " + what.initrd, 128));
  image(out, 4, event_type::efi_boot_services_application, load_base + 0x200000U, "",
        "vmlinuz " + what.kernel);
  constexpr std::uint32_t initrd_tag = 0x8f3b22ec;
  constexpr std::string_view initrd_name{"Linux initrd\0", 13};
  writer tagged;
  tagged.u32_le(initrd_tag).u32_le(initrd_name.size()).put(as_bytes(initrd_name));
  add(out, 9, event_type::event_tag, tagged.take(), stand_in("initrd " + what.initrd, 128));
}

void spec_id(writer& out, const std::vector<hash_algorithm>& banks) {
  constexpr std::size_t sha1_size = 20;
  writer data;
  data.label("Spec ID Event03").u32_le(0).u8(0).u8(2).u8(0).u8(2);
  data.u32_le(static_cast<std::uint32_t>(banks.size()));
  for (const auto bank : banks)
    data.u16_le(static_cast<std::uint16_t>(bank)).u16_le(static_cast<std::uint16_t>(digest_size(bank)));
  data.u8(0);
  out.u32_le(0).u32_le(static_cast<std::uint32_t>(event_type::no_action)).put(bytes(sha1_size));
  out.u32_le(static_cast<std::uint32_t>(data.view().size())).put(data.view());
}

} // namespace

std::vector<boot_event> boot_events(const software& what, std::uint32_t load_base) {
  event_list out;
  firmware(out, what);
  secure_boot(out);
  image(out, 2, event_type::efi_boot_services_driver, load_base + 0x2000000U, "\\OptionRom",
        "network driver");
  if (what.path == boot_path::unified_kernel) {
    boot_options(out, unified_kernel_path);
    unified_kernel(out, what, load_base);
  } else {
    boot_options(out, shim_path);
    shim(out, load_base);
    grub(out, what, load_base);
  }
  add(out, 5, event_type::efi_action, text("Exit Boot Services Invocation"));
  add(out, 5, event_type::efi_action, text("Exit Boot Services Returned with Success"));
  return out;
}

bytes encode_boot_log(const std::vector<boot_event>& events, const std::vector<hash_algorithm>& banks) {
  writer out;
  spec_id(out, banks);
  for (const auto& event : events) {
    out.u32_le(event.pcr).u32_le(static_cast<std::uint32_t>(event.type));
    out.u32_le(static_cast<std::uint32_t>(banks.size()));
    for (const auto bank : banks)
      out.u16_le(static_cast<std::uint16_t>(bank)).put(crypto::hash(bank, event.measured).view());
    out.u32_le(static_cast<std::uint32_t>(event.data.size())).put(event.data);
  }
  return out.take();
}

} // namespace muster::lab
