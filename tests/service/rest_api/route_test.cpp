#include "messages/json_read.hpp"
#include "schemas/rest.capnp.h"
#include "service/rest_api/route.hpp"

#include <doctest/doctest.h>

using namespace muster;
using namespace muster::service::rest_api;

namespace {

constexpr std::string_view json = "application/json";
const std::string fingerprint(64, 'a');

routed ask(std::string_view method, std::string_view target, std::string_view body = {},
           std::string_view content_type = json) {
  return route({method, target, content_type, body});
}

template <class T> T understood(const routed& in) {
  const auto* request = std::get_if<rest_request>(&in);
  REQUIRE_MESSAGE(request != nullptr,
                  (std::holds_alternative<problem>(in) ? std::get<problem>(in).detail : ""));
  const auto* out = std::get_if<T>(request);
  REQUIRE(out != nullptr);
  return *out;
}

problem refused(const routed& in) {
  const auto* out = std::get_if<problem>(&in);
  REQUIRE(out != nullptr);
  return *out;
}

} // namespace

TEST_CASE("each endpoint is found, with its parameters") {
  understood<ask_live>(ask("GET", "/livez"));
  understood<ask_ready>(ask("GET", "/readyz"));
  CHECK(understood<show_node>(ask("GET", "/v1/nodes/web-1")).node == "web-1");
  CHECK(understood<forget_node>(ask("DELETE", "/v1/nodes/web-1")).node == "web-1");
  CHECK(understood<acknowledge_node>(ask("POST", "/v1/nodes/web-1/acknowledge")).node == "web-1");
  CHECK(understood<revoke_node>(ask("POST", "/v1/nodes/web%2D1/revoke")).node == "web-1");
  const auto revoked =
      understood<revoke_node>(ask("POST", "/v1/nodes/web-1/revoke", R"({"reason":"stolen from rack 4"})"));
  CHECK(revoked.reason == "stolen from rack 4");
  const auto moved = understood<group_node>(ask("PUT", "/v1/nodes/web-1/group", R"({"group":"db"})"));
  CHECK(moved.node == "web-1");
  CHECK(moved.group == "db");

  const auto all = understood<list_nodes>(ask("GET", "/v1/nodes")).query;
  CHECK(all.limit == 100);
  CHECK(all.after.empty());
  const auto some = understood<list_nodes>(ask("GET", "/v1/nodes?after=" + fingerprint
                                                          + "&limit=1000&group=web&shown=untrusted"))
                        .query;
  CHECK(some.limit == 1000);
  CHECK(some.after == fingerprint);
  CHECK(some.group == "web");
  CHECK(some.shown == "untrusted");

  CHECK(understood<order_node>(ask("POST", "/v1/nodes/a/attest")).within == std::chrono::seconds{60});
  CHECK(understood<order_node>(ask("POST", "/v1/nodes/a/attest", "{}")).within == std::chrono::seconds{60});
  CHECK(understood<order_node>(ask("POST", "/v1/nodes/a/attest", R"({"timeout_seconds":600})")).within
        == std::chrono::minutes{10});

  CHECK(understood<order_node>(ask("POST", "/v1/nodes/a/attest")).kind == command_kind::attest);
  CHECK(understood<order_node>(ask("POST", "/v1/nodes/a/renew")).kind == command_kind::renew);
  CHECK(understood<order_node>(ask("POST", "/v1/nodes/a/unregister")).kind == command_kind::unregister);
  const auto set = understood<order_node>(
      ask("POST", "/v1/nodes/a/reconfigure", R"({"beat":"20s","jitter":"default","log_level":"debug"})"));
  CHECK(set.kind == command_kind::reconfigure);
  CHECK(set.how.beat == std::chrono::seconds{20});
  CHECK(set.how.jitter == std::chrono::milliseconds{0});
  CHECK(set.how.log_level == "debug");
  const auto ended =
      understood<order_node>(ask("POST", "/v1/nodes/a/reconfigure", R"({"log_level":"default"})"));
  CHECK_FALSE(ended.how.beat);
  CHECK(ended.how.log_level == "");

  const auto approved =
      understood<approve_node>(ask("POST", "/v1/nodes/ab12cd34/approve",
                                   R"({"fingerprint":")" + fingerprint + R"(","group":"g","name":"n"})"));
  CHECK(approved.node == "ab12cd34");
  CHECK(approved.fingerprint == bytes(32, 0xaa));
  CHECK(approved.group == "g");
  CHECK(approved.name == "n");

  CHECK(understood<name_node>(ask("PUT", "/v1/nodes/a/name", R"({"name":"b"})")).name == "b");
  CHECK(understood<name_node>(ask("PUT", "/v1/nodes/a/name", R"({"name":""})")).name.empty());
  CHECK_FALSE(understood<export_evidence>(ask("GET", "/v1/nodes/a/evidence")).number.has_value());
  CHECK(understood<export_evidence>(ask("GET", "/v1/nodes/a/evidence?attestation=12")).number
        == attestation_number{12});
  for (const char* bad : {"?attestation=", "?attestation=0", "?attestation=-1", "?attestation=1x",
                          "?number=1", "?attestation=18446744073709551616"}) {
    CAPTURE(bad);
    CHECK(std::holds_alternative<problem>(ask("GET", std::string{"/v1/nodes/a/evidence"} + bad)));
  }
  const auto accepted =
      understood<accept_reference>(ask("POST", "/v1/references", R"({"group":"g","from":"a"})"));
  CHECK(accepted.group == "g");
  CHECK(accepted.from == "a");
}

