#include "lab/manufacture.hpp"

#include "lab/files.hpp"
#include "lab/powered_chip.hpp"
#include "tpm/device/endorsement.hpp"
#include "tpm/device/identity.hpp"
#include "tpm/device/laboratory.hpp"
#include "tpm/device/non_volatile.hpp"

#include <algorithm>

namespace muster::lab {
namespace {

status burn(tpm::chip& chip, std::uint32_t index, byte_view content) {
  constexpr auto maker = tpm::nv_authority::platform;
  if (auto made = tpm::nv_define(chip, maker, index, tpm::nv_readers::anybody, content.size()); !made)
    return made;
  return tpm::nv_write(chip, maker, index, content);
}

status endorse(tpm::chip& chip, const vendor& maker, tpm::ek_template kind) {
  const auto key = tpm::create_endorsement_key(chip, kind);
  if (!key) return key.fault();
  const auto certificate = maker.certify(key->public_area());
  if (!certificate) return certificate.fault();
  if (auto burnt = burn(chip, tpm::certificate_index(kind), *certificate); !burnt) return burnt;
  return burn(chip, tpm::first_chain_index, maker.chain());
}

tpm::ek_template template_for(endorsement_choice choice) noexcept {
  switch (choice) {
  case endorsement_choice::rsa2048: return tpm::ek_template::l1_rsa2048;
  case endorsement_choice::p384: return tpm::ek_template::h3_p384;
  case endorsement_choice::p256:
  case endorsement_choice::none: break;
  }
  return tpm::ek_template::l2_p256;
}

status allocate(tpm::chip& chip, std::vector<hash_algorithm> banks) {
  auto identity = tpm::read_identity(chip);
  if (!identity) return identity.fault();
  std::ranges::sort(banks);
  std::ranges::sort(identity->banks);
  if (banks == identity->banks) return {};
  return tpm::laboratory::allocate_banks(chip, banks);
}

status finish(powered_chip chip, status so_far) {
  const auto ended = chip.power_off();
  return so_far ? ended : so_far;
}

} // namespace

status set_banks(const std::filesystem::path& folder, const std::vector<hash_algorithm>& banks) {
  auto on = powered_chip::power_on(folder);
  if (!on) return on.fault();
  auto done = allocate(on->chip(), banks);
  return finish(std::move(*on), std::move(done));
}

status manufacture(const std::filesystem::path& folder, const vendor* maker, const manufacture_plan& plan) {
  if (plan.endorsement != endorsement_choice::none && maker == nullptr)
    return fault{errc::malformed, "an EK certificate takes a vendor"};
  if (auto made = make_empty_folder(folder / "tpm"); !made) return made;
  auto on = powered_chip::power_on(folder);
  if (!on) return on.fault();
  auto done = allocate(on->chip(), plan.banks);
  if (done && plan.endorsement != endorsement_choice::none)
    done = endorse(on->chip(), *maker, template_for(plan.endorsement));
  return finish(std::move(*on), std::move(done));
}

} // namespace muster::lab
