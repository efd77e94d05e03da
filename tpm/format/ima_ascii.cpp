#include "tpm/format/ima_ascii.hpp"

#include "messages/vocabulary/writer.hpp"
#include "tpm/format/ima_log.hpp"
#include "tpm/format/pcr_selection.hpp"

#include <charconv>
#include <utility>

namespace muster::tpm {

namespace {

constexpr std::size_t max_lines = 1'000'000;
constexpr std::size_t max_line = 2 * ima_log_reader::max_data + 512; // the data is in hex
constexpr std::size_t column_octets = 20;

fault bad_word(std::string_view what) { return {errc::malformed, "ima-ascii: " + std::string{what}}; }

/// The words of one line. An empty field leaves two blanks, or one at the end; so a word may be empty.
class line_words {
public:
  explicit line_words(std::string_view line) : rest_{line} {
    while (rest_.starts_with(' ')) // "%2d"
      rest_.remove_prefix(1);
  }
  bool done() const noexcept { return ended_; }
  std::string_view next() noexcept {
    const auto blank = rest_.find(' ');
    const auto out = rest_.substr(0, blank);
    ended_ = blank == std::string_view::npos;
    rest_.remove_prefix(ended_ ? rest_.size() : blank + 1);
    return out;
  }

  /// The rest of the line as a name: in template `ima`, " (deleted)" keeps its blank.
  std::string_view rest() noexcept {
    ended_ = true;
    return std::exchange(rest_, {});
  }

private:
  std::string_view rest_;
  bool ended_ = false;
};

template <class Number> result<Number> decimal(std::string_view word, std::string_view what) {
  Number out{};
  const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), out);
  if (word.empty() || error != std::errc{} || end != word.data() + word.size()) return bad_word(what);
  return out;
}

result<bytes> octets(std::string_view word, std::string_view what) {
  auto out = from_hex(word);
  if (!out) return bad_word(what);
  return *std::move(out);
}

/// From "sha256:<hex>" to "sha256:" NUL digest; the same with an owner before it.
result<bytes> digest_field(std::string_view word) {
  if (word.empty()) return bytes{};
  const auto colon = word.rfind(':');
  if (colon == std::string_view::npos) return bad_word("a digest without its algorithm");
  const auto digest = octets(word.substr(colon + 1), "a digest that is not hex");
  if (!digest) return digest.fault();
  auto out = to_bytes(as_bytes(word.substr(0, colon + 1)));
  out.push_back(0);
  append(out, *digest);
  return out;
}

template <class Number> result<bytes> number_field(std::string_view word, std::string_view what) {
  if (word.empty()) return bytes{}; // there is no inode
  const auto value = decimal<Number>(word, what);
  if (!value) return value.fault();
  bytes out;
  for (std::size_t i = 0; i < sizeof(Number); ++i)
    out.push_back(static_cast<std::uint8_t>(*value >> (8 * i)));
  return out;
}

bytes text_field(std::string_view word) {
  auto out = to_bytes(as_bytes(word));
  out.push_back(0);
  return out;
}

result<bytes> field_of(ima_field kind, std::string_view word) {
  switch (kind) {
  case ima_field::d_ng:
  case ima_field::d_ngv2:
  case ima_field::d_modsig: return digest_field(word);
  case ima_field::n:
  case ima_field::n_ng:
  case ima_field::xattrnames: return text_field(word);
  case ima_field::iuid:
  case ima_field::igid: return number_field<std::uint32_t>(word, "an owner that is no number");
  case ima_field::imode: return number_field<std::uint16_t>(word, "a mode that is no number");
  case ima_field::d:
  case ima_field::sig:
  case ima_field::buf:
  case ima_field::modsig:
  case ima_field::evmsig:
  case ima_field::xattrlengths:
  case ima_field::xattrvalues: return octets(word, "a field that is not hex");
  }
  return bad_word("field");
}

/// digest[20], UINT32 length, name: this template has no lengths of fields.
status put_original(writer& out, line_words& words) {
  const auto digest = octets(words.next(), "a digest that is not hex");
  if (!digest) return digest.fault();
  if (digest->size() != column_octets || words.done()) return bad_word("not a digest of 20 bytes and a name");
  const auto name = words.rest();
  out.put(*digest).u32_le(static_cast<std::uint32_t>(name.size())).put(as_bytes(name));
  return {};
}

status put_fields(writer& out, const ima_template& layout, line_words& words) {
  writer data;
  for (std::size_t i = 0; i < layout.size; ++i) {
    if (words.done()) return bad_word("a field is missing");
    const auto kind = layout.list[i];
    const bool name = kind == ima_field::n || kind == ima_field::n_ng;
    const auto field = field_of(kind, name && i + 1 == layout.size ? words.rest() : words.next());
    if (!field) return field.fault();
    data.u32_le(static_cast<std::uint32_t>(field->size())).put(*field);
  }
  out.u32_le(static_cast<std::uint32_t>(data.view().size())).put(data.view());
  return {};
}

status put_entry(writer& out, std::string_view line) {
  if (line.size() > max_line) return fault{errc::limit, "ima-ascii: the line is too long"};
  line_words words{line};
  const auto pcr = decimal<std::uint32_t>(words.next(), "the PCR is no number");
  if (!pcr) return pcr.fault();
  if (*pcr >= pcr_count) return bad_word("PCR index");
  auto column = octets(words.next(), "the template digest is not hex");
  if (!column) return column.fault();
  // Lists of other banks have longer digests here. We use the column only to see whether it is zero.
  if (column->size() < column_octets) return bad_word("the template digest is too short");
  column->resize(column_octets);
  if (words.done()) return bad_word("the template's name is missing");
  const auto name = words.next();
  const auto layout = ima_template_named(name);
  if (!layout) return layout.fault();
  out.u32_le(*pcr).put(*column).u32_le(static_cast<std::uint32_t>(name.size())).put(as_bytes(name));
  if (auto put =
          layout->layout == ima_layout::original ? put_original(out, words) : put_fields(out, *layout, words);
      !put)
    return put;
  return words.done() ? status{} : status{bad_word("words behind the last field")};
}

} // namespace

bool looks_like_ascii_ima(byte_view log) noexcept { return log.size() >= 4 && log[3] != 0; }

ascii_ima_beginning read_ascii_ima(std::string_view text) {
  writer out;
  const auto at = [](std::size_t line, errc code, const std::string& what) {
    return fault{code, "line " + std::to_string(line) + ": " + what};
  };
  for (std::size_t line = 1; !text.empty(); ++line) {
    if (line > max_lines) return {out.take(), fault{errc::limit, "ima-ascii: more than a million lines"}};
    const auto end = text.find('\n');
    if (end == std::string_view::npos)
      return {out.take(), at(line, errc::malformed, "ima-ascii: it is not complete")};
    writer entry;
    if (auto put = put_entry(entry, text.substr(0, end)); !put)
      return {out.take(), at(line, put.fault().code, put.fault().check)};
    out.put(entry.view());
    text.remove_prefix(end + 1);
  }
  return {out.take(), {}};
}

result<bytes> ima_log_from_ascii(std::string_view text) {
  auto read = read_ascii_ima(text);
  if (!read.ended) return read.ended.fault();
  return std::move(read.log);
}

} // namespace muster::tpm
