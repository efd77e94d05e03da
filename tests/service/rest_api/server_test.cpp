#include "actors/runtime/watcher.hpp"
#include "service/rest_api/http_loop.hpp"
#include "service/rest_api/unix_listener.hpp"
#include "tests/service/rest_api/fake_service.hpp"
#include "tests/service/rest_api/raw_client.hpp"

#include <future>

using namespace muster;
using namespace muster::service;
using namespace muster::service::rest_test;

namespace {

const std::string me = "uid=" + std::to_string(::getuid()) + " pid=" + std::to_string(::getpid());

struct fleet_of_three : served {
  explicit fleet_of_three(rest_limits limits = {}) : served{limits} {
    known->add({id_of(1), "web-1"});
    known->add({id_of(2), "web-2", "untrusted"});
    known->add({id_of(3), "", "pending", ""});
  }
};

} // namespace

TEST_CASE("check 25: users of the socket cannot keep out the next one, however many connections each has") {
  const rest_limits limits;
  std::size_t open = 0;
  for (int user = 0; user < 7; ++user) {
    const auto share = limits.share(open);
    CHECK(share >= 1);
    CHECK(share <= limits.connections_per_user);
    open += share;
    CHECK(open < limits.connections);
  }
}

TEST_CASE("health needs only the store's answer") {
  served here;
  raw_client client{here.socket};
  const auto live = client.exchange(get("/livez"));
  CHECK(status_of(live) == "200");
  CHECK(holds(live, "live\n"));
  CHECK(status_of(client.exchange(get("/readyz"))) == "200");
  caf::anon_send_exit(here.cache, caf::exit_reason::kill);
  CHECK(status_of(client.exchange(get("/livez"))) == "200");
}

