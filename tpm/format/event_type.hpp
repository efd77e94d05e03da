// Event types of boot logs (TCG PC Client Platform Firmware Profile 1.05, table 27).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace muster::tpm {

/// TCG_EVENTTYPE. A log may have any number here; the named ones are those with a meaning for us. No digest
/// covers an event's type, so it is always a hint.
enum class event_type : std::uint32_t {
  preboot_cert = 0x00,
  post_code = 0x01,
  no_action = 0x03, ///< never extended: its content is unmeasured
  separator = 0x04,
  action = 0x05,
  event_tag = 0x06,
  s_crtm_contents = 0x07,
  s_crtm_version = 0x08,
  cpu_microcode = 0x09,
  platform_config_flags = 0x0a,
  table_of_devices = 0x0b,
  compact_hash = 0x0c,
  ipl = 0x0d, ///< boot loaders: GRUB, shim, systemd-boot
  ipl_partition_data = 0x0e,
  nonhost_code = 0x0f,
  nonhost_config = 0x10,
  nonhost_info = 0x11,
  omit_boot_device_events = 0x12,
  efi_variable_driver_config = 0x80000001, ///< SecureBoot, PK, KEK, db, dbx
  efi_variable_boot = 0x80000002,
  efi_boot_services_application = 0x80000003,
  efi_boot_services_driver = 0x80000004,
  efi_runtime_services_driver = 0x80000005,
  efi_gpt_event = 0x80000006,
  efi_action = 0x80000007,
  efi_platform_firmware_blob = 0x80000008,
  efi_handoff_tables = 0x80000009,
  efi_platform_firmware_blob2 = 0x8000000a,
  efi_handoff_tables2 = 0x8000000b,
  efi_variable_boot2 = 0x8000000c,
  efi_gpt_event2 = 0x8000000d,
  efi_hcrtm_event = 0x80000010,
  efi_variable_authority = 0x800000e0, ///< the key or hash that let an image run
  efi_spdm_firmware_blob = 0x800000e1,
  efi_spdm_firmware_config = 0x800000e2,
  efi_spdm_device_policy = 0x800000e3,
  efi_spdm_device_authority = 0x800000e4,
};

/// "EV_SEPARATOR" and so on, as tpm2-tools prints it; "EV_0x12345678" for a number without a name.
std::string to_string(event_type type);

/// The type that has this name; empty for any other text.
std::optional<event_type> event_type_from(std::string_view name) noexcept;

} // namespace muster::tpm
