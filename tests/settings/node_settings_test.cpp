#include "settings/node_settings.hpp"
#include "tests/settings/shipped.hpp"

#include <doctest/doctest.h>

#include <string>
#include <string_view>
#include <vector>

using namespace muster;
using namespace muster::settings;
using namespace std::chrono_literals;

namespace {

constexpr std::string_view least = "service:\n  addresses: [ras:4280]\n  name: ras\n  anchor: /etc/a.pem\n";

std::string refused_node(std::string_view text) {
  const auto read = parse_node_settings("node.yaml", text);
  return read ? "accepted" : read.fault().check;
}

} // namespace

TEST_CASE("the node's defaults are the kernel's files and the resource manager's device") {
  const auto read = parse_node_settings("node.yaml", least);
  REQUIRE(read);
  CHECK(read->service.addresses == std::vector<endpoint>{{"ras", 4280}});
  CHECK(read->service.name == "ras");
  CHECK(read->service.anchor == "/etc/a.pem");
  CHECK(read->tpm == "device:/dev/tpmrm0");
  CHECK(read->state == "/var/lib/muster/agent");
  CHECK(read->platform.boot_id == "/proc/sys/kernel/random/boot_id");
  CHECK(read->platform.boot_log == "/sys/kernel/security/tpm0/binary_bios_measurements");
  CHECK(read->platform.ima_log == "/sys/kernel/security/ima/binary_runtime_measurements");
  CHECK(read->platform.facts.empty());
  CHECK(read->join_token_file.empty());
  CHECK(read->jitter == 1s);
  CHECK(read->level == log_level::info);
}

TEST_CASE("the shipped node.yaml states the defaults and the service to trust") {
  const auto shipped = shipped_file("configs/node.yaml");
  const auto read = parse_node_settings("node.yaml", shipped);
  REQUIRE_MESSAGE(read.ok(), refused_node(shipped));
  node_settings defaults;
  defaults.service = read->service;
  CHECK(*read == defaults);
}

TEST_CASE("every key of the node can be set") {
  const auto read = parse_node_settings("node.yaml", R"(
service:
  addresses: ["[::1]:1", "b:2", "unix:/run/s", "vsock:2:4280"]
  via: socks5://proxy:1080
  via_credentials: /c
  name: ras
  anchor: /a
tpm: swtpm:path=/t/s
state: /s
platform: {boot_id: /p/1, boot_log: /p/2, ima_log: /p/3, ima_policy: /p/4, facts: /p/5}
join_token_file: /t
jitter: 0s
log: {level: error}
)");
  REQUIRE_MESSAGE(read.ok(), read.fault().check);
  CHECK(read->service.addresses
        == std::vector<endpoint>{{"::1", 1}, {"b", 2}, unix_address{"/run/s"}, vsock_address{2, 4280}});
  CHECK(read->service.via == proxy_endpoint{proxy_endpoint::way::socks5, {"proxy", 1080}});
  CHECK(read->service.via_credentials == "/c");
  CHECK(read->tpm == "swtpm:path=/t/s");
  CHECK(read->platform == platform_files{"/p/1", "/p/2", "/p/3", "/p/4", "/p/5"});
  CHECK(read->join_token_file == "/t");
  CHECK(read->jitter == 0s);
  CHECK(read->level == log_level::error);
}

TEST_CASE("an agent without an anchor, a name or an address does not start") {
  struct row {
    std::string text;
    std::string_view fault;
  };
  const std::string head{least};
  const row rows[] = {
      {"log: {level: info}\n", "node.yaml:1: service.addresses: missing; it has no default\n"
                               "node.yaml:1: service.name: missing; it has no default\n"
                               "node.yaml:1: service.anchor: missing; it has no default"},
      {"service:\n  addresses: [a:1]\n  name: ras\n",
       "node.yaml:1: service.anchor: missing; it has no default"},
      {"service:\n  addresses: []\n  name: ras\n  anchor: /a\n",
       "node.yaml:2: service.addresses: expected a list of an address and a port such as 192.0.2.1:4280, "
       "[2001:db8::1]:4280 or muster.example.org:4280, a Unix socket such as unix:/run/muster/agents/sock, "
       "or a "
       "port of a host or virtual machine such as vsock:2:4280, found none"},
      {"service:\n  addresses: [a:1, b]\n  name: ras\n  anchor: /a\n",
       "node.yaml:2: service.addresses[1]: expected an address and a port"},
      {"service:\n  addresses: [a:1]\n  name: ras\n  anchor: a.pem\n",
       "node.yaml:4: service.anchor: expected an absolute path"},
      {"service:\n  addresses: [a:1, vsock:any:1]\n  name: ras\n  anchor: /a\n",
       "node.yaml:2: service.addresses: expected the CID of one machine"},
      {"service:\n  addresses: [unix:sock]\n  name: ras\n  anchor: /a\n",
       "node.yaml:2: service.addresses[0]: expected unix: and an absolute path of at most 107 bytes"},
      {head + "  via: proxy:3128\n",
       "node.yaml:5: service.via: expected a proxy such as http://proxy.example.org:3128 or "
       "socks5://192.0.2.1:1080, found \"proxy:3128\""},
      {head + "  via_credentials: /c\n",
       "node.yaml:5: service.via_credentials: there is no proxy to send them to"},
      {"service:\n  addresses: [unix:/s]\n  via: http://p:1\n  name: ras\n  anchor: /a\n",
       "node.yaml:3: service.via: no address is dialled through it"},
      {head + "tpm: cmd:id\n", "node.yaml:5: tpm: expected device:/dev/tpmrm0, swtpm:path="},
      {head + "platform:\n  ima_logs: /x\n",
       "node.yaml:6: platform.ima_logs: unknown key; known here: boot_id"},
      {head + "listen: 0.0.0.0:1\n", "node.yaml:5: listen: unknown key"},
  };
  for (const auto& each : rows) {
    CAPTURE(each.text);
    const auto fault = refused_node(each.text);
    CHECK_MESSAGE(fault.starts_with(each.fault), fault);
  }
}

TEST_CASE("a password that was written into the proxy's name is not repeated in the fault") {
  const auto fault = refused_node(std::string{least} + "  via: http://user:hunter2@proxy:3128\n");
  CHECK_MESSAGE(fault.find("without user and password") != std::string::npos, fault);
  CHECK(fault.find("hunter2") == std::string::npos);
}

TEST_CASE("SIGHUP changes only the agent's jitter and log") {
  const node_settings before;
  auto after = before;
  after.jitter = 2s;
  after.level = log_level::debug;
  CHECK(needs_restart(before, after).empty());
  after.service.name = "x";
  after.tpm = "x";
  after.state = "x";
  after.platform.facts = "x";
  after.join_token_file = "x";
  CHECK(needs_restart(before, after)
        == std::vector<std::string>{"service", "tpm", "state", "platform", "join_token_file"});
}
