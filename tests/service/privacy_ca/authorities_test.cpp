// Keys that others rely on are never made twice.
#include "service/privacy_ca/authorities.hpp"

#include <doctest/doctest.h>

#include <cstdlib>
#include <sys/stat.h>

using namespace muster;
using namespace muster::service;
namespace fs = std::filesystem;

namespace {

constexpr wall_time now{1'800'000'000'000};
constexpr std::uint64_t day = 86'400'000;

class place {
public:
  place() {
    auto pattern = (fs::temp_directory_path() / "muster-ca-XXXXXX").string();
    REQUIRE(::mkdtemp(pattern.data()) != nullptr);
    path_ = pattern;
  }
  ~place() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }
  place(const place&) = delete;
  place& operator=(const place&) = delete;

  fs::path keys() const { return path_ / "ca"; }
  fs::path anchor() const { return path_ / "anchor.pem"; }
  fs::path log() const { return path_ / "log.pem"; }
  result<authorities> load(wall_time at = now, const std::string& name = "ras.example") const {
    return load_authorities(keys(), anchor(), name, at);
  }

private:
  fs::path path_;
};

} // namespace

TEST_CASE("what was made at the first start is there at the next, and nobody else can read it") {
  const place here;
  const auto first = here.load();
  REQUIRE_MESSAGE(first.ok(), first.fault().check);
  const auto again = here.load();
  REQUIRE(again.ok());
  CHECK(again->root.cert().der() == first->root.cert().der());
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

TEST_CASE("the service's certificate is made anew in time, and for another name; its issuers stay") {
  const place here;
  const auto first = here.load();
  REQUIRE(first.ok());
  const auto soon = here.load({now.milliseconds + 300 * day});
  CHECK(soon->service_certificate.der() == first->service_certificate.der());
  const auto late = here.load({now.milliseconds + 340 * day});
  CHECK(late->service_certificate.der() != first->service_certificate.der());
  const auto renamed = here.load(now, "other.example");
  CHECK(renamed->service_certificate.fields().dns_names == std::vector<std::string>{"other.example"});
  CHECK(renamed->root.cert().der() == first->root.cert().der());
}

TEST_CASE("a key of the log that is lost is never replaced by itself: heads of the old one are out there") {
  const place here;
  REQUIRE(here.load().ok());
  fs::remove(here.keys() / "log.key");
  const auto without = here.load();
  REQUIRE_FALSE(without.ok());
  CHECK(without.fault().code == errc::not_found);
  CHECK(without.fault().check.find("log.key") != std::string::npos);
  CHECK_FALSE(fs::exists(here.keys() / "log.key"));
  fs::remove(here.log()); // said on purpose
  CHECK(here.load().ok());
}

TEST_CASE("an issuer whose key is another's is refused with its file") {
  const place here;
  REQUIRE(here.load().ok());
  fs::copy_file(here.keys() / "aks.key", here.keys() / "nodes.key", fs::copy_options::overwrite_existing);
  const auto mixed = here.load();
  REQUIRE_FALSE(mixed.ok());
  CHECK(mixed.fault().check.find("nodes.pem") != std::string::npos);
}
