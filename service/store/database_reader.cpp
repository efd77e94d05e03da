#include "service/store/database_reader.hpp"

#include "service/store/claim_table.hpp"
#include "service/store/counters.hpp"
#include "service/store/log_table.hpp"
#include "service/store/log_tree.hpp"
#include "service/store/stored_value.hpp"

namespace muster::service {
namespace {

/// The record under the cursor, copied out of the transaction.
result<frame> copy_at(const environment& env, const table_cursor& at, store_table table) {
  const auto content = read_stored(at.value(), table, at.key(), env.seal_key());
  if (!content) return content.fault();
  return frame::copy_of(*content);
}

/// Moves to the first key after `after`, or to the very first.
result<bool> begin_after(table_cursor& cursor, std::optional<byte_view> after) {
  if (!after) return cursor.move(MDB_FIRST);
  auto found = cursor.seek(*after);
  if (found && *found && same(cursor.key(), *after)) return cursor.move(MDB_NEXT);
  return found;
}

result<MDB_stat> measure(const environment& env, const transaction& in, store_table table) {
  MDB_stat stat{};
  if (const int rc = mdb_stat(in.handle(), env.table(table), &stat); rc != 0)
    return lmdb_fault("counting", rc);
  return stat;
}

std::uint64_t bytes_in(const MDB_stat& stat) noexcept {
  return std::uint64_t{stat.ms_psize} * (stat.ms_branch_pages + stat.ms_leaf_pages + stat.ms_overflow_pages);
}

template <class T> result<view<T>> as_view(result<frame> message, const view_limits& limits) {
  if (!message) return message.fault();
  return parse_view<T>(std::move(*message), limits);
}

} // namespace

result<frame> database_reader::copy(const transaction& in, store_table table, byte_view key) const {
  const auto content = find_record(*env_, in, table, key);
  if (!content) return content.fault();
  return frame::copy_of(*content);
}

result<frame> database_reader::read(store_table table, const store_key& key) const {
  const auto in = begin();
  if (!in) return in.fault();
  return copy(*in, table, key.view());
}

result<std::vector<store_reader::raw_record>>
database_reader::scan(store_table table, std::optional<store_key> after, std::size_t limit) const {
  const auto in = begin();
  if (!in) return in.fault();
  auto cursor = table_cursor::open(*env_, *in, table);
  if (!cursor) return cursor.fault();
  std::vector<raw_record> out;
  auto more = begin_after(*cursor, after ? std::optional{after->view()} : std::nullopt);
  for (limit = std::min(limit, max_page); more && *more && out.size() < limit; more = cursor->move(MDB_NEXT))
    out.push_back({store_key{cursor->key()}, copy_at(*env_, *cursor, table)});
  if (!more) return more.fault();
  return out;
}

result<node_snapshot> database_reader::snapshot(const node_id& id) const {
  const auto in = begin();
  if (!in) return in.fault();
  return node_snapshot{id, as_view<records::Node>(copy(*in, store_table::nodes, id.raw), record_limits),
                       as_view<records::State>(copy(*in, store_table::states, id.raw), record_limits)};
}

result<std::vector<node_snapshot>> database_reader::snapshots(std::optional<node_id> after,
                                                              std::size_t limit) const {
  const auto in = begin();
  if (!in) return in.fault();
  auto nodes = table_cursor::open(*env_, *in, store_table::nodes);
  if (!nodes) return nodes.fault();
  auto states = table_cursor::open(*env_, *in, store_table::states);
  if (!states) return states.fault();
  const auto from = after ? std::optional<byte_view>{after->raw} : std::nullopt;
  auto more = begin_after(*nodes, from);
  auto more_states = begin_after(*states, from);
  std::vector<node_snapshot> out;
  // Both tables are sorted by node: one pass over each.
  for (limit = std::min(limit, max_page); more && *more && out.size() < limit; more = nodes->move(MDB_NEXT)) {
    const auto id = store_key{nodes->key()}.as<node_id>();
    while (more_states && *more_states && std::ranges::lexicographical_compare(states->key(), id.raw))
      more_states = states->move(MDB_NEXT);
    if (!more_states) return more_states.fault();
    const bool has_state = *more_states && same(states->key(), id.raw);
    auto state = has_state ? copy_at(*env_, *states, store_table::states)
                           : result<frame>{fault{errc::not_found, "store: no state of this node"}};
    out.push_back({id, as_view<records::Node>(copy_at(*env_, *nodes, store_table::nodes), record_limits),
                   as_view<records::State>(std::move(state), record_limits)});
  }
  if (!more) return more.fault();
  return out;
}

/// A node's newest result is named by its state, and often nowhere else.
std::optional<sequence> database_reader::newest_of(const transaction& in, const node_id& id) const {
  const auto state = as_view<records::State>(copy(in, store_table::states, id.raw), record_limits);
  if (!state) return std::nullopt;
  const sequence at{state->read([](records::State::Reader one) { return one.getResultSequence(); })};
  if (!find_record(*env_, in, store_table::results, store_key{at}.view())) return std::nullopt;
  return at;
}

result<std::vector<sequence>> database_reader::results_of(const node_id& id, std::size_t limit) const {
  const auto in = begin();
  if (!in) return in.fault();
  auto cursor = table_cursor::open(*env_, *in, store_table::results_of_node);
  if (!cursor) return cursor.fault();
  // Walks backwards from past the last possible entry of the node.
  const store_key end{id, ~std::uint64_t{0}};
  auto more = cursor->seek(end.view());
  if (more) more = cursor->move(*more ? MDB_PREV : MDB_LAST);
  std::vector<sequence> out;
  limit = std::min(limit, max_page);
  if (const auto newest = newest_of(*in, id); newest && limit > 0) out.push_back(*newest);
  for (; more && *more && out.size() < limit; more = cursor->move(MDB_PREV)) {
    const auto key = cursor->key();
    if (!same(key.first(id.raw.size()), id.raw)) break;
    std::uint64_t at = 0;
    for (const auto byte : key.subspan(id.raw.size()))
      at = at << 8U | byte;
    if (out.empty() || out.back().value != at) out.push_back({at});
  }
  if (!more) return more.fault();
  return out;
}

result<std::vector<file_number>> database_reader::claims_of(const node_id& id) const {
  const auto in = begin();
  if (!in) return in.fault();
  return service::claims_of(*env_, *in, id);
}

status database_reader::visit(const transaction& in, std::span<const file_number> numbers,
                              const file_visitor& visit) const {
  for (const auto n : numbers) {
    auto message = copy(in, store_table::files, store_key{n}.view());
    if (!message) return message.fault();
    const auto entry = parse_view<records::FileEntry>(std::move(*message), record_limits);
    if (!entry) return entry.fault();
    const auto seen = entry->read([&](records::FileEntry::Reader file) -> status {
      const auto algorithm = hash_algorithm_from(file.getAlgorithm());
      if (!algorithm) return fault{errc::malformed, "store: a file has an unknown hash algorithm"};
      visit({n, as_text(bytes_of(file.getPath())), *algorithm, bytes_of(file.getDigest()), file.getKind(),
             file.getSignature(), bytes_of(file.getSigner())});
      return {};
    });
    if (!seen) return seen;
  }
  return {};
}

status database_reader::visit_files(std::span<const file_number> numbers, const file_visitor& visitor) const {
  const auto in = begin();
  if (!in) return in.fault();
  return visit(*in, numbers, visitor);
}

status database_reader::visit_claims(const node_id& id, const file_visitor& visitor) const {
  const auto in = begin();
  if (!in) return in.fault();
  const auto numbers = service::claims_of(*env_, *in, id);
  if (!numbers) return numbers.fault();
  return visit(*in, *numbers, visitor);
}

result<log_tally> database_reader::log_size() const {
  const auto in = begin();
  if (!in) return in.fault();
  const auto leaves = get_counter(*env_, *in, counter::leaves);
  if (!leaves) return leaves.fault();
  const auto records = measure(*env_, *in, store_table::audit);
  if (!records) return records.fault();
  return log_tally{*leaves, records->ms_entries};
}

result<view<records::LogHead>> database_reader::newest_log_head() const {
  const auto in = begin();
  if (!in) return in.fault();
  auto cursor = table_cursor::open(*env_, *in, store_table::log_heads);
  if (!cursor) return cursor.fault();
  const auto found = cursor->move(MDB_LAST);
  if (!found) return found.fault();
  if (!*found) return fault{errc::not_found, "store: no head was signed yet"};
  return as_view<records::LogHead>(copy_at(*env_, *cursor, store_table::log_heads), record_limits);
}

result<bytes32> database_reader::log_root(std::uint64_t size) const {
  const auto in = begin();
  if (!in) return in.fault();
  const auto leaves = get_counter(*env_, *in, counter::leaves);
  if (!leaves) return leaves.fault();
  if (size > *leaves) return fault{errc::not_found, "store: the log never had that size"};
  return crypto::merkle_root(size, nodes_of_log(*env_, *in));
}

result<std::vector<bytes32>> database_reader::log_path(std::uint64_t leaf, std::uint64_t size) const {
  const auto in = begin();
  if (!in) return in.fault();
  const auto leaves = get_counter(*env_, *in, counter::leaves);
  if (!leaves) return leaves.fault();
  if (size > *leaves) return fault{errc::not_found, "store: the log never had that size"};
  return crypto::make_inclusion_proof(leaf, size, nodes_of_log(*env_, *in));
}

result<std::vector<log_leaf>> database_reader::log_leaves(std::uint64_t first, std::size_t limit) const {
  const auto in = begin();
  if (!in) return in.fault();
  const auto leaves = get_counter(*env_, *in, counter::leaves);
  if (!leaves) return leaves.fault();
  const auto nodes = nodes_of_log(*env_, *in);
  std::vector<log_leaf> out;
  for (limit = std::min(limit, max_page); first < *leaves && out.size() < limit; ++first) {
    const auto at = sequence_of_leaf(*env_, *in, first);
    const auto hash = nodes({0, first});
    // A leaf without a sequence number has no record either; the reader judges what is there.
    auto record =
        at ? as_view<records::AuditEntry>(copy(*in, store_table::audit, store_key{*at}.view()), record_limits)
           : result<view<records::AuditEntry>>{at.fault()};
    out.push_back({{first}, at ? *at : sequence{}, hash ? *hash : bytes32{}, std::move(record)});
  }
  return out;
}

result<std::optional<kept_log_piece>> database_reader::log_piece(const node_id& id, std::uint32_t log,
                                                                 std::uint32_t index) const {
  const auto in = begin();
  if (!in) return in.fault();
  return log_piece_of(*env_, *in, id, log, index);
}

result<sequence> database_reader::newest() const {
  const auto in = begin();
  if (!in) return in.fault();
  const auto value = get_counter(*env_, *in, counter::sequence);
  if (!value) return value.fault();
  return sequence{*value};
}

result<store_size> database_reader::size() const {
  const auto in = begin();
  if (!in) return in.fault();
  MDB_envinfo info{};
  MDB_stat stat{};
  if (const int rc = mdb_env_info(env_->handle(), &info); rc != 0) return lmdb_fault("measuring", rc);
  if (const int rc = mdb_env_stat(env_->handle(), &stat); rc != 0) return lmdb_fault("measuring", rc);
  const auto nodes = measure(*env_, *in, store_table::nodes);
  const auto results = measure(*env_, *in, store_table::results);
  const auto files = measure(*env_, *in, store_table::files);
  const auto loose = measure(*env_, *in, store_table::loose);
  for (const auto* one : {&nodes, &results, &files, &loose})
    if (!*one) return one->fault();
  return store_size{(info.me_last_pgno + 1) * std::uint64_t{stat.ms_psize},
                    nodes->ms_entries,
                    results->ms_entries,
                    files->ms_entries,
                    bytes_in(*results),
                    loose->ms_entries};
}

} // namespace muster::service
