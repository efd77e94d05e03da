#include "appraisal/pattern.hpp"

#include "messages/vocabulary/bytes.hpp"

#include <re2/re2.h>

#include <algorithm>

namespace muster::appraisal {

namespace {

RE2::Options options_of_patterns() {
  RE2::Options out{RE2::Latin1}; // paths are bytes: no text of an attacker is invalid and so never matched
  out.set_log_errors(false);
  out.set_never_capture(true);
  out.set_dot_nl(true);
  out.set_max_mem(static_cast<std::int64_t>(pattern::max_memory));
  return out;
}

re2::StringPiece piece(std::string_view text) { return {text.data(), text.size()}; }

/// What every text begins with that matches: the pattern up to its first special character. Empty, which
/// every text begins with, where there are alternatives.
std::string_view beginning_of(std::string_view text) noexcept {
  if (text.find('|') != std::string_view::npos) return {};
  const auto end = std::min(text.find_first_of("\\.[](){}*+?^$"), text.size());
  // A repetition is of the character before it, and may be of none.
  const bool repeats =
      end < text.size() && std::string_view{"*+?{"}.find(text[end]) != std::string_view::npos;
  return text.substr(0, repeats && end > 0 ? end - 1 : end);
}

/// One of each kind of place that no exclusion may cover by accident.
constexpr std::string_view places_of_programs[] = {
    "/",
    "/init",
    "/bin/sh",
    "/sbin/init",
    "/usr/bin/env",
    "/usr/sbin/sshd",
    "/usr/lib/systemd/systemd",
    "/usr/lib/x86_64-linux-gnu/libc.so.6",
    "/lib/modules/6.1.0-1/kernel/a.ko",
    "/boot/vmlinuz",
    "/etc/passwd",
};

} // namespace

struct pattern::compiled {
  explicit compiled(std::string_view text)
      : expression{piece(text), options_of_patterns()}, beginning{beginning_of(text)} {}
  RE2 expression;
  /// Looked at first: of the patterns of a policy hardly one begins as a path does, and RE2 takes longer to
  /// be called than this takes.
  std::string beginning;
};

result<pattern> pattern::make(std::string text) {
  if (text.empty()) return fault{errc::malformed, "expected a pattern, which is not empty"};
  if (text.size() > max_length)
    return fault{errc::limit, "expected a pattern of at most " + std::to_string(max_length) + " bytes"};
  auto form = std::make_shared<const compiled>(text);
  const auto& expression = form->expression;
  if (expression.ok()) return pattern{std::move(text), std::move(form)};
  const bool large = expression.error_code() == RE2::ErrorPatternTooLarge;
  return fault{large ? errc::limit : errc::malformed,
               "expected a pattern in RE2's syntax: " + printable(expression.error(), 200)};
}

bool pattern::matches(std::string_view whole) const {
  return whole.starts_with(form_->beginning) && RE2::FullMatch(piece(whole), form_->expression);
}

result<pattern> make_path_pattern(std::string text) {
  if (!text.starts_with('/'))
    return fault{errc::malformed, "expected a pattern of absolute paths, which begins with a slash"};
  auto made = pattern::make(std::move(text));
  if (!made) return made;
  for (const auto place : places_of_programs)
    if (made->matches(place))
      return fault{errc::denied,
                   "expected a pattern of data; this one would also pass over " + std::string{place}};
  return made;
}

} // namespace muster::appraisal