TEST_CASE("an unknown path is 404, and a known path with another method is 405 with the allowed methods") {
  for (const char* target : {"/", "/v1", "/v2/nodes", "/v1/nodes/a/b", "/v1/nodes/a/attest/b", "/v1/Nodes",
                             "/livez/x", "/metrics", "/v1/references/a"}) {
    CAPTURE(target);
    CHECK(refused(ask("GET", target)).status == 404);
  }
  struct {
    const char* method;
    const char* target;
    const char* allow;
  } const table[] = {
      {"HEAD", "/v1/nodes", "GET"},
      {"POST", "/v1/nodes", "GET"},
      {"HEAD", "/livez", "GET"},
      {"PUT", "/v1/nodes/a", "GET, DELETE"},
      {"GET", "/v1/nodes/a/attest", "POST"},
      {"GET", "/v1/nodes/a/name", "PUT"},
      {"OPTIONS", "/v1/references", "POST"},
      {"get", "/v1/nodes", "GET"},
  };
  for (const auto& one : table) {
    CAPTURE(one.target);
    const auto said = refused(ask(one.method, one.target));
    CHECK(said.status == 405);
    CHECK(said.allow == one.allow);
  }
}

TEST_CASE("a query is accepted only where there is one, and only with its keys") {
  struct {
    const char* target;
    const char* field;
  } const table[] = {
      {"/v1/nodes?limit=0", "limit"},
      {"/v1/nodes?limit=1001", "limit"},
      {"/v1/nodes?limit=-1", "limit"},
      {"/v1/nodes?limit=1.0", "limit"},
      {"/v1/nodes?limit=", "limit"},
      {"/v1/nodes?limit=0x10", "limit"},
      {"/v1/nodes?limit=99999999999999999999", "limit"},
      {"/v1/nodes?after=xyz", "after"},
      {"/v1/nodes?shown=good", "shown"},
      {"/v1/nodes?group=a%20b", "group"},
      {"/v1/nodes?sort=name", "target"},
      {"/v1/nodes?limit=1&limit=2", "target"},
      {"/livez?verbose=1", "target"},
      {"/v1/nodes/a?x=1", "target"},
  };
  for (const auto& one : table) {
    CAPTURE(one.target);
    const auto said = refused(ask("GET", one.target));
    CHECK(said.status == 400);
    CHECK(said.field == one.field);
  }
}

