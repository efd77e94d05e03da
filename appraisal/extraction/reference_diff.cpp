#include "appraisal/extraction/reference_diff.hpp"

#include "appraisal/boot/appraise_boot.hpp"
#include "appraisal/boot/boot_difference.hpp"
#include "appraisal/boot/boot_words.hpp"
#include "appraisal/extraction/spelled_files.hpp"
#include "appraisal/reference/documentation.hpp"

#include <algorithm>
#include <map>

namespace muster::appraisal {

namespace {

constexpr std::size_t longest_text = 200;

bool binds(const reference_set& set, unsigned pcr) {
  return set.pcr(pcr) != nullptr || set.events(pcr) != nullptr;
}

std::string text_of_event(const reference_event& event, hash_algorithm bank) {
  return event.text.empty() ? digest_text(bank, event.digest)
                            : '"' + printable(event.text, longest_text) + '"';
}

std::string text_of_value(const crypto::digest* value) {
  return value == nullptr ? std::string{} : digest_text(hash_algorithm::sha256, *value);
}

class comparison_of_sets {
public:
  comparison_of_sets(const reference_set* before, const reference_set& after, diff_detail detail)
      : before_{before}, after_{after}, detail_{detail} {}

  reference_diff run() {
    if (before_ != nullptr) {
      compare_rules();
      for (unsigned pcr = 0; pcr < 24; ++pcr)
        compare_boot(pcr);
    }
    take_versions();
    compare_files();
    finish();
    return std::move(out_);
  }

private:
  struct range {
    std::size_t first = 0;
    std::size_t last = 0;
    std::size_t size() const noexcept { return last - first; }
  };

  void compare_rules() {
    for (unsigned pcr = 0; pcr < 24; ++pcr) {
      const auto name = "PCR " + std::to_string(pcr) + " (" + std::string{meaning_of_pcr(pcr)} + ')';
      if (binds(*before_, pcr) && !binds(after_, pcr)) out_.rules.push_back(name + " is no longer compared");
      if (!binds(*before_, pcr) && binds(after_, pcr))
        out_.rules.push_back(name + " is compared from now on");
    }
    report_rules(after_.content().left_out, before_->content().left_out, " are no longer compared");
    report_rules(before_->content().left_out, after_.content().left_out, " are compared from now on");
  }

  void report_rules(const std::vector<event_rule>& of, const std::vector<event_rule>& not_of,
                    std::string_view verb) {
    for (const auto& rule : of)
      if (std::ranges::find(not_of, rule) == not_of.end())
        out_.rules.push_back("events of PCR " + std::to_string(rule.pcr) + " that match "
                             + printable(rule.description.text(), longest_text) + std::string{verb});
  }

  void compare_boot(unsigned pcr) {
    if (!binds(*before_, pcr) || !binds(after_, pcr)) return; // listed under `rules`
    const auto* was = before_->events(pcr);
    const auto* is = after_.events(pcr);
    const bool events = was != nullptr && is != nullptr && was->algorithm == is->algorithm;
    if (events && compare_event_lists(*was, *is)) return;
    const auto old_value = text_of_value(before_->pcr(pcr));
    const auto new_value = text_of_value(after_.pcr(pcr));
    if (old_value != new_value) add({static_cast<std::uint8_t>(pcr), 0, old_value, new_value});
  }

  /// Adds the differences. Returns whether the lists differ.
  bool compare_event_lists(const reference_pcr_events& was, const reference_pcr_events& is) {
    std::vector<boot_event> now(is.events.size());
    std::vector<const boot_event*> found;
    for (std::size_t i = 0; i < now.size(); ++i) {
      now[i].number = static_cast<std::uint32_t>(i + 1);
      now[i].digest = is.events[i].digest;
      found.push_back(&now[i]);
    }
    const auto differences = compare_events(was.events, found);
    for (const auto& d : differences.listed) {
      const auto place =
          d.found != nullptr ? d.found->number : static_cast<std::size_t>(d.expected - was.events.data()) + 1;
      add({was.pcr, place, d.expected == nullptr ? "" : text_of_event(*d.expected, was.algorithm),
           d.found == nullptr ? "" : text_of_event(is.events[d.found->number - 1], is.algorithm)});
    }
    out_.more_boot = out_.more_boot || differences.more;
    return !differences.listed.empty();
  }

  void add(boot_change change) {
    if (detail_ == diff_detail::all || out_.boot.size() < reference_diff::max_boot)
      out_.boot.push_back(std::move(change));
    else
      out_.more_boot = true;
  }

  void take_versions() {
    if (before_ != nullptr) take_versions_of(*before_, &package_change::from);
    take_versions_of(after_, &package_change::to);
  }

