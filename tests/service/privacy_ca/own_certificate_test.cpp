// The certificate that agents see, over the years. What breaks if these fail: a service drops its fleet after
// a year, or never gets a fleet because it started under a wrong clock.
#include "service/privacy_ca/own_certificate.hpp"
#include "tests/service/privacy_ca/trust_world.hpp"
#include "tests/temporary_folder.hpp"

#include <doctest/doctest.h>

#include <cstdlib>
#include <filesystem>

using namespace muster;
using namespace muster::service;
namespace fs = std::filesystem;

namespace {

constexpr wall_time noon{1'800'000'000'000};
constexpr std::uint64_t hour = 3'600'000, a_day = 24 * hour;

class calendar final : public runtime::clock {
public:
  boot_time since_boot() const noexcept override { return {passed}; }
  wall_time wall() const noexcept override { return {noon.milliseconds + passed + skew}; }
  boot_id boot() const noexcept override { return {}; }
  std::uint64_t passed = 0;
  std::uint64_t skew = 0; ///< of the wall clock; wraps around for a clock that is behind
};

struct world {
  world() {
    auto made = load_authorities(folder / "ca", folder / "anchor.pem", "ras.example", clock->wall());
    REQUIRE_MESSAGE(made.ok(), made.fault().check);
    shown = made->service_certificate;
    own.emplace(own_certificate_deps{
        std::make_shared<const authorities>(*std::move(made)), folder / "ca", "ras.example", clock,
        runtime::log::to([this](std::string_view line) { lines.emplace_back(line); },
                         runtime::log_level::info),
        [this](const service_identity& next) -> status {
          if (!works) return fault{errc::io, "no TLS today"};
          CHECK(next.key.pub().spki() == next.certificate.fields().spki);
          shown = next.certificate;
          return {};
        }});
  }

  /// What a rotation leaves: the next list, with another issuer. An issuer that lives only as long as the
  /// certificates that it signs would see none of them renewed.
  void rotate(std::uint64_t days = 365) {
    const auto now = clock->wall();
    const auto root = load_authority(folder / "ca", "root").value();
    const crypto::validity year{now, {now.milliseconds + days * a_day}};
    const auto issuer = root.make_issuer(crypto::purpose::service_tls, "next", year).value();
    const auto list =
        crypto::make_trust_list(++number, {root.cert()}, {crypto::issuer_name_of(issuer.cert())}, year.until)
            .value();
    trust_test::put_list(folder / "ca", number,
                         crypto::encode(crypto::sign_trust_list(list, root.key()).value()));
    REQUIRE(store_pair(folder / "ca", "services", issuer.cert(), issuer.key()).ok());
    (void)own->rotate(issuer, list);
    CHECK(own->issuer() == issuer.cert());
  }

  std::size_t said(std::string_view what) const {
    std::size_t out = 0;
    for (const auto& one : lines)
      out += one.find(what) != std::string::npos ? 1 : 0;
    return out;
  }

  testing::temporary_folder own_folder;
  const fs::path& folder = own_folder.path();
  std::shared_ptr<calendar> clock = std::make_shared<calendar>();
  std::vector<std::string> lines;
  std::optional<crypto::certificate> shown;
  std::optional<own_certificate> own;
  bool works = true;
  std::uint64_t number = 0;
};

} // namespace

TEST_CASE("a service that runs for years, with a new issuer each year, always shows a valid certificate and "
          "makes one a year") {
  world w;
  std::size_t made = 0;
  for (std::uint64_t i = 0; i < 5 * 365 * 4; ++i, w.clock->passed += 6 * hour) {
    const auto before = w.shown->der();
    if (w.clock->passed % (330 * a_day) == 300 * a_day) w.rotate();
    w.own->look();
    made += before != w.shown->der() ? 1 : 0;
    REQUIRE(w.shown->valid_at(w.clock->wall()));
    REQUIRE(w.own->holds().ok());
  }
  CHECK(made == 5);
  CHECK(w.said("ca.certificate_made") == 5);
  CHECK(w.said("ca.certificate_ends") == 0);
  // The next start finds the certificate that was shown last.
  const auto again =
      load_authorities(w.folder / "ca", w.folder / "anchor.pem", "ras.example", w.clock->wall());
  REQUIRE(again.ok());
  CHECK(again->service_certificate.der() == w.shown->der());
}

TEST_CASE("a clock that was wrong costs an hour once it is right") {
  world ahead;
  ahead.rotate(1000);
  ahead.clock->skew = 400 * a_day;
  ahead.own->look();
  CHECK(ahead.shown->valid_at(ahead.clock->wall()));
  ahead.clock->skew = 0;
  ahead.clock->passed += hour;
  CHECK_FALSE(ahead.own->holds().ok()); // until `look` is called, /readyz reports it
  ahead.own->look();
  CHECK(ahead.shown->valid_at(ahead.clock->wall()));
  CHECK(ahead.own->holds().ok());
  // With the clock behind, not even the issuers are valid: no certificate is made that agents would reject,
  // and there is nothing to mend.
  world behind;
  const auto first = behind.shown->der();
  behind.clock->skew = 0 - 400 * a_day;
  behind.own->look();
  CHECK(behind.said("look at this machine's clock") >= 1);
  CHECK_FALSE(behind.own->holds().ok());
  behind.clock->skew = 0;
  behind.clock->passed += hour;
  CHECK(behind.own->holds().ok());
  behind.own->look();
  CHECK(behind.own->holds().ok());
  CHECK(behind.shown->der() == first);
}

TEST_CASE("a certificate that cannot be made is tried again, and an approaching end is logged once a day "
          "with its date") {
  world w;
  w.rotate(1000);
  w.works = false;
  w.clock->passed = 340 * a_day;
  for (int i = 0; i < 48; ++i, w.clock->passed += hour)
    w.own->look();
  CHECK(w.said("ca.certificate_not_made") == 48);
  CHECK(w.said("ca.certificate_ends") == 2);
  CHECK(w.said("ca/service.pem ends at 20") == 2);
  w.clock->passed = 366 * a_day;
  CHECK(w.own->holds().fault().check.find("no agent can connect") != std::string::npos);
  CHECK(w.own->holds().fault().code == errc::busy); // 503 at /readyz
  w.works = true;
  w.own->look();
  CHECK(w.own->holds().ok());
}

TEST_CASE(
    "an issuer that is about to end is logged with the remedy, and does not cause a certificate each hour") {
  world w;
  w.clock->passed = (365 - 20) * a_day;
  w.own->look();
  const auto last = w.shown->der();
  CHECK(w.said("ca/services.pem ends at 20") == 1);
  CHECK(w.said("ras ca export-request") == 1);
  CHECK(w.said("ca/nodes.pem") == 0);
  w.clock->passed += hour;
  w.own->look();
  CHECK(w.shown->der() == last);
  world old;
  old.clock->passed = (10 * 365 - 20) * a_day;
  old.own->look();
  CHECK(old.said("ca/nodes.pem ends at 20") == 1);
  CHECK(old.said("ca/root.pem") == 0);
}

TEST_CASE("a list that is about to end is logged; a certificate under its issuer that could not be shown is "
          "tried again") {
  world w;
  w.works = false;
  w.rotate();
  CHECK(w.said("ca.certificate_not_made") == 1);
  w.works = true;
  w.clock->passed += hour;
  w.own->look();
  CHECK(w.said("ca.certificate_made") == 1);
  CHECK(w.said("trust list") >= 1); // the reason that it was made
  w.clock->passed += 340 * a_day;
  w.own->look();
  CHECK(w.said("trust list 1 ends at 20") == 1);
}
