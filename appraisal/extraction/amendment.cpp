#include "appraisal/extraction/amendment.hpp"

#include "appraisal/extraction/extraction.hpp"
#include "appraisal/reference/path_spelling.hpp"
#include "appraisal/reference/reference_files.hpp"

#include <algorithm>
#include <charconv>
#include <iterator>
#include <map>
#include <set>

namespace muster::appraisal {

namespace {

constexpr std::string_view file_checks[] = {"ima.unknown-file", "ima.changed-file", "ima.other-content",
                                            "ima.other-hash"};
constexpr std::string_view boot_checks[] = {"boot.command-line", "boot.initrd",         "boot.kernel-file",
                                            "boot.loader-file",  "boot.loader-command", "boot.mok",
                                            "boot.event",        "boot.configuration"};

template <class List> bool is_listed(const List& list, const auto& what) {
  return std::ranges::find(list, what) != std::end(list);
}

bool is_about_file(const finding& f) {
  return f.kind == finding_kind::claim && is_listed(file_checks, std::string_view{f.check});
}

/// The PCR of a difference between a boot and a set; empty for any other finding.
std::optional<std::uint8_t> pcr_of(const finding& f) {
  constexpr std::string_view name = "PCR ";
  const bool differs = is_listed(boot_checks, std::string_view{f.check}) || f.check.starts_with("boot.pcr-");
  if (f.kind != finding_kind::claim || !differs || !f.subject.starts_with(name)) return std::nullopt;
  unsigned pcr = 0;
  const auto* end = f.subject.data() + f.subject.size();
  const auto read = std::from_chars(f.subject.data() + name.size(), end, pcr);
  if (read.ec != std::errc{} || pcr >= 24) return std::nullopt;
  return static_cast<std::uint8_t>(pcr);
}

bool is_configuration(std::uint8_t pcr) { return is_listed(informative_pcrs, pcr); }

bool is_of_boot(const finding& f) {
  const auto pcr = pcr_of(f);
  return pcr && !is_configuration(*pcr);
}

std::string named(std::uint32_t number, const finding& f) {
  return "finding " + std::to_string(number) + " (" + f.check + ", " + printable(f.subject, 200) + ")";
}

struct written_digest {
  file_kind kind = file_kind::file;
  hash_algorithm algorithm = hash_algorithm::sha256;
  bytes value;

  bool is_of(const file_claim& file) const noexcept {
    return file.kind == kind && file.algorithm == algorithm && same(file.digest, value);
  }
};

/// digest = ["verity:"] algorithm ":" hex
std::optional<written_digest> read_digest(std::string_view text) {
  constexpr std::string_view verity = "verity:";
  written_digest out;
  if (text.starts_with(verity)) {
    out.kind = file_kind::verity_file;
    text.remove_prefix(verity.size());
  }
  const auto colon = text.find(':');
  if (colon == std::string_view::npos) return std::nullopt;
  const auto algorithm = hash_algorithm_from(text.substr(0, colon));
  auto value = from_hex(text.substr(colon + 1));
  if (!algorithm || !value || value->size() != digest_size(*algorithm)) return std::nullopt;
  out.algorithm = *algorithm;
  out.value = std::move(*value);
  return out;
}

fault too_many() { return {errc::limit, "reference: more files than fit into one set"}; }

/// The files of the machine that findings name. Digest and path must both fit: a text that was cut, or that
/// shows two paths alike, never leads to another content.
class chosen_files {
public:
  explicit chosen_files(const teachable& machine) : machine_{machine} {}

  status add(std::uint32_t number, const finding& f) {
    auto digest = read_digest(f.found);
    if (!digest) return fault{errc::denied, named(number, f) + " has no digest that a reference could hold"};
    auto key = digest->value;
    wanted_.emplace(std::move(key), wanted{number, &f, std::move(*digest), false});
    return {};
  }

  /// Adds the files to `out`.
  status take(file_claims& out) {
    const auto& files = machine_.files();
    for (std::size_t i = 0; i < files.size() && !wanted_.empty(); ++i) {
      const auto file = files[i];
      const auto [first, last] = wanted_.equal_range(to_bytes(file.digest));
      for (auto one = first; one != last; ++one) {
        if (!one->second.digest.is_of(file) || kept_text(printable(file.path)) != one->second.about->subject)
          continue;
        one->second.found = true;
        if (!out.push(file)) return too_many();
      }
    }
    out.make_distinct();
    for (const auto& [digest, one] : wanted_)
      if (!one.found) return untaught(one.number, *one.about, one.digest);
    return {};
  }

private:
  struct wanted {
    std::uint32_t number;
    const finding* about;
    written_digest digest;
    bool found;
  };

