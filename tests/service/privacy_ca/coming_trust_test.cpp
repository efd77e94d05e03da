// A rotation at the service, cut off at any point, while an operator requests another one. What breaks if
// these fail: a fleet has a list whose issuer's key is lost, so that no machine ever accepts the service
// again; or the log says that a list came into force that never did.
#include "service/ca_commands.hpp"
#include "tests/service/privacy_ca/trust_world.hpp"

#include <fcntl.h>
#include <functional>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace muster;
using namespace muster::service;
using namespace muster::service::trust_test;

namespace {

/// Called before each change that this program makes to a folder, so between two files.
std::function<void()> between_files;

} // namespace

// Replaces the C library's function in this program.
extern "C" int rename(const char* from, const char* to) noexcept {
  if (between_files) between_files();
  return static_cast<int>(::syscall(SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to, 0));
}
extern "C" int unlink(const char* file) noexcept {
  if (between_files) between_files();
  return static_cast<int>(::syscall(SYS_unlinkat, AT_FDCWD, file, 0));
}

namespace {

enum class asks : std::uint8_t { nothing, again, withdrawal };
enum class ended : std::uint8_t { cut = 0, whole = 7, wrong = 8 };

/// A stand-in for the record log: one file.
struct record_file {
  fs::path file;
  void commit() const { std::fclose(std::fopen(file.c_str(), "w")); }
  bool there() const { return fs::exists(file); }
};

std::string ask(const fs::path& state, asks what) {
  if (what == asks::nothing) return {};
  export_request_options options;
  options.state = state.string();
  options.service = "ras.example";
  options.issuer = what == asks::withdrawal ? issuer_change::withdraw : issuer_change::add;
  const auto made = export_request(options);
  return made ? std::string{} : made.fault().check;
}

/// Writes the files that `rotation.cpp` writes, in its order, in a process of its own that ends before change
/// `cut`. Before change `asked_at` an operator requests another list.
ended rotate_until(const ceremony& w, const std::string& text, unsigned cut, asks what, unsigned asked_at) {
  const auto child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    unsigned step = 0;
    const record_file log{w.folder / "record"};
    const std::function<void()> at_step = [&] {
      const auto outer = std::exchange(between_files, nullptr);
      if (step == asked_at) (void)ask(w.folder, what);
      if (step == cut) ::_exit(static_cast<int>(ended::cut));
      ++step;
      between_files = outer;
    };
    const auto must = [](bool good) {
      if (!good) ::_exit(static_cast<int>(ended::wrong));
    };
    const auto next = w.verify(text);
    must(next.ok());
    between_files = at_step;
    must(store_coming(w.ca(), w.keys->in_force, *next).ok());
    at_step();
    log.commit();
    at_step();
    must(bring_into_force(w.ca(), next->list.list.number).ok());
    must(make_identity(w.ca(), next->services, "ras.example", midday).ok());
    must(finish_rotation(w.ca(), next->list.list).ok());
    must(publish_anchors(w.folder / "anchor.pem", next->list.list.anchors).ok());
    ::_exit(static_cast<int>(ended::whole));
  }
  int how = 0;
  REQUIRE(::waitpid(child, &how, 0) == child);
  REQUIRE(WIFEXITED(how));
  return static_cast<ended>(WEXITSTATUS(how));
}

/// Starts as `spawn.cpp` does.
authorities started(const ceremony& w) {
  const auto before = w.load();
  const auto settled = settle_coming(w.ca(), before.in_force, [&](std::uint64_t, byte_view) {
    return result<bool>{record_file{w.folder / "record"}.there()};
  });
  REQUIRE_MESSAGE(settled.ok(), settled.fault().check);
  return w.load();
}

void check_start(const ceremony& w, const std::string& text, const bytes& issuer_spki) {
  const bool on_record = record_file{w.folder / "record"}.there();
  const auto found = started(w);
  // In force if and only if it is on record; then its issuer's key is on disk.
  CHECK(found.in_force.number == (on_record ? 1 : 0));
  CHECK(found.lists.size() == (on_record ? 1 : 0));
  CHECK((found.services.cert().fields().spki == issuer_spki) == on_record);
  CHECK(same(found.services.key().pub().spki(), found.services.cert().fields().spki));
  const std::vector<crypto::certificate> chain{found.service_certificate, found.services.cert(),
                                               w.root->cert()};
  CHECK(crypto::takes(found.in_force, chain));
  const std::array between{found.services.cert()};
  CHECK(crypto::verify_chain(found.service_certificate, between, found.in_force.anchors,
                             crypto::purpose::service_tls, midday)
            .ok());
  // Nothing is left to finish, and the next list can be requested.
  CHECK(unfinished_rotation(w.ca(), found.in_force).value().empty());
  CHECK(w.load().service_certificate == found.service_certificate);
  const auto key = load_next_key(w.ca()).value();
  if (!on_record && key && same(key->pub().spki(), issuer_spki)) CHECK(w.outcome(text) == "taken");
  CHECK(ask(w.folder, asks::again).empty());
}

} // namespace

