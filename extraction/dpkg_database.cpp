#include "extraction/dpkg_database.hpp"

#include "extraction/text_lines.hpp"

#include <algorithm>

namespace muster::extraction {

namespace {

fault at_line(std::string_view what, std::size_t number, std::string_view why) {
  return {errc::malformed, std::string{what} + ": line " + std::to_string(number) + ": " + std::string{why}};
}

/// Whether the text has only characters that Debian Policy allows in names, architectures and versions: no
/// slash, no blank, no leading dot.
bool is_word(std::string_view text) {
  const auto allowed = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '+'
           || c == '-' || c == '~' || c == ':' || c == '_';
  };
  return !text.empty() && text.size() <= 256 && text.front() != '.' && std::ranges::all_of(text, allowed);
}

std::string_view trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(" \t\r");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\r") - first + 1);
}

/// Cuts the last word off a text.
std::string_view cut_last_word(std::string_view& text) {
  text = trimmed(text);
  const auto blank = text.find_last_of(" \t");
  const auto word = blank == std::string_view::npos ? text : text.substr(blank + 1);
  text.remove_suffix(word.size());
  return word;
}

std::optional<std::array<std::uint8_t, 16>> md5_from(std::string_view hex) {
  const auto read = from_hex(hex);
  std::array<std::uint8_t, 16> out{};
  if (!read || read->size() != out.size()) return std::nullopt;
  std::ranges::copy(*read, out.begin());
  return out;
}

/// "/usr/bin/ls" for "usr/bin/ls", "./usr/bin/ls" and "/usr/bin/ls". Empty: no path that a disk can have.
std::string absolute(std::string_view path) {
  constexpr std::size_t longest = 4095;
  while (path.starts_with('/') || path.starts_with("./"))
    path.remove_prefix(path.front() == '/' ? 1 : 2);
  if (path.empty() || path.size() >= longest || path.find('\0') != std::string_view::npos) return {};
  return "/" + std::string{path};
}

dpkg_state state_of(std::string_view word) {
  for (const auto* whole :
       {"installed", "triggers-pending", "triggers-awaited", "half-configured", "unpacked"})
    if (word == whole) return dpkg_state::unpacked;
  return word == "config-files" ? dpkg_state::removed : dpkg_state::unfinished;
}

/// A line of `Conffiles`: a path, which may have blanks in it, an MD5 and perhaps flags.
std::optional<dpkg_conffile> conffile_from(std::string_view line) {
  dpkg_conffile out;
  auto word = cut_last_word(line);
  for (const auto* flag : {"remove-on-upgrade", "obsolete"})
    if (word == flag) {
      out.obsolete = true;
      word = cut_last_word(line);
    }
  out.path = absolute(trimmed(line));
  out.md5 = md5_from(word);
  if (out.path.empty() || !(out.md5 || word == "newconffile" || word == "-")) return std::nullopt;
  return out;
}

/// Reads the packages of a status file, paragraph by paragraph.
class status_reader {
public:
  result<std::vector<dpkg_package>> read(std::string_view text) {
    if (for_each_line(text, [this](auto line, auto number) { return take(line, number); })) close();
    if (why_) return *why_;
    return std::move(out_);
  }

private:
  bool take(std::string_view line, std::size_t number) {
    if (trimmed(line).empty()) return close();
    if (line_ == 0) line_ = number;
    if (line.front() == ' ' || line.front() == '\t') return go_on(line, number);
    const auto colon = line.find(':');
    if (colon == 0 || colon == std::string_view::npos) {
      why_ = at_line("dpkg status", number, "expected a field and its value");
      return false;
    }
    key_ = line.substr(0, colon);
    const auto value = trimmed(line.substr(colon + 1));
    if (key_ == "Package") at_.name = value;
    if (key_ == "Status") at_.status = value;
    if (key_ == "Version") at_.version = value;
    if (key_ == "Architecture") at_.architecture = value;
    return true;
  }

