// What breaks if these fail: an operator reads good news of a machine that is not good, or changes what was
// not meant.
#include "tests/cli/typed_commands.hpp"

#include <doctest/doctest.h>

using namespace muster;
using muster::cli::cli_test::holds;
using namespace muster::service::rest_test;
using namespace muster::cli::cli_test::typed;

TEST_CASE("node show prints the node, and its exit status is the verdict") {
  fleet_of_all_kinds here;
  struct {
    const char* node;
    int status;
  } const table[] = {{"is-trusted", 0}, {"is-untrusted", 1}, {"is-revoked", 1}, {"is-stale", 3},
                     {"is-unknown", 3}, {"is-pending", 3},   {"is-warning", 4}};
  for (const auto& one : table) {
    CAPTURE(std::string{one.node});
    const std::string name = one.node;
    for (const std::string verb : {"show", "attest"}) {
      if (verb == "attest" && (name == "is-revoked" || name == "is-pending")) continue; // nothing asks them
      const auto got = type(here.socket, {"node", verb, one.node});
      CHECK(got.status == one.status);
      CHECK(got.out.starts_with(std::string{one.node} + ": "));
      CHECK(got.err.empty());
      const auto json = type(here.socket, {"-o", "json", "node", verb, one.node});
      CHECK(json.status == one.status);
      CHECK(json.out.starts_with("{"));
      CHECK(json.out.ends_with("}\n"));
    }
  }
  const auto missing = type(here.socket, {"node", "show", "nobody"});
  CHECK(missing.status == 2);
  CHECK(missing.out.empty());
  CHECK(missing.err == "muster: node: no such name, id or beginning of an id\n");
}

TEST_CASE("an attestation that did not happen is an error, whatever the old verdict") {
  served here;
  here.known->add({id_of(1), "away", "trusted"});
  const auto got = type(here.socket, {"node", "attest", "away", "--timeout", "2m"});
  CHECK(got.status == 2);
  CHECK(got.err
        == "muster: away was not attested: it was not done in time, and will not be done (no beat came in "
           "time)\n");
  CHECK(here.known->told().front().starts_with("attest away within 120000 by uid="));
}

TEST_CASE("an order to a machine is reported as done when it is, otherwise with the reason") {
  served here;
  here.known->add({id_of(1), "away", "trusted"});
  here.known->add({id_of(2), "web-1", "trusted"});
  const auto renewed = type(here.socket, {"node", "renew", "web-1"});
  CHECK(renewed.status == 0);
  CHECK(renewed.out == "web-1 has a new certificate, and uses it from its next session on\n");
  const auto not_renewed = type(here.socket, {"node", "renew", "away"});
  CHECK(not_renewed.status == 2);
  CHECK(not_renewed.err
        == "muster: away was not renewed: it was not done in time, and will not be done (no beat came in "
           "time)\n");
  CHECK(type(here.socket, {"node", "reconfigure", "web-1", "--beat", "20s"}).status == 0);
  const auto unknown = type(here.socket, {"node", "reconfigure", "away", "--beat", "20s"});
  CHECK(unknown.status == 2);
  CHECK(holds(unknown.err, "recorded; away follows from its next beat on"));
  const auto asked = type(here.socket, {"node", "unregister", "web-1"});
  CHECK(asked.status == 2);
  CHECK(holds(asked.err, "muster node unregister web-1 --yes"));
  CHECK(type(here.socket, {"node", "unregister", "web-1", "--yes"}).status == 0);
  const auto told = here.known->told();
  REQUIRE(told.size() == 5);
  CHECK(told[2].starts_with("reconfigure web-1 within 60000 by uid="));
  CHECK(told[4].starts_with("unregister web-1 within 60000 by uid="));
}

TEST_CASE("for a machine that cannot attest, the output gives the reason and the exit status its standing") {
  fleet_of_all_kinds here;
  for (const auto& [node, status] : {std::pair{"is-revoked", 1}, std::pair{"is-pending", 3}}) {
    const auto got = type(here.socket, {"node", "attest", node});
    CHECK(got.status == status);
    CHECK(got.err == "muster: node: nothing is asked of this machine\n");
  }
}

TEST_CASE("revoking is permanent: without --yes it names the machine and changes nothing") {
  fleet_of_all_kinds here;
  const auto got = type(here.socket, {"node", "revoke", "is-trusted", "--reason", "a slip"});
  CHECK(got.status == 2);
  CHECK(got.out.empty());
  CHECK(holds(got.err, "never admitted again"));
  CHECK(holds(got.err, "is-trusted, trusted\n"));
  CHECK(holds(got.err, to_string(id_of(1))));
  CHECK(holds(got.err, "muster node revoke is-trusted --yes"));
  CHECK(here.known->told().empty());
  CHECK(type(here.socket, {"node", "revoke", "nobody"}).err
        == "muster: node: no such name, id or beginning of an id\n");
  CHECK(type(here.socket, {"node", "revoke", "is-trusted", "--yes", "--reason", std::string(201, 'x')}).status
        == 2);
  CHECK(here.known->told().empty());
}