TEST_CASE("check 34: wherever a rotation is cut off, and whatever is requested meanwhile, the list in force "
          "has its key and is on record") {
  const ceremony made;
  const auto request = made.request(1, {made.root->cert()});
  const auto text = made.signed_text(request, *made.root);
  const auto copy = made.folder.string() + ".copy";
  fs::copy(made.folder, copy, fs::copy_options::recursive);
  const auto as_made = [&] {
    fs::remove_all(made.folder);
    fs::copy(copy, made.folder, fs::copy_options::recursive);
  };
  unsigned steps = 0;
  for (;; ++steps) {
    as_made();
    CAPTURE(steps);
    const auto how = rotate_until(made, text, steps, asks::nothing, 0);
    REQUIRE(how != ended::wrong);
    check_start(made, text, request.issuer->spki());
    if (how == ended::whole) break;
  }
  CHECK(steps > 12);
  // Requested before each change, and cut off there, one change later, or not at all.
  for (const auto what : {asks::again, asks::withdrawal})
    for (unsigned asked_at = 0; asked_at <= steps; ++asked_at)
      for (const auto cut : {asked_at, asked_at + 1, steps}) {
        as_made();
        CAPTURE(static_cast<int>(what));
        CAPTURE(cut);
        CAPTURE(asked_at);
        REQUIRE(rotate_until(made, text, cut, what, asked_at) != ended::wrong);
        if (asked_at == cut) (void)ask(made.folder, what); // once more, after the crash
        check_start(made, text, request.issuer->spki());
      }
  fs::remove_all(copy);
}

TEST_CASE("check 34: no other list can be requested while one is on its way") {
  const ceremony w;
  const auto next = w.verify(w.signed_text(w.request(1, {w.root->cert()}), *w.root)).value();
  const auto asked = load_next_key(w.ca()).value()->pub().spki();
  REQUIRE(store_coming(w.ca(), w.keys->in_force, next).ok());
  for (const auto what : {asks::again, asks::withdrawal})
    CHECK(ask(w.folder, what).find("restart ras first") != std::string::npos);
  REQUIRE(bring_into_force(w.ca(), 1).ok());
  for (const auto what : {asks::again, asks::withdrawal})
    CHECK(ask(w.folder, what).find("restart ras first") != std::string::npos);
  CHECK(load_next_key(w.ca()).value()->pub().spki() == asked);
  REQUIRE(finish_rotation(w.ca(), next.list.list).ok());
  CHECK(ask(w.folder, asks::again).empty());
  CHECK(load_next_key(w.ca()).value()->pub().spki() != asked); // that key is in force
}

TEST_CASE("check 34: another list waits until the fate of the previous one is known") {
  const ceremony w;
  const auto asked = w.request(1, {w.root->cert()});
  const auto first = w.verify(w.signed_text(asked, *w.root)).value();
  const auto other = w.verify(w.signed_text(asked, *w.root)).value();
  REQUIRE(first.encoded != other.encoded);
  REQUIRE(store_coming(w.ca(), w.keys->in_force, first).ok());
  CHECK(store_coming(w.ca(), w.keys->in_force, other).fault().code == errc::conflict);
  CHECK(store_coming(w.ca(), w.keys->in_force, first).ok());
  // Whether it is on record is unknown, so nothing is decided.
  const auto unknown = settle_coming(w.ca(), w.keys->in_force, [](std::uint64_t, byte_view) -> result<bool> {
    return fault{errc::io, "no log today"};
  });
  CHECK(unknown.fault().code == errc::io);
  const auto dropped = settle_coming(w.ca(), w.keys->in_force, [&](std::uint64_t number, byte_view list) {
    CHECK(number == 1);
    CHECK(std::ranges::equal(list, first.encoded));
    return result<bool>{false};
  });
  CHECK(dropped->what == settled_trust::outcome::dropped);
  CHECK(fs::is_empty(w.ca() / "coming"));
  CHECK(store_coming(w.ca(), w.keys->in_force, other).ok());
}

TEST_CASE("check 34: a list whose issuer has another key, or none, is a fault, and nothing is cleaned up") {
  for (const bool gone : {false, true}) {
    const ceremony w;
    const auto next = w.verify(w.signed_text(w.request(1, {w.root->cert()}), *w.root)).value();
    REQUIRE(store_coming(w.ca(), w.keys->in_force, next).ok());
    REQUIRE(bring_into_force(w.ca(), 1).ok());
    const auto pair = w.ca() / "coming" / to_hex(crypto::issuer_name_of(next.services.cert()));
    if (gone)
      fs::remove(pair.string() + ".key");
    else
      REQUIRE(
          store_file(pair.string() + ".key", crypto::private_key::make_ec(crypto::curve::p256).pem(), 0600)
              .ok());
    const auto refused = w.start();
    REQUIRE_FALSE(refused.ok());
    CHECK(refused.fault().code == (gone ? errc::not_found : errc::mismatch));
    CHECK(refused.fault().check.find("restore the folder from a backup") != std::string::npos);
    CHECK(fs::exists(pair.string() + ".pem"));
  }
}

TEST_CASE("a damaged list on its way stops a start, and is named") {
  const ceremony w;
  const auto next = w.verify(w.signed_text(w.request(1, {w.root->cert()}), *w.root)).value();
  REQUIRE(store_coming(w.ca(), w.keys->in_force, next).ok());
  auto bad = next.encoded;
  bad.back() ^= 1;
  for (const auto& content : {bad, bytes{1}}) {
    REQUIRE(store_file(w.ca() / "coming" / "list", as_text(content), 0600).ok());
    const auto settled =
        settle_coming(w.ca(), w.keys->in_force, [](std::uint64_t, byte_view) { return result<bool>{true}; });
    REQUIRE_FALSE(settled.ok());
    CHECK(settled.fault().check.find("coming/list") != std::string::npos);
  }
}