TEST_CASE("a body is read strictly, and not read where none belongs") {
  const auto print = R"("fingerprint":")" + fingerprint + '"';
  struct {
    const char* method;
    const char* target;
    std::string body;
    unsigned status;
    const char* field;
  } const table[] = {
      {"POST", "/v1/nodes/a/approve", "", 400, nullptr},
      {"POST", "/v1/nodes/a/approve", "{}", 400, "fingerprint"},
      {"POST", "/v1/nodes/a/approve", R"({"fingerprint":"zz"})", 400, "fingerprint"},
      {"POST", "/v1/nodes/a/approve", R"({"fingerprint":"aa"})", 400, "fingerprint"},
      {"POST", "/v1/nodes/a/approve", R"({"fingerprint":5})", 400, "fingerprint"},
      {"POST", "/v1/nodes/a/approve", "{" + print + R"(,"colour":"red"})", 400, nullptr},
      {"POST", "/v1/nodes/a/approve", "{" + print + "," + print + "}", 400, nullptr},
      {"POST", "/v1/nodes/a/approve", "{" + print + R"(,"group":"a b"})", 400, "group"},
      {"POST", "/v1/nodes/a/approve", "{" + print + R"(,"name":")" + std::string(65, 'n') + R"("})", 400,
       "name"},
      {"POST", "/v1/nodes/a/approve", "{" + print + "} x", 400, nullptr},
      {"POST", "/v1/nodes/a/approve", "[" + print + "]", 400, nullptr},
      {"POST", "/v1/nodes/a/attest", R"({"timeout_seconds":1.5})", 400, "timeout_seconds"},
      {"POST", "/v1/nodes/a/attest", R"({"timeout_seconds":1e2})", 400, "timeout_seconds"},
      {"POST", "/v1/nodes/a/attest", R"({"timeout_seconds":-1})", 400, "timeout_seconds"},
      {"POST", "/v1/nodes/a/attest", R"({"timeout_seconds":601})", 400, "timeout_seconds"},
      {"POST", "/v1/nodes/a/attest", R"({"timeout_seconds":null})", 400, "timeout_seconds"},
      {"POST", "/v1/nodes/a/reconfigure", R"({"beat":"20"})", 400, "beat"},
      {"POST", "/v1/nodes/a/reconfigure", R"({"beat":"0s"})", 400, "beat"},
      {"POST", "/v1/nodes/a/reconfigure", R"({"jitter":"-1s"})", 400, "jitter"},
      {"POST", "/v1/nodes/a/reconfigure", R"({"timeout_seconds":601})", 400, "timeout_seconds"},
      {"POST", "/v1/nodes/a/reconfigure", R"({"address":"a:1"})", 400, nullptr},
      {"PUT", "/v1/nodes/a/name", "{}", 400, "name"},
      {"PUT", "/v1/nodes/a/name", R"({"name":"a/b"})", 400, "name"},
      {"PUT", "/v1/nodes/a/name", "{\"name\":\"a\\u0000b\"}", 400, "name"},
      {"PUT", "/v1/nodes/a/name", "{\"name\":\"\xff\"}", 400, nullptr},
      {"POST", "/v1/references", R"({"group":"g"})", 400, "from"},
      {"POST", "/v1/references", R"({"group":"","from":"a"})", 400, "group"},
      {"POST", "/v1/references", R"({"group":"g","from":""})", 400, "from"},
      {"POST", "/v1/references", std::string(70000, ' '), 413, nullptr},
      {"POST", "/v1/nodes/a/acknowledge", "{}", 400, "body"},
      {"DELETE", "/v1/nodes/a", "x", 400, "body"},
      {"GET", "/v1/nodes", "{}", 400, "body"},
  };
  for (const auto& one : table) {
    CAPTURE(one.target);
    CAPTURE(one.body.substr(0, 100));
    const auto said = refused(ask(one.method, one.target, one.body));
    CHECK(said.status == one.status);
    if (one.field != nullptr) CHECK(said.field == one.field);
    CHECK_FALSE(said.detail.empty());
  }
}

TEST_CASE("a body of another type is refused before it is read") {
  const std::string body = R"({"name":"b"})";
  for (const char* type :
       {"", "text/plain", "application/x-www-form-urlencoded", "application/jsonx", "application"})
    CHECK(refused(ask("PUT", "/v1/nodes/a/name", body, type)).status == 415);
  for (const char* type : {"application/json", "Application/JSON", "application/json; charset=utf-8"})
    understood<name_node>(ask("PUT", "/v1/nodes/a/name", body, type));
}

TEST_CASE("an id that could be a path to elsewhere stays a word or is refused") {
  for (const char* node : {"..%2f..%2fetc%2fpasswd", "a%2fb", "%20", "a%20b", "%22", "a%5cb"}) {
    CAPTURE(node);
    const auto said = refused(ask("GET", "/v1/nodes/" + std::string{node}));
    CHECK(said.status == 400);
  }
  CHECK(refused(ask("GET", "/v1/nodes/../nodes")).status == 400);
  CHECK(refused(ask("GET", "/v1/nodes/" + std::string(65, 'a'))).status == 400);
  CHECK(understood<show_node>(ask("GET", "/v1/nodes/" + std::string(64, 'a'))).node.size() == 64);
}

