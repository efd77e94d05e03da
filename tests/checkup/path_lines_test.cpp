// What breaks if this fails: keys that others can read, a socket that nobody or everybody can use, and a full disk
// look well.
#include "checkup/path_lines.hpp"
#include "tests/checkup/well_formed.hpp"

using namespace muster::checkup;
using namespace muster::checkup::testing;

namespace {

path_facts folder(unsigned mode, bool writable = true) {
  return {"/var/lib/x", path_kind::folder, {}, mode, "muster", "muster", true, writable};
}

path_facts socket(unsigned mode, bool writable) {
  return {"/run/x.sock", path_kind::socket, {}, mode, "root", "operators", writable, writable};
}

space_facts space(std::uint64_t mib, std::uint64_t files = 100'000) {
  space_facts out;
  out.path = "/var/lib/x";
  out.free_bytes = mib * 1024 * 1024;
  out.free_files = files;
  return out;
}

} // namespace

TEST_CASE("check 47: a state folder is the program's alone") {
  struct {
    const char* what;
    path_facts folder;
    outcome how;
  } const cases[] = {
      {"closed", folder(0700), outcome::good},
      {"the group may look", folder(0710), outcome::bad},
      {"others may read", folder(0704), outcome::bad},
      {"others may write", folder(0702), outcome::bad},
      {"open and not ours", folder(0777, false), outcome::bad},
      {"another user's", folder(0700, false), outcome::unseen},
      {"not there yet", {"/x", path_kind::absent, {}, 0, {}, {}, false, false}, outcome::note},
      {"hidden", {"/x", path_kind::unseen, "Permission denied", 0, {}, {}, false, false}, outcome::unseen},
      {"a file", {"/x", path_kind::file, {}, 0600, "a", "b", true, true}, outcome::bad},
  };
  for (const auto& one : cases) {
    CAPTURE(one.what);
    const auto line = judge_state({one.folder, "me", "raagent", "muster-raagent", false});
    check_well_formed(line);
    CHECK(line.how == one.how);
  }
  CHECK(says(judge_state({folder(0700), "me", "raagent", "u", false}), "(0700 muster:muster)"));
  // The service's folder: everybody may read anchor.pem in it; its keys lie in closed folders.
  for (const auto& [mode, how] : {std::pair{0755U, outcome::good}, std::pair{0700U, outcome::good},
                                  std::pair{0775U, outcome::bad}, std::pair{0757U, outcome::bad}})
    CHECK(judge_state({folder(mode), "me", "ras", "muster-ras", true}).how == how);
}

TEST_CASE("a socket is for its group") {
  struct {
    const char* what;
    socket_facts seen;
    outcome how;
    const char* advice;
  } const cases[] = {
      {"a member", {socket(0660, true), "me", true, true}, outcome::good, ""},
      {"root", {socket(0660, true), "root", true, false}, outcome::good, ""},
      {"no member", {socket(0660, false), "me", false, false}, outcome::bad, "usermod -aG operators me"},
      {"a member since this session began", {socket(0660, false), "me", false, true}, outcome::bad, "newgrp"},
      {"open to all", {socket(0666, true), "me", true, true}, outcome::bad, "0660"},
      {"not there",
       {{"/x", path_kind::absent, {}, 0, {}, {}, false, false}, "me", false, false},
       outcome::bad,
       "start the service"},
      {"a file",
       {{"/x", path_kind::file, {}, 0660, "a", "b", true, true}, "me", true, true},
       outcome::bad,
       "remove it"},
      {"hidden",
       {{"/x", path_kind::unseen, "Permission denied", 0, {}, {}, false, false}, "me", false, false},
       outcome::unseen,
       "0755"},
  };
  for (const auto& one : cases) {
    CAPTURE(one.what);
    const auto line = judge_socket(one.seen);
    check_well_formed(line);
    CHECK(line.how == one.how);
    CHECK(advises(line, one.advice));
  }
}

TEST_CASE("a disk has room, or says how much") {
  constexpr std::uint64_t gib = 1024ULL * 1024 * 1024;
  CHECK(judge_space(space(20'000), gib).how == outcome::good);
  CHECK(says(judge_space(space(20'480), gib), "20 GiB"));
  CHECK(judge_space(space(1024), gib).how == outcome::good);
  CHECK(judge_space(space(1023), gib).how == outcome::note);
  CHECK(judge_space(space(64), gib).how == outcome::note);
  CHECK(judge_space(space(63), gib).how == outcome::bad);
  CHECK(judge_space(space(20'000, 999), gib).how == outcome::bad);
  auto btrfs = space(20'000, 0);
  btrfs.counts_files = false;
  CHECK(judge_space(btrfs, gib).how == outcome::good);
  auto frozen = space(20'000);
  frozen.read_only = true;
  CHECK(says(judge_space(frozen, gib), "read-only"));
  CHECK(judge_space(frozen, gib).how == outcome::bad);
  auto closed = space(0);
  closed.problem = "Permission denied";
  CHECK(judge_space(closed, gib).how == outcome::unseen);
  for (const auto& one : {space(20'000), space(500), space(1), frozen, closed})
    check_well_formed(judge_space(one, gib));
}