  void take_versions_of(const reference_set& set, std::string package_change::*versions) {
    for (const auto& one : set.content().packages) {
      auto& text = groups_[one.name].*versions;
      text += (text.empty() ? "" : " or ") + printable(one.version, longest_text);
    }
  }

  static range next_path(const spelled_files& files, std::size_t first) {
    return {first, files.end_of_path(first)};
  }

  package_change& group_of(const reference_set& set, const spelled_files& files, range r) {
    const auto& content = set.content();
    for (auto i = r.first; i < r.last; ++i)
      if (const auto at = files.place(i); at < content.package_of.size())
        if (const auto own = content.package_of[at]; own != no_package)
          return groups_[content.packages[own].name];
    return groups_[std::string{}];
  }

  void count(package_change& group, std::uint64_t package_change::*how, const file_claim& file) {
    ++(group.*how);
    if (is_documentation(file.path)) ++group.documentation;
    if (detail_ == diff_detail::first && group.paths.size() == reference_diff::max_paths) return;
    const char sign = how == &package_change::added ? '+' : how == &package_change::removed ? '-' : '~';
    group.paths.push_back({sign, printable(file.path), word_about(file)});
  }

  static std::string_view word_about(const file_claim& file) noexcept {
    if (file.kind == file_kind::verity_file) return "fs-verity";
    return file.algorithm == hash_algorithm::sha1 ? "SHA-1" : "";
  }

  void compare_files() {
    const spelled_files news{after_.content().files};
    if (before_ == nullptr) {
      for (std::size_t k = 0; k < news.size();) {
        const auto is = next_path(news, k);
        count(group_of(after_, news, is), &package_change::added, news[k]);
        k = is.last;
      }
      return;
    }
    const spelled_files olds{before_->content().files};
    std::size_t i = 0;
    std::size_t k = 0;
    while (i < olds.size() || k < news.size()) {
      const bool old_first = k == news.size() || (i < olds.size() && olds.path(i) < news.path(k));
      const bool new_first = i == olds.size() || (k < news.size() && news.path(k) < olds.path(i));
      const auto was = new_first ? range{i, i} : next_path(olds, i);
      const auto is = old_first ? range{k, k} : next_path(news, k);
      if (new_first)
        count(group_of(after_, news, is), &package_change::added, news[k]);
      else if (old_first)
        count(group_of(*before_, olds, was), &package_change::removed, olds[i]);
      else
        compare_path(olds, was, news, is);
      i = was.last;
      k = is.last;
    }
  }

  void compare_path(const spelled_files& olds, range was, const spelled_files& news, range is) {
    std::size_t both = 0;
    for (auto a = was.first, b = is.first; a < was.last && b < is.last;) {
      const auto order = olds.content(a) <=> news.content(b);
      both += order == std::strong_ordering::equal ? 1 : 0;
      a += order == std::strong_ordering::greater ? 0 : 1;
      b += order == std::strong_ordering::less ? 0 : 1;
    }
    out_.same_files += both;
    if (both != was.size() || both != is.size())
      count(group_of(after_, news, is), &package_change::changed, news[is.first]);
  }

  void finish() {
    for (auto& [name, group] : groups_) {
      const bool any = group.changed + group.added + group.removed != 0;
      if (!any && group.from == group.to) continue;
      group.name = printable(name, longest_text);
      out_.packages.push_back(std::move(group));
    }
    // Files of no package go last. Their name is empty, so the map has them first.
    const auto named = std::ranges::find_if(out_.packages, [](const auto& g) { return !g.name.empty(); });
    std::rotate(out_.packages.begin(), named, out_.packages.end());
  }

