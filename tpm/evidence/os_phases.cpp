#include "tpm/evidence/os_phases.hpp"

#include <algorithm>
#include <array>

namespace muster::tpm {
namespace {

// systemd: units/systemd-pcrphase*.service; the words are the same since version 252.
constexpr std::array<std::string_view, os_phase_count> words{"enter-initrd", "leave-initrd", "sysinit",
                                                             "ready",        "shutdown",     "final"};

constexpr std::uint8_t bit(os_phase phase) noexcept {
  return static_cast<std::uint8_t>(1U << static_cast<unsigned>(phase));
}

constexpr std::uint8_t of_initrd = bit(os_phase::enter_initrd) | bit(os_phase::leave_initrd);
constexpr std::uint8_t of_system =
    bit(os_phase::sysinit) | bit(os_phase::ready) | bit(os_phase::shutdown) | bit(os_phase::final);

using phase_digests = std::array<crypto::digest, os_phase_count>;

phase_digests digests_in(crypto::hasher& hash) {
  phase_digests out;
  for (std::size_t i = 0; i < out.size(); ++i)
    out[i] = hash.of(as_bytes(words[i]));
  return out;
}

/// Depth-first search over all paths. At most one path reaches the value, so the order does not matter.
class phase_search {
public:
  phase_search(hash_algorithm bank, const crypto::digest& wanted)
      : hash_{bank}, digests_{digests_in(hash_)}, wanted_{wanted} {}

  std::optional<phase_path> from(const crypto::digest& value, const phase_path& path) {
    if (value == wanted_) return path;
    for (std::size_t i = 0; i < os_phase_count; ++i) {
      auto next = path;
      if (!next.add(static_cast<os_phase>(i))) continue;
      auto extended = value;
      hash_.extend(extended, digests_[i].view());
      if (auto found = from(extended, next)) return found;
    }
    return std::nullopt;
  }

private:
  crypto::hasher hash_;
  phase_digests digests_;
  const crypto::digest& wanted_;
};

bool leads_on(const bank_move& move, std::span<const os_phase> phases) {
  crypto::hasher hash{move.bank};
  auto value = move.from;
  for (const auto phase : phases)
    hash.extend(value, hash.of(as_bytes(to_string(phase))).view());
  return value == move.to;
}

} // namespace

std::string_view to_string(os_phase phase) noexcept {
  return words[std::min(static_cast<std::size_t>(phase), words.size() - 1)];
}

std::optional<os_phase> os_phase_from(std::string_view word) noexcept {
  const auto* found = std::ranges::find(words, word);
  if (found == words.end()) return std::nullopt;
  return static_cast<os_phase>(found - words.begin());
}

bool phase_path::whole() const noexcept {
  const auto initrd = seen_in_round_ & of_initrd;
  return (seen_in_round_ & of_system) == of_system && (initrd == 0 || initrd == of_initrd);
}

bool phase_path::add(os_phase next) {
  const bool again = !phases_.empty() && next <= phases_.back();
  if (again) {
    if (!whole() || round_ == max_rounds) return false;
    ++round_;
    seen_in_round_ = 0;
  }
  seen_in_round_ |= bit(next);
  phases_.push_back(next);
  return true;
}

std::optional<phase_path> phase_path::of(std::span<const std::string_view> words_of_log) {
  phase_path out;
  for (const auto word : words_of_log) {
    const auto phase = os_phase_from(word);
    if (!phase || !out.add(*phase)) return std::nullopt;
  }
  return out;
}

std::string to_string(const phase_path& path) {
  std::string out;
  for (const auto phase : path.phases())
    out.append(out.empty() ? "" : ", ").append(to_string(phase));
  return out;
}

std::optional<phase_path> find_phases(std::span<const bank_move> banks, const phase_path& before) {
  if (banks.empty()) return std::nullopt;
  // The longest digest is the one in which nobody can make two sequences meet.
  const auto& strongest =
      *std::ranges::max_element(banks, {}, [](const bank_move& move) { return digest_size(move.bank); });
  auto found = phase_search{strongest.bank, strongest.to}.from(strongest.from, before);
  if (!found) return std::nullopt;
  const auto added = std::span{found->phases()}.subspan(before.phases().size());
  // The same sequence in all banks: systemd extends them together.
  for (const auto& move : banks)
    if (!leads_on(move, added)) return std::nullopt;
  return found;
}

} // namespace muster::tpm
