#include "appraisal/verdict/carry_over.hpp"

#include "crypto/digest.hpp"

#include <algorithm>
#include <functional>
#include <iterator>
#include <tuple>
#include <unordered_map>

namespace muster::appraisal {

namespace {

/// The table in the header, one line for each occasion: which kinds of old findings stay.
bool stays(finding_kind kind, occasion what) noexcept {
  switch (what) {
  case occasion::increment: return true;
  case occasion::full_log: return kind != finding_kind::evidence;
  case occasion::new_boot: return kind == finding_kind::identity;
  case occasion::failed: return true;
  case occasion::reappraisal: return kind != finding_kind::claim;
  }
  return true; // an unknown occasion takes nothing away
}

/// Which kinds of new findings count: evidence that did not verify says nothing about the machine, and claims
/// on record say nothing about evidence.
bool counts(finding_kind kind, occasion what) noexcept {
  if (what == occasion::failed) return kind != finding_kind::claim;
  if (what == occasion::reappraisal) return kind == finding_kind::claim;
  return true;
}

/// Moves the findings of one kind out of `all`.
std::vector<finding> take(std::vector<finding>& all, finding_kind kind) {
  const auto others =
      std::stable_partition(all.begin(), all.end(), [kind](const auto& f) { return f.kind == kind; });
  std::vector<finding> out(std::make_move_iterator(all.begin()), std::make_move_iterator(others));
  all.erase(all.begin(), others);
  return out;
}

/// Machines choose these texts (a path has up to 4 KiB), and a record has hundreds of them.
void cut_text(std::string& text) {
  constexpr std::size_t digits = 32;
  if (text.size() <= kept_findings::max_text) return;
  const auto end = "..." + to_hex(crypto::sha256(as_bytes(text))).substr(0, digits);
  auto at = kept_findings::max_text - end.size();
  for (unsigned i = 0; i < 3 && (static_cast<unsigned char>(text[at]) & 0xC0U) == 0x80U; ++i)
    --at; // never inside a UTF-8 character
  text.resize(at);
  text += end;
}

/// Cuts the texts of a finding. They are for people: no code looks a measurement up by them alone.
void cut_texts(finding& f) {
  for (auto* text : {&f.subject, &f.expected, &f.found, &f.sentence, &f.remedy})
    cut_text(*text);
}

using identity = std::tuple<std::string_view, std::string_view, std::string_view>;
identity identity_of(const finding& f) { return {f.check, f.subject, f.found}; }

struct identity_hash {
  std::size_t operator()(const identity& i) const noexcept {
    const std::hash<std::string_view> h;
    return h(std::get<0>(i)) * 31 * 31 + h(std::get<1>(i)) * 31 + h(std::get<2>(i));
  }
};

/// Keeps the newest finding of each identity, at the worst level that any of them has. One that was ever an
/// event stays an event: claims are computed again, but an event has no other trace.
void keep_newest(std::vector<finding>& findings) {
  std::unordered_map<identity, std::size_t, identity_hash> newest;
  std::vector<bool> repeated(findings.size(), false);
  for (auto i = findings.size(); i-- > 0;) {
    const auto [at, first] = newest.try_emplace(identity_of(findings[i]), i);
    if (first) continue;
    repeated[i] = true;
    auto& kept = findings[at->second];
    kept.level = std::max(kept.level, findings[i].level);
    if (findings[i].kind == finding_kind::event) kept.kind = finding_kind::event;
  }
  std::vector<finding> out;
  for (std::size_t i = 0; i < findings.size(); ++i)
    if (!repeated[i]) out.push_back(std::move(findings[i]));
  findings = std::move(out);
}

/// Sorts worst first, otherwise in order of arrival, and drops the least severe over `cap`.
void keep_worst(std::vector<finding>& findings, std::size_t cap) {
  std::ranges::stable_sort(findings, std::greater<>{}, &finding::level);
  if (findings.size() > cap)
    findings.erase(findings.begin() + static_cast<std::ptrdiff_t>(cap), findings.end());
}

} // namespace

kept_findings carry_over(const kept_findings& old, std::vector<finding> fresh, occasion what,
                         std::uint64_t unlisted) {
  std::vector<finding> all;
  std::ranges::copy_if(old.findings, std::back_inserter(all),
                       [&](const auto& f) { return stays(f.kind, what); });
  for (auto& f : fresh)
    if (counts(f.kind, what)) all.push_back(std::move(f));
  std::ranges::for_each(all, cut_texts); // old ones too, because identities are compared
  keep_newest(all);

  // What earlier caps dropped were nearly always claims, so their number is kept or dropped with the claims.
  // A full log of the same boot finds them again, so they count once.
  const auto dropped = stays(finding_kind::claim, what) && old.total > old.findings.size()
                           ? old.total - old.findings.size()
                           : 0;
  const auto off_list = what == occasion::full_log ? std::max(dropped, unlisted) : dropped + unlisted;
  const auto total = all.size() + off_list;

  // Findings that cannot be computed again get their places first, claims get the rest. There are at most two
  // of kind identity, and nothing displaces them. Whole logs end findings of kind evidence, so a few of them
  // say as much as all: events, which only a reset ends, come before them.
  auto identity = take(all, finding_kind::identity);
  auto events = take(all, finding_kind::event);
  auto evidence = take(all, finding_kind::evidence);
  keep_worst(events,
             kept_findings::max_lasting - std::min(evidence.size(), kept_findings::room_for_evidence));
  keep_worst(evidence, kept_findings::max_lasting - events.size());
  const auto lasting = std::min(kept_findings::max_kept, identity.size() + events.size() + evidence.size());
  keep_worst(all, kept_findings::max_kept - lasting);
  for (auto* before : {&evidence, &events, &identity})
    all.insert(all.begin(), std::make_move_iterator(before->begin()), std::make_move_iterator(before->end()));
  keep_worst(all, kept_findings::max_kept);
  return {std::move(all), total};
}

std::string kept_text(std::string text) {
  cut_text(text);
  return text;
}

} // namespace muster::appraisal