  static fault untaught(std::uint32_t number, const finding& f, const written_digest& digest) {
    if (digest.algorithm == hash_algorithm::sha1)
      return {errc::denied, named(number, f)
                                + ": a SHA-1 digest is not learnt from a machine that also measures by a "
                                  "stronger algorithm; find out who set security.ima on this file"};
    return {errc::denied, named(number, f)
                              + ": this is not a file that a machine may teach (excluded by the policy, "
                                "without a name, or no longer on record)"};
  }

  const teachable& machine_;
  std::multimap<bytes, wanted> wanted_; ///< by digest
};

std::string list_of(const std::vector<std::size_t>& numbers) {
  constexpr std::size_t shown = 10;
  std::string out;
  for (std::size_t i = 0; i < std::min(numbers.size(), shown); ++i)
    out += (i == 0 ? "" : ", ") + std::to_string(numbers[i]);
  return numbers.size() > shown ? out + " and " + std::to_string(numbers.size() - shown) + " more" : out;
}

/// Parts of two boots would form a boot that no machine had, and nobody tested it.
status check_whole_boot(const kept_findings& open, const std::set<std::uint32_t>& chosen) {
  std::vector<std::size_t> others;
  for (std::size_t i = 0; i < open.findings.size(); ++i)
    if (is_of_boot(open.findings[i]) && !chosen.contains(static_cast<std::uint32_t>(i + 1)))
      others.push_back(i + 1);
  if (!others.empty())
    return fault{errc::denied,
                 "findings: a boot becomes the reference as a whole, since no machine ever booted parts of "
                 "two; name the other findings about it as well (--finding "
                     + list_of(others) + "), or none about the boot"};
  if (open.total > open.findings.size())
    return fault{errc::limit, "findings: the machine has more than are listed, and some may be about its "
                              "boot; settle what is listed first, then look again"};
  return {};
}

std::uint32_t bit(unsigned pcr) noexcept { return std::uint32_t{1} << pcr; }

bool compares(const reference_content& set, unsigned pcr) {
  return std::ranges::find(set.pcrs, pcr, &pcr_claim::index) != set.pcrs.end()
         || std::ranges::find(set.events, pcr, &reference_pcr_events::pcr) != set.events.end();
}

/// What the set compares of a boot, as the rules by which it could have been learnt.
extraction_rules rules_of(const reference_content& set) {
  extraction_rules out;
  for (unsigned pcr = 0; pcr < 32; ++pcr)
    if (!compares(set, pcr)) out.pcrs &= ~bit(pcr);
  out.leave_out = set.left_out;
  return out;
}

/// Puts PCRs of a machine into the place of those of a set.
class changed_boot {
public:
  changed_boot(reference_content& set, reference_content boot) : set_{set}, boot_{std::move(boot)} {}

  status replace(std::uint8_t pcr) {
    const auto own = value_in(set_, pcr);
    const auto value = value_in(boot_, pcr);
    const auto own_events = events_in(set_, pcr);
    const auto events = events_in(boot_, pcr);
    const bool has_own = own != set_.pcrs.end();
    const bool has_own_events = own_events != set_.events.end();
    if (!has_own && !has_own_events) return {}; // the set does not compare it
    if (has_own) {
      if (value == boot_.pcrs.end()) return nothing_for(pcr);
      if (value->value == own->value) return {};
      own->value = value->value;
    }
    if (has_own_events && boot_.events.empty()) return nothing_for(pcr);
    if (has_own_events && events == boot_.events.end())
      own_events->events.clear(); // the log has none of this PCR
    else if (has_own_events)
      *own_events = *events;
    else if (events != boot_.events.end() && !set_.events.empty())
      set_.events.insert(std::ranges::lower_bound(set_.events, pcr, {}, &reference_pcr_events::pcr), *events);
    return {};
  }

private:
  static std::vector<pcr_claim>::iterator value_in(reference_content& in, std::uint8_t pcr) {
    return std::ranges::find(in.pcrs, pcr, &pcr_claim::index);
  }
  static std::vector<reference_pcr_events>::iterator events_in(reference_content& in, std::uint8_t pcr) {
    return std::ranges::find(in.events, pcr, &reference_pcr_events::pcr);
  }
  static fault nothing_for(std::uint8_t pcr) {
    return {errc::denied, "reference: the set compares PCR " + std::to_string(pcr)
                              + ", and the machine gives nothing to put in its place: its value was not "
                                "quoted, or no boot log explains it"};
  }