TEST_CASE("a fault has a status, and a problem document describes it") {
  struct {
    errc code;
    unsigned status;
  } const table[] = {
      {errc::malformed, 400}, {errc::unsupported, 422}, {errc::limit, 422},   {errc::mismatch, 409},
      {errc::untrusted, 403}, {errc::expired, 409},     {errc::denied, 403},  {errc::not_found, 404},
      {errc::conflict, 409},  {errc::busy, 503},        {errc::timeout, 504}, {errc::io, 500},
      {errc::internal, 500},
  };
  for (const auto& one : table) {
    const auto made = problem_of({one.code, "subject: sentence"});
    CHECK(made.status == one.status);
    CHECK(made.field.empty()); // the subject of an actor's fault is not a field of the request
    const auto reply = to_reply(made);
    CHECK(reply.status == one.status);
    CHECK(reply.content_type == "application/problem+json");
    const auto read = from_json<rest::Problem>(reply.body);
    REQUIRE(read);
    read->read([&](rest::Problem::Reader in) {
      CHECK(text_of(in.getType()) == "urn:muster:problem:" + std::string{to_string(one.code)});
      CHECK(in.getStatus() == one.status);
      CHECK(text_of(in.getTitle()) == title_of(one.status));
      CHECK(text_of(in.getDetail()) == "subject: sentence");
    });
  }
  CHECK(bad_request({errc::malformed, "group: is empty"}).field == "group");
  CHECK(bad_request({errc::malformed, "not JSON at all"}).field.empty());
  CHECK(bad_request({errc::malformed, "the body: is empty"}).field.empty());
}

TEST_CASE("the log is requested by page, and a head is acknowledged by its name") {
  using muster::service::log_query;
  const auto all = understood<list_log>(ask("GET", "/v1/log")).query;
  CHECK(all.what == log_query::kind::entries);
  CHECK(all.limit == 100);
  CHECK_FALSE(all.after.has_value());
  const auto heads = understood<list_log>(ask("GET", "/v1/log/heads?after=41&limit=5")).query;
  CHECK(heads.what == log_query::kind::heads);
  CHECK(heads.limit == 5);
  CHECK(heads.after == 41);
  understood<show_log>(ask("GET", "/v1/log/head"));
  const auto named = understood<acknowledge_head>(
      ask("POST", "/v1/log/acknowledge", R"({"size":41,"root":")" + fingerprint + "\"}"));
  CHECK(named.head.size == 41);
  CHECK(named.head.root[31] == 0xaa);

  for (const auto* bad : {"/v1/log?after=-1", "/v1/log?after=", "/v1/log?after=x", "/v1/log?limit=0",
                          "/v1/log?after=72057594037927936", "/v1/log?actor=me"})
    CHECK(refused(ask("GET", bad)).status == 400);
  CHECK(refused(ask("GET", "/v1/log/head?after=1")).status == 400);
  CHECK(refused(ask("POST", "/v1/log/acknowledge", R"({"size":41})")).status == 400);
  CHECK(refused(ask("POST", "/v1/log/acknowledge", R"({"size":41,"root":"aa"})")).status == 400);
}

TEST_CASE("a trust list is sent as its text, and requested without one") {
  understood<show_trust>(ask("GET", "/v1/ca"));
  CHECK(understood<rotate_trust>(ask("POST", "/v1/ca/rotate", R"({"signed":"a\nb"})")).text == "a\nb");
  CHECK(refused(ask("POST", "/v1/ca/rotate", "{}")).status == 400);
  CHECK(refused(ask("POST", "/v1/ca/rotate")).status == 400);
  CHECK(refused(ask("POST", "/v1/ca")).status == 405);
  CHECK(refused(ask("GET", "/v1/ca?list=1")).status == 400);
}

TEST_CASE("a reason that the record could not show, and an invalid group, are refused") {
  const auto revoke = [](const std::string& reason) {
    return ask("POST", "/v1/nodes/a/revoke", R"({"reason":")" + reason + R"("})");
  };
  CHECK(understood<revoke_node>(revoke(std::string(200, 'x'))).reason.size() == 200);
  CHECK(refused(revoke(std::string(201, 'x'))).field == "reason");
  CHECK(refused(revoke(R"(a\u001b[2Jb)")).field == "reason");
  CHECK(refused(ask("PUT", "/v1/nodes/a/group", R"({"group":""})")).field == "group");
  CHECK(refused(ask("PUT", "/v1/nodes/a/group", R"({"group":"a b"})")).field == "group");
  CHECK(refused(ask("PUT", "/v1/nodes/a/group", "{}")).status == 400);
}
