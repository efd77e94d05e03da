// The commands about records, trust lists and evidence. What breaks if these fail: a loss of records is read
// as good news, or a file that was written in part passes for whole.
#include "tests/cli/typed_commands.hpp"

#include <doctest/doctest.h>

using namespace muster;
using muster::cli::cli_test::holds;
using namespace muster::service::rest_test;
using namespace muster::cli::cli_test::typed;

TEST_CASE("log show prints the newest records, or those after a given one") {
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

TEST_CASE("log head reports a contradiction, with the command that acknowledges it") {
  served here;
  CHECK(type(here.socket, {"log", "head"}).status == 0);
  here.known->rolled_back = true;
  const auto got = type(here.socket, {"log", "head"});
  CHECK(got.status == 1);
  CHECK(holds(got.out, "ROLLED BACK"));
  CHECK(holds(got.out, "muster log acknowledge --head 50:" + std::string(64, 'b')));
}

TEST_CASE("log acknowledge sends each head, or none if one of them is misspelt") {
  served here;
  const auto head = [](const char* size) { return size + (":" + std::string(64, 'a')); };
  CHECK(type(here.socket, {"log", "acknowledge", "--head", head("50"), "--head", head("51")}).status == 0);
  CHECK(here.known->told().size() == 2);
  for (const auto& bad :
       std::vector<std::string>{"50", "50:aa", ":" + std::string(64, 'a'), "x:" + std::string(64, 'a')})
    CHECK(type(here.socket, {"log", "acknowledge", "--head", head("52"), "--head", bad}).status == 2);
  CHECK(here.known->told().size() == 2);
}

TEST_CASE("join-token create writes the token alone to its output, and how to use it to the errors") {
  served here;
  const auto got = type(here.socket, {"join-token", "create", "--group", "web", "--uses", "40", "--expires",
                                      "8h", "--name", "rack 7"});
  CHECK(got.status == 0);
  std::string token;
  for (int i = 0; i < 32; ++i)
    token += "ab";
  CHECK(got.out == token + "\n");
  CHECK(holds(got.err, "40 machines into group web, until "));
  CHECK(holds(got.err, "join_token_file: "));
  CHECK(holds(got.err, "0600"));
  CHECK_FALSE(holds(got.err, "abab"));
  CHECK(here.known->told().front().starts_with("join token for web uses 40 label rack 7 by uid="));
  CHECK(holds(type(here.socket, {"-o", "json", "join-token", "create", "--group", "web"}).out,
              "\"token\":\"" + token + '"'));
  const auto full = type(here.socket, {"join-token", "create", "--group", "full"});
  CHECK(full.status == 2);
  CHECK(full.out.empty());
  CHECK(type(here.socket, {"join-token", "create"}).status == 2);
  CHECK(type(here.socket, {"join-token", "create", "--group", "web", "--uses", "0"}).status == 2);
  CHECK(type(here.socket, {"join-token", "create", "--group", "web", "--expires", "31d"}).status == 2);
}

TEST_CASE("join-token list shows state, uses and machines, and revoke names a token by its id") {
  served here;
  const auto got = type(here.socket, {"join-token", "list"});
  CHECK(got.status == 0);
  CHECK(got.out.starts_with("ID                STATE   GROUP  USED    EXPIRES"));
  CHECK(holds(got.out, "cd00000000000000  usable  web    1 of 3  1970-01-02T00:00:01Z"));
  CHECK(holds(got.out, "cd00000000000000 admitted  0100000000000000\n"));
  CHECK(holds(got.out, "5 tokens were not accepted since ras started, from 192.0.2.1 (5)\n"));
  CHECK(holds(type(here.socket, {"-o", "json", "join-token", "list"}).out, R"("made_by":"")"));
  CHECK(type(here.socket, {"join-token", "revoke", "cd00000000000000"}).status == 0);
  CHECK(here.known->told().front().starts_with("end of join token cd00000000000000 by uid="));
  CHECK(type(here.socket, {"join-token", "revoke", "0000000000000000"}).status == 2);
  CHECK(type(here.socket, {"join-token", "revoke", std::string(64, 'a')}).status == 2); // the token is no id
  CHECK(here.known->told().size() == 2);
}

TEST_CASE("ca status says how many machines have the list, and what to do about machines with a newer one") {
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

TEST_CASE("ca rotate sends a file as it is, and says why a list is refused") {
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

TEST_CASE("an export to a full device is reported as that, and the device stays") {
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

TEST_CASE("evidence export writes the whole file, or none") {
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
