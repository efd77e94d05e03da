#include "settings/service_settings.hpp"
#include "tests/settings/plain_grammar.hpp"
#include "tests/settings/shipped.hpp"

#include <doctest/doctest.h>

#include <string>
#include <string_view>
#include <vector>

using namespace muster;
using namespace muster::settings;
using namespace std::chrono_literals;

namespace {

result<service_settings> parse(std::string_view text) {
  return parse_service_settings("service.yaml", text, plain_grammar());
}

std::string refused_service(std::string_view text) {
  const auto read = parse(text);
  return read ? "accepted" : read.fault().check;
}

} // namespace

TEST_CASE("a service listens at one address or at several") {
  const auto agents_of = [](std::string_view text) {
    const auto read = parse("name: a\nlisten: {agents: " + std::string{text} + "}\n");
    REQUIRE_MESSAGE(read.ok(), read.fault().check);
    return read->listen_agents;
  };
  CHECK(agents_of("unix:/run/s") == std::vector<endpoint>{unix_address{"/run/s"}});
  CHECK(agents_of("[\"0.0.0.0:1\", \"[::]:1\", unix:/run/s, vsock:any:1]")
        == std::vector<endpoint>{
            {"0.0.0.0", 1}, {"::", 1}, unix_address{"/run/s"}, vsock_address{vsock_address::any, 1}});
}

