// Keys that others rely on are made only once.
#include "service/privacy_ca/authorities.hpp"
#include "tests/temporary_folder.hpp"

#include <doctest/doctest.h>

#include <cstdlib>
#include <fstream>
#include <functional>
#include <sys/stat.h>
#include <unistd.h>

using namespace muster;
using namespace muster::service;
namespace fs = std::filesystem;

namespace {

constexpr wall_time now{1'800'000'000'000};
constexpr std::uint64_t day = 86'400'000;

class place {
public:
  fs::path keys() const { return path_ / "ca"; }
  fs::path anchor() const { return path_ / "anchor.pem"; }
  fs::path log() const { return path_ / "log.pem"; }
  result<authorities> load(wall_time at = now, const std::string& name = "ras.example") const {
    return load_authorities(keys(), anchor(), name, at);
  }

private:
  testing::temporary_folder own_;
  const fs::path& path_ = own_.path();
};

} // namespace

TEST_CASE("files from the first start are there at the next, and only their owner can read them") {
  const place here;
  const auto first = here.load();
  REQUIRE_MESSAGE(first.ok(), first.fault().check);
  const auto again = here.load();
  REQUIRE(again.ok());
  CHECK(again->root.der() == first->root.der());
  CHECK(again->nodes.cert().der() == first->nodes.cert().der());
  CHECK(again->aks.cert().der() == first->aks.cert().der());
  CHECK(again->service_certificate.der() == first->service_certificate.der());
  CHECK(again->log_heads.pub().spki() == first->log_heads.pub().spki());
  struct stat about {};
  REQUIRE(::stat(here.keys().c_str(), &about) == 0);
  CHECK((about.st_mode & 0777U) == 0700);
  for (const auto* name : {"root.key", "nodes.key", "aks.key", "services.key", "service.key", "log.key"}) {
    REQUIRE_MESSAGE(::stat((here.keys() / name).c_str(), &about) == 0, name);
    CHECK((about.st_mode & 0777U) == 0600);
  }
}

TEST_CASE("the service's certificate is renewed in time, and for another name; its issuers stay") {
  const place here;
  const auto first = here.load();
  REQUIRE(first.ok());
  const auto soon = here.load({now.milliseconds + 300 * day});
  CHECK(soon->service_certificate.der() == first->service_certificate.der());
  const auto late = here.load({now.milliseconds + 340 * day});
  CHECK(late->service_certificate.der() != first->service_certificate.der());
  const auto renamed = here.load(now, "other.example");
  CHECK(renamed->service_certificate.fields().dns_names == std::vector<std::string>{"other.example"});
  CHECK(renamed->root.der() == first->root.der());
}

TEST_CASE(
    "a lost key of the log is never replaced automatically, because heads of the old key are out there") {
  const place here;
  REQUIRE(here.load().ok());
  fs::remove(here.keys() / "log.key");
  const auto without = here.load();
  REQUIRE_FALSE(without.ok());
  CHECK(without.fault().code == errc::not_found);
  CHECK(without.fault().check.find("log.key") != std::string::npos);
  CHECK_FALSE(fs::exists(here.keys() / "log.key"));
  fs::remove(here.log()); // the operator's decision
  CHECK(here.load().ok());
}

TEST_CASE("a missing part of a CA is never replaced, because no machine would know the new one") {
  for (const auto* name :
       {"root.pem", "nodes.pem", "nodes.key", "aks.pem", "aks.key", "services.pem", "services.key"}) {
    CAPTURE(name);
    const place here;
    REQUIRE(here.load().ok());
    fs::rename(here.keys() / name, here.keys() / "elsewhere");
    const auto without = here.load();
    REQUIRE_FALSE(without.ok());
    CHECK(without.fault().code == errc::not_found);
    CHECK(without.fault().check.find(name) != std::string::npos);
    CHECK_FALSE(fs::exists(here.keys() / name));
    fs::rename(here.keys() / "elsewhere", here.keys() / name);
    CHECK(here.load().ok());
  }
  const place lost;
  const auto first = lost.load();
  REQUIRE(first.ok());
  fs::remove_all(lost.keys());
  CHECK_FALSE(lost.load().ok()); // the anchor shows that there was a CA
  fs::remove(lost.anchor());
  fs::remove(lost.log());
  const auto next = lost.load(); // the operator's decision
  REQUIRE(next.ok());
  CHECK(next->root.der() != first->root.der());
}

TEST_CASE("an interrupted first start is a first start again") {
  const place here;
  fs::create_directories(here.keys().string() + ".new");
  REQUIRE(::symlink("/nowhere", (here.keys().string() + ".new/root.key").c_str()) == 0);
  CHECK(here.load().ok());
  CHECK_FALSE(fs::exists(here.keys().string() + ".new"));
}