  reference_content& set_;
  reference_content boot_;
};

constexpr std::string_view amended_mark = "; amended";

std::string amended_origin(const std::string& base, std::string_view word) {
  constexpr std::size_t longest = 200;
  return base.substr(0, base.find(amended_mark)) + std::string{amended_mark} + ' ' + printable(word, longest);
}

/// How many files of `before` are not in `after`. Both are sorted.
std::uint64_t lost_files(const file_claims& before, const file_claims& after) {
  std::uint64_t lost = 0;
  for (std::size_t a = 0, b = 0; a < before.size();) {
    const auto order = b == after.size() ? std::strong_ordering::less : before[a] <=> after[b];
    lost += order == std::strong_ordering::less ? 1 : 0;
    a += order == std::strong_ordering::greater ? 0 : 1;
    b += order == std::strong_ordering::less ? 0 : 1;
  }
  return lost;
}

} // namespace

result<amendment> answers_to(const teachable& machine, const kept_findings& open,
                             std::span<const std::uint32_t> numbers) {
  if (numbers.empty()) return fault{errc::malformed, "findings: name at least one"};
  const std::set<std::uint32_t> chosen{numbers.begin(), numbers.end()};
  amendment out;
  chosen_files files{machine};
  bool boot = false;
  for (const auto number : chosen) {
    if (number == 0 || number > open.findings.size())
      return fault{errc::not_found, "findings: there is no finding " + std::to_string(number)
                                        + "; the machine has " + std::to_string(open.findings.size())
                                        + ": muster node show"};
    const auto& f = open.findings[number - 1];
    if (const auto pcr = pcr_of(f)) {
      boot = boot || !is_configuration(*pcr);
      if (is_configuration(*pcr)) out.pcrs |= bit(*pcr);
    } else if (is_about_file(f)) {
      if (auto added = files.add(number, f); !added) return added.fault();
    } else {
      return fault{errc::denied,
                   named(number, f) + " is not answered by an entry of a reference. To end it: " + f.remedy};
    }
  }
  if (boot) {
    if (auto whole = check_whole_boot(open, chosen); !whole) return whole.fault();
    for (std::uint8_t pcr = 0; pcr < 24; ++pcr)
      if (!is_configuration(pcr)) out.pcrs |= bit(pcr);
  }
  if (auto taken = files.take(out.files); !taken) return taken.fault();
  return out;
}

result<amendment> entry_for(std::string_view digest, std::string_view path, const reference_set& base) {
  const auto read = read_digest(digest);
  if (!read || all_zero(read->value))
    return fault{errc::malformed, "file: expected the digest as a finding shows it: sha256: and 64 digits of "
                                  "hex, or sha384:, sha512:, sm3:, sha1: and theirs"};
  if (!has_place(path) || path.size() > file_claims::max_path || path.find('\0') != std::string_view::npos)
    return fault{errc::malformed, "path: expected the whole path of the file, from / on, of at most 4096 "
                                  "bytes"};
  const auto& known = base.content().files;
  bool stronger = false;
  for (std::size_t i = 0; i < known.size() && !stronger; ++i)
    stronger = known[i].algorithm != hash_algorithm::sha1;
  if (read->algorithm == hash_algorithm::sha1 && stronger)
    return fault{errc::denied, "file: the reference has digests by a stronger algorithm than SHA-1; give the "
                               "file's digest in that algorithm"};
  amendment out;
  if (!out.files.push({read->kind, read->algorithm, read->value, path})) return too_many();
  return out;
}

result<reference_content> amended(const reference_set& base, const amendment& by, const teachable* machine,
                                  std::string_view word) {
  const auto& old = base.content();
  reference_content out;
  out.pcrs = old.pcrs;
  out.events = old.events;
  out.left_out = old.left_out;
  out.origin = amended_origin(old.origin, word);
  if (by.pcrs != 0 && machine != nullptr) {
    auto boot = extract_boot(*machine, rules_of(old));
    if (!boot) return boot.fault();
    changed_boot change{out, *std::move(boot)};
    for (std::uint8_t pcr = 0; pcr < 32; ++pcr)
      if ((by.pcrs & bit(pcr)) != 0)
        if (auto done = change.replace(pcr); !done) return done.fault();
  }
  reference_files files;
  if (auto ok = files.add(old); !ok) return ok.fault();
  for (std::size_t i = 0; i < by.files.size(); ++i)
    if (auto ok = files.add(by.files[i], nullptr); !ok) return ok.fault();
  std::move(files).move_into(out);
  if (out.files.size() == old.files.size() && out.pcrs == old.pcrs && out.events == old.events)
    return fault{errc::conflict, "reference: the set in force has all of this already; nothing would change"};
  return out;
}

status check_takes_nothing_back(const reference_set& in_force, const reference_set& set) {
  const auto& old = in_force.content();
  const auto& next = set.content();
  if (next.origin.find(amended_mark) == std::string::npos) return {};
  const auto files = lost_files(old.files, next.files);
  const bool boot = next.pcrs != old.pcrs || next.events != old.events || next.left_out != old.left_out;
  if (files == 0 && !boot) return {};
  auto what = files == 0 ? std::string{} : std::to_string(files) + (files == 1 ? " file" : " files");
  if (boot) what += files == 0 ? "another boot" : " and another boot";
  return fault{errc::conflict,
               "reference: this set was amended on top of an older one, and the set in force has " + what
                   + " besides, which it would take back"};
}

} // namespace muster::appraisal
