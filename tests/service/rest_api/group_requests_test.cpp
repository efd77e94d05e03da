// Requests about groups: what they mean, and what is refused before any actor is asked.
#include "appraisal/policy/policy_codec.hpp"
#include "service/rest_api/route.hpp"

#include <doctest/doctest.h>

using namespace muster;
using namespace muster::service;
using namespace muster::service::rest_api;

namespace {

const std::string a_digest(64, 'c');

routed post(std::string_view target, std::string_view body = {}) {
  return route({"POST", target, "application/json", body});
}

template <class T> T meant(const routed& in) {
  const auto* request = std::get_if<rest_request>(&in);
  REQUIRE_MESSAGE(request != nullptr,
                  (std::holds_alternative<problem>(in) ? std::get<problem>(in).detail : ""));
  REQUIRE(std::get_if<T>(request) != nullptr);
  return std::get<T>(*request);
}

std::string complaint(const routed& in) {
  const auto* out = std::get_if<problem>(&in);
  REQUIRE(out != nullptr);
  CHECK(out->status == 400);
  return out->detail;
}

} // namespace

TEST_CASE("a campaign starts with what was requested, and the interface adds no defaults") {
  const auto all = meant<start_campaign>(
      post("/v1/groups/web/campaign",
           R"({"canaries":["a","b"],"quorum":2,"approval":true,"stage_seconds":3600,"automation":"stage"})"));
  CHECK(all.plan.group == "web");
  CHECK(all.canaries == std::vector<std::string>{"a", "b"});
  CHECK(all.plan.quorum == 2);
  CHECK(all.plan.approval);
  CHECK(all.plan.stage_for == std::chrono::hours{1});
  CHECK(all.plan.automation == campaign_automation::stage);
  const auto bare = meant<start_campaign>(post("/v1/groups/web/campaign", "{}"));
  CHECK(bare.plan.quorum == 0);
  CHECK(bare.plan.automation == campaign_automation::none);
}

TEST_CASE("each step has its own path, with a set or the word `force` only where one belongs") {
  const auto order = [](std::string_view verb, std::string_view body = {}) {
    return meant<move_campaign>(post("/v1/groups/web/campaign/" + std::string{verb}, body)).order;
  };
  CHECK(order("propose").verb == campaign_verb::propose);
  CHECK(order("stage").verb == campaign_verb::stage);
  CHECK(order("undo").verb == campaign_verb::undo);
  CHECK(order("end").verb == campaign_verb::end);
  CHECK(order("enforce").guard == guard::holds);
  CHECK(order("enforce", R"({"force":true})").guard == guard::overruled);
  const auto approved = order("approve", R"({"set":")" + a_digest + R"("})");
  REQUIRE(approved.set.has_value());
  CHECK((*approved.set)[0] == 0xcc);
  CHECK(complaint(post("/v1/groups/web/campaign/stage", R"({"set":")" + a_digest + R"("})"))
            .starts_with("set:"));
  CHECK(complaint(post("/v1/groups/web/campaign/stage", R"({"force":true})")).starts_with("force:"));
  CHECK(complaint(post("/v1/groups/web/campaign/approve", R"({"set":"abc"})")).starts_with("set:"));
}

TEST_CASE("a request can accept a machine, a set, or a machine that must teach that set") {
  const auto both = meant<accept_reference>(
      post("/v1/references", R"({"group":"web","from":"web-1","set":")" + a_digest + R"("})"));
  CHECK(both.from == "web-1");
  CHECK(both.set.has_value());
  CHECK(meant<accept_reference>(post("/v1/references", R"({"group":"web","set":")" + a_digest + R"("})"))
            .from.empty());
  CHECK(complaint(post("/v1/references", R"({"group":"web"})")).starts_with("from:"));
}

