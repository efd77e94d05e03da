#include "extraction/dpkg_database.hpp"

#include "extraction/text_lines.hpp"

#include <optional>

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

struct paragraph {
  std::string_view name;
  std::string_view status;
  std::string_view version;
  std::string_view architecture;
  std::size_t line = 0;

  void take(std::string_view key, std::string_view value) {
    if (key == "Package") name = value;
    if (key == "Status") status = value;
    if (key == "Version") version = value;
    if (key == "Architecture") architecture = value;
  }
  bool installed() const { return status == "install ok installed" || status == "hold ok installed"; }
};

std::string_view trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(" \t\r");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\r") - first + 1);
}

/// Adds the package of a finished paragraph. False if its fields are invalid or there are too many packages.
bool close(paragraph& at, std::vector<dpkg_package>& out, std::optional<fault>& why) {
  if (at.installed()) {
    if (!is_word(at.name) || !is_word(at.version) || (!at.architecture.empty() && !is_word(at.architecture)))
      why = at_line("dpkg status", at.line, "an installed package without a proper name and version");
    else if (out.size() == max_dpkg_packages)
      why = fault{errc::limit, "dpkg status: more packages than a machine may have"};
    else
      out.push_back({std::string{at.name}, std::string{at.architecture}, std::string{at.version}});
  }
  at = {};
  return !why;
}

} // namespace

result<std::vector<dpkg_package>> parse_dpkg_status(std::string_view text) {
  std::vector<dpkg_package> out;
  std::optional<fault> why;
  paragraph at;
  const bool whole = for_each_line(text, [&](std::string_view line, std::size_t number) {
    if (trimmed(line).empty()) return close(at, out, why);
    if (at.line == 0) at.line = number;
    if (line.front() == ' ' || line.front() == '\t') return true; // continues the field above
    const auto colon = line.find(':');
    if (colon == 0 || colon == std::string_view::npos) {
      why = at_line("dpkg status", number, "expected a field and its value");
      return false;
    }
    at.take(line.substr(0, colon), trimmed(line.substr(colon + 1)));
    return true;
  });
  if (whole) close(at, out, why);
  if (why) return *why;
  return out;
}

result<std::vector<dpkg_file>> parse_md5sums(std::string_view text) {
  constexpr std::size_t digits = 32;
  std::vector<dpkg_file> out;
  std::optional<fault> why;
  for_each_line(text, [&](std::string_view line, std::size_t number) {
    const auto md5 = from_hex(line.substr(0, digits));
    const auto path = line.size() > digits + 2 ? line.substr(digits + 2) : std::string_view{};
    const bool blanks = line.size() > digits + 2 && line[digits] == ' '
                        && (line[digits + 1] == ' ' || line[digits + 1] == '*');
    if (!md5 || md5->size() != digits / 2 || !blanks || path.size() > 4095)
      why = at_line("md5sums", number, "expected an MD5 in hex, two blanks and a path");
    else if (out.size() == max_dpkg_files)
      why = fault{errc::limit, "md5sums: more files than a package may have"};
    if (why) return false;
    auto& one = out.emplace_back();
    one.path = path.starts_with('/') ? std::string{path} : "/" + std::string{path};
    std::ranges::copy(*md5, one.md5.begin());
    return true;
  });
  if (why) return *why;
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
