// The read side of the store: what is durable, as values.
#pragma once

#include "records/store_batch.hpp"
#include "records/store_tables.hpp"

#include <functional>
#include <optional>
#include <span>

namespace muster::service {

/// One record of a page. If a record is damaged on disk, only its own entry is a fault (`malformed`).
template <class Table> struct stored {
  typename Table::key key;
  result<view<typename Table::content>> record;
};

/// Node and state of one machine at one moment. `state` is `not_found` for a machine that never attested,
/// `node` for a key without a node.
struct node_snapshot {
  node_id id;
  result<view<records::Node>> node;
  result<view<records::State>> state;
};

/// A measurement on record, as a visitor sees it. The views are valid during the call only.
struct file_claim_view {
  file_number number;
  std::string_view path;
  hash_algorithm algorithm;
  byte_view digest;
  std::uint8_t kind = 0;      ///< appraisal's file_kind
  std::uint8_t signature = 0; ///< appraisal's file_signature
  byte_view signer{};
};
using file_visitor = std::function<void(const file_claim_view&)>;

enum class log_piece_kind : std::uint8_t { boot = 0, ima = 1 };

/// A piece of a machine's raw log.
struct kept_log_piece {
  log_piece_kind kind = log_piece_kind::ima;
  frame body;
};

struct store_size {
  std::uint64_t bytes_used = 0; ///< size of the file; freed pages in it are used again
  std::uint64_t nodes = 0;
  std::uint64_t results = 0;
  std::uint64_t files = 0;
  std::uint64_t results_bytes = 0; ///< taken by results
  std::uint64_t loose = 0;         ///< contents without a reference
};

/// How much the log holds.
struct log_tally {
  std::uint64_t leaves = 0;
  std::uint64_t records = 0; ///< audit records; as many as leaves, unless tampered with
};

/// One leaf of the log.
struct log_leaf {
  log_number number;
  sequence at;
  bytes32 hash{};                           ///< as entered
  result<view<records::AuditEntry>> record; ///< a fault if it is missing or damaged
};

/// Reads what is committed. Safe from any thread; never waits for a write. Each call is one read transaction
/// of its own and returns copies, so two calls may see different moments. Cost: about 1 us for each record
/// and its check. Errors: `not_found`, `malformed` (damaged record), `busy` (too many readers at once), `io`.
class store_reader {
public:
  virtual ~store_reader() = default;
  static constexpr std::size_t max_page = 1024; ///< a larger limit is cut to this

  /// get<tables::nodes>(id)
  template <class Table> result<view<typename Table::content>> get(const typename Table::key& key) const {
    auto message = read(Table::table, store_key{key});
    if (!message) return message.fault();
    return parse_view<typename Table::content>(std::move(*message), record_limits);
  }

  /// Up to `limit` records in the order of their keys, from the first one after `after`. A page shorter than
  /// `limit` (and than `max_page`) is the last.
  template <class Table>
  result<std::vector<stored<Table>>> page(std::optional<typename Table::key> after, std::size_t limit) const;

  /// Node and state in one transaction; a fault only if the store could not be read.
  virtual result<node_snapshot> snapshot(const node_id& id) const = 0;
  virtual result<std::vector<node_snapshot>> snapshots(std::optional<node_id> after,
                                                       std::size_t limit) const = 0;

  /// The numbers of one node's results, the newest first.
  virtual result<std::vector<sequence>> results_of(const node_id& id, std::size_t limit) const = 0;

  /// The measurements on record of the node's boot, each once.
  virtual result<std::vector<file_number>> claims_of(const node_id& id) const = 0;
  /// Calls `visit` for each of `numbers`, in that order. A number never changes its meaning. Stops with a
  /// fault at a measurement that is missing or damaged.
  virtual status visit_files(std::span<const file_number> numbers, const file_visitor& visit) const = 0;
  /// `claims_of` and `visit_files` in one transaction.
  virtual status visit_claims(const node_id& id, const file_visitor& visit) const = 0;

  virtual result<log_tally> log_size() const = 0;
  /// The signed head of the largest size. fault not_found: none was signed yet.
  virtual result<view<records::LogHead>> newest_log_head() const = 0;
  /// Root of the log as it was at this size, from the nodes that are kept: O(log size) reads. fault
  /// not_found: it never had that size.
  virtual result<bytes32> log_root(std::uint64_t size) const = 0;
  /// The path of leaf `leaf` in the log as it was at this size (crypto/merkle.hpp). fault not_found,
  /// malformed.
  virtual result<std::vector<bytes32>> log_path(std::uint64_t leaf, std::uint64_t size) const = 0;
  /// Up to `limit` leaves (at most `max_page`), from leaf `first` on. A short page is the last.
  virtual result<std::vector<log_leaf>> log_leaves(std::uint64_t first, std::size_t limit) const = 0;
  /// Piece `index` of the raw log with that number: the boot log first, then the IMA log from entry 0. Empty:
  /// the piece before it was the last.
  virtual result<std::optional<kept_log_piece>> log_piece(const node_id& id, std::uint32_t log,
                                                          std::uint32_t index) const = 0;

  /// The newest sequence number that was given out; 0 in an empty store.
  virtual result<sequence> newest() const = 0;
  virtual result<store_size> size() const = 0;

protected:
  struct raw_record {
    store_key key;
    result<frame> message;
  };
  /// A copy of the message; its checksum is verified.
  virtual result<frame> read(store_table table, const store_key& key) const = 0;
  virtual result<std::vector<raw_record>> scan(store_table table, std::optional<store_key> after,
                                               std::size_t limit) const = 0;

  static constexpr view_limits record_limits{write_batch::max_record, 4, 16};
};

template <class Table>
result<std::vector<stored<Table>>> store_reader::page(std::optional<typename Table::key> after,
                                                      std::size_t limit) const {
  std::optional<store_key> from;
  if (after) from.emplace(*after);
  auto found = scan(Table::table, from, limit);
  if (!found) return found.fault();
  std::vector<stored<Table>> out;
  out.reserve(found->size());
  for (auto& one : *found) {
    const auto key = one.key.template as<typename Table::key>();
    if (one.message)
      out.push_back({key, parse_view<typename Table::content>(std::move(*one.message), record_limits)});
    else
      out.push_back({key, one.message.fault()});
  }
  return out;
}

} // namespace muster::service
