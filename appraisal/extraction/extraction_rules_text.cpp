#include "appraisal/extraction/extraction_rules_text.hpp"

#include "settings/section.hpp"
#include "tpm/format/event_type.hpp"

#include <algorithm>
#include <charconv>

namespace muster::appraisal {

namespace {

using settings::section;

std::string expected_pcrs() {
  std::string out;
  for (unsigned i = 0; i < 24; ++i)
    if (learnable_pcrs() >> i & 1U) out += (out.empty() ? "" : ", ") + std::to_string(i);
  return "expected one of PCR " + out;
}

result<unsigned> parse_pcr(std::string_view text) {
  const auto index = settings::parse_integer(text);
  if (!index || *index >= 32 || (learnable_pcrs() >> *index & 1U) == 0)
    return fault{errc::malformed, expected_pcrs()};
  return static_cast<unsigned>(*index);
}

/// "EV_IPL", "0x80000001" or "13".
result<std::uint32_t> parse_type(std::string_view text) {
  if (const auto named = tpm::event_type_from(text)) return static_cast<std::uint32_t>(*named);
  const auto base = text.starts_with("0x") ? 16 : 10;
  const auto digits = base == 16 ? text.substr(2) : text;
  std::uint32_t number = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number, base);
  if (error != std::errc{} || end != digits.data() + digits.size())
    return fault{errc::malformed, "expected a type of events such as EV_IPL or 0x0000000d"};
  return number;
}

result<pattern> parse_path_pattern(std::string_view text) {
  if (!text.starts_with('/'))
    return fault{errc::malformed, "expected a pattern of absolute paths, which begins with a slash"};
  return pattern::make(std::string{text});
}

void read_pcrs(section& in, std::uint32_t& out) {
  std::vector<std::string> listed;
  std::uint32_t mask = 0;
  in.texts("pcrs", listed, [&](std::string_view text) -> result<std::string> {
    const auto index = parse_pcr(text);
    if (!index) return index.fault();
    mask |= 1U << *index;
    return std::string{text};
  });
  if (in.has("pcrs")) out = mask;
}

void read_event_rule(section& in, std::vector<event_rule>& out) {
  std::optional<std::string> pcr;
  std::optional<std::string> type;
  std::optional<std::string> description;
  unsigned index = 0;
  std::optional<std::uint32_t> number;
  std::optional<pattern> compiled;
  const auto take = [](auto& to, auto made, std::string_view text) -> result<std::string> {
    if (!made) return made.fault();
    to = *std::move(made);
    return std::string{text};
  };
  in.parsed("pcr", pcr, "a PCR", [&](std::string_view text) { return take(index, parse_pcr(text), text); });
  in.parsed("type", type, "a type of events",
            [&](std::string_view text) { return take(number, parse_type(text), text); });
  in.parsed("description", description, "a pattern",
            [&](std::string_view text) { return take(compiled, pattern::make(std::string{text}), text); });
  if (!in.has("pcr")) in.refuse("pcr", "missing; say of which PCR");
  if (!in.has("description"))
    in.refuse("description", "missing; the type is the log's word and no digest covers it, so say what the "
                             "event's text matches; '.*' takes every text that a digest covers");
  if (pcr && compiled) out.push_back({static_cast<std::uint8_t>(index), number, *std::move(compiled)});
}

void read_files(section& in, std::string_view key, std::vector<pattern>& out) {
  std::vector<std::string> listed;
  in.texts(key, listed, [&](std::string_view text) -> result<std::string> {
    auto made = parse_path_pattern(text);
    if (!made) return made.fault();
    out.push_back(*std::move(made));
    return std::string{text};
  });
  if (out.size() > extraction_rules::max_patterns)
    in.refuse(key, "expected at most " + std::to_string(extraction_rules::max_patterns) + " entries");
}

void read_rules(section& in, extraction_rules& out) {
  in.format("version", extraction_rules_format);
  in.inside("boot", [&](section& boot) {
    read_pcrs(boot, out.pcrs);
    boot.each("leave_out", extraction_rules::max_events,
              [&](section& one) { read_event_rule(one, out.leave_out); });
    if (const auto defect = defect_of(out); !defect.empty())
      boot.refuse(out.leave_out.empty() ? "pcrs" : "leave_out", defect);
  });
  in.inside("ima", [&](section& ima) {
    read_files(ima, "include", out.include_files);
    read_files(ima, "exclude", out.exclude_files);
    if (ima.has("include") && out.include_files.empty())
      ima.refuse("include", "expected at least one pattern; leave the key out to learn every file");
  });
}

} // namespace

result<extraction_rules> parse_extraction_rules(std::string_view file, std::string_view text) {
  extraction_rules out;
  const auto read = settings::read_settings(file, text, [&](section& root) { read_rules(root, out); });
  if (!read) return read.fault();
  return out;
}

} // namespace muster::appraisal
