#include "appraisal/policy/pattern.hpp"

#include "appraisal/policy/kernel_name.hpp"
#include "appraisal/policy/program_places.hpp"
#include "messages/vocabulary/bytes.hpp"

#include <re2/re2.h>

#include <algorithm>

namespace muster::appraisal {

namespace {

RE2::Options options_of_patterns(std::size_t memory = pattern::max_memory) {
  RE2::Options out{RE2::Latin1}; // paths are bytes: an attacker cannot avoid a match by invalid text
  out.set_log_errors(false);
  out.set_never_capture(true);
  out.set_dot_nl(true);
  out.set_max_mem(static_cast<std::int64_t>(memory));
  return out;
}

re2::StringPiece piece(std::string_view text) { return {text.data(), text.size()}; }

/// The literal beginning of every text that matches: the pattern up to its first special character. Empty,
/// which every text begins with, if the pattern has alternatives.
std::string_view beginning_of(std::string_view text) noexcept {
  if (text.find('|') != std::string_view::npos) return {};
  const auto end = std::min(text.find_first_of("\\.[](){}*+?^$"), text.size());
  // A repetition applies to the character before it, which may occur zero times.
  const bool repeats =
      end < text.size() && std::string_view{"*+?{"}.find(text[end]) != std::string_view::npos;
  return text.substr(0, repeats && end > 0 ? end - 1 : end);
}

/// Names of programs: a pattern that matches one of them in a directory of programs takes the whole
/// directory.
constexpr std::string_view any_program[] = {"sh", "libc.so.6"};

/// The program that a pattern would skip in a directory inside a place of programs, if the pattern takes all
/// that is there ("/usr/lib/x/.*"). Empty for a pattern that names files ("/usr/lib/x/.*\\.cache").
std::string taken_as_a_whole(const pattern& one) {
  const auto beginning = beginning_of(one.text());
  const auto directory = beginning.substr(0, beginning.rfind('/'));
  if (place_around(directory).empty()) return {};
  for (const auto name : any_program)
    if (auto program = std::string{directory}.append("/").append(name); one.matches_spelled(program))
      return program;
  return {};
}

/// The pieces of a pattern that each mean one character, or a place between two.
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
  /// Whether the next piece is between \Q and \E, where each character is itself.
  bool quoted() const noexcept { return quoted_; }

private:
  /// `[^]a[:space:]\]]`: three brackets do not end a class: its first member, that of a named class, and an
  /// escaped one.
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

/// What a form of a pattern is for: to find all that may be meant, or only what is surely meant.
enum class spelling : std::uint8_t { in_doubt, meant };

/// "All but": `[^...]`, `\W`, `\P...`, `\p{^...}`, `[[:^...:]]`.
bool is_negation(std::string_view atom) noexcept {
  return atom.starts_with("[^") || atom.find("\\W") != std::string_view::npos
         || atom.find("\\P") != std::string_view::npos || atom.find("{^") != std::string_view::npos
         || atom.find("[:^") != std::string_view::npos;
}

/// Lets every character that can match a blank match "_" as well; for `meant`, each that asks for a blank. A
/// place whose match may depend on its neighbours (`\b`, `\B`) matches anywhere; for `meant` a pattern with
/// one does not change. Empty if nothing changes.
std::string take_underscores_for_blanks(std::string_view text, spelling which) {
  std::string out;
  bool other = false;
  for (atoms in{text}; !in.done();) {
    const bool literal = in.quoted();
    const auto atom = in.next();
    const auto single = literal && atom.size() == 1 ? RE2::QuoteMeta(piece(atom)) : std::string{atom};
    if (atom == "\\Q" || atom == "\\E") continue;
    if (!literal && (atom == "\\b" || atom == "\\B")) {
      if (which == spelling::meant) return {};
      other = true;
      out += "(?:)";
      continue;
    }
    const bool wide = atom == " " || atom.size() > 1; // `.` matches "_", too; no other sign matches a blank
    const bool counts = which == spelling::in_doubt || !is_negation(atom);
    if (!wide || !counts) {
      out += single;
      continue;
    }
    const RE2 one{single, options_of_patterns()};
    if (one.ok() && RE2::FullMatch(" ", one) && !RE2::FullMatch("_", one)) {
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
        with_blanks_text{take_underscores_for_blanks(text, spelling::in_doubt)},
        with_blanks{piece(with_blanks_text), options_of_patterns(2 * max_memory)},
        spelled_text{take_underscores_for_blanks(text, spelling::meant)}, spelled{piece(spelled_text),
                                                                                  options_of_patterns(
                                                                                      2 * max_memory)} {}
  RE2 expression;
  /// Compared first: few patterns of a policy begin like a given path, and a call of RE2 takes longer than
  /// this comparison.
  std::string beginning;
  std::string with_blanks_text; ///< empty: the same as `expression`
  RE2 with_blanks;
  std::string spelled_text; ///< likewise
  RE2 spelled;
};

result<pattern> pattern::make(std::string text) {
  if (text.empty()) return fault{errc::malformed, "expected a pattern, which is not empty"};
  if (text.size() > max_length)
    return fault{errc::limit, "expected a pattern of at most " + std::to_string(max_length) + " bytes"};
  auto form = std::make_shared<const compiled>(text);
  const auto& expression = form->expression;
  if (expression.ok() && form->with_blanks.ok() && form->spelled.ok())
    return pattern{std::move(text), std::move(form)};
  const bool large = expression.ok() || expression.error_code() == RE2::ErrorPatternTooLarge;
  return fault{large ? errc::limit : errc::malformed,
               "expected a pattern in RE2's syntax: "
                   + printable((expression.ok() ? form->with_blanks : expression).error(), 200)};
}

bool pattern::matches(std::string_view whole) const {
  return whole.starts_with(form_->beginning) && RE2::FullMatch(piece(whole), form_->expression);
}

bool pattern::matches_with_blanks(std::string_view whole) const {
  if (!begins_as_kernel_name(whole, form_->beginning)) return false;
  const auto& expression = form_->with_blanks_text.empty() ? form_->expression : form_->with_blanks;
  return RE2::FullMatch(piece(whole), expression);
}

bool pattern::matches_spelled(std::string_view whole) const {
  if (!begins_as_kernel_name(whole, form_->beginning)) return false;
  const auto& expression = form_->spelled_text.empty() ? form_->expression : form_->spelled;
  return RE2::FullMatch(piece(whole), expression);
}

result<pattern> make_path_pattern(std::string text) {
  if (!text.starts_with('/'))
    return fault{errc::malformed, "expected a pattern of absolute paths, which begins with a slash"};
  auto made = pattern::make(std::move(text));
  if (!made) return made;
  const auto samples = sample_programs();
  const auto sample = std::ranges::find_if(samples, [&](auto each) { return made->matches_spelled(each); });
  const auto taken = sample != samples.end() ? std::string{*sample} : taken_as_a_whole(*made);
  if (!taken.empty())
    return fault{errc::denied, "expected a pattern of data; this one would also pass over " + taken};
  return made;
}

} // namespace muster::appraisal
