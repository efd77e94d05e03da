// A grammar of policies that does not need the appraisal folder.
#pragma once

#include "settings/policy_document.hpp"

namespace muster::settings {

/// Two checks, and no pattern engine: a pattern is any text without "(". Programs are in /usr.
inline policy_grammar plain_grammar() {
  static constexpr weighable_check checks[] = {{"boot.no-log", severity::note},
                                               {"ima.changed-file", severity::warning}};
  policy_grammar out;
  out.checks = checks;
  const auto parse = [](std::string_view text) -> result<std::string> {
    if (text.find('(') == std::string_view::npos) return std::string{text};
    return fault{errc::malformed, "expected a pattern: missing )"};
  };
  out.directory = [](std::string_view text) -> result<std::string> {
    if (text != "/usr") return std::string{text};
    return fault{errc::denied, "expected a directory of data"};
  };
  out.path_pattern = out.text_pattern = parse;
  out.version = [](std::string_view text) -> result<std::string> {
    if (text == "1.2") return std::string{text};
    return fault{errc::malformed, "expected a version"};
  };
  out.most_path_patterns = 2;
  out.most_text_patterns = 2;
  out.most_digests = 1;
  out.most_denials = 2;
  out.longest_reason = 10;
  return out;
}

} // namespace muster::settings
