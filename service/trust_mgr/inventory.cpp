#include "records/command_batch.hpp"
#include "records/record_codec.hpp"
#include "service/trust_mgr/trust_mgr.hpp"

namespace muster::service {

namespace {

constexpr std::size_t page = 1024;

status read_nodes(const store_reader& store, const runtime::log& log, trust_inventory& out) {
  std::optional<node_id> after;
  for (;;) {
    const auto found = store.snapshots(after, page);
    if (!found) return found.fault();
    for (const auto& one : *found) {
      auto node = one.node ? node_from(one.id, *one.node) : result<node_record>{one.node.fault()};
      if (node)
        out.nodes.settle(*node);
      else
        log.error("node.bad_record",
                  {{"node", to_string(one.id)}, {"check", damage_of_record(one.id, node.fault())}});
      if (!one.state && one.state.fault().code != errc::not_found)
        log.error("node.bad_record",
                  {{"node", to_string(one.id)}, {"check", damage_of_record(one.id, one.state.fault())}});
      if (!one.state) continue;
      one.state->read([&](records::State::Reader in) {
        out.newest_epoch.value = std::max(out.newest_epoch.value, in.getEpoch());
      });
    }
    if (found->size() < page) return {};
    after = found->back().id;
  }
}

status read_newest_command(const store_reader& store, trust_inventory& out) {
  const auto found = store.get<tables::settings>(newest_command_key());
  if (!found) return found.fault().code == errc::not_found ? status{} : status{found.fault()};
  found->read([&](records::Settings::Reader in) { out.newest_command.value = in.getNewestCommand(); });
  return {};
}

status read_commands(const store_reader& store, const runtime::log& log, trust_inventory& out) {
  std::optional<command_id> after;
  for (;;) {
    const auto found = store.page<tables::commands>(after, page);
    if (!found) return found.fault();
    for (const auto& one : *found) {
      auto command =
          one.record ? command_from(one.key, *one.record) : result<command_record>{one.record.fault()};
      if (!command)
        log.error("command.bad_record", {{"command", one.key.value}, runtime::fault_check(command.fault())});
      else
        out.commands.push_back(std::move(*command));
    }
    if (found->size() < page) return {};
    after = found->back().key;
  }
}

/// A token that cannot be read admits nobody.
status read_join_tokens(const store_reader& store, const runtime::log& log, trust_inventory& out) {
  std::optional<content_address> after;
  for (;;) {
    const auto found = store.page<tables::join_tokens>(after, page);
    if (!found) return found.fault();
    for (const auto& one : *found) {
      auto token =
          one.record ? join_token_from(one.key.raw, *one.record) : result<join_token>{one.record.fault()};
      if (!token)
        log.error("join_token.bad_record",
                  {{"token", join_token_id(one.key.raw)}, runtime::fault_check(token.fault())});
      join_token unusable;
      unusable.digest = one.key.raw;
      out.joins.settle(token ? *std::move(token) : std::move(unusable));
    }
    if (found->size() < page) return {};
    after = found->back().key;
  }
}

/// Call it after `read_join_tokens`.
status read_join_uses(const store_reader& store, const runtime::log& log, trust_inventory& out) {
  std::optional<node_id> after;
  for (;;) {
    const auto found = store.page<tables::join_uses>(after, page);
    if (!found) return found.fault();
    for (const auto& one : *found) {
      const auto use = one.record ? join_use_from(*one.record) : result<join_use>{one.record.fault()};
      if (use) {
        out.joins.note(one.key, *use);
        continue;
      }
      log.error("join_token.bad_record",
                {{"node", to_string(one.key)},
                 {"what", "the use of a join token cannot be read, and counts for each token"},
                 runtime::fault_check(use.fault())});
      out.joins.note_unreadable();
    }
    if (found->size() < page) return {};
    after = found->back().key;
  }
}

} // namespace

result<trust_inventory> read_inventory(const store_reader& store, const runtime::log& log) {
  trust_inventory out;
  if (auto read = read_nodes(store, log, out); !read) return read.fault();
  if (auto read = read_newest_command(store, out); !read) return read.fault();
  if (auto read = read_commands(store, log, out); !read) return read.fault();
  if (auto read = read_join_tokens(store, log, out); !read) return read.fault();
  if (auto read = read_join_uses(store, log, out); !read) return read.fault();
  return out;
}

} // namespace muster::service
