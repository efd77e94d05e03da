#include "service/privacy_ca/trust_status.hpp"

#include "crypto/digest.hpp"
#include "messages/build.hpp"
#include "messages/time_text.hpp"
#include "schemas/rest.capnp.h"

#include <algorithm>
#include <functional>

namespace muster::service {

namespace {

/// Lying machines can each claim a different number. A number that many machines claim is still among these.
constexpr std::size_t most_claims = 8;

struct claim {
  std::uint64_t number = 0;
  std::uint32_t nodes = 0;
};

struct tally {
  std::uint32_t current = 0, behind = 0, ahead = 0, unheard = 0;
  std::vector<claim> claims; ///< of the machines that are ahead
};

/// The claims of the most machines, in this order. Among equal ones the lower number comes first, since
/// believing it costs less.
std::vector<claim> claims_of(const std::map<std::uint64_t, std::uint32_t>& ahead) {
  std::vector<claim> out;
  for (const auto& [number, nodes] : ahead)
    out.push_back({number, nodes});
  std::ranges::stable_sort(out, std::ranges::greater{}, &claim::nodes);
  out.resize(std::min(out.size(), most_claims));
  return out;
}

tally count(std::uint64_t number, std::span<const node_id> enrolled,
            const std::map<node_id, std::uint64_t>& told) {
  tally out;
  std::map<std::uint64_t, std::uint32_t> ahead;
  for (const auto& node : enrolled) {
    const auto one = told.find(node);
    if (one == told.end()) {
      ++out.unheard;
      continue;
    }
    ++(one->second == number ? out.current : one->second < number ? out.behind : out.ahead);
    if (one->second > number) ++ahead[one->second];
  }
  out.claims = claims_of(ahead);
  return out;
}

} // namespace

frame trust_status(const crypto::trust_list& in_force, const crypto::certificate& present,
                   std::span<const node_id> enrolled, const std::map<node_id, std::uint64_t>& told) {
  const auto all = count(in_force.number, enrolled, told);
  const auto own = crypto::issuer_name_of(present);
  return frame::adopt(build<rest::TrustStatus>([&](rest::TrustStatus::Builder out) {
    out.setNumber(in_force.number);
    if (in_force.number != 0) out.setNotAfter(text_of(rfc3339(in_force.not_after)));
    auto anchors = out.initAnchors(static_cast<unsigned>(in_force.anchors.size()));
    for (unsigned i = 0; i < in_force.anchors.size(); ++i) {
      anchors[i].setName(text_of(in_force.anchors[i].fields().subject));
      anchors[i].setSha256(text_of(to_hex(crypto::sha256(in_force.anchors[i].der()))));
    }
    auto issuers = out.initIssuers(static_cast<unsigned>(in_force.issuers.size()));
    for (unsigned i = 0; i < in_force.issuers.size(); ++i) {
      issuers[i].setSha256(text_of(to_hex(in_force.issuers[i])));
      issuers[i].setPresent(in_force.issuers[i] == own);
    }
    out.setNodes(static_cast<std::uint32_t>(enrolled.size()));
    out.setCurrent(all.current);
    out.setBehind(all.behind);
    out.setAhead(all.ahead);
    out.setUnheard(all.unheard);
    auto claims = out.initClaims(static_cast<unsigned>(all.claims.size()));
    for (unsigned i = 0; i < all.claims.size(); ++i) {
      claims[i].setNumber(all.claims[i].number);
      claims[i].setNodes(all.claims[i].nodes);
    }
  }));
}

} // namespace muster::service
