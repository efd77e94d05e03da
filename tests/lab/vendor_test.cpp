#include "crypto/ek_certificate.hpp"
#include "lab/files.hpp"
#include "lab/vendor.hpp"
#include "tests/lab/workshop.hpp"
#include "tpm/device/endorsement.hpp"

#include <chrono>
#include <sys/stat.h>

using namespace muster;
using namespace muster::test;

namespace {

wall_time now() {
  const auto since = std::chrono::system_clock::now().time_since_epoch();
  return {static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::milliseconds>(since).count())};
}

} // namespace

TEST_CASE(
    "a service that pins the lab's root accepts the lab's EK certificates, but only if it names the lab") {
  workshop place;
  auto& machine = place.create("m");
  must(machine.boot({}));
  auto chip = open_chip(machine);
  const auto ek = must(tpm::load_endorsement_key(chip));
  const auto leaf = must(crypto::certificate::from_der(*ek.certificate));
  std::vector<crypto::certificate> chain;
  for (const auto& der : ek.chain)
    chain.push_back(must(crypto::certificate::from_der(der)));

  const auto root = must(lab::read_file(place.vendor().roots() / "root.pem"));
  const std::array<crypto::named_bytes, 1> files{crypto::named_bytes{"root.pem", root}};
  const auto store = crypto::vendor_store::make(files);
  crypto::ek_policy policy;
  policy.manufacturers = {lab::vendor::manufacturer};
  const auto believed = crypto::verify_ek_certificate(leaf, chain, store, policy, now());
  REQUIRE_MESSAGE(believed.ok(), why(believed));
  CHECK(believed->manufacturer() == lab::vendor::manufacturer);
  CHECK_FALSE(crypto::verify_ek_certificate(leaf, chain, store, {}, now()).ok());
  CHECK_FALSE(crypto::verify_ek_certificate(leaf, {}, store, policy, now()).ok());
}

TEST_CASE("a vendor is the same when it is opened again, and only its owner can read its key") {
  workshop place;
  const auto& vendor = place.vendor();
  const auto again = must(lab::vendor::open(place.folder() / "vendor"));
  CHECK(again.chain() == vendor.chain());
  struct stat about {};
  REQUIRE(::stat((place.folder() / "vendor" / "issuer.key").c_str(), &about) == 0);
  CHECK((about.st_mode & 077U) == 0);
}
