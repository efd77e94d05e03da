// What the store keeps: one type for each table, which names its key and its record.
#pragma once

#include "messages/build.hpp"
#include "messages/view.hpp"
#include "messages/vocabulary/incarnation.hpp"
#include "schemas/records.capnp.h"

#include <concepts>
#include <cstring>
#include <type_traits>

namespace muster::service {

/// The tables of records. Their numbers are on disk: a record's checksum covers them.
enum class store_table : std::uint8_t {
  nodes = 1,
  states = 2,
  results = 3,
  references = 4,
  groups = 5,
  commands = 6,
  revocations = 8,
  settings = 9,
  audit = 10,
  files = 11,
  claims = 12,
  blobs = 13,
  file_numbers = 14,
  results_of_node = 15,
  counters = 16,
  boots = 17,
  campaigns = 26,
  log_leaves = 18, ///< leaf number to the sequence number of its audit record
  log_nodes = 19,  ///< hashes of complete subtrees, by crypto::merkle_place::number
  log_heads = 20,
  log_alarms = 21,
  log_parts = 22,
  uses = 23,
  loose = 24,
  policies = 25,
  ak_certificates = 27,
  ended_commands = 28,
  log_incarnations = 29,
  join_tokens = 30,
  join_uses = 31,
  forgotten = 32
};

/// SHA-256 of a name or of canonical bytes; the table says which.
struct content_address {
  bytes32 raw{};
  friend auto operator<=>(const content_address&, const content_address&) = default;
};

/// Number of an interned file measurement (records::FileEntry).
using file_number = number<struct file_number_tag>;

/// Number of a campaign, from 1 over all groups.
using campaign_number = number<struct campaign_number_tag>;
/// Counts leaves of the log: a size, or the number of one leaf.
using log_number = number<struct log_number_tag>;

/// The bytes of a key as they are in the database: 8, 32 or 40. The keys of a table sort as its key type
/// does.
class store_key {
public:
  static constexpr std::size_t max_size = 40;

  /// At most `max_size` bytes of `raw`.
  explicit store_key(byte_view raw) noexcept : size_{std::min(raw.size(), max_size)} {
    std::memcpy(raw_.data(), raw.data(), size_);
  }
  explicit store_key(const bytes32& raw) noexcept : size_{raw.size()} {
    std::memcpy(raw_.data(), raw.data(), raw.size());
  }
  explicit store_key(const node_id& id) noexcept : store_key{id.raw} {}
  explicit store_key(const content_address& address) noexcept : store_key{address.raw} {}
  template <class Tag> explicit store_key(number<Tag> n) noexcept : size_{sizeof n.value} {
    std::memcpy(raw_.data(), &n.value, sizeof n.value);
  }
  /// Numbers under a node sort as big-endian bytes.
  store_key(const node_id& id, std::uint64_t below) noexcept : store_key{id.raw} {
    for (std::size_t i = 0; i < 8; ++i)
      raw_[32 + i] = static_cast<std::uint8_t>(below >> (56 - 8 * i));
    size_ = max_size;
  }

  byte_view view() const noexcept { return {raw_.data(), size_}; }

  /// Back to the key type of the table.
  template <class Key> Key as() const noexcept {
    static_assert(std::is_trivially_copyable_v<Key> && sizeof(Key) <= max_size);
    Key out{};
    std::memcpy(&out, raw_.data(), sizeof out);
    return out;
  }

private:
  alignas(8) std::array<std::uint8_t, max_size> raw_{};
  std::size_t size_;
};

/// The tables that other code reads and writes: `store_reader::get<tables::nodes>(id)`.
namespace tables {

struct nodes { ///< identity of a machine
  using key = node_id;
  using content = records::Node;
  static constexpr auto table = store_table::nodes;
};
struct states { ///< state of a machine's attestations
  using key = node_id;
  using content = records::State;
  static constexpr auto table = store_table::states;
};
struct results { ///< decided attestations; appended, never put
  using key = sequence;
  using content = records::Result;
  static constexpr auto table = store_table::results;
};
struct references { ///< key: SHA-256 of the canonical record
  using key = content_address;
  using content = records::ReferenceSet;
  static constexpr auto table = store_table::references;
};
struct boots { ///< what was verified about a boot; key: SHA-256 of the canonical record
  using key = content_address;
  using content = records::BootClaims;
  static constexpr auto table = store_table::boots;
};
struct policies { ///< every policy that was in force; key: SHA-256 of the canonical record
  using key = content_address;
  using content = records::Policy;
  static constexpr auto table = store_table::policies;
};
struct groups { ///< key: SHA-256 of the group's name
  using key = content_address;
  using content = records::Group;
  static constexpr auto table = store_table::groups;
};
struct commands { ///< open commands
  using key = command_id;
  using content = records::Command;
  static constexpr auto table = store_table::commands;
};
struct ended_commands { ///< kept for a time: a late report may correct an unknown outcome
  using key = command_id;
  using content = records::Command;
  static constexpr auto table = store_table::ended_commands;
};
struct ak_certificates { ///< the newest one of each machine's AK
  using key = node_id;
  using content = records::AkCertificate;
  static constexpr auto table = store_table::ak_certificates;
};
struct revocations { ///< a revocation outlives a purge of the node
  using key = node_id;
  using content = records::Revocation;
  static constexpr auto table = store_table::revocations;
};
struct forgotten { ///< machines that were admitted once, and forgotten by an operator or unregistered
  using key = node_id;
  using content = records::Forgotten;
  static constexpr auto table = store_table::forgotten;
};
struct join_tokens { ///< key: the token's digest (records/join_token.hpp)
  using key = content_address;
  using content = records::JoinToken;
  static constexpr auto table = store_table::join_tokens;
};
struct join_uses { ///< which token admitted a machine; outlives the machine's record
  using key = node_id;
  using content = records::JoinUse;
  static constexpr auto table = store_table::join_uses;
};
struct settings { ///< key: SHA-256 of the setting's name
  using key = content_address;
  using content = records::Settings;
  static constexpr auto table = store_table::settings;
};
struct campaigns {
  using key = campaign_number;
  using content = records::Campaign;
  static constexpr auto table = store_table::campaigns;
};
struct audit { ///< appended, never put; each is a leaf of the log
  using key = sequence;
  using content = records::AuditEntry;
  static constexpr auto table = store_table::audit;
};
struct log_heads { ///< signed heads; key: size of the log
  using key = log_number;
  using content = records::LogHead;
  static constexpr auto table = store_table::log_heads;
};
struct log_incarnations { ///< one for each start of the service; key: its number
  using key = incarnation;
  using content = records::LogIncarnation;
  static constexpr auto table = store_table::log_incarnations;
};
struct log_alarms { ///< losses that heads show; key: see key_of(log_loss)
  using key = content_address;
  using content = records::LogAlarm;
  static constexpr auto table = store_table::log_alarms;
};

} // namespace tables

template <class T, class... Others> inline constexpr bool is_none_of = (!std::same_as<T, Others> && ...);

/// A table whose records are put and erased under a key that the caller chooses.
template <class Table>
concept keyed_table =
    is_none_of<Table, tables::results, tables::audit, tables::references, tables::policies, tables::boots>;

} // namespace muster::service