  /// A line that continues the field above it.
  bool go_on(std::string_view line, std::size_t number) {
    if (key_ != "Conffiles") return true;
    if (++conffiles_ > max_dpkg_files) {
      why_ = fault{errc::limit, "dpkg status: more configuration files than a machine may have"};
      return false;
    }
    if (auto one = conffile_from(line))
      at_.conffiles.push_back(*std::move(one));
    else
      at_.unread.push_back(number);
    return true;
  }

  /// Adds the package of a finished paragraph. False if its fields are invalid or there are too many packages.
  bool close() {
    std::string_view words{at_.status};
    at_.status = cut_last_word(words);
    at_.state = state_of(at_.status);
    const bool there = !at_.status.empty() && at_.status != "not-installed";
    if (there && at_.state == dpkg_state::unpacked
        && (!is_word(at_.name) || !is_word(at_.version)
            || (!at_.architecture.empty() && !is_word(at_.architecture))))
      why_ = at_line("dpkg status", line_, "an installed package without a proper name and version");
    else if (there && out_.size() == max_dpkg_packages)
      why_ = fault{errc::limit, "dpkg status: more packages than a machine may have"};
    else if (there)
      out_.push_back(std::move(at_));
    at_ = {};
    key_ = {};
    line_ = 0;
    return !why_;
  }

  std::vector<dpkg_package> out_;
  std::optional<fault> why_;
  dpkg_package at_;
  std::string_view key_;
  std::size_t line_ = 0;
  std::size_t conffiles_ = 0;
};

/// 32 hex digits, blanks, and a path.
std::optional<dpkg_file> file_from(std::string_view line) {
  constexpr std::size_t digits = 32;
  if (line.ends_with('\r')) line.remove_suffix(1);
  if (line.size() < digits + 2 || (line[digits] != ' ' && line[digits] != '\t')) return std::nullopt;
  const auto md5 = md5_from(line.substr(0, digits));
  line.remove_prefix(digits + 1);
  if (line.front() == ' ' || line.front() == '*') line.remove_prefix(1);
  auto path = absolute(line);
  if (!md5 || path.empty()) return std::nullopt;
  return dpkg_file{std::move(path), *md5};
}

} // namespace

result<std::vector<dpkg_package>> parse_dpkg_status(std::string_view text) {
  return status_reader{}.read(text);
}

result<dpkg_md5sums> parse_md5sums(std::string_view text) {
  dpkg_md5sums out;
  const bool whole = for_each_line(text, [&](std::string_view line, std::size_t number) {
    if (number > max_dpkg_files) return false;
    if (auto one = file_from(line))
      out.files.push_back(*std::move(one));
    else if (!trimmed(line).empty())
      out.unread.push_back(number);
    return true;
  });
  if (!whole) return fault{errc::limit, "md5sums: more files than a package may have"};
  return out;
}

result<std::vector<std::string>> parse_dpkg_list(std::string_view text) {
  std::vector<std::string> out;
  const bool whole = for_each_line(text, [&](std::string_view line, std::size_t number) {
    if (number > max_dpkg_files) return false;
    if (auto path = line.starts_with('/') ? absolute(line) : std::string{}; !path.empty() && path != "/.")
      out.push_back(std::move(path));
    return true;
  });
  if (!whole) return fault{errc::limit, "list: more files than a package may have"};
  return out;
}

result<std::vector<dpkg_diversion>> parse_diversions(std::string_view text) {
  constexpr std::size_t most = 10'000;
  std::vector<std::string_view> lines;
  for_each_line(text, [&](std::string_view line, std::size_t) {
    lines.push_back(line);
    return lines.size() <= 3 * most;
  });
  if (lines.size() > 3 * most) return fault{errc::limit, "diversions: more than there may be"};
  if (lines.size() % 3 != 0) return fault{errc::malformed, "diversions: expected three lines for each"};
  std::vector<dpkg_diversion> out;
  for (std::size_t i = 0; i < lines.size(); i += 3) {
    if (!lines[i].starts_with('/') || !lines[i + 1].starts_with('/') || lines[i + 2].empty())
      return at_line("diversions", i + 1, "expected two absolute paths and a package");
    out.push_back({std::string{lines[i]}, std::string{lines[i + 1]}, std::string{lines[i + 2]}});
  }
  return out;
}

} // namespace muster::extraction
