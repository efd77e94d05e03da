// The whole program except main, against a real server with fake actors behind it.
#include "cli/client/http_client.hpp"
#include "cli/command_line.hpp"
#include "messages/json_read.hpp"
#include "tests/cli/samples.hpp"
#include "tests/service/rest_api/fake_service.hpp"

#include <filesystem>
#include <fstream>
#include <sstream>
#include <sys/socket.h>
#include <sys/un.h>
#include <thread>
#include <unistd.h>

using namespace muster;
using muster::cli::cli_test::holds;
using namespace muster::service::rest_test;

namespace {

struct outcome {
  int status;
  std::string out;
  std::string err;
};

outcome type(const std::string& socket, std::vector<std::string> words) {
  std::ostringstream out;
  std::ostringstream err;
  cli::environment around;
  around.socket = socket;
  const int status = cli::run(words, around, "1.2.3", out, err);
  return {status, out.str(), err.str()};
}

struct fleet_of_all_kinds : served {
  fleet_of_all_kinds() {
    std::uint8_t n = 0;
    for (const char* word : {"trusted", "untrusted", "revoked", "stale", "unknown", "pending", "warning"})
      known->add({id_of(++n), std::string{"is-"} + word, word});
  }
};

/// A peer that accepts one connection and answers `text` to any request.
class liar {
public:
  liar(const std::string& socket, std::string text) : fd_{::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)} {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::memcpy(address.sun_path, socket.data(), socket.size());
    REQUIRE(::bind(fd_, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
    REQUIRE(::listen(fd_, 1) == 0);
    thread_ = std::thread{[this, said = std::move(text)] {
      const int peer = ::accept(fd_, nullptr, nullptr);
      char asked[4096];
      const auto n = ::recv(peer, asked, sizeof asked, 0);
      if (n > 0) (void)::send(peer, said.data(), said.size(), MSG_NOSIGNAL);
      ::shutdown(peer, SHUT_WR);
      while (::recv(peer, asked, sizeof asked, 0) > 0) {
      }
      ::close(peer);
    }};
  }
  ~liar() {
    thread_.join();
    ::close(fd_);
  }
  liar(const liar&) = delete;
  liar& operator=(const liar&) = delete;

private:
  int fd_;
  std::thread thread_;
};

} // namespace

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

TEST_CASE("an attestation that did not take place is an error, whatever the old verdict") {
  served here;
  here.known->add({id_of(1), "away", "trusted"});
  const auto got = type(here.socket, {"node", "attest", "away", "--timeout", "2m"});
  CHECK(got.status == 2);
  CHECK(got.err
        == "muster: away was not attested: it was not done in time, and will not be done (no beat came in "
           "time)\n");
  CHECK(here.known->told().front().starts_with("attest away within 120000 by uid="));
}

TEST_CASE("what is ordered of a machine is told as done when it is, and else why not") {
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
  CHECK(holds(unknown.err, "set on record"));
  const auto asked = type(here.socket, {"node", "unregister", "web-1"});
  CHECK(asked.status == 2);
  CHECK(holds(asked.err, "muster node unregister web-1 --yes"));
  CHECK(type(here.socket, {"node", "unregister", "web-1", "--yes"}).status == 0);
  const auto told = here.known->told();
  REQUIRE(told.size() == 5);
  CHECK(told[2].starts_with("reconfigure web-1 within 60000 by uid="));
  CHECK(told[4].starts_with("unregister web-1 within 60000 by uid="));
}

TEST_CASE("a machine that cannot be asked to attest: why, and its standing as the exit status") {
  fleet_of_all_kinds here;
  for (const auto& [node, status] : {std::pair{"is-revoked", 1}, std::pair{"is-pending", 3}}) {
    const auto got = type(here.socket, {"node", "attest", node});
    CHECK(got.status == status);
    CHECK(got.err == "muster: node: nothing is asked of this machine\n");
  }
}

TEST_CASE("a command that is not there is named, with the one that was meant") {
  struct row {
    std::vector<std::string> typed;
    const char* says;
  };
  for (const auto& r :
       {row{{"node", "shwo", "web-1"}, "no command \"shwo\" of muster node; is it show?"},
        row{{"-o", "json", "ndoes"}, "no command \"ndoes\" of muster; is it nodes?"},
        row{{"help", "bogus"}, "no command \"bogus\" of muster; there are "},
        row{{"campaign", "begin", "web"}, "no command \"begin\" of muster campaign; there are "}}) {
    const auto got = type("/nowhere", r.typed);
    CHECK(got.status == 2);
    CHECK(got.out.empty());
    CHECK_MESSAGE(holds(got.err, r.says), got.err);
  }
  // Words after a command belong to that command.
  CHECK_FALSE(holds(type("/nowhere", {"node", "show", "shwo"}).err, "no command"));
}

TEST_CASE("revoking is for good: without --yes it says which machine, and changes nothing") {
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

TEST_CASE("what is no name of a machine is said to be none") {
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

TEST_CASE("changes say what they did and where it is recorded") {
  fleet_of_all_kinds here;
  const std::string right(64, 'A');
  const auto approved = type(here.socket, {"node", "approve", "is-pending", "--fingerprint", right, "--group",
                                           "web", "--name", "web-9"});
  CHECK(approved.status == 0);
  CHECK(approved.out == "web-9 is approved (record 20)\n");
  CHECK(type(here.socket, {"node", "name", "is-trusted", "www"}).out
        == "is-trusted is now called www (record 22)\n");
  CHECK(type(here.socket, {"node", "name", "is-trusted", ""}).out
        == "is-trusted no longer has a name (record 22)\n");
  CHECK(type(here.socket, {"node", "acknowledge", "is-warning"}).out
        == "the alarm of is-warning is ended; if the machine is not connected, restart its agent (record "
           "22)\n");
  CHECK(type(here.socket, {"node", "group", "is-trusted", "db"}).out
        == "is-trusted is now in group db (record 23)\n");
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

TEST_CASE("without a service, the error says which socket and what to do") {
  const testing::temporary_folder folder;
  const auto none = type(folder.file("no.sock"), {"nodes"});
  CHECK(none.status == 2);
  CHECK(none.err
        == "muster: there is no socket " + folder.file("no.sock")
               + "; start ras, or name its socket with --socket or MUSTER_SOCKET\n");
  std::string dead = folder.file("dead.sock");
  {
    const liar gone{dead, ""};
    (void)type(dead, {"nodes"});
  }
  CHECK(type(dead, {"nodes"}).err
        == "muster: nothing listens on " + dead + "; ras has stopped: start it again\n");
  CHECK(type({}, {"--socket", folder.file("no.sock"), "nodes"}).err == none.err);
  CHECK(type("/elsewhere", {"nodes", "--socket", folder.file("no.sock")}).err == none.err); // the option wins
  CHECK(type(std::string(200, 's'), {"nodes"}).err == "muster: --socket: a path of 1 to 107 bytes\n");
}

TEST_CASE("a service that answers nonsense is an error, never a verdict") {
  const std::string start = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n";
  const std::string table[] = {
      "",
      "garbage\r\n\r\n",
      start + "Content-Length: 2\r\n\r\n{}extra",
      start + "Content-Length: 500\r\n\r\n{\"node\":{\"shown\":\"trusted\"}}",
      start + "Content-Length: 4\r\n\r\nnull",
      start + "Content-Length: 31\r\n\r\n{\"node\":{\"shown\":[\"trusted\"]}}\n",
      "HTTP/1.1 500 Oops\r\nContent-Length: 0\r\n\r\n",
      "HTTP/1.1 302 Found\r\nLocation: /elsewhere\r\nContent-Length: 0\r\n\r\n",
  };
  for (const auto& text : table) {
    CAPTURE(text);
    const testing::temporary_folder folder;
    const liar peer{folder.file("s"), text};
    const auto got = type(folder.file("s"), {"node", "show", "x"});
    CHECK(got.status != 0);
    CHECK((got.status == 2 || holds(text, "{}")));
  }
}

TEST_CASE("a service that does not answer is given up") {
  const testing::temporary_folder folder;
  const auto path = folder.file("s");
  const int fd = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::memcpy(address.sun_path, path.data(), path.size());
  REQUIRE(::bind(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
  REQUIRE(::listen(fd, 1) == 0);
  const auto got = cli::exchange(path, {cli::http_method::get, "/livez", {}, std::chrono::milliseconds{50}});
  REQUIRE_FALSE(got);
  CHECK(got.fault().code == errc::timeout);
  ::close(fd);
}

TEST_CASE("campaigns and trials are shown for people, with what to do next") {
  fleet_of_all_kinds here;
  const auto begun = type(here.socket, {"campaign", "start", "web", "--canary", "is-trusted"});
  CHECK(begun.status == 0);
  CHECK(holds(begun.out, "campaign 3 of group web: observing\n"));
  CHECK(holds(begun.out, "next        muster campaign enforce web\n"));
  CHECK(type(here.socket, {"campaign", "show", "web"}).status == 0);
  CHECK(holds(type(here.socket, {"campaigns"}).out, "web"));
  const auto groups = type(here.socket, {"groups"}).out;
  CHECK(holds(groups, "(all others)"));
  CHECK(holds(groups, "node web-1"));
  CHECK(holds(groups, "staged"));
  const auto tried = type(here.socket, {"reference", "try", "web", "--from", "is-trusted"});
  CHECK(tried.status == 4); // some would turn untrusted, and the guard would allow it
  CHECK(holds(tried.out, "40 machines, 40 of them good; 3 would change, 3 would turn untrusted\n"));
  CHECK(holds(tried.out, "Nothing was changed.\n"));
  const auto incidents = type(here.socket, {"incidents"});
  CHECK(incidents.status == 0);
  CHECK(holds(incidents.out, "2 of 5 machines have a warning or a failure; 1 cause\n"));
  CHECK(type(here.socket, {"policy", "try", "/nowhere/web.yaml", "--group", "web"}).status == 2);
}

TEST_CASE("the command line explains itself, and refuses what it does not know") {
  const auto help = type({}, {"--help"});
  CHECK(help.status == 0);
  CHECK(holds(help.out, "Examples:"));
  CHECK(holds(help.out, "3 stale, unknown or pending, 4 warning"));
  CHECK(type({}, {"help"}).out == help.out);
  CHECK(type({}, {"help"}).status == 0);
  CHECK(type({}, {"help", "node", "show"}).out == type({}, {"node", "show", "--help"}).out);
  const auto appraise = type({}, {"help", "appraise"});
  CHECK(holds(appraise.out, "TPMS_ATTEST (tpm2_quote -m). REQUIRED without --bundle"));
  CHECK(type({}, {"--version"}).out == "muster 1.2.3\n");
  CHECK(type({}, {"node", "approve", "--help"}).status == 0);
  for (const std::vector<std::string>& words :
       std::vector<std::vector<std::string>>{{},
                                             {"node"},
                                             {"reference"},
                                             {"frobnicate"},
                                             {"node", "show"},
                                             {"node", "show", "a", "b"},
                                             {"nodes", "--shown", "good"},
                                             {"nodes", "-o", "xml"},
                                             {"node", "approve", "a"},
                                             {"reference", "accept", "web"},
                                             {"reference", "try", "web"},
                                             {"policy", "try", "web.yaml"},
                                             {"campaign"},
                                             {"campaign", "start", "web", "--stage-for", "91d"},
                                             {"campaign", "start", "web", "--automatic", "all"},
                                             {"node", "attest", "a", "--timeout", "0"},
                                             {"node", "attest", "a", "--timeout", "11m"},
                                             {"node", "attest", "a", "--timeout", "1h"},
                                             {"node", "reconfigure", "a", "--log-level", "loud"},
                                             {"--frob", "nodes"}}) {
    const auto got = type({}, words);
    CHECK(got.status == 2);
    CHECK(got.out.empty());
    CHECK_FALSE(got.err.empty());
  }
}

TEST_CASE("a name is one segment of the path, whatever it holds") {
  CHECK(cli::encoded("web-1.a_b~") == "web-1.a_b~");
  CHECK(cli::encoded("../a b?c#d%/\xc3\xa9") == "..%2Fa%20b%3Fc%23d%25%2F%C3%A9");
  served here;
  here.known->add({id_of(1), "www"});
  CHECK(type(here.socket, {"node", "show", "x/../www"}).status == 2);
  CHECK(type(here.socket, {"node", "show", "www?limit=1"}).err
        == "muster: node: no such name, id or beginning of an id\n");
}

TEST_CASE("logs are read without any service") {
  const auto log = std::string{MUSTER_SOURCE_DIR} + "/tests/data/vm/grub-sb/binary_bios_measurements";
  const auto got = type("/nowhere", {"-o", "json", "eventlog", log});
  CHECK(got.status == 0);
  CHECK(got.out.starts_with("{"));
  CHECK(type("/nowhere", {"imalog", "/nowhere/at/all"}).status == 2);
}

TEST_CASE("log show prints the newest records, or those behind one") {
  served here;
  const auto newest = type(here.socket, {"log", "show", "--limit", "2"});
  CHECK(newest.status == 0);
  CHECK(newest.out.starts_with("RECORD  WHEN  ACTION"));
  CHECK(holds(newest.out, "118 "));
  CHECK(holds(newest.out, "119 "));
  CHECK_FALSE(holds(newest.out, "117 "));
  const auto some = type(here.socket, {"-o", "json", "log", "show", "--after", "9", "--limit", "3"});
  CHECK(holds(some.out, R"("leaf":10)"));
  CHECK_FALSE(holds(some.out, R"("leaf":13)"));
}

TEST_CASE("log head tells what is contradicted, with the command that acknowledges it") {
  served here;
  CHECK(type(here.socket, {"log", "head"}).status == 0);
  here.known->rolled_back = true;
  const auto got = type(here.socket, {"log", "head"});
  CHECK(got.status == 1);
  CHECK(holds(got.out, "ROLLED BACK"));
  CHECK(holds(got.out, "muster log acknowledge --head 50:" + std::string(64, 'b')));
}

TEST_CASE("log acknowledge sends each head, or none if one is misspelt") {
  served here;
  const auto head = [](const char* size) { return size + (":" + std::string(64, 'a')); };
  CHECK(type(here.socket, {"log", "acknowledge", "--head", head("50"), "--head", head("51")}).status == 0);
  CHECK(here.known->told().size() == 2);
  for (const auto& bad :
       std::vector<std::string>{"50", "50:aa", ":" + std::string(64, 'a'), "x:" + std::string(64, 'a')})
    CHECK(type(here.socket, {"log", "acknowledge", "--head", head("52"), "--head", bad}).status == 2);
  CHECK(here.known->told().size() == 2);
}

TEST_CASE("ca status says who has the list, and what to do about machines that have a newer one") {
  served here;
  const auto got = type(here.socket, {"ca", "status"});
  CHECK(got.status == 0);
  CHECK(holds(got.out, "trust list    3, until 2027-01-01T00:00:00Z"));
  CHECK(holds(got.out, "have it       1 of 14 enrolled machines"));
  CHECK(holds(got.out, "behind        1 "));
  CHECK(holds(got.out, "bb  this service's"));
  CHECK(holds(got.out, "list 7: 10 machines\n              list 18446744073709551615: 1 machine\n"));
  CHECK(holds(got.out, "other lists: 1 machine\n"));
  CHECK(holds(got.out, "--above NUMBER"));
  CHECK_FALSE(holds(got.out, "\x1b"));
  CHECK(holds(type(here.socket, {"-o", "json", "ca", "status"}).out, R"("current":1)"));
}

TEST_CASE("ca rotate hands in a file as it is, and says why a list is refused") {
  served here;
  const auto hand_in = [&](const std::string& text) {
    const auto file = here.folder.file("signed");
    std::ofstream{file} << text;
    return type(here.socket, {"ca", "rotate", "--signed", file});
  };
  const auto done = hand_in("-----BEGIN\n");
  CHECK(done.status == 0);
  CHECK(holds(done.out, "the list is in force"));
  CHECK(here.known->told().front().starts_with("rotate 11 by "));
  const auto refused = hand_in("!");
  CHECK(refused.status == 2);
  CHECK(holds(refused.err, "lock this service out"));
  CHECK(hand_in(std::string(49'200, 'x')).status == 2);
  CHECK(here.known->told().size() == 2);
  CHECK(type(here.socket, {"ca", "rotate", "--signed", "/nowhere"}).status == 2);
  CHECK(type(here.socket, {"ca", "rotate"}).status == 2);
}

TEST_CASE("log export writes every page, the heads and an end") {
  served here;
  const auto file = here.folder.file("export");
  const auto got = type(here.socket, {"log", "export", file});
  CHECK(got.status == 0);
  CHECK(got.out.starts_with("120 records in "));
  std::ifstream in{file};
  std::size_t lines = 0;
  std::string last;
  for (std::string line; std::getline(in, line); last = line)
    ++lines;
  CHECK(lines == 122);
  CHECK(holds(last, R"("leaves":120)"));
  CHECK(type(here.socket, {"log", "export", "/nowhere/at/all"}).status == 2);
  const auto json = type(here.socket, {"-o", "json", "log", "export", file});
  CHECK(json.out == "{\"records\":120,\"heads\":1,\"unentered\":0}\n");
  // Standard output gets only the log, and no messages about it.
  const auto piped = type(here.socket, {"log", "export", "-"});
  CHECK(piped.status == 0);
  CHECK(std::ranges::count(piped.out, '\n') == 122);
  CHECK(piped.err == "120 records in -\n");
}

TEST_CASE("an export to a full device is told as that, and the device stays") {
  fleet_of_all_kinds here;
  for (const std::vector<std::string>& words : std::vector<std::vector<std::string>>{
           {"log", "export", "/dev/full"}, {"evidence", "export", "is-trusted", "-o", "/dev/full"}}) {
    const auto got = type(here.socket, words);
    CHECK(got.status == 2);
    CHECK(got.out.empty());
    CHECK(got.err == "muster: /dev/full: no space left on device\n");
  }
  CHECK(std::filesystem::is_character_file("/dev/full"));
}

TEST_CASE("evidence export writes all of the file, or none") {
  fleet_of_all_kinds here;
  const auto file = here.folder.file("node.evidence");
  const auto got = type(here.socket, {"evidence", "export", "is-trusted", "-o", file});
  CHECK(got.status == 0);
  CHECK(holds(got.out, "muster appraise --bundle " + file));
  CHECK(std::filesystem::file_size(file) == 300'000);
  CHECK(type(here.socket, {"-o", "json", "evidence", "export", "is-trusted", "-o", file}).out
        == "{\"bytes\":300000}\n");
  std::filesystem::remove(file);
  const auto refused =
      type(here.socket, {"evidence", "export", "is-trusted", "--out", file, "--attestation", "9"});
  CHECK(refused.status == 2);
  CHECK(refused.err == "muster: evidence: none of attestation 9\n");
  CHECK_FALSE(std::filesystem::exists(file));
  std::ofstream{file} << "old";
  CHECK(type(here.socket, {"evidence", "export", "is-trusted", "-o", file, "--attestation", "9"}).status
        == 2);
  std::ifstream kept{file};
  CHECK(std::string{std::istreambuf_iterator<char>{kept}, {}} == "old");
  const auto folder = std::filesystem::path{file}.parent_path();
  for (const auto& entry : std::filesystem::directory_iterator{folder})
    CHECK_FALSE(holds(entry.path().string(), ".part"));
  const auto piped = type(here.socket, {"evidence", "export", "is-trusted", "-o", "-"});
  CHECK(piped.out.size() == 300'000);
  CHECK(holds(piped.err, "300000 bytes"));
  CHECK(type(here.socket, {"evidence", "export", "is-trusted", "-o", here.folder.file("no/such")}).status
        == 2);
}

TEST_CASE("appraise takes a bundle, or the files of tpm2-tools, and says what is missing") {
  testing::temporary_folder folder;
  const auto file = folder.file("x.evidence");
  std::ofstream{file} << "this is no bundle at all";
  const auto got = type("none", {"appraise", "--bundle", file});
  CHECK(got.status == 2);
  CHECK(holds(got.err, file + ": bundle: "));
  CHECK(type("none", {"appraise", "--bundle", folder.file("none")}).status == 2);
  CHECK(type("none", {"appraise", "--bundle", file, "--ak", file}).status == 2);
  const auto less = type("none", {"appraise", "--ak", file});
  CHECK(less.status == 2);
  CHECK(holds(less.err, "--quote"));
}