TEST_CASE("an issuer of another root is refused, and the file that does not fit is named") {
  const place here, other;
  REQUIRE(here.load().ok());
  REQUIRE(other.load().ok());
  for (const auto* ending : {".pem", ".key"})
    fs::copy_file(other.keys() / (std::string{"aks"} + ending), here.keys() / (std::string{"aks"} + ending),
                  fs::copy_options::overwrite_existing);
  const auto mixed = here.load();
  REQUIRE_FALSE(mixed.ok());
  CHECK(mixed.fault().code == errc::mismatch);
  CHECK(mixed.fault().check.find("aks.pem") != std::string::npos);
}

TEST_CASE("a key that others may read, an empty key and a malformed key are each refused by name") {
  const place here;
  REQUIRE(here.load().ok());
  const auto key = here.keys() / "nodes.key";
  REQUIRE(::chmod(key.c_str(), 0640) == 0);
  const auto open = here.load();
  REQUIRE_FALSE(open.ok());
  CHECK(open.fault().code == errc::denied);
  CHECK(open.fault().check.find("nodes.key") != std::string::npos);
  REQUIRE(::chmod(key.c_str(), 0600) == 0);
  for (const auto* content : {"", "no key"}) {
    std::ofstream{key} << content;
    const auto damaged = here.load();
    REQUIRE_FALSE(damaged.ok());
    CHECK(damaged.fault().check.find("nodes.key") != std::string::npos);
  }
}

TEST_CASE("a start that has nothing to change writes nothing") {
  const place here;
  REQUIRE(here.load().ok());
  const auto written = [&] {
    return std::pair{fs::last_write_time(here.anchor()), fs::last_write_time(here.log())};
  };
  const auto before = written();
  REQUIRE(here.load().ok());
  CHECK(written() == before);
  CHECK_FALSE(fs::exists(here.anchor().string() + ".new"));
}

TEST_CASE("a certificate of the service that is not valid yet is replaced, because a clock was wrong") {
  const place here;
  REQUIRE(here.load().ok());
  const auto ahead = here.load({now.milliseconds + 340 * day});
  REQUIRE(ahead.ok());
  REQUIRE(ahead->service_certificate.fields().not_before.milliseconds > now.milliseconds);
  const auto right = here.load();
  REQUIRE_MESSAGE(right.ok(), right.fault().check);
  CHECK(right->service_certificate.der() != ahead->service_certificate.der());
}

TEST_CASE("an issuer with another issuer's key is refused with its file") {
  const place here;
  REQUIRE(here.load().ok());
  fs::copy_file(here.keys() / "aks.key", here.keys() / "nodes.key", fs::copy_options::overwrite_existing);
  const auto mixed = here.load();
  REQUIRE_FALSE(mixed.ok());
  CHECK(mixed.fault().check.find("nodes.pem") != std::string::npos);
}

TEST_CASE("the service's pair is replaced if missing or expired, but never if an operator should look; the "
          "log says so") {
  struct row {
    const char* name;
    std::function<void(const fs::path&)> change;
    std::optional<errc> refused;
  };
  const auto write = [](const fs::path& file, const std::string& what) { std::ofstream{file} << what; };
  const row rows[] = {
      {"no certificate", [](const fs::path& ca) { fs::remove(ca / "service.pem"); }, std::nullopt},
      {"no key", [](const fs::path& ca) { fs::remove(ca / "service.key"); }, std::nullopt},
      {"cut off between the two",
       [](const fs::path& ca) {
         fs::copy_file(ca / "log.key", ca / "service.key", fs::copy_options::overwrite_existing);
       },
       std::nullopt},
      {"others may read the key",
       [](const fs::path& ca) { REQUIRE(::chmod((ca / "service.key").c_str(), 0644) == 0); }, errc::denied},
      {"a folder",
       [](const fs::path& ca) {
         fs::remove(ca / "service.key");
         fs::create_directory(ca / "service.key", ca); // copies its mode
       },
       errc::io},
      {"an empty key", [&](const fs::path& ca) { write(ca / "service.key", ""); }, errc::malformed},
      {"no key in it", [&](const fs::path& ca) { write(ca / "service.key", "rubbish"); }, errc::malformed},
      {"no certificate in it", [&](const fs::path& ca) { write(ca / "service.pem", "rubbish"); },
       errc::malformed},
  };
  for (const auto& [name, change, refused] : rows) {
    CAPTURE(name);
    const place here;
    const auto first = here.load();
    REQUIRE(first.ok());
    CHECK(first->note.empty());
    change(here.keys());
    const auto next = here.load();
    if (refused) {
      REQUIRE_FALSE(next.ok());
      CHECK(next.fault().code == *refused);
      CHECK(next.fault().check.find("service.") != std::string::npos);
      continue;
    }
    REQUIRE_MESSAGE(next.ok(), next.fault().check);
    CHECK(next->service_certificate.der() != first->service_certificate.der());
    CHECK(next->note.find("service.") != std::string::npos);
    CHECK(here.load()->note.empty());
  }
}
