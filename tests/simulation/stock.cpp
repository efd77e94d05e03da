#include "tests/simulation/stock.hpp"

#include "crypto/ek_issuer.hpp"
#include "service/applied.hpp"
#include "standing/admission_policy.hpp"
#include "tests/service/made_authorities.hpp"
#include "tests/simulation/seeded_random.hpp"

#include <doctest/doctest.h>

namespace muster::simulation {

using namespace service;

namespace {

constexpr std::uint64_t seed = 1;
constexpr wall_time made{1'790'000'000'000};
constexpr wall_time ends{2'200'000'000'000};
constexpr std::size_t machine_count = 4;

} // namespace

stock::stock() {
  const seeded_random random{seed};
  keys = std::make_shared<const authorities>(made_authorities({made, ends}));
  const auto maker = crypto::ek_issuer::make("a vendor", {made, ends}).value();
  intermediate = maker.intermediate().der();
  auto trust = std::make_shared<vendor_trust>();
  const auto& root = maker.root().der();
  const crypto::named_bytes files[] = {{"root", root}, {"issuer", intermediate}};
  trust->store = crypto::vendor_store::make(files);
  trust->policy = ek_policy_of(configured().settings.admission).value();
  vendors = std::move(trust);
  const auto certify = [&](byte_view area) -> result<bytes> {
    const auto key = tpm::key_of(tpm::parse_public_area(area).value()).value();
    return maker.issue(key, {lab::vendor::manufacturer, "model", "id:20191023"}, made).value().der();
  };
  for (std::size_t i = 0; i < machine_count; ++i) {
    auto real = liar::made_machine();
    real.name = "machine " + std::to_string(i);
    attester one{
        bench::soft_machine::make(certify, crypto::private_key::make_ec(crypto::curve::p256)).value(),
        std::move(real)};
    machines.push_back(std::move(one));
  }
}

configuration stock::configured() {
  configuration out;
  auto& in = out.settings;
  in.name = "ras";
  in.beat = std::chrono::seconds{1};
  in.reconnect_spread = std::chrono::seconds{1};
  in.attestation.interval = std::chrono::seconds{3};
  in.attestation.lease = lease;
  in.attestation.reconnect_pause = std::chrono::milliseconds{750};
  in.references.settle = std::chrono::seconds{2};
  in.references.check_every = std::chrono::seconds{1};
  in.limits.log_deadline = std::chrono::seconds{6};
  in.limits.pending_retry = std::chrono::seconds{2};
  in.limits.evidence_memory = 64 << 20;
  in.admission.vendor = settings::vendor_admission::automatic;
  in.admission.group = "web";
  in.admission.manufacturers = {"id:4D535452"};
  return out;
}

const stock& shared_stock() {
  static const stock one;
  return one;
}

} // namespace muster::simulation
