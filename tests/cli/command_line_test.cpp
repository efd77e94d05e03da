// The whole program except main, against a real server with fake actors.
#include "tests/cli/typed_commands.hpp"

#include <doctest/doctest.h>

using namespace muster;
using muster::cli::cli_test::holds;
using namespace muster::service::rest_test;
using namespace muster::cli::cli_test::typed;

TEST_CASE("an unknown command is named, with the one that was probably meant") {
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

TEST_CASE("without a service, the error names the socket and the remedy") {
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

TEST_CASE("a service that answers nonsense causes an error, never a verdict") {
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

TEST_CASE("a service that does not answer ends in a timeout") {
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

TEST_CASE("campaigns and trials are shown readably, with the next step") {
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
  CHECK(holds(groups, "\ngroup web: no machine is in it"));
  const auto tried = type(here.socket, {"reference", "try", "web", "--from", "is-trusted"});
  CHECK(tried.status == 4); // some would turn untrusted, and the guard would allow it
  CHECK(holds(tried.out, "40 machines, 40 of them good; 3 would change, 3 would turn untrusted\n"));
  CHECK(holds(tried.out, "Nothing was changed.\n"));
  const auto incidents = type(here.socket, {"incidents"});
  CHECK(incidents.status == 0);
  CHECK(holds(incidents.out, "2 of 5 machines have a warning or a failure; 1 cause\n"));
  CHECK(type(here.socket, {"policy", "try", "/nowhere/web.yaml", "--group", "web"}).status == 2);
}

TEST_CASE("the command line explains itself, and refuses unknown arguments") {
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

TEST_CASE("a name is one segment of the path, whatever its characters") {
  CHECK(cli::encoded("web-1.a_b~") == "web-1.a_b~");
  CHECK(cli::encoded("../a b?c#d%/\xc3\xa9") == "..%2Fa%20b%3Fc%23d%25%2F%C3%A9");
  served here;
  here.known->add({id_of(1), "www"});
  CHECK(type(here.socket, {"node", "show", "x/../www"}).status == 2);
  CHECK(type(here.socket, {"node", "show", "www?limit=1"}).err
        == "muster: node: no such name, id or beginning of an id\n");
}

TEST_CASE("logs can be read without a service") {
  const auto log = std::string{MUSTER_SOURCE_DIR} + "/tests/data/vm/grub-sb/binary_bios_measurements";
  const auto got = type("/nowhere", {"-o", "json", "eventlog", log});
  CHECK(got.status == 0);
  CHECK(got.out.starts_with("{"));
  CHECK(type("/nowhere", {"imalog", "/nowhere/at/all"}).status == 2);
}

TEST_CASE("appraise takes a bundle or the files of tpm2-tools, and names what is missing") {
  testing::temporary_folder folder;
  const auto file = folder.file("x.evidence");
  std::ofstream{file} << "this is no bundle at all";
  const auto got = type("none", {"appraise", "--bundle", file});
  CHECK(got.status == 2);
  CHECK(holds(got.err, file + ": this is a text file, not an evidence bundle"));
  CHECK(type("none", {"appraise", "--bundle", folder.file("none")}).status == 2);
  CHECK(type("none", {"appraise", "--bundle", file, "--ak", file}).status == 2);
  const auto less = type("none", {"appraise", "--ak", file});
  CHECK(less.status == 2);
  CHECK(holds(less.err, "--quote"));
}
