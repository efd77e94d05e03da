#include "tpm/evidence/boot_log.hpp"

#include "tpm/evidence/boot_replay.hpp"

#include <algorithm>

namespace muster::tpm {
namespace {

/// SHA-1 proves nothing if a stronger bank was quoted: two contents with the same SHA-1 can be made.
constexpr bool is_sha1(hash_algorithm bank) noexcept { return bank == hash_algorithm::sha1; }
// Most preferred first: reference values are in SHA-256.
constexpr hash_algorithm preferred[] = {hash_algorithm::sha256, hash_algorithm::sha512,
                                        hash_algorithm::sha384, hash_algorithm::sm3_256,
                                        hash_algorithm::sha1};

constexpr std::uint32_t bit(unsigned pcr) noexcept { return 1U << pcr; }

} // namespace

class boot_log_maker {
public:
  boot_log_maker(event_log log, const verified_pcrs& quoted, std::uint32_t ima_pcrs)
      : out_{std::move(log)}, quoted_{quoted}, selection_{quoted.values().present()}, left_out_{ima_pcrs} {}

  result<verified_boot_log> make() {
    for (const auto bank : preferred)
      if (out_.log_.has_bank(bank) && selection_.mask_of(bank) != 0 && crypto::supported(bank))
        out_.banks_.push_back(bank);
    if (std::ranges::all_of(out_.banks_, is_sha1) && quotes_stronger()) out_.banks_.clear();
    // Reference values and deny lists are in SHA-256: if it was quoted, no other bank may replace it.
    if (selection_.mask_of(hash_algorithm::sha256) != 0 && !out_.log_.has_bank(hash_algorithm::sha256))
      out_.banks_.clear();
    if (out_.banks_.empty())
      return fault{errc::unsupported, "boot-log: no usable bank is in both the log and the quote"};
    out_.bank_ = out_.banks_.front();
    replay();
    sort_pcrs();
    for (const auto& event : out_.log_.events())
      if (event.measured() && (out_.explained_ & bit(event.pcr)) != 0) out_.events_.push_back(event);
    compare_data();
    return std::move(out_);
  }

private:
  bool quotes_stronger() const {
    return std::any_of(selection_.begin(), selection_.end(),
                       [](const pcr_bank& bank) { return bank.mask != 0 && !is_sha1(bank.algorithm); });
  }

  void replay() {
    for (const auto bank : out_.banks_)
      hashers_.emplace_back(bank);
    const auto mask = ~(left_out_ | bit(0));
    for (auto& hash : hashers_)
      replayed_.push_back(replay_bank(out_.log_, hash, mask, 0));
    if ((left_out_ & bit(0)) == 0) replay_pcr0();
  }

  // All banks have the same locality, because the TPM was started once.
  void replay_pcr0() {
    for (const auto& start : possible_starts(out_.log_))
      if (try_locality(start.locality)) return;
  }

  bool try_locality(std::uint8_t locality) {
    bool all = true;
    for (std::size_t i = 0; i < hashers_.size(); ++i) {
      const auto pcr0 = replay_bank(out_.log_, hashers_[i], bit(0), locality);
      replayed_[i].values[0] = pcr0.values[0];
      replayed_[i].extended |= pcr0.extended;
      all = all && (agrees(replayed_[i], 0) || (selection_.mask_of(replayed_[i].bank) & bit(0)) == 0);
    }
    out_.locality_ = all ? locality : std::uint8_t{0};
    return all;
  }

  bool agrees(const replayed_bank& bank, unsigned pcr) const noexcept {
    return same(bank.values[pcr].view(), quoted_.get(bank.bank, pcr));
  }

  void sort_pcrs() {
    out_.settled_ = quoted_.values();
    for (unsigned pcr = 0; pcr < pcr_count; ++pcr)
      if ((left_out_ & bit(pcr)) == 0 && quoted_anywhere(pcr))
        ((os_pcrs & bit(pcr)) != 0 ? set_of_system(pcr) : set_of(pcr)) |= bit(pcr);
    out_.contradicted_ |= left_out_ & measured_pcrs(out_.log_);
    if ((out_.explained_ & bit(0)) == 0) out_.locality_ = 0;
  }

