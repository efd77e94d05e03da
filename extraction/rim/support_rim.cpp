#include "extraction/rim/support_rim.hpp"

#include "tpm/evidence/boot_replay.hpp"
#include "tpm/format/boot_marks.hpp"
#include "tpm/format/event_text.hpp"

#include <algorithm>

namespace muster::extraction {

namespace {

constexpr auto bank = hash_algorithm::sha256;
/// What the firmware alone extends, and a reference compares by value.
constexpr unsigned taken_pcrs[] = {0, 2, 3};

fault bad(std::string_view why, errc code) { return {code, "support-rim: " + std::string{why}}; }

/// The manifest's signature covers the types, so the type comes first: other events may measure the same bytes.
bool is_separator(const tpm::logged_event& event, byte_view digest) {
  static const auto zeros = crypto::hash(bank, tpm::zeros_separator);
  static const auto ones = crypto::hash(bank, tpm::ones_separator);
  return event.type == tpm::event_type::separator
         && (same(digest, zeros.view()) || same(digest, ones.view()));
}

class reader {
public:
  explicit reader(const tpm::event_log& log) : log_{log} {
    const auto start = tpm::possible_starts(log).front();
    if (start.reason == tpm::start_reason::assumed)
      out_.notes.push_back("PCR 0 begins at " + tpm::to_string(start)
                           + ": machines that begin at another one differ from this reference");
    crypto::hasher hash{bank};
    replayed_ = tpm::replay_bank(log, hash, tpm::measured_pcrs(log), start.locality);
  }

  expected_boot take() {
    for (const auto pcr : taken_pcrs)
      take(pcr);
    const auto others = tpm::measured_pcrs(log_) & ~taken();
    for (unsigned pcr = 0; pcr < tpm::pcr_count; ++pcr)
      if ((others >> pcr & 1U) != 0 && std::ranges::find(taken_pcrs, pcr) == std::end(taken_pcrs))
        out_.notes.push_back(
            "PCR " + std::to_string(pcr)
            + " is not taken: it differs from machine to machine, by its settings, disk or keys");
    return std::move(out_);
  }

private:
  static std::uint32_t taken() noexcept {
    std::uint32_t out = 0;
    for (const auto pcr : taken_pcrs)
      out |= 1U << pcr;
    return out;
  }

  void take(unsigned pcr) {
    appraisal::reference_pcr_events events{static_cast<std::uint8_t>(pcr), bank, {}};
    std::size_t separators = 0;
    for (const auto& event : log_.events()) {
      if (!event.measured() || event.pcr != pcr) continue;
      const auto digest = log_.digest(event, bank);
      separators += is_separator(event, digest) ? 1 : 0;
      events.events.push_back(event_from(event, digest));
    }
    if (separators != 1) {
      out_.notes.push_back("PCR " + std::to_string(pcr) + " is not taken: the log has "
                           + std::to_string(separators)
                           + " separators in it, so it does not say all that is measured");
      return;
    }
    out_.pcrs.push_back({bank, static_cast<std::uint8_t>(pcr), replayed_.values[pcr]});
    out_.events.push_back(std::move(events));
  }

  static appraisal::reference_event event_from(const tpm::logged_event& event, byte_view digest) {
    const bool covered = same(crypto::hash(bank, event.data).view(), digest);
    auto words = tpm::describe_event(event, digest, bank, covered);
    return {crypto::digest{digest}, static_cast<std::uint32_t>(event.type),
            words.covered == tpm::coverage::digest ? std::move(words.text) : std::string{}};
  }

  const tpm::event_log& log_;
  tpm::replayed_bank replayed_;
  expected_boot out_;
};

} // namespace

result<expected_boot> boot_expected_by(byte_view log) {
  const auto parsed = tpm::parse_event_log(log);
  if (!parsed) return bad("it is not an event log: " + parsed.fault().check, parsed.fault().code);
  if (!parsed->has_bank(bank)) return bad("it has no SHA-256 digests", errc::unsupported);
  auto out = reader{*parsed}.take();
  if (out.pcrs.empty())
    return bad("it does not say all that is measured into any of PCR 0, 2 and 3", errc::denied);
  return out;
}

result<expected_boot> read_support_rim(byte_view log, const verified_rim& base) {
  const auto name = base.name_of(log);
  if (!name) return bad("no File of the manifest has its digest", errc::mismatch);
  if (base.is_partial())
    return bad("its manifest is a patch or a supplement, which says only what it changes", errc::denied);
  auto out = boot_expected_by(log);
  if (out) out->name = *name;
  return out;
}

} // namespace muster::extraction
