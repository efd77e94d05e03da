#include "service/store/apply_batch.hpp"

#include "records/record_codec.hpp"
#include "service/store/claim_table.hpp"
#include "service/store/log_table.hpp"
#include "service/store/log_tree.hpp"
#include "service/store/use_table.hpp"

namespace muster::service {
namespace {

class applier {
public:
  applier(const environment& env, const transaction& in, store_counters& counters, file_sweep& sweep,
          interned_files& lately) noexcept
      : env_{env}, in_{in}, counters_{counters}, sweep_{sweep}, recent_{lately} {}

  status operator()(const store_operation::put& one) const {
    return put(one.table, one.key, one.record.view(), write_batch::max_record);
  }

  status operator()(const store_operation::erase& one) const {
    return erase_record(env_, in_, one.table, one.key.view());
  }

  status operator()(const store_operation::append_result& one) const {
    const sequence next{++counters_.sequence};
    if (auto done = append(store_table::results, next, one.result); !done) return done;
    if (one.stay == result_stay::for_good)
      if (auto done = list(one.node, next); !done) return done;
    if (!one.state) return {};
    const auto state = to_record(*one.state, next);
    return put(store_table::states, store_key{one.node}, state.content(), write_batch::max_record);
  }

  status operator()(const store_operation::list_result& one) const { return list(one.node, one.at); }

  status operator()(const store_operation::append_audit& one) const {
    const sequence next{++counters_.sequence};
    if (auto done = append(store_table::audit, next, one.entry); !done) return done;
    return enter_leaf(env_, in_, next, one.entry.view(), counters_.log);
  }

  status operator()(const store_operation::erase_result& one) const {
    const store_key key{one.at};
    if (one.node) {
      if (auto done = unlist(*one.node, one.at); !done) return done;
      return erase_record(env_, in_, store_table::results, key.view());
    }
    const auto found = find_record(env_, in_, store_table::results, key.view());
    if (!found && found.fault().code == errc::not_found) return {};
    if (found) {
      if (auto done = unlist(frame::copy_of(*found), one.at); !done) return done;
    }
    // A damaged result does not name its node, so its entry in the index becomes a dangling one.
    return erase_record(env_, in_, store_table::results, key.view());
  }

  status operator()(const store_operation::add_claims& one) const {
    return add_claims(env_, in_, one.node, one.files, counters_.files, sweep_, recent_);
  }

  status operator()(const store_operation::clear_claims& one) const {
    return clear_claims(env_, in_, one.node);
  }

  status operator()(const store_operation::add_use& one) const {
    return add_use(env_, in_, one.table, one.address, one.content.view());
  }

  status operator()(const store_operation::drop_use& one) const {
    return service::drop_use(env_, in_, one.address);
  }

  status operator()(const store_operation::append_log& one) const {
    return service::append_log(env_, in_, one.node, one.log, one.boot, one.ima);
  }

  status operator()(const store_operation::clear_log& one) const {
    return service::clear_log(env_, in_, one.node, one.log);
  }

  status operator()(const store_operation::sweep_loose& one) const {
    return service::sweep_loose(env_, in_, one.limit);
  }

private:
  status put(store_table table, const store_key& key, byte_view content, std::size_t largest) const {
    if (content.size() > largest) return fault{errc::limit, "store: a record is too large"};
    return put_record(env_, in_, table, key.view(), content);
  }

  status append(store_table table, sequence at, const frame& content) const {
    if (content.size() > write_batch::max_record) return fault{errc::limit, "store: a record is too large"};
    return put_record(env_, in_, table, store_key{at}.view(), content.view(), MDB_APPEND);
  }

  /// The index has the number in its key and needs no content.
  status list(const node_id& id, sequence at) const {
    return put_record(env_, in_, store_table::results_of_node, store_key{id, at.value}.view(), {});
  }

  /// Takes a result out of the index of its node.
  status unlist(const node_id& id, sequence at) const {
    return erase_record(env_, in_, store_table::results_of_node, store_key{id, at.value}.view());
  }

  status unlist(frame content, sequence at) const {
    const auto stored = parse_view<records::Result>(std::move(content));
    if (!stored) return {};
    return stored->read([&](records::Result::Reader result) -> status {
      node_id id;
      if (result.getNode().size() != id.raw.size()) return {};
      std::copy_n(result.getNode().begin(), id.raw.size(), id.raw.begin());
      return unlist(id, at);
    });
  }

  const environment& env_;
  const transaction& in_;
  store_counters& counters_;
  file_sweep& sweep_;
  interned_files& recent_;
};

} // namespace

status apply_batch(const environment& env, const transaction& in, const write_batch& batch,
                   store_counters& counters, file_sweep& sweep, interned_files& lately) {
  if (batch.operations().size() > write_batch::max_operations)
    return fault{errc::limit, "store: too many operations in one batch"};
  const applier apply{env, in, counters, sweep, lately};
  for (const auto& operation : batch.operations())
    if (auto done = std::visit(apply, operation); !done) return done;
  return {};
}

} // namespace muster::service
