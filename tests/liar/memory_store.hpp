// The store's port, in memory, for the records of the liar's judge. Records are kept as the messages that a
// database would hold, so reading them is the same as after a restart.
#pragma once

#include "records/node_record.hpp"
#include "records/store_port.hpp"

#include <map>
#include <set>
#include <tuple>

namespace muster::liar {

/// A plain value: a copy is an independent store.
class memory_store final : public service::store_reader {
public:
  /// Applies operations like the database's writer, but drops logs, results and the audit log.
  void apply(const service::write_batch& batch);
  /// Adds the records of another store, so that this one holds several machines.
  void take(const memory_store& other);
  /// The state as read after a restart; that of a new node if none was put.
  service::node_state state(const node_id& id) const;

  result<service::node_snapshot> snapshot(const node_id& id) const override;
  result<std::vector<service::node_snapshot>> snapshots(std::optional<node_id> after,
                                                        std::size_t limit) const override;
  result<std::vector<sequence>> results_of(const node_id& id, std::size_t limit) const override;
  result<std::vector<service::file_number>> claims_of(const node_id& id) const override;
  status visit_files(std::span<const service::file_number> numbers,
                     const service::file_visitor& visit) const override;
  status visit_claims(const node_id& id, const service::file_visitor& visit) const override;
  result<service::log_tally> log_size() const override;
  result<view<records::LogHead>> newest_log_head() const override;
  result<bytes32> log_root(std::uint64_t size) const override;
  result<std::vector<bytes32>> log_path(std::uint64_t leaf, std::uint64_t size) const override;
  result<std::vector<service::log_leaf>> log_leaves(std::uint64_t first, std::size_t limit) const override;
  result<std::optional<service::kept_log_piece>> log_piece(const node_id& id, std::uint32_t log,
                                                           std::uint32_t index) const override;
  result<sequence> newest() const override;
  result<service::store_size> size() const override;

protected:
  result<frame> read(service::store_table table, const service::store_key& key) const override;
  result<std::vector<raw_record>> scan(service::store_table table, std::optional<service::store_key> after,
                                       std::size_t limit) const override;

private:
  using key = std::pair<service::store_table, bytes>;
  static key key_of(service::store_table table, const service::store_key& one) {
    return {table, muster::to_bytes(one.view())};
  }
  void apply(const service::store_operation::append_result& one);
  void apply(const service::store_operation::add_claims& one);

  std::map<key, frame> records_;
  std::vector<std::pair<node_id, service::file_claim>> claims_; ///< a file's number is its index plus 1
  sequence newest_;
};

} // namespace muster::liar
