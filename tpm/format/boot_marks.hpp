// What firmware measures to mark a point of the boot (TCG PC Client Platform Firmware Profile).
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace muster::tpm {

/// EV_SEPARATOR: 00000000h or FFFFFFFFh if nothing went wrong (SeaBIOS writes the latter), 00000001h after an
/// error.
inline constexpr std::array<std::uint8_t, 4> zeros_separator{0, 0, 0, 0};
inline constexpr std::array<std::uint8_t, 4> ones_separator{0xff, 0xff, 0xff, 0xff};
inline constexpr std::array<std::uint8_t, 4> error_separator{1, 0, 0, 0};

/// In PCR 5: the operating system has taken over.
inline constexpr std::string_view boot_services_ended = "Exit Boot Services Returned with Success";

} // namespace muster::tpm
