#include "appraisal/boot/believed_claims.hpp"

#include "appraisal/kernel/command_line_events.hpp"
#include "tpm/format/boot_marks.hpp"

#include <algorithm>
#include <limits>

namespace muster::appraisal {

namespace {

class belief {
public:
  belief(const boot_content& boot, const reference_set* reference) : boot_{boot}, reference_{reference} {
    std::vector<crypto::digest> separators;
    for (const auto& mark : {tpm::zeros_separator, tpm::ones_separator, tpm::error_separator})
      separators.push_back(crypto::hash(boot.bank, mark));
    const auto exit = crypto::hash(boot.bank, as_bytes(tpm::boot_services_ended));
    for (const auto& e : boot.events) {
      if (e.pcr == 5 && e.digest == exit) taken_over_ = std::min(taken_over_, e.number);
      if (e.pcr == 0 && std::ranges::find(separators, e.digest) != separators.end())
        separated_ = std::min(separated_, e.number);
    }
    for (const auto& e : boot.events)
      if (e.pcr < 32 && e.number > taken_over_) late_ |= 1U << e.pcr;
  }

  bool holds(const boot_event& e) const {
    if (e.pcr == 0) return e.number < separated_ && (has_separator() || compared(0) || bound_to_firmware());
    if (e.pcr < 8) return true;
    if (reference_ != nullptr && leaves_out(reference_->content().left_out, e))
      return of_loader(e) && bound();
    if (compared(e.pcr)) return true;
    if (of_loader(e)) return bound();
    return reference_ == nullptr && (late_ >> e.pcr & 1U) == 0;
  }

private:
  static bool of_loader(const boot_event& e) noexcept { return e.pcr == 8 || e.pcr == 9; }
  bool has_separator() const noexcept { return separated_ != std::numeric_limits<std::uint32_t>::max(); }
  bool bound() const noexcept { return boot_.aggregate == aggregate_claim::bound; }
  bool bound_to_firmware() const noexcept {
    return bound() || boot_.aggregate == aggregate_claim::bound_to_firmware;
  }
  bool compared(unsigned pcr) const noexcept {
    return reference_ != nullptr && (reference_->pcr(pcr) != nullptr || reference_->events(pcr) != nullptr);
  }

  const boot_content& boot_;
  const reference_set* reference_;
  std::uint32_t taken_over_ = std::numeric_limits<std::uint32_t>::max();
  std::uint32_t separated_ = std::numeric_limits<std::uint32_t>::max();
  std::uint32_t late_ = 0; // bit i: the log lists an event of PCR i after the operating system took over
};

} // namespace

boot_claims believed_claims(const boot_claims& claims, const reference_set* reference) {
  const belief belief{claims.get(), reference};
  const auto doubted = [&](const boot_event& e) { return !belief.holds(e); };
  if (std::ranges::none_of(claims->events, doubted)) return claims;
  auto out = claims.get();
  if (const auto* line = proven_command_line(claims.get()); line == nullptr || doubted(*line))
    out.command_line.reset();
  std::erase_if(out.events, doubted);
  return claims_from_record(std::move(out)); // a part of what was verified
}

} // namespace muster::appraisal
