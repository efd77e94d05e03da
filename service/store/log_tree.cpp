#include "service/store/log_tree.hpp"

#include "messages/vocabulary/cursor.hpp"
#include "service/store/counters.hpp"

namespace muster::service {

crypto::merkle_source nodes_of_log(const environment& env, const transaction& in) {
  return [&env, &in](crypto::merkle_place at) -> result<bytes32> {
    const store_key key{log_number{at.number()}};
    const auto found = find_record(env, in, store_table::log_nodes, key.view());
    if (!found) return fault{errc::malformed, "store: the log has lost a node: " + found.fault().check};
    bytes32 out{};
    if (found->size() != out.size()) return fault{errc::malformed, "store: a node of the log has no hash"};
    std::ranges::copy(*found, out.begin());
    return out;
  };
}

result<crypto::merkle_frontier> load_frontier(const environment& env, const transaction& in) {
  const auto size = get_counter(env, in, counter::leaves);
  if (!size) return size.fault();
  return crypto::merkle_frontier::load(*size, nodes_of_log(env, in));
}

status enter_leaf(const environment& env, const transaction& in, sequence at, byte_view record,
                  crypto::merkle_frontier& log) {
  if (log.size() >= crypto::max_merkle_size) return fault{errc::limit, "store: the log is full"};
  const store_key leaf{log_number{log.size()}};
  if (auto put = put_record(env, in, store_table::log_leaves, leaf.view(), store_key{at}.view(), MDB_APPEND);
      !put)
    return put;
  for (const auto& made : log.append(crypto::merkle_leaf(record))) {
    const store_key key{log_number{made.at.number()}};
    if (auto put = put_record(env, in, store_table::log_nodes, key.view(), made.hash); !put) return put;
  }
  return {};
}

result<sequence> sequence_of_leaf(const environment& env, const transaction& in, std::uint64_t leaf) {
  const store_key key{log_number{leaf}};
  const auto found = find_record(env, in, store_table::log_leaves, key.view());
  if (!found) return found.fault();
  cursor content{*found};
  const sequence out{content.u64_le()};
  if (!content.done()) return fault{errc::malformed, "store: a leaf of the log has no number"};
  return out;
}

} // namespace muster::service