TEST_CASE("nodes are listed, filtered and paged") {
  fleet_of_three here;
  raw_client client{here.socket};
  const auto all = client.exchange(get("/v1/nodes"));
  CHECK(status_of(all) == "200");
  CHECK(holds(all, "Content-Type: application/json\r\n"));
  CHECK(holds(all, "Cache-Control: no-store\r\n"));
  CHECK(holds(all, R"("name":"web-1")"));
  CHECK(holds(all, R"("name":"web-2")"));
  CHECK(holds(all, R"("next":"")"));
  const auto bad = client.exchange(get("/v1/nodes?shown=untrusted"));
  CHECK_FALSE(holds(bad, "web-1"));
  CHECK(holds(bad, "web-2"));
  const auto first = client.exchange(get("/v1/nodes?limit=2"));
  CHECK(holds(first, R"("next":")" + to_string(id_of(2))));
  const auto second = client.exchange(get("/v1/nodes?limit=2&after=" + to_string(id_of(2))));
  CHECK_FALSE(holds(second, "web-2"));
  CHECK(holds(second, to_string(id_of(3))));
}

TEST_CASE("a node is shown by name, id or the beginning of an id") {
  fleet_of_three here;
  raw_client client{here.socket};
  for (const auto& node : {std::string{"web-2"}, to_string(id_of(2)), to_string(id_of(2)).substr(0, 8)}) {
    const auto shown = client.exchange(get("/v1/nodes/" + node));
    CHECK(status_of(shown) == "200");
    CHECK(holds(shown, R"("shown":"untrusted")"));
    CHECK(holds(shown, R"("sequence":99)"));
  }
  const auto nobody = client.exchange(get("/v1/nodes/nobody"));
  CHECK(status_of(nobody) == "404");
  CHECK(holds(nobody, "Content-Type: application/problem+json"));
  CHECK(holds(nobody, R"("type":"urn:muster:problem:not-found")"));
}

TEST_CASE("evidence is sent as bytes of its length, even beyond any buffer, and the connection continues") {
  fleet_of_three here;
  raw_client client{here.socket};
  const auto newest = client.exchange(get("/v1/nodes/web-1/evidence"));
  CHECK(status_of(newest) == "200");
  CHECK(holds(newest, "Content-Type: application/octet-stream"));
  CHECK(holds(newest, "Content-Length: 300000"));
  CHECK(holds(newest, me + " 0xxx"));
  CHECK(newest.size() - newest.find("\r\n\r\n") - 4 == 300'000);
  CHECK(holds(client.exchange(get("/v1/nodes/web-1/evidence?attestation=7")), me + " 7xxx"));
  const auto refused = client.exchange(get("/v1/nodes/web-1/evidence?attestation=9"));
  CHECK(status_of(refused) == "404");
  CHECK(holds(refused, "none of attestation 9"));
  CHECK(status_of(client.exchange(get("/livez"))) == "200");
}

TEST_CASE("a change reaches the actor that owns it, with the person who made it") {
  fleet_of_three here;
  raw_client client{here.socket};
  const std::string right(64, 'a');
  const auto approve = [&](const std::string& print) {
    return client.exchange(with_body("POST", "/v1/nodes/" + to_string(id_of(3)).substr(0, 8) + "/approve",
                                     R"({"fingerprint":")" + print + R"(","group":"web","name":"web-3"})"));
  };
  const auto approved = approve(right);
  CHECK(status_of(approved) == "200");
  CHECK(holds(approved, R"({"sequence":41,"leaf":20,"entered":true})"));
  CHECK(status_of(approve(std::string(64, 'b'))) == "409");
  CHECK(holds(client.exchange(with_body("PUT", "/v1/nodes/web-1/name", R"({"name":"www"})")),
              R"({"sequence":44,"leaf":22,"entered":true})"));
  CHECK(status_of(client.exchange(with_body("PUT", "/v1/nodes/web-1/name", R"({"name":"taken"})"))) == "409");
  CHECK(holds(client.exchange(with_body("POST", "/v1/nodes/web-2/acknowledge", "")),
              R"({"sequence":45,"leaf":22,"entered":true})"));
  CHECK(holds(client.exchange(with_body("POST", "/v1/nodes/web-2/revoke", "")),
              R"({"sequence":42,"leaf":21,"entered":true})"));
  CHECK(holds(client.exchange("DELETE /v1/nodes/web-2 HTTP/1.1\r\nHost: m\r\n\r\n"),
              R"({"sequence":43,"leaf":21,"entered":true})"));
  const auto accepted =
      client.exchange(with_body("POST", "/v1/references", R"({"group":"web","from":"web-1"})"));
  CHECK(status_of(accepted) == "200");
  CHECK(holds(accepted, R"("files":1204)"));
  CHECK(here.known->told()
        == std::vector<std::string>{
            "approve  group web name web-3 by " + me, "approve  group web name web-3 by " + me,
            "name web-1 www by " + me, "name web-1 taken by " + me, "acknowledge web-2 by " + me,
            "revoke web-2 because  by " + me, "forget web-2 by " + me, "accept web from 01 by " + me});
  CHECK(here.lines.contain("rest.change verb=\"revoke\""));
}

TEST_CASE("campaigns, trials and incidents reach their actors, with canaries by their names") {
  fleet_of_three here;
  raw_client client{here.socket};
  const auto post = [&](const char* target, const char* body) {
    return client.exchange(with_body("POST", target, body));
  };
  CHECK(holds(post("/v1/groups/web/campaign", R"({"canaries":["web-1","web-2"],"quorum":1})"),
              R"("phase":"observing")"));
  CHECK(status_of(post("/v1/groups/web/campaign", R"({"canaries":["nobody"]})")) == "404");
  CHECK(holds(post("/v1/groups/web/campaign/enforce", R"({"force":true})"), R"("phase":"staged")"));
  CHECK(holds(client.exchange(get("/v1/groups/web/campaign")), R"("phase":"proposed")"));
  CHECK(holds(client.exchange(get("/v1/campaigns")), R"("group":"web")"));
  CHECK(holds(post("/v1/references/try", R"({"group":"web","from":"web-1"})"), R"("turning_bad":3)"));
  CHECK(holds(client.exchange(get("/v1/incidents")), R"("affected":2)"));
  CHECK(here.known->told()
        == std::vector<std::string>{"campaign start web canaries 2 quorum 1 by " + me,
                                    "campaign step 3 web force", "try web node", "incidents "});
}

TEST_CASE("a reference set may be larger than other bodies and hold any bytes, and nothing else may") {
  fleet_of_three here;
  raw_client client{here.socket};
  const std::string digest(64, 'c');
  const auto put = [&](const std::string& target, std::size_t size, const char* type) {
    return client.exchange("PUT " + target + " HTTP/1.1\r\nHost: m\r\nContent-Type: " + type
                           + "\r\nContent-Length: " + std::to_string(size) + "\r\n\r\n"
                           + std::string(size, '\0'));
  };
  CHECK(holds(put("/v1/sets/" + digest, 200'000, "application/octet-stream"), R"("digest":"cccc)"));
  CHECK(here.known->told() == std::vector<std::string>{"import 200000 bytes by " + me});
  CHECK(status_of(put("/v1/sets/" + digest, 10, "application/json")) == "415");
  CHECK(status_of(client.exchange(get("/v1/sets/" + digest))) == "200");
  CHECK(status_of(client.exchange(get("/v1/sets/" + std::string(64, 'd')))) == "404");
  CHECK(status_of(put("/v1/nodes/web-1/name", 70'000, "application/octet-stream")) == "413");
}

TEST_CASE("an unsupported method is refused with the supported ones, and HEAD gets no body") {
  fleet_of_three here;
  raw_client client{here.socket};
  client.send("HEAD /v1/nodes HTTP/1.1\r\nHost: m\r\n\r\n" + get("/livez"));
  client.finish();
  std::string all;
  CHECK(client.closed(all));
  CHECK(status_of(all) == "405");
  CHECK(holds(all, "Allow: GET\r\n"));
  CHECK_FALSE(holds(all, "urn:muster"));
  CHECK(holds(all, "live\n"));
  raw_client other{here.socket};
  const auto refused = other.exchange(with_body("PATCH", "/v1/nodes/web-1", ""));
  CHECK(status_of(refused) == "405");
  CHECK(holds(refused, "Allow: GET, DELETE\r\n"));
}

TEST_CASE("an attestation is awaited, and answered with the node's state afterwards") {
  fleet_of_three here;
  here.known->add({id_of(4), "away", "stale"});
  raw_client client{here.socket};
  const auto done = client.exchange(with_body("POST", "/v1/nodes/web-2/attest", R"({"timeout_seconds":5})"));
  CHECK(status_of(done) == "200");
  CHECK(holds(done, R"("command":7)"));
  CHECK(holds(done, R"("outcome":"done")"));
  CHECK(holds(done, R"("shown":"untrusted")"));
  const auto expired = client.exchange(with_body("POST", "/v1/nodes/away/attest", ""));
  CHECK(status_of(expired) == "200");
  CHECK(holds(expired, R"("outcome":"expired")"));
  CHECK(holds(expired, "no beat came in time"));
  CHECK(here.known->told().front() == "attest web-2 within 5000 by " + me);
  CHECK(here.known->told().back() == "attest away within 60000 by " + me);
}

TEST_CASE("an actor that is gone or answers nonsense fails one request only") {
  fleet_of_three here;
  here.known->add({id_of(5), "broken"});
  raw_client client{here.socket};
  CHECK(status_of(client.exchange(get("/v1/nodes/broken"))) == "500");
  CHECK(status_of(client.exchange(get("/v1/nodes/web-1"))) == "200");
  caf::anon_send_exit(here.references, caf::exit_reason::kill);
  const auto gone = client.exchange(with_body("POST", "/v1/references", R"({"group":"web","from":"web-1"})"));
  CHECK(status_of(gone) == "503");
  CHECK(holds(gone, "Retry-After: 1"));
  CHECK(status_of(client.exchange(get("/v1/nodes"))) == "200");
}

TEST_CASE("requests that were sent together are answered in order, on one connection") {
  fleet_of_three here;
  raw_client client{here.socket};
  std::string many;
  for (int i = 0; i < 50; ++i)
    many += get("/v1/nodes/web-1") + get("/v1/nodes/nobody");
  REQUIRE(client.send(many));
  for (int i = 0; i < 50; ++i) {
    CHECK(status_of(client.answer()) == "200");
    CHECK(status_of(client.answer()) == "404");
  }
}

TEST_CASE("a change that waits for the disk is not reported as failed, and the answer says what to check") {
  rest_limits limits;
  limits.change = std::chrono::milliseconds{100};
  fleet_of_three here{limits};
  here.known->add({id_of(6), "silent"});
  raw_client client{here.socket};
  const auto answer = client.exchange(with_body("POST", "/v1/nodes/silent/revoke", R"({"reason":"stolen"})"));
  CHECK(status_of(answer) == "504");
  CHECK(answer.find("It is not known yet whether this was done") != std::string::npos);
  CHECK(answer.find("muster log show") != std::string::npos);
}

TEST_CASE("stopping settles every waiting request, and sends its answer") {
  fleet_of_three here;
  here.known->add({id_of(6), "silent"});
  std::vector<raw_client> waiting;
  for (int i = 0; i < 8; ++i) {
    waiting.emplace_back(here.socket);
    REQUIRE(waiting.back().send(with_body("POST", "/v1/nodes/silent/attest", R"({"timeout_seconds":600})")));
  }
  REQUIRE(comes([&] { return here.known->kept() >= waiting.size(); }));
  const auto begin = std::chrono::steady_clock::now();
  here.server->stop();
  CHECK(std::chrono::steady_clock::now() - begin < std::chrono::seconds{5});
  for (auto& one : waiting) {
    CHECK(status_of(one.answer()) == "503");
    CHECK(one.closed());
  }
  CHECK_FALSE(std::filesystem::exists(here.socket));
  CHECK_FALSE(raw_client{here.socket}.connected());
  here.server->stop(); // a second stop does nothing
}

TEST_CASE("a client that announces its last request gets its answer, and the connection ends at once") {
  rest_limits limits;
  limits.idle = std::chrono::minutes{10};
  fleet_of_three here{limits};
  for (const auto* option : {"close", "Close", "x, close"}) {
    raw_client client{here.socket};
    client.send("GET /v1/nodes HTTP/1.1\r\nHost: m\r\nConnection: " + std::string{option} + "\r\n\r\n");
    std::string all;
    CHECK(client.closed(all));
    CHECK(status_of(all) == "200");
  }
  raw_client stays{here.socket};
  for (int i = 0; i < 2; ++i)
    CHECK(status_of(stays.exchange("GET /livez HTTP/1.1\r\nHost: m\r\nConnection: closed\r\n\r\n")) == "200");
}

TEST_CASE("stopping does not wait for clients that hold a connection open") {
  rest_limits limits;
  limits.drain = std::chrono::milliseconds{200};
  fleet_of_three here{limits};
  raw_client idle{here.socket};
  raw_client used{here.socket};
  CHECK(status_of(used.exchange(get("/livez"))) == "200");
  raw_client halfway{here.socket};
  halfway.send("POST /v1/references HTTP/1.1\r\nHost: m\r\nContent-Type: application/json\r\nContent-Length: "
               "50\r\n\r\n{");
  const auto begin = std::chrono::steady_clock::now();
  here.server->stop();
  CHECK(std::chrono::steady_clock::now() - begin < std::chrono::seconds{3});
  CHECK(idle.closed());
  CHECK(used.closed());
  CHECK(halfway.closed());
}

TEST_CASE("a second server on the same socket is refused, and the first continues") {
  served here;
  auto second = rest_server::start({here.system,
                                    here.cache,
                                    here.trust,
                                    here.references,
                                    here.survey,
                                    here.record_log,
                                    here.socket,
                                    {},
                                    here.lines.log()});
  REQUIRE_FALSE(second);
  CHECK(second.fault().code == errc::conflict);
  CHECK(status_of(raw_client{here.socket}.exchange(get("/livez"))) == "200");
}

TEST_CASE("a service whose records are rolled back is not ready, and says so with every list") {
  fleet_of_three here;
  raw_client client{here.socket};
  CHECK(holds(client.exchange(get("/v1/nodes")), R"("rolled_back":false)"));
  here.known->rolled_back = true;
  CHECK(holds(client.exchange(get("/v1/nodes")), R"("rolled_back":true)"));
  const auto ready = client.exchange(get("/readyz"));
  CHECK(status_of(ready) == "503");
  CHECK(holds(ready, "rolled back"));
  CHECK(status_of(client.exchange(get("/livez"))) == "200");
}

TEST_CASE("check 30: a service whose disk accepts nothing is not ready, and says why") {
  fleet_of_three here;
  raw_client client{here.socket};
  CHECK(status_of(client.exchange(get("/readyz"))) == "200");
  here.known->storing = false;
  const auto ready = client.exchange(get("/readyz"));
  CHECK(status_of(ready) == "503");
  CHECK(holds(ready, "disk: it is full"));
  CHECK(status_of(client.exchange(get("/livez"))) == "200"); // it is alive, and shows what it knows
  CHECK(status_of(client.exchange(get("/v1/nodes"))) == "200");
  here.known->storing = true;
  CHECK(status_of(client.exchange(get("/readyz"))) == "200");
}

TEST_CASE("a watcher of a server is notified when it stops serving") {
  served here;
  std::promise<void> ended;
  runtime::watcher watch{here.system, here.lines.log(), [&] { ended.set_value(); }};
  watch.add("rest", here.server->heart());
  here.server->stop();
  CHECK(ended.get_future().wait_for(std::chrono::seconds{30}) == std::future_status::ready);
}

TEST_CASE("a loop reports its end once") {
  const testing::temporary_folder folder;
  const auto listener = rest_api::unix_listener::open(folder.file("s"), {});
  REQUIRE(listener);
  std::atomic<int> ended{0};
  auto loop = rest_api::http_loop::start(
      listener->descriptor(), [](auto&&...) {}, {}, runtime::log{}, [&] { ++ended; });
  REQUIRE(loop);
  CHECK(ended == 0);
  (*loop)->stop();
  (*loop)->stop();
  CHECK(ended == 1);
}

TEST_CASE("the log is paged, and an acknowledgement carries the person who made it") {
  fleet_of_three here;
  raw_client client{here.socket};
  const auto page = client.exchange(get("/v1/log?after=117&limit=2"));
  CHECK(holds(page, R"("leaf":118)"));
  CHECK(holds(page, R"("next":"119")"));
  CHECK(status_of(client.exchange(get("/v1/log/heads"))) == "200");
  CHECK(holds(client.exchange(get("/v1/log/head")), R"("size":120)"));
  const auto body = [](const char* size) {
    return std::string{R"({"size":)"} + size + R"(,"root":")" + std::string(64, 'a') + "\"}";
  };
  CHECK(status_of(client.exchange(with_body("POST", "/v1/log/acknowledge", body("41")))) == "200");
  CHECK(status_of(client.exchange(with_body("POST", "/v1/log/acknowledge", body("1")))) == "404");
  CHECK(here.known->told().front() == "acknowledge head 41:aaa by " + me);
}
