#include "extraction/source_report.hpp"

namespace muster::extraction {

namespace {

struct words {
  std::string_view name;
  std::string_view one;
  std::string_view many;
  std::string_view what;
};

words words_of(loss why) noexcept {
  switch (why) {
  case loss::excluded: return {"excluded", "file", "files", "excluded by the rules"};
  case loss::documentation: return {"documentation", "file", "files", "of documentation and translations"};
  case loss::modified:
    return {"modified", "file", "files", "modified or replaced: the content is not the listed one"};
  case loss::configured: return {"configured", "configuration file", "configuration files", "changed there"};
  case loss::obsolete:
    return {"obsolete", "configuration file", "configuration files", "no longer part of a package"};
  case loss::missing: return {"missing", "file", "files", "not there, though listed"};
  case loss::not_regular:
    return {"not-regular", "file", "files", "replaced by a link or by something that is not a file"};
  case loss::unreadable: return {"unreadable", "file", "files", "not readable"};
  case loss::no_digest: return {"no-digest", "file", "files", "without a usable digest"};
  case loss::other_algorithm:
    return {"other-algorithm", "file", "files", "with digests by other algorithms only"};
  case loss::outside: return {"outside", "file", "files", "without an absolute path in its one spelling"};
  case loss::unread_line: return {"unread-line", "line", "lines", "not understood in the lists of digests"};
  case loss::unlisted_package:
    return {"unlisted-package", "package", "packages", "without a list of digests"};
  case loss::unfinished_package:
    return {"unfinished-package", "package", "packages", "not wholly unpacked: install again"};
  case loss::removed_package:
    return {"removed-package", "package", "packages", "removed, except for configuration files"};
  }
  return {"unknown", "file", "files", "left out"};
}

} // namespace

std::string_view to_string(loss why) noexcept { return words_of(why).name; }

std::string text_of(loss why, std::uint64_t count) {
  const auto w = words_of(why);
  return std::to_string(count) + ' ' + std::string{count == 1 ? w.one : w.many} + ' ' + std::string{w.what};
}

bool counts_files(loss why) noexcept {
  switch (why) {
  case loss::unread_line:
  case loss::unlisted_package:
  case loss::unfinished_package:
  case loss::removed_package: return false;
  default: return true;
  }
}

void source_report::leave_out(loss why, std::string_view name, std::string_view detail) {
  auto& at = of_[index(why)];
  ++at.count;
  if (at.listed.size() == max_listed) return;
  auto& text = at.listed.emplace_back(printable(name));
  if (!detail.empty()) text.append(": ").append(detail);
}

std::uint64_t source_report::left_out() const noexcept {
  std::uint64_t sum = 0;
  for (std::size_t i = 0; i < of_.size(); ++i)
    if (const auto why = static_cast<loss>(i); why != loss::excluded && counts_files(why))
      sum += of_[i].count;
  return sum;
}

std::uint64_t source_report::packages() const noexcept {
  std::uint64_t sum = 0;
  for (std::size_t i = 0; i < of_.size(); ++i)
    if (const auto why = static_cast<loss>(i); why != loss::unread_line && !counts_files(why))
      sum += of_[i].count;
  return sum;
}

} // namespace muster::extraction
