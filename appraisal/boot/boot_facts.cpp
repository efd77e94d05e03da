#include "appraisal/boot/boot_facts.hpp"

#include "tpm/format/boot_marks.hpp"

#include <algorithm>
#include <array>

namespace muster::appraisal {

namespace {

// TCG PC Client Platform Firmware Profile, table 27. Types are hints: they only choose what is shown.
constexpr std::uint32_t ev_efi_boot_services_application = 0x80000003;
constexpr std::uint32_t ev_efi_gpt_event = 0x80000006;
constexpr std::uint32_t ev_efi_gpt_event2 = 0x8000000d;

bool names_initrd(std::string_view hint) noexcept {
  const auto name = hint.substr(hint.rfind('/') + 1);
  return name.starts_with("initrd") || name.starts_with("initramfs") || name == "Linux initrd";
}

bool is_disk(const boot_event& e) noexcept {
  return (e.type == ev_efi_gpt_event || e.type == ev_efi_gpt_event2) && !e.text.empty();
}

} // namespace

boot_facts facts_of(const boot_content& boot) {
  const auto zeros = crypto::hash(boot.bank, tpm::zeros_separator);
  const auto ones = crypto::hash(boot.bank, tpm::ones_separator);
  boot_facts out;
  for (const auto& e : boot.events) {
    switch (e.pcr) {
    case 2:
      if (e.digest == zeros || e.digest == ones)
        out.option_roms_known = true;
      else
        out.option_roms.push_back(&e);
      break;
    case 4:
      if (e.type == ev_efi_boot_services_application) out.loaders.push_back(&e);
      break;
    case 5:
      if (is_disk(e)) out.disks.push_back(&e);
      break;
    case 9:
      if (names_initrd(e.hint)) out.initrds.push_back(&e);
      break;
    case 11:
      if (e.text.starts_with('.')) out.sections.push_back(&e);
      break;
    case 14: out.shim_keys.push_back(&e); break;
    default: break;
    }
  }
  return out;
}

bool proves_unified_kernel(const boot_facts& facts) noexcept {
  return std::ranges::any_of(facts.sections, [](const boot_event* e) { return e->text == ".linux"; });
}

} // namespace muster::appraisal
