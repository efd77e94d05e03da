// Trust lists in the CA's folder, and the key of the next issuer of service TLS.
// Source: docs/protocol.md 1.
//
//   lists/N       a signed list, N its number in 20 digits; the newest is in force
//   next.key      key of the issuer that was last requested (`ras ca export-request`); once that issuer is in
//                 force, the next request makes a new key
//   coming/       the list on its way into force (`coming_trust`)
#pragma once

#include "crypto/authority.hpp"
#include "crypto/trust_list.hpp"
#include "records/trust_lists.hpp"

#include <filesystem>
#include <optional>

namespace muster::service {

/// What an operator has to do when an issuer or a list ends.
inline const std::string rotation_remedy =
    "`ras ca export-request`, then `ras ca sign` where the root is, then `muster ca rotate`";

struct stored_trust {
  trust_lists lists;           ///< the oldest first
  crypto::trust_list in_force; ///< without a list: number 0, and the root as anchor
};

/// Loads every list, each verified against the one before, the first against `root`. Finishes a rotation that
/// was interrupted after its list came into force (`finish_rotation`). fault io; malformed, mismatch, ...:
/// names the file, which is not as this service wrote it.
result<stored_trust> load_trust(const std::filesystem::path& ca, const crypto::certificate& root);

/// Like `load_trust`, but changes nothing.
result<stored_trust> read_trust_lists(const std::filesystem::path& ca, const crypto::certificate& root);

/// Ample for one list a year and some in emergencies. A start refuses more lists, so a rotation beyond this
/// number is refused.
inline constexpr std::size_t max_trust_lists = 4096;
/// fault limit: as many lists exist as a start reads; says what to do.
status room_for_trust_list(std::size_t lists);

/// The path lists/N for this number.
std::filesystem::path trust_list_file(const std::filesystem::path& ca, std::uint64_t number);

/// The key of the next issuer; no value: there is none.
result<std::optional<crypto::private_key>> load_next_key(const std::filesystem::path& ca);
/// A repeated request is normally for the same key. But an existing key may have been copied together with
/// the folder. An operator who has to shut out a thief therefore takes a new key. That voids the earlier
/// request.
enum class next_key : std::uint8_t { existing, fresh };
/// Loads the key of the next issuer, or makes one: if there is none, if its issuer is in force already, or if
/// a new one is wanted. Caller: the CA has no unfinished rotation (`unfinished_rotation`).
result<crypto::private_key> make_next_key(const std::filesystem::path& ca, next_key which);

} // namespace muster::service
