#include "appraisal/policy/pattern.hpp"

#include "appraisal/policy/program_places.hpp"
#include "messages/vocabulary/bytes.hpp"

#include <re2/re2.h>

#include <algorithm>

namespace muster::appraisal {

namespace {

RE2::Options options_of_patterns(std::size_t memory = pattern::max_memory) {
  RE2::Options out{RE2::Latin1}; // paths are bytes: no text of an attacker is invalid and so never matched
  out.set_log_errors(false);
  out.set_never_capture(true);
  out.set_dot_nl(true);
  out.set_max_mem(static_cast<std::int64_t>(memory));
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

/// Names of programs: a pattern that matches them in a directory of programs stands for the directory.
constexpr std::string_view any_program[] = {"sh", "libc.so.6"};

/// What a pattern passes over in the directory of programs in which its own directory lies, if it takes all
/// that is there ("/usr/lib/x/.*"). What names files ("/usr/lib/x/.*\\.cache") takes none.
std::string taken_as_a_whole(const pattern& one) {
  const auto beginning = beginning_of(one.text());
  const auto directory = beginning.substr(0, beginning.rfind('/'));
  if (place_around(directory).empty()) return {};
  for (const auto name : any_program)
    if (auto program = std::string{directory}.append("/").append(name); one.matches(program)) return program;
  return {};
}

/// The pieces of a pattern that stand for one character, or for a place between two.
class atoms {
public:
  explicit atoms(std::string_view text) noexcept : rest_{text} {}
  bool done() const noexcept { return rest_.empty(); }

  std::string_view next() noexcept {
    auto size = std::size_t{1};
    if (quoted_) {
      if (rest_.starts_with("\\E")) size = 2;
      quoted_ = size != 2;
    } else if (rest_.front() == '[') {
      size = size_of_class();
    } else if (rest_.front() == '\\' && rest_.size() > 1) {
      size = size_of_escape();
      quoted_ = rest_[1] == 'Q';
    }
    const auto out = rest_.substr(0, size);
    rest_.remove_prefix(out.size());
    return out;
  }
  /// Whether what comes next is between \Q and \E, where each character is itself.
  bool quoted() const noexcept { return quoted_; }

private:
  /// `[^]a[:space:]\]]`: a bracket that is the first member does not end it, nor one of a name, or escaped.
  std::size_t size_of_class() const noexcept {
    auto at = std::size_t{rest_.substr(1).starts_with('^') ? 2U : 1U};
    for (bool first = true; at < rest_.size(); first = false) {
      if (rest_[at] == ']' && !first) return at + 1;
      const auto named =
          rest_.substr(at).starts_with("[:") ? rest_.find(":]", at + 2) : std::string_view::npos;
      if (named != std::string_view::npos)
        at = named + 2;
      else
        at += rest_[at] == '\\' ? 2 : 1;
    }
    return rest_.size();
  }

  std::size_t size_of_escape() const noexcept {
    const auto kind = rest_[1];
    const bool braces = rest_.substr(2).starts_with('{');
    if ((kind == 'p' || kind == 'P' || kind == 'x') && braces)
      return std::min(rest_.find('}'), rest_.size() - 1) + 1;
    if (kind == 'p' || kind == 'P') return 3;
    if (kind == 'x') return 4;
    if (kind < '0' || kind > '7') return 2;
    const auto digits = rest_.substr(1, 3);
    return 1 + std::min(digits.find_first_not_of("01234567"), digits.size());
  }

  std::string_view rest_;
  bool quoted_ = false;
};

/// A character that can be a blank can be "_" as well. A place that may depend on what stands beside it may
/// be anywhere. Empty if nothing becomes another.
std::string take_underscores_for_blanks(std::string_view text) {
  std::string out;
  bool other = false;
  for (atoms in{text}; !in.done();) {
    const bool literal = in.quoted();
    const auto atom = in.next();
    const auto single = literal && atom.size() == 1 ? RE2::QuoteMeta(piece(atom)) : std::string{atom};
    if (atom == "\\Q" || atom == "\\E") continue;
    if (!literal && (atom == "\\b" || atom == "\\B")) {
      other = true;
      out += "(?:)";
      continue;
    }
    const bool wide = atom == " " || atom.size() > 1; // `.` is "_" already, and other signs are no characters
    const RE2 one{single, options_of_patterns()};
    if (wide && one.ok() && RE2::FullMatch(" ", one) && !RE2::FullMatch("_", one)) {
      other = true;
      out += "(?:" + single + "|_)";
    } else {
      out += single;
    }
  }
  return other ? out : std::string{};
}

} // namespace

struct pattern::compiled {
  explicit compiled(std::string_view text)
      : expression{piece(text), options_of_patterns()}, beginning{beginning_of(text)},
        with_blanks_text{take_underscores_for_blanks(text)}, with_blanks{
                                                                 piece(with_blanks_text),
                                                                 options_of_patterns(2 * max_memory)} {}
  RE2 expression;
  /// Looked at first: of the patterns of a policy hardly one begins as a path does, and RE2 takes longer to
  /// be called than this takes.
  std::string beginning;
  std::string with_blanks_text; ///< empty: `expression` is that, too
  RE2 with_blanks;
};

namespace {

/// Whether `text` begins so, with "_" for any blank.
bool starts_with_blanks(std::string_view text, std::string_view beginning) noexcept {
  return text.size() >= beginning.size()
         && std::ranges::equal(text.substr(0, beginning.size()), beginning,
                               [](char found, char c) { return found == c || (c == ' ' && found == '_'); });
}

} // namespace

result<pattern> pattern::make(std::string text) {
  if (text.empty()) return fault{errc::malformed, "expected a pattern, which is not empty"};
  if (text.size() > max_length)
    return fault{errc::limit, "expected a pattern of at most " + std::to_string(max_length) + " bytes"};
  auto form = std::make_shared<const compiled>(text);
  const auto& expression = form->expression;
  if (expression.ok() && form->with_blanks.ok()) return pattern{std::move(text), std::move(form)};
  const bool large = expression.ok() || expression.error_code() == RE2::ErrorPatternTooLarge;
  return fault{large ? errc::limit : errc::malformed,
               "expected a pattern in RE2's syntax: "
                   + printable((expression.ok() ? form->with_blanks : expression).error(), 200)};
}

bool pattern::matches(std::string_view whole) const {
  return whole.starts_with(form_->beginning) && RE2::FullMatch(piece(whole), form_->expression);
}

bool pattern::matches_with_blanks(std::string_view whole) const {
  if (!starts_with_blanks(whole, form_->beginning)) return false;
  const auto& expression = form_->with_blanks_text.empty() ? form_->expression : form_->with_blanks;
  return RE2::FullMatch(piece(whole), expression);
}

result<pattern> make_path_pattern(std::string text) {
  if (!text.starts_with('/'))
    return fault{errc::malformed, "expected a pattern of absolute paths, which begins with a slash"};
  auto made = pattern::make(std::move(text));
  if (!made) return made;
  const auto samples = sample_programs();
  const auto sample = std::ranges::find_if(samples, [&](auto each) { return made->matches(each); });
  const auto taken = sample != samples.end() ? std::string{*sample} : taken_as_a_whole(*made);
  if (!taken.empty())
    return fault{errc::denied, "expected a pattern of data; this one would also pass over " + taken};
  return made;
}

} // namespace muster::appraisal
