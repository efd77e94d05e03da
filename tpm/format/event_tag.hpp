// EV_EVENT_TAG: what the kernel's stub and systemd's boot programs measure, by name.
#pragma once

#include "messages/vocabulary/bytes.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace muster::tpm {

/// TCG_PCClientTaggedEvent, as a view.
struct event_tag {
  std::uint32_t id = 0;
  byte_view description; ///< for people; what is measured is something else
};

/// One tag that fills `data`; empty for anything else.
std::optional<event_tag> parse_event_tag(byte_view data) noexcept;

/// What a tag of this id stands for: the tags of Linux (drivers/firmware/efi/libstub/efistub.h) and of
/// systemd-boot and systemd-stub (src/fundamental/tpm2-pcr.h). Empty for an id that neither has.
std::string_view name_of_tag(std::uint32_t id) noexcept;

/// "Linux initrd"; "systemd-stub devicetree addon: board.dtb" where the description says more than the name.
/// Empty for an unknown id. Safe to print.
std::string to_string(const event_tag& tag);

} // namespace muster::tpm