TEST_CASE("the service's defaults are those of the protocol") {
  const auto read = parse("name: ras.example.org\n");
  REQUIRE(read);
  CHECK(read->listen_agents == std::vector<endpoint>{{"127.0.0.1", 4280}});
  CHECK(read->state == "/var/lib/muster/ras");
  CHECK(read->socket == "/run/muster/ras.sock");
  CHECK(read->socket_group.empty());
  CHECK(read->beat == 10s);
  CHECK(idle_end(*read) == 30s);
  CHECK(read->reconnect_spread == 120s);
  CHECK(read->certificate_lifetime == std::chrono::days{7});
  CHECK(read->attestation.interval == 60s);
  CHECK(read->attestation.reconnect_pause == 15s);
  CHECK(read->attestation.lease == 180s);
  CHECK(read->limits.handshake_deadline == 10s);
  CHECK(read->limits.frame == 1'048'576);
  CHECK(read->limits.log_bytes == 268'435'456);
  CHECK(read->limits.log_entries == 1'000'000);
  CHECK(read->limits.log_deadline == 60s);
  CHECK(read->limits.log_least_rate == 16'384);
  CHECK(read->limits.pending == 1'000);
  CHECK(read->limits.pending_per_address == 16);
  CHECK(read->limits.pending_expiry == std::chrono::days{7});
  CHECK(read->limits.pending_retry == 60s);
  CHECK(read->admission.vendor == vendor_admission::pending);
  CHECK(read->admission.group == "unassigned");
  CHECK(read->admission.vendor_roots.empty());
  CHECK(read->admission.manufacturers.empty());
  CHECK(read->policy == policy_document{});
  CHECK(read->level == log_level::info);
}

TEST_CASE("the shipped service.yaml states the defaults, and nothing else") {
  const auto shipped = shipped_file("configs/service.yaml");
  const auto read = parse(shipped);
  REQUIRE_MESSAGE(read.ok(), refused_service(shipped));
  service_settings defaults;
  defaults.name = read->name;
  defaults.admission.vendor_roots = {"/etc/muster/vendor-roots"};
  CHECK(*read == defaults);
  CHECK_FALSE(read->name.empty());
}

TEST_CASE("every key of the service can be set") {
  const auto read = parse(R"(
name: a
listen: {agents: "[::]:1"}
state: /s
socket: /x
socket_group: ops
beat: 1s
reconnect_spread: 1s
certificates: {node: 1h}
attestation: {interval: 3s, lease: 9s}
limits:
  sessions: 1
  half_open: 2
  accepts_per_address: 3
  frame: 512KiB
  handshake_deadline: 1s
  log_bytes: 1MiB
  log_entries: 1000
  log_deadline: 5s
  log_least_rate: 1KiB/s
  pending: 5
  pending_per_address: 4
  pending_expiry: 1h
  pending_retry: 1s
retention: {results: 1h, results_bytes: 1MiB}
admission: {vendor: automatic, group: demo, vendor_roots: [/r], manufacturers: ["id:494E5443"],
            deny: {eks: [AB00000000000000000000000000000000000000000000000000000000000000], certificates: [],
                   issuers: [cd00000000000000000000000000000000000000000000000000000000000000],
                   firmware: [{manufacturer: "id:49465800", below: 7.85}, {manufacturer: "id:53544D20", below: 71.16.3}]}}
policy:
  ima: {mode: known-only, exclude: [/srv], violations: count}
  severity: {boot.no-log: note}
  require: {secure_boot: required}
  endorsement: {inventory: warning, vendor: warning, token: none, operator: affirming}
  deny: [sha256:aa00000000000000000000000000000000000000000000000000000000000000 why]
policies: /p
log: {level: debug, head_file: /h}
)");
  REQUIRE_MESSAGE(read.ok(), read.fault().check);
  CHECK(read->policies == "/p");
  CHECK(read->listen_agents == std::vector<endpoint>{{"::", 1}});
  CHECK(read->limits.log_least_rate == 1024);
  CHECK(read->admission.vendor == vendor_admission::automatic);
  CHECK(read->admission.manufacturers == std::vector<std::string>{"id:494E5443"});
  const auto zeros = std::string(62, '0');
  CHECK(read->admission.deny
        == deny_settings{
            {"ab" + zeros}, {}, {"cd" + zeros}, {{"id:49465800", "7.85"}, {"id:53544D20", "71.16.3"}}});
  // The reader of policy files also reads this section. One key of each part is enough here.
  CHECK(read->policy.files == unknown_files::known_only);
  CHECK(read->policy.exclude == std::vector<std::string>{"/srv"});
  CHECK(read->policy.violations == unmeasured_files::count);
  CHECK(read->policy.severities.at("boot.no-log") == severity::note);
  CHECK(read->policy.require.secure_boot == claim_demand::required);
  CHECK(read->policy.best.token == verdict::none);
  REQUIRE(read->policy.deny.size() == 1);
  CHECK(read->policy.deny.front().reason == "why");
  CHECK(read->level == log_level::debug);
  CHECK(read->head_file == "/h");
  const service_settings defaults;
  // A setting that the parser forgets to read still has its default here.
  CHECK(read->socket_group != defaults.socket_group);
  CHECK(read->certificate_lifetime != defaults.certificate_lifetime);
  CHECK(read->limits.pending_retry == 1s);
  CHECK(read->retention.results == 1h);
  CHECK(read->retention.results_bytes == MiB);
}

TEST_CASE("each kind of mistake names file, line, key and remedy") {
  struct row {
    std::string_view text;
    std::string_view fault;
  };
  const row rows[] = {
      {"", "service.yaml:1: no document; the file is empty"},
      {"- a\n", "service.yaml:1: expected keys and values, found a list"},
      {"beat: 10s\n", "service.yaml:1: name: missing; it has no default"},
      {"name:\n", "service.yaml:1: name: expected text, found nothing"},
      {"name: [a]\n", "service.yaml:1: name: expected text, found a list"},
      {"name: yes\n", "service.yaml:1: name: expected text; put it in quotes if it is, found \"yes\""},
      {"name: 010\n", "service.yaml:1: name: expected text; put it in quotes if it is, found \"010\""},
      {"name: a b\n", "service.yaml:1: name: expected a name of letters"},
      {"name: |\n  a\n  b\n", "service.yaml:1: name: expected one line of text, found \"a\\x0ab\\x0a\""},
      {"name: a\nbaet: 1s\n", "service.yaml:2: baet: unknown key; known here: admission, attestation, beat,"},
      {"name: a\nName: b\n", "service.yaml:2: Name: unknown key"},
      {"name: a\n<<: {beat: 1s}\n", "service.yaml:2: <<: unknown key"},
      {"name: a\nname: b\n", "service.yaml:2: name: is there twice, first in line 1; keep one"},
      {"name: a\nbeat: *b\n", "service.yaml:2: not YAML: "},
      {"name: a\nattestation:\n  interval: 60\n",
       "service.yaml:3: attestation.interval: expected a duration such as 60s: a whole number and ms, s, m, "
       "h or d, as in 200ms, 10m and 7d, found \"60\""},
      {"name: a\nattestation:\n  interval: {s: 60}\n",
       "service.yaml:3: attestation.interval: expected a duration such as 60s: a whole number and ms, s, m, "
       "h or d, as in 200ms, 10m and 7d, found a mapping"},
      {"name: a\nattestation: 60s\n", "service.yaml:2: attestation: expected keys and values, found \"60s\""},
      {"name: a\nattestation:\n  interval: 60s\n  lease: 179s\n",
       "service.yaml:4: attestation.lease: expected at least three times attestation.interval (1m) and beat "
       "(10s), which makes 3m, found 179s"},
      // A shorter lease would make every machine stale while it is connected.
      {"name: a\nbeat: 20s\nattestation:\n  interval: 3s\n  lease: 9s\n",
       "service.yaml:5: attestation.lease: expected at least three times attestation.interval (3s) and beat "
       "(20s), which makes 1m, found 9s"},
      {"name: a\nbeat: 0s\n", "service.yaml:2: beat: expected 100ms to 1h, found \"0s\""},
      {"name: a\nbeat: 2h\n", "service.yaml:2: beat: expected 100ms to 1h, found \"2h\""},
      {"name: a\nlimits:\n  sessions: 0777\n", "service.yaml:3: limits.sessions: expected a whole number "
                                               "without sign or leading zero, found \"0777\""},
      {"name: a\nlimits:\n  sessions: \"7\"\n",
       "service.yaml:3: limits.sessions: expected a whole number without quotes, found \"7\""},
      {"name: a\nlimits:\n  sessions: 0\n",
       "service.yaml:3: limits.sessions: expected 1 to 1000000, found \"0\""},
      {"name: a\nlimits:\n  sessions: 1.5\n", "service.yaml:3: limits.sessions: expected a whole number"},
      {"name: a\nlimits:\n  frame: 2MiB\n", "service.yaml:3: limits.frame: expected 64KiB to 1MiB"},
      {"name: a\nlimits:\n  frame: 1048576\n", "service.yaml:3: limits.frame: expected a size such as 64KiB"},
      {"name: a\nlimits:\n  log_bytes: 257MiB\n",
       "service.yaml:3: limits.log_bytes: expected 64KiB to 256MiB, found \"257MiB\""},
      {"name: a\nlimits:\n  pending: 8\n",
       "service.yaml:2: limits.pending_per_address: expected at most limits.pending, which is 8"},
      {"name: a\nlimits:\n  log_least_rate: 16KiB\n",
       "service.yaml:3: limits.log_least_rate: expected a rate such as 16KiB/s"},
      {"name: a\nlisten:\n  agents: localhost:4280\n",
       "service.yaml:3: listen.agents: a listener needs an address, and localhost is a name"},
      {"name: a\nlisten:\n  agents: 4280\n", "service.yaml:3: listen.agents: expected an address and a port"},
      {"name: a\nlisten: {agents: unix:/s}\nsocket: /s\n",
       "service.yaml:3: socket: is in listen.agents, too: agents and operators need a file each"},
      {"name: a\nlisten:\n  agents: []\n", "service.yaml:3: listen.agents: expected a list of an address"},
      {"name: a\nlisten:\n  agents: [unix:/s, unix:/s]\n",
       "service.yaml:3: listen.agents[1]: is in the list twice; keep one"},
      {"name: a\nlisten:\n  agents: vsock:host:1\n",
       "service.yaml:3: listen.agents: expected vsock:CID:PORT"},
      {"name: a\nlisten:\n  hubs: 127.0.0.1:4281\n",
       "service.yaml:3: listen.hubs: unknown key; known here: agents"},
      {"name: a\nstate: muster\n", "service.yaml:2: state: expected an absolute path"},
      {"name: a\nsocket: "
       "/0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567"
       "89012345678901234567\n",
       "service.yaml:2: socket: expected at most 107 characters"},
      {"name: a\nadmission:\n  vendor: auto\n",
       "service.yaml:3: admission.vendor: expected pending or automatic, found \"auto\""},
      {"name: a\nadmission:\n  manufacturers: [\"id:494e5443\"]\n",
       "service.yaml:3: admission.manufacturers[0]: expected a TPM vendor id, id: and 8 digits of hex in "
       "upper "
       "case such as id:494E5443 (this one is probably id:494E5443), found"},
      {"name: a\nadmission:\n  deny: {eks: [abcd]}\n",
       "service.yaml:3: admission.deny.eks[0]: expected a SHA-256"},
      {"name: a\nadmission:\n  deny: {ek: []}\n", "service.yaml:3: admission.deny.ek: unknown key"},
      {"name: a\nadmission:\n  deny: {firmware: [{manufacturer: \"id:49465800\"}]}\n",
       "service.yaml:3: admission.deny.firmware[0].below: is missing"},
      {"name: a\nadmission:\n  deny: {firmware: [{manufacturer: \"id:49465800\", below: 7.x}]}\n",
       "service.yaml:3: admission.deny.firmware[0].below: expected a version of one to four numbers"},
      {"name: a\nadmission:\n  vendor_roots: /etc\n",
       "service.yaml:3: admission.vendor_roots: expected a list of absolute paths, found \"/etc\""},
      {"name: a\npolicy:\n  ima:\n    exclude:\n      - /var/log\n      - /\n",
       "service.yaml:6: policy.ima.exclude[1]: expected an absolute path"},
      {"name: a\npolicy:\n  ima:\n    exclude: [/var/log/]\n",
       "service.yaml:4: policy.ima.exclude[0]: expected an absolute path"},
      {"name: a\npolicy:\n  ima:\n    exclude: [/usr]\n",
       "service.yaml:4: policy.ima.exclude[0]: expected a directory of data, found \"/usr\""},
      {"name: a\npolicy:\n  ima:\n    exclude: [/a, /b, /a]\n",
       "service.yaml:4: policy.ima.exclude[2]: is in the list twice; keep one"},
      {"name: a\npolicy:\n  ima:\n    exclude: [[/a]]\n",
       "service.yaml:4: policy.ima.exclude[0]: expected texts, found a list"},
      {"name: a\npolicy:\n  ima: {violations: ignore}\n",
       "service.yaml:3: policy.ima.violations: expected count or note or warning or failure, found "
       "\"ignore\""},
      {"name: a\npolicy:\n  endorsement: {token: trusted}\n",
       "service.yaml:3: policy.endorsement.token: expected"},
      {"name: a\npolicy:\n  endorsement: {operator: contraindicated}\n",
       "service.yaml:3: policy.endorsement.operator: expected affirming or warning or none"},
      {"name: a\npolicy:\n  no_boot_log: failure\n",
       "service.yaml:3: policy.no_boot_log: is no longer read; write severity: {boot.no-log: ...}"},
      {"name: a\npolicy:\n  parent: base\n", "service.yaml:3: policy.parent: unknown key; known here: "
                                             "bound_values, deny, endorsement, ima, require, severity"},
      {"name: a\nlog:\n  level: off\n",
       "service.yaml:3: log.level: expected error or warning or info or debug"},
  };
  for (const auto& each : rows) {
    CAPTURE(each.text);
    const auto fault = refused_service(each.text);
    CHECK_MESSAGE(fault.starts_with(each.fault), fault);
  }
}

TEST_CASE("all problems are reported at once, up to a limit") {
  const auto fault = refused_service("beat: 1\nstate: x\nfoo: 1\n");
  CHECK(fault.find("service.yaml:1: name: missing") != std::string::npos);
  CHECK(fault.find("\nservice.yaml:1: beat: ") != std::string::npos);
  CHECK(fault.find("\nservice.yaml:2: state: ") != std::string::npos);
  CHECK(fault.find("\nservice.yaml:3: foo: unknown key") != std::string::npos);
  std::string many = "name: a\n";
  for (int i = 0; i < 30; ++i)
    many += "k" + std::to_string(i) + ": 1\n";
  CHECK(refused_service(many).ends_with("\nand 10 more"));
}

TEST_CASE("SIGHUP changes intervals, admission, limits, policy and log; everything else needs a restart") {
  const service_settings before;
  auto after = before;
  after.beat = 1s;
  after.reconnect_spread = 1s;
  after.attestation.interval = 1s;
  after.limits.log_bytes = MiB;
  after.limits.sessions = 1;
  after.limits.half_open = 1;
  after.limits.accepts_per_address = 1;
  after.limits.handshake_deadline = 1s;
  after.admission.vendor = vendor_admission::automatic;
  after.admission.group = "x";
  after.admission.vendor_roots = {"/x"};
  after.admission.manufacturers = {"id:00001014"};
  after.policy.exclude.emplace();
  after.level = log_level::debug;
  CHECK(needs_restart(before, after).empty());
  after.name = "x";
  after.listen_agents.emplace_back("127.0.0.1", 1);
  after.state = "/x";
  after.socket = "/x";
  after.socket_group = "x";
  after.certificate_lifetime = 1h;
  after.limits.evidence_memory = MiB;
  after.head_file = "/x";
  CHECK(needs_restart(before, after)
        == std::vector<std::string>{"name", "listen.agents", "state", "socket", "socket_group",
                                    "certificates.node", "limits.evidence_memory", "log.head_file"});
  // A reload leaves all of these unchanged and takes the rest.
  const auto now = reloaded(before, after);
  CHECK(needs_restart(before, now).empty());
  CHECK(needs_restart(now, after).size() == 8);
  CHECK(now.level == log_level::debug);
  CHECK(now.policy.exclude == after.policy.exclude);
}

TEST_CASE("a lease that nobody wrote fits the intervals that somebody wrote") {
  const auto lease_of = [](const char* text) { return parse(text).value().attestation.lease; };
  CHECK(lease_of("name: a\n") == std::chrono::minutes{3});
  CHECK(lease_of("name: a\nattestation:\n  interval: 10m\n") == std::chrono::minutes{30});
  CHECK(lease_of("name: a\nbeat: 1h\n") == std::chrono::hours{3});
  CHECK(lease_of("name: a\nattestation:\n  interval: 1s\n") == std::chrono::minutes{3});
}

TEST_CASE("another writing of a manufacturer is answered with the id") {
  const std::pair<const char*, const char*> rows[] = {
      {"swtpm", "id:00001014"},       {"id:1014", "id:00001014"}, {"0x1014", "id:00001014"},
      {"ifx", "id:49465800"},         {"INTC", "id:494E5443"},    {"STM", "id:53544D20"},
      {"ID:494e5443", "id:494E5443"}, {"id:", nullptr},           {"id:123456789", nullptr},
      {"Infineon", nullptr},          {"id:xyz", nullptr},
  };
  for (const auto& [text, meant] : rows) {
    CAPTURE(text);
    const auto said =
        refused_service("name: a\nadmission:\n  manufacturers: [\"" + std::string{text} + "\"]\n");
    CHECK_MESSAGE(said.find("expected a TPM vendor id") != std::string::npos, said);
    if (meant == nullptr)
      CHECK(said.find("probably") == std::string::npos);
    else
      CHECK_MESSAGE(said.find("(this one is probably " + std::string{meant} + ")") != std::string::npos,
                    said);
  }
}