TEST_CASE("forgetting: without --yes it says what is lost and that the machine may come back, and changes "
          "nothing") {
  fleet_of_all_kinds here;
  const auto got = type(here.socket, {"node", "forget", "is-trusted"});
  CHECK(got.status == 2);
  CHECK(got.out.empty());
  CHECK(holds(got.err, "its name, its group, its verdict"));
  CHECK(holds(got.err, "is-trusted, trusted\n"));
  CHECK(holds(got.err, "comes back by itself"));
  CHECK(holds(got.err, "muster node forget is-trusted --yes\n"));
  CHECK(here.known->told().empty());
}

TEST_CASE("a text that cannot be a machine's name is refused as such") {
  served here;
  for (const char* word : {"", ".", ".."})
    for (const char* verb : {"show", "attest", "forget", "revoke"}) {
      const auto got = type(here.socket, {"node", verb, word});
      CHECK(got.status == 2);
      CHECK(holds(got.err, "no machine is called that"));
    }
}

TEST_CASE("nodes lists every page, filtered, as a table or as one JSON list") {
  served here;
  for (unsigned i = 0; i < 2500; ++i) {
    auto id = id_of(1);
    id.raw[1] = static_cast<std::uint8_t>(i >> 8U);
    id.raw[2] = static_cast<std::uint8_t>(i);
    here.known->add(
        {id, "node-" + std::to_string(i), i == 7 ? "untrusted" : "trusted", i < 5 ? "few" : "many"});
  }
  const auto all = type(here.socket, {"nodes"});
  CHECK(all.status == 0);
  CHECK(holds(all.out, "node-2499 "));
  CHECK(all.out.ends_with("\n2500 nodes: 2499 trusted, 1 untrusted\n"));
  const auto json = type(here.socket, {"nodes", "-o", "json"});
  const auto list = from_json<rest::NodeList>(json.out.substr(0, json.out.size() - 1), answer_limits);
  REQUIRE(list);
  CHECK(list->read([](rest::NodeList::Reader in) { return in.getNodes().size(); }) == 2500);
  CHECK(type(here.socket, {"nodes", "--group", "few"}).out.ends_with("\n5 nodes: 5 trusted\n"));
  CHECK(type(here.socket, {"nodes", "--shown", "untrusted"}).out.ends_with("\n1 node: 1 untrusted\n"));
  // Encoded: the second half is part of the group's name, not another query parameter.
  CHECK(type(here.socket, {"nodes", "--group", "few&shown=trusted"}).out == "No nodes.\n");
}

