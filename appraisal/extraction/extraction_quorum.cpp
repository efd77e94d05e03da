#include "appraisal/boot/boot_words.hpp"
#include "appraisal/extraction/extraction.hpp"

#include <algorithm>
#include <map>

namespace muster::appraisal {

namespace {

bool is_informative(std::uint8_t index) noexcept {
  return std::ranges::find(informative_pcrs, index) != std::end(informative_pcrs);
}

/// Ignores types and texts: the type is a hint, and the text follows from the digest.
bool same_digests(const std::vector<reference_event>& a, const std::vector<reference_event>& b) {
  return std::ranges::equal(a, b, {}, &reference_event::digest, &reference_event::digest);
}

const reference_pcr_events* events_in(const reference_content& set, std::uint8_t pcr) {
  const auto found = std::ranges::find(set.events, pcr, &reference_pcr_events::pcr);
  return found == set.events.end() ? nullptr : &*found;
}

const crypto::digest* value_in(const reference_content& set, std::uint8_t pcr) {
  const auto found = std::ranges::find(set.pcrs, pcr, &pcr_claim::index);
  return found == set.pcrs.end() ? nullptr : &found->value;
}

bool same_list(const reference_pcr_events* a, const reference_pcr_events* b) {
  if (a == nullptr || b == nullptr) return a == b;
  return a->algorithm == b->algorithm && same_digests(a->events, b->events);
}

bool same_value(const crypto::digest* a, const crypto::digest* b) {
  return a == nullptr || b == nullptr ? a == b : *a == *b;
}

bool same_pcr(const reference_content& a, const reference_content& b, std::uint8_t pcr) {
  return same_list(events_in(a, pcr), events_in(b, pcr)) && same_value(value_in(a, pcr), value_in(b, pcr));
}

/// The first PCR that a set binds and in which the two differ.
std::optional<std::uint8_t> first_differing_pcr(const reference_content& a, const reference_content& b) {
  for (std::uint8_t pcr = 0; pcr < 24; ++pcr)
    if (!is_informative(pcr) && !same_pcr(a, b, pcr)) return pcr;
  return std::nullopt;
}

/// Indices of canaries that booted alike.
using camp = std::vector<std::size_t>;

std::string names_of(std::span<const teachable> all, const camp& who) {
  constexpr std::size_t shown = 5;
  std::string out;
  for (std::size_t i = 0; i < std::min(who.size(), shown); ++i)
    out += (i == 0 ? "" : ", ") + all[who[i]].name();
  return who.size() > shown ? out + " and " + std::to_string(who.size() - shown) + " more" : out;
}

/// The event `at` of a PCR as one camp measured it, or the PCR's value if there is no such list.
std::string said_of(const reference_content& set, std::uint8_t pcr, std::size_t at) {
  constexpr std::size_t longest = 200;
  const auto* list = events_in(set, pcr);
  if (list == nullptr || at > list->events.size()) {
    const auto* value = value_in(set, pcr);
    return value == nullptr ? "no value" : digest_text(hash_algorithm::sha256, *value);
  }
  if (at == list->events.size()) return "no further event";
  const auto& event = list->events[at];
  const auto digest = digest_text(list->algorithm, event.digest);
  return event.text.empty() ? digest : '"' + printable(event.text, longest) + "\" (" + digest + ')';
}

fault conflict_between(std::span<const teachable> all, const std::vector<reference_content>& sets,
                       const std::vector<camp>& camps, std::size_t k) {
  const auto& a = sets[camps[0][0]];
  const auto& b = sets[camps[1][0]];
  const auto pcr = *first_differing_pcr(a, b);
  const auto* left = events_in(a, pcr);
  const auto* right = events_in(b, pcr);
  auto subject = "PCR " + std::to_string(pcr);
  std::size_t at = static_cast<std::size_t>(-1);
  if (left != nullptr && right != nullptr && !same_digests(left->events, right->events)) {
    const auto parted = std::ranges::mismatch(left->events, right->events, {}, &reference_event::digest,
                                              &reference_event::digest);
    at = static_cast<std::size_t>(parted.in1 - left->events.begin());
    subject += ", its event " + std::to_string(at + 1);
  }
  auto sentence = subject + ": " + names_of(all, camps[0]) + " measured " + said_of(a, pcr, at) + "; "
                  + names_of(all, camps[1]) + " measured " + said_of(b, pcr, at);
  if (camps.size() > 2) sentence += "; " + std::to_string(camps.size() - 2) + " more ways to boot";
  return {errc::conflict, "quorum: the canaries booted in " + std::to_string(camps.size())
                              + " ways, and not exactly one has " + std::to_string(k)
                              + " of them: " + sentence};
}

/// The largest camp first; of equal ones, the camp whose canary was named first.
std::vector<camp> camps_of(const std::vector<reference_content>& sets) {
  std::vector<camp> out;
  for (std::size_t i = 0; i < sets.size(); ++i) {
    const auto own =
        std::ranges::find_if(out, [&](const camp& c) { return !first_differing_pcr(sets[c[0]], sets[i]); });
    if (own == out.end())
      out.push_back({i});
    else
      own->push_back(i);
  }
  std::ranges::stable_sort(out, std::greater<>{}, &camp::size);
  return out;
}

/// Configuration differs from machine to machine: a value is kept only if `k` canaries of the camp share it.
void settle_informative(quorum_extraction& out, const std::vector<reference_content>& sets,
                        const camp& winner, std::size_t k) {
  for (const auto pcr : informative_pcrs) {
    const auto* value = value_in(out.content, pcr);
    const auto share = [&](std::size_t i) { return same_value(value_in(sets[i], pcr), value); };
    if (value == nullptr || static_cast<std::size_t>(std::ranges::count_if(winner, share)) >= k) continue;
    std::erase_if(out.content.pcrs, [pcr](const pcr_claim& p) { return p.index == pcr; });
    out.pcrs_left_out.push_back(pcr);
  }
}

constexpr std::size_t max_sightings = 10'000'000; // of files on canaries: about 700 MB

/// Counts for each file how many canaries measured it, over all their tables in canonical order.
status settle_files(quorum_extraction& out, std::span<const teachable> all, std::size_t k,
                    const extraction_rules& rules) {
  struct sighting {
    file_claim file;
    std::size_t who = 0;
  };
  std::vector<sighting> seen;
  for (std::size_t who = 0; who < all.size(); ++who)
    for (std::size_t i = 0; i < all[who].files().size(); ++i)
      if (const auto file = all[who].files()[i]; rules.learns_logged(file.path)) {
        if (seen.size() == max_sightings)
          return fault{errc::limit,
                       "quorum: the canaries measured too many files together; take fewer of them"};
        seen.push_back({file, who});
      }
  std::ranges::sort(seen, [](const sighting& a, const sighting& b) {
    const auto order = a.file <=> b.file;
    return order == std::strong_ordering::equal ? a.who < b.who : order == std::strong_ordering::less;
  });
  for (std::size_t first = 0; first < seen.size();) {
    std::size_t canaries = 1;
    auto next = first + 1;
    for (; next < seen.size() && seen[next].file == seen[first].file; ++next)
      canaries += seen[next].who != seen[next - 1].who ? 1 : 0;
    const auto& file = seen[first].file;
    first = next;
    if (canaries >= k) {
      if (!out.content.files.push(file)) return fault{errc::limit, "reference: the file table is full"};
      continue;
    }
    ++out.files_left_out;
    if (out.listed.size() < quorum_extraction::max_listed) (void)out.listed.push(file);
  }
  return {};
}

std::string origin_of(std::span<const teachable> all, std::size_t k) {
  camp everybody(all.size());
  for (std::size_t i = 0; i < everybody.size(); ++i)
    everybody[i] = i;
  return "quorum of " + std::to_string(k) + " of " + std::to_string(all.size()) + ": "
         + names_of(all, everybody);
}

} // namespace

result<quorum_extraction> extract_quorum(std::span<const teachable> canaries, std::size_t k,
                                         const extraction_rules& rules) {
  if (canaries.empty() || canaries.size() > max_canaries)
    return fault{errc::denied, "quorum: expected 1 to " + std::to_string(max_canaries) + " canaries"};
  if (k == 0 || k > canaries.size())
    return fault{errc::denied, "quorum: expected that 1 to " + std::to_string(canaries.size())
                                   + " canaries agree, not " + std::to_string(k)};
  std::vector<reference_content> sets;
  for (const auto& one : canaries) {
    auto set = extract_boot(one, rules);
    if (!set) return fault{set.fault().code, one.name() + ": " + set.fault().check};
    sets.push_back(*std::move(set));
  }
  const auto camps = camps_of(sets);
  const bool second = camps.size() > 1 && camps[1].size() >= k;
  if (camps[0].size() < k || second) return conflict_between(canaries, sets, camps, k);

  quorum_extraction out;
  const auto& winner = camps[0];
  out.content = sets[winner[0]];
  for (std::size_t i = 1; i < camps.size(); ++i)
    for (const auto who : camps[i])
      out.dissenters.push_back(canaries[who].name());
  settle_informative(out, sets, winner, k);
  if (auto ok = settle_files(out, canaries, k, rules); !ok) return ok.fault();
  out.content.origin = origin_of(canaries, k);
  return out;
}

} // namespace muster::appraisal
