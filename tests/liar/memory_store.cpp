#include "tests/liar/memory_store.hpp"

#include "records/record_codec.hpp"

#include <algorithm>

namespace muster::liar {

using namespace service;

namespace {

fault not_kept() { return {errc::not_found, "store: this one keeps records and claims only"}; }

file_claim_view view_of(const file_claim& one, std::size_t index) {
  return {{index + 1}, one.path, one.algorithm, one.digest, one.kind, one.signature, one.signer};
}

template <class Record> view<Record> parsed(const frame& message) {
  return parse_view<Record>(message, view_limits{write_batch::max_record, 4, 16}).value();
}

} // namespace

void memory_store::apply(const store_operation::append_result& one) {
  ++newest_.value;
  if (!one.state) return;
  records_[key_of(store_table::states, store_key{one.node})] = to_record(*one.state, newest_).message();
}

void memory_store::apply(const store_operation::add_claims& one) {
  for (const auto& file : one.files)
    if (const std::pair claim{one.node, file}; std::ranges::find(claims_, claim) == claims_.end())
      claims_.push_back(claim);
}

void memory_store::apply(const write_batch& batch) {
  for (const auto& operation : batch.operations()) {
    if (const auto* put = std::get_if<store_operation::put>(&operation))
      records_[key_of(put->table, put->key)] = put->record;
    else if (const auto* gone = std::get_if<store_operation::erase>(&operation))
      records_.erase(key_of(gone->table, gone->key));
    else if (const auto* use = std::get_if<store_operation::add_use>(&operation))
      records_[key_of(use->table, store_key{use->address})] = use->content;
    else if (const auto* result = std::get_if<store_operation::append_result>(&operation))
      apply(*result);
    else if (const auto* more = std::get_if<store_operation::add_claims>(&operation))
      apply(*more);
    else if (const auto* none = std::get_if<store_operation::clear_claims>(&operation))
      std::erase_if(claims_, [&](const auto& claim) { return claim.first == none->node; });
  }
}

void memory_store::take(const memory_store& other) {
  records_.insert(other.records_.begin(), other.records_.end());
  claims_.insert(claims_.end(), other.claims_.begin(), other.claims_.end());
}

node_state memory_store::state(const node_id& id) const {
  const auto at = records_.find(key_of(store_table::states, store_key{id}));
  return at == records_.end() ? node_state{} : state_from(parsed<records::State>(at->second)).value();
}

result<frame> memory_store::read(store_table table, const store_key& key) const {
  const auto at = records_.find(key_of(table, key));
  if (at == records_.end()) return fault{errc::not_found, "store: no such record"};
  return at->second;
}

result<std::vector<file_number>> memory_store::claims_of(const node_id& id) const {
  std::vector<file_number> out;
  for (std::size_t i = 0; i < claims_.size(); ++i)
    if (claims_[i].first == id) out.push_back({i + 1});
  return out;
}

status memory_store::visit_files(std::span<const file_number> numbers, const file_visitor& visit) const {
  for (const auto number : numbers)
    visit(view_of(claims_.at(number.value - 1).second, number.value - 1));
  return {};
}

status memory_store::visit_claims(const node_id& id, const file_visitor& visit) const {
  for (std::size_t i = 0; i < claims_.size(); ++i)
    if (claims_[i].first == id) visit(view_of(claims_[i].second, i));
  return {};
}

result<std::vector<store_reader::raw_record>>
memory_store::scan(store_table table, std::optional<store_key> after, std::size_t limit) const {
  std::vector<raw_record> out;
  auto at = after ? records_.upper_bound(key_of(table, *after)) : records_.lower_bound({table, {}});
  for (; at != records_.end() && at->first.first == table && out.size() < limit; ++at)
    out.push_back({store_key{at->first.second}, at->second});
  return out;
}

result<node_snapshot> memory_store::snapshot(const node_id& id) const {
  return node_snapshot{id, get<tables::nodes>(id), get<tables::states>(id)};
}

// Only the floors above the pure ones call the following functions.
result<std::vector<node_snapshot>> memory_store::snapshots(std::optional<node_id>, std::size_t) const {
  return not_kept();
}
result<std::vector<sequence>> memory_store::results_of(const node_id&, std::size_t) const {
  return not_kept();
}
result<log_tally> memory_store::log_size() const { return not_kept(); }
result<view<records::LogHead>> memory_store::newest_log_head() const { return not_kept(); }
result<bytes32> memory_store::log_root(std::uint64_t) const { return not_kept(); }
result<std::vector<bytes32>> memory_store::log_path(std::uint64_t, std::uint64_t) const { return not_kept(); }
result<std::vector<log_leaf>> memory_store::log_leaves(std::uint64_t, std::size_t) const {
  return not_kept();
}
result<std::optional<kept_log_piece>> memory_store::log_piece(const node_id&, std::uint32_t,
                                                              std::uint32_t) const {
  return not_kept();
}
result<sequence> memory_store::newest() const { return newest_; }
result<store_size> memory_store::size() const { return not_kept(); }

} // namespace muster::liar
