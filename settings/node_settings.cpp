#include "settings/node_settings.hpp"

#include "settings/section.hpp"

#include <algorithm>

namespace muster::settings {
namespace {

// What no connection could use is a mistake of the writer.
void check_ways(section& in, const service_reference& read) {
  const auto is_any = [](const endpoint& one) {
    const auto* vsock = std::get_if<vsock_address>(&one.at);
    return vsock != nullptr && vsock->cid == vsock_address::any;
  };
  if (std::ranges::any_of(read.addresses, is_any))
    in.refuse("addresses", "expected the CID of one machine, such as vsock:2:4280 for the host; \"any\" is "
                           "only for who listens");
  const auto is_tcp = [](const endpoint& one) { return one.tcp() != nullptr; };
  if (read.via && !read.addresses.empty() && std::ranges::none_of(read.addresses, is_tcp))
    in.refuse("via", "no address is dialled through it: unix: and vsock: need no proxy; leave it out");
  if (!in.has("via") && in.has("via_credentials"))
    in.refuse("via_credentials", "there is no proxy to send them to: set via, or leave this out");
}

void read_node(section& in, node_settings& out) {
  in.inside("service", [&](section& service) {
    service.addresses("addresses", out.service.addresses, presence::required);
    service.proxy("via", out.service.via);
    service.path("via_credentials", out.service.via_credentials);
    check_ways(service, out.service);
    service.name("name", out.service.name, 253, presence::required);
    // The agent does not start without an anchor: there is no trust on first use (docs/protocol.md 1).
    service.path("anchor", out.service.anchor, presence::required);
  });
  in.tpm("tpm", out.tpm);
  in.path("state", out.state);
  in.inside("platform", [&](section& platform) {
    platform.path("boot_id", out.platform.boot_id);
    platform.path("boot_log", out.platform.boot_log);
    platform.path("ima_log", out.platform.ima_log);
    platform.path("ima_policy", out.platform.ima_policy);
    platform.path("facts", out.platform.facts);
  });
  in.path("join_token_file", out.join_token_file);
  in.duration("jitter", out.jitter, {milliseconds{0}, std::chrono::minutes{10}});
  in.inside("log", [&](section& log) { read_log_level(log, out.level); });
}

} // namespace

result<node_settings> parse_node_settings(std::string_view file, std::string_view text) {
  node_settings out;
  const auto read = read_settings(file, text, [&out](section& root) { read_node(root, out); });
  if (!read) return read.fault();
  return out;
}

std::vector<std::string> needs_restart(const node_settings& before, const node_settings& after) {
  std::vector<std::string> out;
  const auto compare = [&out](std::string_view key, const auto& was, const auto& is) {
    if (!(was == is)) out.emplace_back(key);
  };
  compare("service", before.service, after.service);
  compare("tpm", before.tpm, after.tpm);
  compare("state", before.state, after.state);
  compare("platform", before.platform, after.platform);
  compare("join_token_file", before.join_token_file, after.join_token_file);
  return out;
}

} // namespace muster::settings
