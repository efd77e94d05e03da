// Trust lists in the CA's folder, and the issuer of service TLS that came with the newest.
// Source: docs/protocol.md 1.
//
//   lists/N       a signed list, N its number in 20 digits; the newest is in force
//   next.key      key of the issuer that was asked for last (`ras ca export-request`); once that is in force,
//                 the next request makes another one
//   coming/       what is on its way into force (`coming_trust`)
#pragma once

#include "crypto/authority.hpp"
#include "crypto/trust_list.hpp"
#include "records/trust_lists.hpp"

#include <filesystem>
#include <optional>

namespace muster::service {

/// What an operator does about an issuer or a list that ends.
inline const std::string rotation_remedy =
    "`ras ca export-request`, then `ras ca sign` where the root is, then `muster ca rotate`";

struct stored_trust {
  trust_lists lists;           ///< the oldest first
  crypto::trust_list in_force; ///< without a list: number 0, and the root as anchor
};

/// Every list, each verified against the one before, the first against `root`; finishes a rotation that was
/// cut off behind its list (`finish_rotation`). fault io; malformed, mismatch, ...: names the file: what this
/// service wrote verifies.
result<stored_trust> load_trust(const std::filesystem::path& ca, const crypto::certificate& root);

/// As `load_trust`, and changes nothing.
result<stored_trust> read_trust_lists(const std::filesystem::path& ca, const crypto::certificate& root);

/// One a year, and those of bad days. A start refuses more, so the rotation before that is refused.
inline constexpr std::size_t max_trust_lists = 4096;
/// fault limit: there are as many as a start reads, and what to do.
status room_for_trust_list(std::size_t lists);

/// lists/N of this number.
std::filesystem::path trust_list_file(const std::filesystem::path& ca, std::uint64_t number);

/// The key of the issuer to come; nothing: there is none.
result<std::optional<crypto::private_key>> load_next_key(const std::filesystem::path& ca);
/// Who asks again asks for the same issuer; but a key that lies there may have been copied with the folder,
/// so who shuts somebody out takes a new one, and what was asked for before is void.
enum class next_key : std::uint8_t { as_asked_for_before, drawn_now };
/// The same, made if there is none, or the one that is there is in force, or another one is wanted. For a CA
/// without an unfinished rotation (`unfinished_rotation`).
result<crypto::private_key> make_next_key(const std::filesystem::path& ca, next_key which);

} // namespace muster::service