TEST_CASE("an amendment is of findings or of a file, and goes to one place") {
  const auto amend = [](const std::string& rest) {
    return post("/v1/references/amend", R"({"group":"web",)" + rest + "}");
  };
  const std::string of_node = R"("from":"web-1","findings":[3,5],"listed":"aa")";
  const auto shown = meant<amend_reference>(amend(of_node));
  CHECK(shown.from == "web-1");
  CHECK(shown.wanted.findings == std::vector<std::uint32_t>{3, 5});
  CHECK(shown.wanted.listed == "aa");
  CHECK(shown.wanted.goes == amendment_goes::on_record);
  const auto set = R"(,"set":")" + a_digest + R"(")";
  const auto forced = meant<amend_reference>(amend(of_node + set + R"(,"force":true)"));
  CHECK(forced.wanted.goes == amendment_goes::into_force);
  CHECK(forced.wanted.guard == guard::overruled);
  const auto both = meant<amend_reference>(amend(of_node + set + R"(,"campaign":true)"));
  CHECK(both.wanted.goes == amendment_goes::into_campaign);
  CHECK(both.wanted.set.has_value());
  const auto file = meant<amend_reference>(amend(R"("file":"sha256:aa","path":"/opt/My App/run")"));
  CHECK(file.wanted.path == "/opt/My App/run");
  CHECK(file.from.empty());
  const std::pair<std::string, const char*> bad[] = {
      {R"("listed":"aa")", "from, file:"},
      {of_node + R"(,"file":"sha256:aa","path":"/x")", "from, file:"},
      {R"("from":"web-1")", "findings:"},
      {R"("file":"sha256:aa","path":"/x","findings":[1])", "findings:"},
      {R"("file":"sha256:aa")", "path:"},
      {of_node + R"(,"path":"/x")", "path:"},
      {of_node + R"(,"set":"aa")", "set:"},
      {of_node + R"(,"force":true)", "force:"},
      {of_node + set + R"(,"campaign":true,"force":true)", "force:"},
      {R"("from":"a b","findings":[1])", "from:"},
  };
  for (const auto& [rest, field] : bad)
    CHECK_MESSAGE(complaint(amend(rest)).starts_with(field), rest);
  std::string many;
  for (int i = 0; i < 257; ++i)
    many += (i == 0 ? "" : ",") + std::to_string(i + 1);
  CHECK(complaint(amend(R"("from":"web-1","findings":[)" + many + "]")).starts_with("findings:"));
}

TEST_CASE("a trial is for one thing") {
  CHECK(meant<try_reference>(post("/v1/references/try", R"({"group":"web","from":"web-1"})")).from
        == "web-1");
  CHECK(meant<try_reference>(post("/v1/references/try", R"({"group":"web","set":")" + a_digest + R"("})"))
            .set.has_value());
  CHECK(complaint(post("/v1/references/try", R"({"group":"web"})")).starts_with("set, from:"));
  CHECK(complaint(post("/v1/references/try", R"({"group":"web","from":"a","set":")" + a_digest + R"("})"))
            .starts_with("set, from:"));
}

TEST_CASE("a policy to try must be a whole record") {
  appraisal::policy wanted;
  wanted.require.dbx_entries = 7;
  const auto record = to_hex(appraisal::to_record(wanted).content());
  const auto body = [](const std::string& hex) { return R"({"group":"web","record":")" + hex + R"("})"; };
  const auto read = meant<try_policy>(post("/v1/policies/try", body(record))).policy;
  CHECK(appraisal::digest_of(*read) == appraisal::digest_of(wanted)); // lists come back sorted
  CHECK(complaint(post("/v1/policies/try", body("zz"))).starts_with("record:"));
  CHECK(
      complaint(post("/v1/policies/try", body(record.substr(0, record.size() - 16)))).starts_with("record:"));
  CHECK(complaint(post("/v1/policies/try", body(""))).starts_with("record:"));
}

TEST_CASE("a campaign plan with an invalid field is refused, and the field is named") {
  const std::pair<const char*, const char*> table[] = {
      {R"({"canaries":["a b"]})", "canaries"},
      {R"({"rules":"xyz"})", "rules"},
      {R"({"automation":"all"})", "automation"},
      {R"({"stage_seconds":99999999999})", "stage_seconds"},
  };
  for (const auto& [body, field] : table) {
    CAPTURE(body);
    CHECK(complaint(post("/v1/groups/web/campaign", body)).starts_with(field));
  }
  CHECK(meant<list_incidents>(route({"GET", "/v1/incidents?group=web", {}, {}})).group == "web");
  CHECK(complaint(route({"GET", "/v1/incidents?grp=web", {}, {}})).find("group") != std::string::npos);
}
