#include "extraction/rpm_listing.hpp"

#include "extraction/text_lines.hpp"

#include <array>
#include <charconv>

namespace muster::extraction {

namespace {

constexpr std::size_t max_files = 4'000'000;
constexpr std::size_t max_path = 4095;

/// PGPHASHALGO_* (RFC 4880, 9.4), by which rpm numbers its digests. "(none)" means MD5, from packages made
/// before rpm had a choice.
std::optional<hash_algorithm> algorithm_from(std::string_view text) {
  if (text == "2") return hash_algorithm::sha1;
  if (text == "8") return hash_algorithm::sha256;
  if (text == "9") return hash_algorithm::sha384;
  if (text == "10") return hash_algorithm::sha512;
  return std::nullopt;
}

/// Reads st_mode of stat(2) as a decimal number, which rpm may print as a negative one.
bool is_regular(std::string_view text) {
  int mode = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), mode);
  return error == std::errc{} && end == text.data() + text.size()
         && (static_cast<unsigned>(mode) & 0170000U) == 0100000U;
}

/// Reads RPMFILE_* (rpm/rpmfiles.h) as a decimal number.
std::optional<rpm_file_kind> kind_from(std::string_view text) {
  constexpr unsigned configuration = 1U << 0U;
  unsigned flags = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), flags);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return (flags & configuration) != 0 ? rpm_file_kind::configuration : rpm_file_kind::plain;
}

std::optional<std::array<std::string_view, 7>> fields_of(std::string_view line) {
  std::array<std::string_view, 7> out;
  for (std::size_t i = 0; i + 1 < out.size(); ++i) {
    const auto tab = line.find('\t');
    if (tab == std::string_view::npos) return std::nullopt;
    out[i] = line.substr(0, tab);
    line.remove_prefix(tab + 1);
  }
  out.back() = line;
  return out;
}

} // namespace

result<std::vector<rpm_file>> parse_rpm_listing(std::string_view text) {
  std::vector<rpm_file> out;
  std::optional<fault> why;
  for_each_line(text, [&](std::string_view line, std::size_t number) {
    const auto fields = fields_of(line);
    const auto digest = fields ? from_hex((*fields)[3]) : std::nullopt;
    const auto kind = fields ? kind_from((*fields)[5]) : std::nullopt;
    const bool sound = fields && digest && kind && !(*fields)[0].empty() && !(*fields)[1].empty()
                       && (*fields)[6].starts_with('/') && (*fields)[6].size() <= max_path;
    if (!sound) {
      why = fault{errc::malformed, "rpm: line " + std::to_string(number)
                                       + ": expected name, version, algorithm, digest, mode, flags and path"};
      return false;
    }
    const auto& [name, version, algorithm, hex, mode, flags, path] = *fields;
    if (!is_regular(mode)) return true;
    rpm_file one{std::string{name},         std::string{version},
                 std::string{path},         *kind,
                 algorithm_from(algorithm), *digest};
    if (one.algorithm && digest_size(*one.algorithm) != one.digest.size()) one.algorithm.reset();
    out.push_back(std::move(one));
    if (out.size() <= max_files) return true;
    why = fault{errc::limit, "rpm: more files than a machine may have"};
    return false;
  });
  if (why) return *why;
  return out;
}

} // namespace muster::extraction
