#include "settings/document.hpp"

#include "messages/vocabulary/bytes.hpp"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/mark.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <exception>
#include <sstream>

namespace muster::settings {
namespace {

// Only an exception thrown by a handler stops yaml-cpp. `parse_document` catches this one.
struct refusal {
  unsigned line;
  std::string path;
  std::string sentence;
};

// yaml-cpp counts lines from 0, and gives -1 for an unknown line.
unsigned line_of(const YAML::Mark& mark) {
  return mark.line < 0 ? 1U : static_cast<unsigned>(mark.line) + 1U;
}

// yaml-cpp accepts the end of the file as a closing quote. Our values are single lines, so their quotes must
// close on the same line.
bool closes_on_its_line(std::string_view from) {
  const auto quote = from.front();
  for (std::size_t i = 1; i < from.size() && from[i] != '\n'; ++i) {
    if (quote == '"' && from[i] == '\\')
      ++i;
    else if (from[i] == quote) {
      if (quote == '"' || i + 1 == from.size() || from[i + 1] != quote) return true;
      ++i; // '' within single quotes is one quote
    }
  }
  return false;
}

// Builds the tree from the parser's events. It does not use YAML::Node, which has already merged duplicates
// and followed aliases.
class builder : public YAML::EventHandler {
public:
  explicit builder(std::string_view text) : text_{text} {}

  void OnDocumentStart(const YAML::Mark& mark) override {
    if (++documents_ > 1) throw refusal{line_of(mark), "", "a second document; one file is one document"};
  }
  void OnDocumentEnd() override {}

  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    check_properties(mark, "?", anchor);
    place(entry::shape::nothing, mark);
  }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t) override {
    throw refusal{line_of(mark), path(), "an alias; write the value out"};
  }
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    check_properties(mark, tag, anchor);
    if (expects_key()) {
      take_key(mark, value);
      return;
    }
    auto& made = place(entry::shape::text, mark);
    made.text = value;
    made.quotes = tag == "!" ? entry::quoting::quoted : entry::quoting::plain;
  }
  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    open(entry::shape::list, mark, tag, anchor);
  }
  void OnSequenceEnd() override { open_.pop_back(); }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    open(entry::shape::mapping, mark, tag, anchor);
  }
  void OnMapEnd() override { open_.pop_back(); }

  unsigned documents() const noexcept { return documents_; }
  entry take() { return std::move(root_); }

private:
  std::string_view from(const YAML::Mark& mark) const {
    const auto at = mark.pos < 0 ? text_.size() : static_cast<std::size_t>(mark.pos);
    return text_.substr(std::min(at, text_.size()));
  }

  bool expects_key() const {
    return !open_.empty() && open_.back()->is == entry::shape::mapping && !has_key_;
  }

  void check_properties(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor) const {
    const auto rest = from(mark);
    if (anchor != 0) throw refusal{line_of(mark), path(), "an anchor; write the value out where it is used"};
    if ((!tag.empty() && tag != "?" && tag != "!") || rest.starts_with('!'))
      throw refusal{line_of(mark), path(), "a tag; the key decides the type"};
    if ((rest.starts_with('"') || rest.starts_with('\'')) && !closes_on_its_line(rest))
      throw refusal{line_of(mark), path(), "quotes that are not closed on their line"};
  }

  void take_key(const YAML::Mark& mark, const std::string& key) {
    const auto& siblings = open_.back()->children;
    const auto twin = std::ranges::find(siblings, key, &entry::key);
    key_ = key;
    key_line_ = line_of(mark);
    has_key_ = true;
    if (twin != siblings.end())
      throw refusal{key_line_, path(),
                    "is there twice, first in line " + std::to_string(twin->line) + "; keep one"};
  }

  entry& place(entry::shape is, const YAML::Mark& mark) {
    if (expects_key()) throw refusal{line_of(mark), path(), "expected a key that is text"};
    if (++entries_ > max_entries) throw refusal{line_of(mark), path(), "too many values for one file"};
    auto& made = open_.empty() ? root_ : open_.back()->children.emplace_back();
    made.is = is;
    made.line = has_key_ ? key_line_ : line_of(mark);
    if (has_key_) made.key = std::move(key_);
    has_key_ = false;
    return made;
  }

  void open(entry::shape is, const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor) {
    check_properties(mark, tag, anchor);
    if (open_.size() >= max_depth) throw refusal{line_of(mark), "", "nested too deep"};
    // The pointer stays valid: children move only when a sibling is added, and this entry is closed by then.
    open_.push_back(&place(is, mark));
  }

  std::string path() const {
    std::string out;
    const auto step = [&out](const std::string& key) {
      if (!out.empty() && !key.empty()) out += '.';
      out += printable(key, 64);
    };
    for (const auto* each : open_)
      step(each->key);
    if (has_key_) step(key_);
    return out;
  }

  std::string_view text_;
  entry root_;
  std::vector<entry*> open_;
  std::string key_;
  unsigned key_line_ = 0;
  bool has_key_ = false;
  unsigned documents_ = 0;
  std::size_t entries_ = 0;
};

