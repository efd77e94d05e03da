// Distinct types for what would otherwise be bare integers and strings.
#pragma once

#include "messages/vocabulary/bytes.hpp"

#include <compare>
#include <cstring>
#include <functional>

namespace muster {

/// SHA-256 of the EK's TPMT_PUBLIC, without size prefix. People see it as 64 digits of lower-case hex.
struct node_id {
  bytes32 raw{};

  friend auto operator<=>(const node_id&, const node_id&) = default;
};

inline std::string to_string(const node_id& id) { return to_hex(id.raw); }
inline std::optional<node_id> node_id_from(std::string_view hex) {
  if (const auto raw = bytes32_from_hex(hex)) return node_id{*raw};
  return std::nullopt;
}

/// Whether a text names a node by its id: 8 or more hex digits and nothing else.
/// No machine may have such a name.
constexpr bool means_id(std::string_view text) noexcept {
  return text.size() >= 8 && text.find_first_not_of("0123456789abcdefABCDEF") == text.npos;
}

/// An integer that is not interchangeable with any other.
template <class Tag> struct number {
  std::uint64_t value = 0;

  friend auto operator<=>(const number&, const number&) = default;
};

/// Counts the sessions of one node; a later session has a larger one.
using session_epoch = number<struct session_epoch_tag>;
/// Counts the attestations of one node; continues from the stored number and never restarts.
using attestation_number = number<struct attestation_number_tag>;
/// Rises when an EK returns with another AK, or with TPM counters that went backwards.
using generation = number<struct generation_tag>;
/// A command of an operator or a policy; rises over all nodes, and so for each node.
using command_id = number<struct command_id_tag>;
/// The Store's sequence number, which is the id of an event.
using sequence = number<struct sequence_tag>;

/// CLOCK_BOOTTIME of this machine, in milliseconds. Two values compare only under the same kernel boot id.
struct boot_time {
  std::uint64_t milliseconds = 0;
  friend auto operator<=>(const boot_time&, const boot_time&) = default;
};

/// Unix time in milliseconds, for display and certificates. Never decides about a lease.
struct wall_time {
  std::uint64_t milliseconds = 0;
  friend auto operator<=>(const wall_time&, const wall_time&) = default;
};

/// The kernel's random id of one boot (/proc/sys/kernel/random/boot_id), 16 bytes.
struct boot_id {
  std::array<std::uint8_t, 16> raw{};
  friend auto operator<=>(const boot_id&, const boot_id&) = default;
};

/// "8-4-4-4-12" hex digits as the kernel prints them, with or without a line feed; empty for anything else.
std::optional<boot_id> boot_id_from(std::string_view text);
std::string to_string(const boot_id& id);

} // namespace muster

template <> struct std::hash<muster::node_id> {
  // The id is a digest: any eight bytes of it are a good hash.
  std::size_t operator()(const muster::node_id& id) const noexcept {
    std::size_t out = 0;
    std::memcpy(&out, id.raw.data(), sizeof out);
    return out;
  }
};

template <class Tag> struct std::hash<muster::number<Tag>> {
  std::size_t operator()(const muster::number<Tag>& n) const noexcept {
    return std::hash<std::uint64_t>{}(n.value);
  }
};
