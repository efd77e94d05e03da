// A pattern of a policy, compiled once. Only this class knows RE2.
#pragma once

#include "messages/vocabulary/result.hpp"

#include <memory>

namespace muster::appraisal {

/// A regular expression in RE2's syntax, over bytes. It is matched against a whole text, in time linear in
/// that text whatever the pattern is: there is no backtracking. `.` is any byte, a line end included.
/// Immutable; copies share the compiled form, and any number of threads may match at once.
class pattern {
public:
  static constexpr std::size_t max_length = 256;
  /// Bytes for the compiled form. RE2 may use as much again for what it remembers while it matches.
  static constexpr std::size_t max_memory = std::size_t{256} << 10U;

  /// fault limit: over `max_length`, or the compiled form is over `max_memory`. fault malformed: empty, or
  /// not RE2's syntax (which has no back references and no look-around). The fault says what is wrong with
  /// the pattern.
  static result<pattern> make(std::string text);

  bool matches(std::string_view whole) const;
  /// Whether the pattern matches a text that becomes `whole` when "_" is written for some of its blanks. One
  /// match, like `matches`: a second form of the pattern is compiled, the text is not changed. True in doubt:
  /// `\b` and `\B` count as matched.
  bool matches_with_blanks(std::string_view whole) const;
  /// Whether the pattern matches a text that becomes `whole` when "_" is written for each blank that the
  /// pattern asks for: by itself, by its number, or as a member of a class. For what is excused: a class of
  /// all but some characters means no blank, and a pattern with `\b` or `\B` has no other form.
  bool matches_spelled(std::string_view whole) const;
  const std::string& text() const noexcept { return text_; }

  friend bool operator==(const pattern& a, const pattern& b) noexcept { return a.text_ == b.text_; }

private:
  struct compiled;
  pattern(std::string text, std::shared_ptr<const compiled> form) noexcept
      : text_{std::move(text)}, form_{std::move(form)} {}

  std::string text_;
  std::shared_ptr<const compiled> form_;
};

/// A pattern of paths to skip. Faults as in `pattern::make`; also malformed: it does not begin with a slash.
/// fault denied: it would skip places where every machine keeps its programs ("/.*"), or all of a directory
/// in such a place ("/usr/lib/x/.*").
result<pattern> make_path_pattern(std::string text);

} // namespace muster::appraisal
