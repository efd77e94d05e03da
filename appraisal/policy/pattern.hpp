// A pattern of a policy, compiled once. The one place that knows RE2.
#pragma once

#include "messages/vocabulary/result.hpp"

#include <memory>

namespace muster::appraisal {

/// A regular expression in RE2's syntax over bytes. It is matched against the whole of a text, in time linear
/// in that text, whatever the pattern: there is no backtracking. `.` is any byte, also a line end. Immutable;
/// copies share the compiled form; any number of threads may match at once.
class pattern {
public:
  static constexpr std::size_t max_length = 256;
  /// For the compiled form, and again at most as much for what RE2 remembers while it matches.
  static constexpr std::size_t max_memory = std::size_t{256} << 10U;

  /// fault limit: over `max_length`, or its compiled form is over `max_memory`. fault malformed: empty, or
  /// not RE2's syntax (back references and look-around are not in it). The fault says what is wrong with it.
  static result<pattern> make(std::string text);

  bool matches(std::string_view whole) const;
  /// Whether it matches some text that `whole` is of, with "_" written for any of its blanks. One match, as
  /// `matches`: the pattern is compiled for it, not the text changed. True in doubt: `\b` and `\B` count as
  /// met.
  bool matches_with_blanks(std::string_view whole) const;
  const std::string& text() const noexcept { return text_; }

  friend bool operator==(const pattern& a, const pattern& b) noexcept { return a.text_ == b.text_; }

private:
  struct compiled;
  pattern(std::string text, std::shared_ptr<const compiled> form) noexcept
      : text_{std::move(text)}, form_{std::move(form)} {}

  std::string text_;
  std::shared_ptr<const compiled> form_;
};

/// A pattern of paths to pass over. As `pattern::make`; also malformed: it does not begin with a slash. fault
/// denied: it would pass over places where every machine keeps its programs ("/.*"), or all of a directory in
/// one ("/usr/lib/x/.*").
result<pattern> make_path_pattern(std::string text);

} // namespace muster::appraisal
