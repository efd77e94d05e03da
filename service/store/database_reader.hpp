// The read side of the store, on LMDB.
#pragma once

#include "records/store_port.hpp"
#include "service/store/environment.hpp"

namespace muster::service {

class database_reader final : public store_reader {
public:
  explicit database_reader(std::shared_ptr<const environment> env) noexcept : env_{std::move(env)} {}

  result<node_snapshot> snapshot(const node_id& id) const override;
  result<std::vector<node_snapshot>> snapshots(std::optional<node_id> after,
                                               std::size_t limit) const override;
  result<std::vector<sequence>> results_of(const node_id& id, std::size_t limit) const override;
  result<std::vector<file_number>> claims_of(const node_id& id) const override;
  status visit_files(std::span<const file_number> numbers, const file_visitor& visit) const override;
  status visit_claims(const node_id& id, const file_visitor& visit) const override;
  result<log_tally> log_size() const override;
  result<view<records::LogHead>> newest_log_head() const override;
  result<bytes32> log_root(std::uint64_t size) const override;
  result<std::vector<bytes32>> log_path(std::uint64_t leaf, std::uint64_t size) const override;
  result<std::vector<log_leaf>> log_leaves(std::uint64_t first, std::size_t limit) const override;
  result<std::optional<kept_log_piece>> log_piece(const node_id& id, std::uint32_t log,
                                                  std::uint32_t index) const override;
  result<sequence> newest() const override;
  result<store_size> size() const override;

protected:
  result<frame> read(store_table table, const store_key& key) const override;
  result<std::vector<raw_record>> scan(store_table table, std::optional<store_key> after,
                                       std::size_t limit) const override;

private:
  std::optional<sequence> newest_of(const transaction& in, const node_id& id) const;
  result<transaction> begin() const { return transaction::begin(*env_, transaction::mode::read); }
  result<frame> copy(const transaction& in, store_table table, byte_view key) const;
  status visit(const transaction& in, std::span<const file_number> numbers, const file_visitor& visit) const;

  std::shared_ptr<const environment> env_;
};

} // namespace muster::service