muster::fault fault_at(std::string_view file, const refusal& why) {
  auto check = std::string{file} + ':' + std::to_string(why.line) + ": ";
  if (!why.path.empty()) check += why.path + ": ";
  return {errc::malformed, check + why.sentence};
}

// The offset of the first byte that is NUL or not well-formed UTF-8, or npos. Overlong forms and surrogates
// are refused (Unicode 15, table 3-7).
std::size_t first_bad_byte(std::string_view text) {
  const auto byte = [&](std::size_t i) { return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U; };
  for (std::size_t i = 0; i < text.size();) {
    const auto lead = byte(i);
    if (lead != 0 && lead < 0x80) {
      ++i;
      continue;
    }
    const std::size_t more = lead >= 0xc2 && lead < 0xe0   ? 1
                             : lead >= 0xe0 && lead < 0xf0 ? 2
                             : lead >= 0xf0 && lead < 0xf5 ? 3
                                                           : 0;
    const unsigned low = lead == 0xe0 ? 0xa0 : lead == 0xf0 ? 0x90 : 0x80;
    const unsigned high = lead == 0xed ? 0x9f : lead == 0xf4 ? 0x8f : 0xbf;
    if (more == 0 || byte(i + 1) < low || byte(i + 1) > high) return i;
    for (std::size_t k = 2; k <= more; ++k)
      if (byte(i + k) < 0x80 || byte(i + k) > 0xbf) return i;
    i += more + 1;
  }
  return std::string_view::npos;
}

status check_bytes(std::string_view file, std::string_view text) {
  if (text.size() > max_document_bytes)
    return muster::fault{errc::limit, std::string{file} + ":1: larger than 1 MiB; is it the right file?"};
  if (text.starts_with("\xef\xbb\xbf"))
    return fault_at(file, refusal{1, "", "a byte-order mark; save the file as UTF-8 without one"});
  if (const auto bad = first_bad_byte(text); bad != std::string_view::npos) {
    const auto line = 1U + static_cast<unsigned>(std::ranges::count(text.substr(0, bad), '\n'));
    return fault_at(file, refusal{line, "", "bytes that are not UTF-8 text; save the file as UTF-8"});
  }
  return {};
}

} // namespace

namespace {

/// The first line up to number `last` that is indented with a tab, which YAML forbids; 0: none. The parser's
/// own message would be about a later place.
unsigned line_with_tab(std::string_view text, unsigned last) noexcept {
  for (unsigned line = 1; line <= last && !text.empty(); ++line) {
    const auto indented = std::min(text.find_first_not_of(" \t"), text.size());
    if (text.substr(0, indented).find('\t') != std::string_view::npos) return line;
    const auto end = text.find('\n');
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  }
  return 0;
}

} // namespace

result<entry> parse_document(std::string_view file, std::string_view text) {
  if (auto clean = check_bytes(file, text); !clean) return clean.fault();
  builder made{text};
  try {
    std::istringstream in{std::string{text}};
    YAML::Parser parser{in};
    while (parser.HandleNextDocument(made)) {
    }
  } catch (const refusal& why) {
    return fault_at(file, why);
  } catch (const YAML::Exception& why) {
    const auto line = line_of(why.mark);
    if (const auto tab = line_with_tab(text, line); tab != 0)
      return fault_at(file, refusal{tab, "", "not YAML: the line begins with a tab; indent with blanks"});
    return fault_at(file, refusal{line, "", "not YAML: " + printable(why.msg, 128)});
  } catch (const std::exception&) {
    return fault_at(file, refusal{1, "", "not YAML that can be read"});
  }
  if (made.documents() == 0) return fault_at(file, refusal{1, "", "no document; the file is empty"});
  return made.take();
}

} // namespace muster::settings