TEST_CASE("an amendment is shown with the command that puts exactly it into force") {
  fleet_of_all_kinds here;
  const auto amend = [&](std::vector<std::string> more) {
    std::vector<std::string> words{"reference", "amend", "web"};
    words.insert(words.end(), more.begin(), more.end());
    return type(here.socket, words);
  };
  const std::vector<std::string> findings{"--from", "is-untrusted", "--finding", "3,5-6", "--finding",
                                          "5",      "--listed",     "00aa"};
  const auto with = [&](std::vector<std::string> more) {
    auto out = findings;
    out.insert(out.end(), more.begin(), more.end());
    return amend(out);
  };
  const auto shown = with({});
  REQUIRE_MESSAGE(shown.status == 0, shown.err);
  CHECK(holds(shown.out,
              "on record, not in force: set 00ff\nwhat it would change\n  1 file of no package added\n"));
  CHECK(holds(shown.out,
              "  muster reference amend web --from is-untrusted --finding 3,5-6 --finding 5 --listed 00aa "
              "--set 00ff   puts exactly this into force\n"));
  CHECK(here.known->told().back().starts_with("amend web from 02 findings 3 listed 00aa"));
  CHECK(holds(here.known->told().back(), "goes 0 by"));
  const auto done = with({"--set", std::string(64, 'c'), "--force"});
  CHECK(done.status == 0);
  CHECK(holds(done.out, "the reference of group web has this now: set 00ff\nwhat changed\n"));
  CHECK(holds(here.known->told().back(), "goes 1 force by"));
  const auto proposed = with({"--campaign"});
  CHECK(holds(proposed.out, "proposed in the campaign of group web: set 00ff\n"));
  CHECK(holds(proposed.out, "muster campaign show web"));
  const auto file = amend({"--file", "sha256:aa", "--path", "/opt/My App/it's"});
  CHECK(file.status == 0);
  CHECK(holds(here.known->told().back(), "file sha256:aa /opt/My App/it's goes 0"));
  CHECK(holds(file.out, "--file sha256:aa --path '/opt/My App/it'\\''s' --set 00ff"));
  CHECK(holds(
      type(here.socket, {"-o", "json", "reference", "amend", "web", "--file", "sha256:aa", "--path", "/x"})
          .out,
      R"("digest":"00ff")"));
  const auto asked = here.known->told().size();
  const std::vector<std::vector<std::string>> bad{
      {},
      {"--from", "a"},
      {"--from", "a", "--finding", "1"},
      {"--finding", "1", "--listed", "b"},
      {"--file", "sha256:aa"},
      {"--path", "/x"},
      {"--from", "a", "--finding", "1", "--listed", "b", "--file", "sha256:aa", "--path", "/x"},
      {"--from", "a", "--finding", "1", "--listed", "b", "--force"},
      {"--from", "a", "--finding", "1", "--listed", "b", "--set", "c", "--campaign"},
      {"--from", "a", "--finding", "x", "--listed", "b"}};
  for (const auto& words : bad)
    CHECK(amend(words).status == 2);
  for (const auto& words :
       {std::vector<std::string>{"--from", "a", "--file", "sha256:aa", "--path", "/x"},
        {"--from", "a", "--file", "sha256:aa"},
        {"--from", "a", "--finding", "1", "--listed", "b", "--file", "sha256:aa", "--path", "/x"}})
    CHECK(holds(amend(words).err, "--from: it cannot be given together with --file"));
  CHECK(
      holds(amend({"--from", "a", "--listed", "b"}).err, "--from: it is good only together with --finding"));
  CHECK(
      holds(amend({"--from", "a", "--finding", "1"}).err, "--from: it is good only together with --listed"));
  CHECK(here.known->told().size() == asked);
}

TEST_CASE("changes say what they did and where it is recorded") {
  fleet_of_all_kinds here;
  const std::string right(64, 'A');
  const auto approved = type(here.socket, {"node", "approve", "is-pending", "--fingerprint", right, "--group",
                                           "web", "--name", "web-9"});
  CHECK(approved.status == 0);
  CHECK(
      approved.out
      == "web-9 is approved; it is admitted when its agent asks again, which an agent that runs does within "
         "limits.pending_retry (60s by default). Until then `muster nodes` says that it waits (record 20)\n");
  CHECK(type(here.socket, {"node", "name", "is-trusted", "www"}).out
        == "is-trusted is now called www (record 22)\n");
  CHECK(type(here.socket, {"node", "name", "is-trusted", ""}).out
        == "is-trusted no longer has a name (record 22)\n");
  CHECK(type(here.socket, {"node", "acknowledge", "is-warning"}).out
        == "the alarm of is-warning is ended; if the machine is not connected, restart its agent (record "
           "22)\n");
  CHECK(type(here.socket, {"node", "group", "is-trusted", "db"}).out
        == "is-trusted is now in group db (record 23)\n"
           "it was trusted, and is trusted by what that group is compared with\n");
  CHECK(type(here.socket, {"node", "revoke", "is-trusted", "--yes", "--reason", "stolen from rack 4"}).out
        == "is-trusted is revoked (record 21)\n");
  CHECK(holds(here.known->told().back(), "revoke is-trusted because stolen from rack 4 by uid="));
  CHECK(type(here.socket, {"node", "forget", "is-trusted", "--yes"}).out
        == "is-trusted is forgotten (record 21)\n");
  CHECK(type(here.socket, {"-o", "json", "node", "forget", "is-trusted", "--yes"}).out
        == "{\"sequence\":43,\"leaf\":21,\"entered\":true}\n");
  const auto accepted = type(here.socket, {"reference", "accept", "web", "--from", "is-trusted"});
  CHECK(accepted.status == 0);
  CHECK(holds(accepted.out, "the state of is-trusted is now the reference of group web\n"));
  CHECK(holds(accepted.out, "  files   1204\n"));

  const auto wrong =
      type(here.socket, {"node", "approve", "is-pending", "--fingerprint", std::string(64, 'b')});
  CHECK(wrong.status == 2);
  CHECK(wrong.err == "muster: approve: the fingerprint is another one\n");
  const auto taken = type(here.socket, {"node", "name", "is-trusted", "taken"});
  CHECK(taken.status == 2);
  CHECK(taken.err == "muster: name: another node has it\n");
  CHECK(type(here.socket, {"node", "name", "is-trusted", "a b"}).status == 2);
}