  /// Computed once, because every reader of an event asks for it.
  void compare_data() {
    out_.covers_data_.resize(out_.log_.events().size());
    for (const auto& event : out_.events_)
      out_.covers_data_[event.number] = same(crypto::hash(out_.bank_, event.data).view(), out_.digest(event));
  }

  bool quoted_anywhere(unsigned pcr) const noexcept {
    return std::any_of(selection_.begin(), selection_.end(),
                       [pcr](const pcr_bank& bank) { return (bank.mask & bit(pcr)) != 0; });
  }

  bool untouched(unsigned pcr) const noexcept {
    return std::all_of(selection_.begin(), selection_.end(), [&](const pcr_bank& bank) {
      return (bank.mask & bit(pcr)) == 0
             || is_start_value(bank.algorithm, pcr, quoted_.get(bank.algorithm, pcr));
    });
  }

  std::uint32_t& set_of(unsigned pcr) noexcept {
    bool compared = false;
    for (const auto& bank : replayed_) {
      if ((bank.extended & selection_.mask_of(bank.bank) & bit(pcr)) == 0) continue;
      if (!agrees(bank, pcr)) return out_.contradicted_;
      compared = true;
    }
    if (compared) return out_.explained_;
    return untouched(pcr) ? out_.unmeasured_ : out_.unlogged_;
  }

  /// From the log's final values to the quoted ones; from the start value if the log has no event in the PCR.
  /// Empty if a bank cannot be computed.
  std::vector<bank_move> moves_of(unsigned pcr) const {
    std::vector<bank_move> out;
    for (const auto& bank : replayed_)
      if ((bank.extended & selection_.mask_of(bank.bank) & bit(pcr)) != 0)
        out.push_back({bank.bank, bank.values[pcr], crypto::digest{quoted_.get(bank.bank, pcr)}});
    if (!out.empty()) return out;
    for (const auto& bank : selection_) {
      if ((bank.mask & bit(pcr)) == 0) continue;
      if (!crypto::supported(bank.algorithm)) return {};
      out.push_back({bank.algorithm, start_value(bank.algorithm, pcr),
                     crypto::digest{quoted_.get(bank.algorithm, pcr)}});
    }
    return out;
  }

  std::uint32_t& set_of_system(unsigned pcr) {
    const bool logged = std::ranges::any_of(replayed_, [&](const replayed_bank& bank) {
      return (bank.extended & selection_.mask_of(bank.bank) & bit(pcr)) != 0;
    });
    if (!logged && untouched(pcr)) return out_.unmeasured_;
    const auto moves = moves_of(pcr);
    const auto judged = moves.empty() ? after_log{static_cast<std::uint8_t>(pcr), unexplained{}}
                                      : judge_move(not_extended(pcr), moves);
    const auto* phases = judged.phases();
    if (phases == nullptr || !phases->empty()) out_.after_log_.push_back(judged);
    if (phases == nullptr) return out_.unexplained_;
    for (const auto& move : moves)
      settle(move.bank, pcr, move.from);
    return out_.explained_;
  }

  void settle(hash_algorithm bank, unsigned pcr, const crypto::digest& value) {
    // This cannot fail: the length is right by construction.
    (void)out_.settled_.set(bank, pcr, value.view());
  }

  verified_boot_log out_;
  const verified_pcrs& quoted_;
  pcr_selection selection_;
  std::uint32_t left_out_;
  std::vector<crypto::hasher> hashers_;
  std::vector<replayed_bank> replayed_;
};

result<verified_boot_log> verify_boot_log(event_log log, const verified_pcrs& quoted,
                                          std::uint32_t ima_pcrs) {
  return boot_log_maker{std::move(log), quoted, ima_pcrs}.make();
}

event_text verified_boot_log::text(const logged_event& event) const {
  return describe_event(event, digest(event), bank_, covers_data(event));
}

} // namespace muster::tpm