  const reference_set* before_;
  const reference_set& after_;
  diff_detail detail_;
  reference_diff out_;
  std::map<std::string, package_change> groups_;
};

std::string counted_text(std::uint64_t n, std::string_view one) {
  return std::to_string(n) + ' ' + std::string{one} + (n == 1 ? "" : "s");
}

std::string files_text(std::uint64_t n) { return counted_text(n, "file"); }

std::uint64_t files_of(const package_change& group) noexcept {
  return group.changed + group.added + group.removed;
}

std::string line_of(const boot_change& change) {
  auto out = "PCR " + std::to_string(change.pcr);
  if (change.event != 0) out += ", event " + std::to_string(change.event);
  const auto side = [](const std::string& text) { return text.empty() ? std::string{"nothing"} : text; };
  return out + ": " + side(change.was) + " -> " + side(change.is);
}

/// "openssl 3.0.11 -> 3.0.13"
std::string package_text(const package_change& group) {
  if (group.name.empty()) return "no package";
  if (group.from == group.to || group.from.empty() || group.to.empty())
    return group.name + ' ' + (group.to.empty() ? group.from : group.to);
  return group.name + ' ' + group.from + " -> " + group.to;
}

std::string line_of(const package_change& group) {
  const auto what = package_text(group);
  const struct {
    std::uint64_t n;
    std::string_view verb;
  } parts[] = {{group.changed, "changed"}, {group.added, "added"}, {group.removed, "removed"}};
  const bool upgrade = !group.from.empty() && !group.to.empty() && group.from != group.to;
  std::string out;
  for (const auto& [n, verb] : parts) {
    if (n == 0) continue;
    if (!out.empty())
      out += ", " + std::to_string(n) + ' ' + std::string{verb};
    else if (upgrade && verb == "changed")
      out = files_text(n) + " of " + what;
    else
      out = files_text(n) + " of " + what + ' ' + std::string{verb};
  }
  if (!out.empty()) return out;
  return group.to.empty() ? what + " is gone, its files stay" : what + ", none of whose files differ";
}

/// Adds the names of the files, since an operator cannot approve a mere count.
void add_paths(const package_change& group, diff_detail detail, std::vector<std::string>& out) {
  constexpr std::size_t of_a_package = 5;
  const auto files = files_of(group);
  const auto shown = group.name.empty() || detail == diff_detail::all
                         ? group.paths.size()
                         : std::min(group.paths.size(), of_a_package);
  for (std::size_t i = 0; i < shown; ++i) {
    const auto& one = group.paths[i];
    out.push_back(std::string{"  "} + one.sign + ' ' + one.path);
    if (!one.digest.empty()) out.back() += " (" + std::string{one.digest} + ")";
  }
  if (files > shown) out.push_back("  and " + std::to_string(files - shown) + " more");
}

void add_documentation(const reference_diff& diff, std::vector<std::string>& out) {
  std::uint64_t packages = 0;
  std::uint64_t files = 0;
  for (const auto& one : diff.packages)
    if (one.only_documentation()) {
      ++packages;
      files += files_of(one);
    }
  if (packages != 0)
    out.push_back(counted_text(packages, "package") + ", " + files_text(files) + ": only documentation");
}

} // namespace

bool package_change::only_documentation() const noexcept {
  return !name.empty() && documentation != 0 && documentation == files_of(*this);
}

std::uint64_t reference_diff::changed() const noexcept {
  std::uint64_t sum = 0;
  for (const auto& one : packages)
    sum += one.changed;
  return sum;
}

std::uint64_t reference_diff::added() const noexcept {
  std::uint64_t sum = 0;
  for (const auto& one : packages)
    sum += one.added;
  return sum;
}

std::uint64_t reference_diff::removed() const noexcept {
  std::uint64_t sum = 0;
  for (const auto& one : packages)
    sum += one.removed;
  return sum;
}

reference_diff compare_references(const reference_set* before, const reference_set& after,
                                  diff_detail detail) {
  return comparison_of_sets{before, after, detail}.run();
}

std::string summary_of(const reference_diff& diff) {
  const auto packages =
      std::ranges::count_if(diff.packages, [](const auto& one) { return !one.name.empty(); });
  const auto files = diff.changed() + diff.added() + diff.removed();
  std::vector<std::string> parts;
  if (packages != 0) parts.push_back(counted_text(static_cast<std::uint64_t>(packages), "package"));
  if (files != 0) parts.push_back(files_text(files));
  if (!diff.boot.empty())
    parts.push_back((diff.more_boot ? "more than " : "") + std::to_string(diff.boot.size())
                    + (diff.boot.size() == 1 ? " boot value or event" : " boot values or events"));
  if (!diff.rules.empty()) parts.push_back(counted_text(diff.rules.size(), "rule") + " of what is compared");
  std::string out;
  for (std::size_t i = 0; i < parts.size(); ++i)
    out += (i == 0 ? "" : i + 1 == parts.size() ? " and " : ", ") + parts[i];
  return out.empty() ? "nothing" : out;
}

std::vector<std::string> lines_of(const reference_diff& diff, std::size_t at_most, diff_detail detail) {
  std::vector<std::string> out;
  for (const auto& one : diff.boot)
    out.push_back(line_of(one));
  if (diff.more_boot) out.emplace_back("more of the boot differs than is listed");
  out.insert(out.end(), diff.rules.begin(), diff.rules.end());
  for (const auto& one : diff.packages) {
    if (detail == diff_detail::first && one.only_documentation()) continue;
    out.push_back(line_of(one));
    add_paths(one, detail, out);
  }
  if (detail == diff_detail::first) add_documentation(diff, out);
  if (out.empty()) out.emplace_back("nothing changes");
  if (out.size() > at_most && at_most > 0) {
    const auto rest = out.size() - at_most + 1;
    out.resize(at_most - 1);
    out.push_back("and " + std::to_string(rest) + " more");
  }
  return out;
}

} // namespace muster::appraisal
