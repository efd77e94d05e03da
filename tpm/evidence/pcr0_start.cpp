#include "tpm/evidence/pcr0_start.hpp"

#include <algorithm>
#include <optional>

namespace muster::tpm {
namespace {

constexpr std::string_view locality_signature{"StartupLocality\0", 16};
constexpr std::uint8_t hcrtm_locality = 4;

/// What the events before the first one of PCR 0 say.
struct statement {
  std::optional<std::uint8_t> locality;
  bool whole = false; ///< nothing but zeros follows the locality
  bool hcrtm = false;
};

// TCG_EfiStartupLocalityEvent (PFP 1.05, 10.4.5.3): BYTE signature[16]; UINT8 locality
bool states_locality(const logged_event& event) noexcept {
  return !event.measured() && event.data.size() > locality_signature.size()
         && as_text(event.data).starts_with(locality_signature);
}

statement statement_of(const event_log& log) noexcept {
  statement out;
  for (const auto& event : log.events()) {
    if (event.measured() && event.pcr == 0) {
      out.hcrtm = event.type == event_type::efi_hcrtm_event;
      break;
    }
    if (out.locality || !states_locality(event)) continue;
    out.locality = event.data[locality_signature.size()];
    out.whole = all_zero(event.data.subspan(locality_signature.size() + 1));
  }
  return out;
}

void add(std::vector<pcr0_start>& to, std::uint8_t locality, start_reason reason) {
  if (std::ranges::find(to, locality, &pcr0_start::locality) == to.end()) to.push_back({locality, reason});
}

} // namespace

std::vector<pcr0_start> possible_starts(const event_log& log) {
  const auto said = statement_of(log);
  std::vector<pcr0_start> out;
  if (said.hcrtm) add(out, hcrtm_locality, start_reason::hcrtm);
  if (said.locality) add(out, *said.locality, start_reason::stated);
  if (said.locality && said.whole) return out;
  for (const auto locality : startup_localities)
    add(out, locality, start_reason::assumed);
  return out;
}

std::string to_string(const pcr0_start& start) {
  auto out = "locality " + std::to_string(start.locality);
  switch (start.reason) {
  case start_reason::stated: return out + ", which the log states";
  case start_reason::hcrtm: return out + ", because an H-CRTM event comes first";
  case start_reason::assumed: break;
  }
  return out + ", which the log does not state";
}

} // namespace muster::tpm
