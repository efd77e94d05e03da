#include "tpm/format/ima_ascii.hpp"

#include "crypto/digest.hpp"
#include "messages/vocabulary/writer.hpp"
#include "tpm/format/ima_log.hpp"
#include "tpm/format/pcr_selection.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

namespace muster::tpm {

namespace {

constexpr std::size_t max_lines = 1'000'000;
constexpr std::size_t max_line = 2 * ima_log_reader::max_data + 512; // the data is in hex
constexpr std::size_t column_octets = 20;
constexpr std::size_t original_name_octets = 256;

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

bool is_size_of_a_bank(std::size_t size) noexcept {
  return std::ranges::any_of(std::array{hash_algorithm::sha1, hash_algorithm::sha256, hash_algorithm::sha384,
                                        hash_algorithm::sha512},
                             [size](hash_algorithm bank) { return digest_size(bank) == size; });
}

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

/// What a text leaves open of the data: how the kernel stores integers.
struct writing {
  std::endian order = std::endian::little;
  std::size_t owner_size = 4; ///< 2 in old kernels
};

result<bytes> number_field(std::string_view word, std::size_t size, std::endian order,
                           std::string_view what) {
  if (word.empty()) return bytes{}; // there is no inode
  const auto value = decimal<std::uint32_t>(word, what);
  if (!value) return value.fault();
  if (size < sizeof *value && *value >> (8 * size) != 0) return bad_word(what);
  bytes out;
  for (std::size_t i = 0; i < size; ++i)
    out.push_back(static_cast<std::uint8_t>(*value >> (8 * i)));
  if (order == std::endian::big) std::ranges::reverse(out);
  return out;
}

/// Names of attributes, '|' between them and NUL at the end, or nothing (evm_read_protected_xattrs).
bytes names_field(std::string_view word) {
  auto out = to_bytes(as_bytes(word));
  if (!out.empty()) out.push_back(0);
  return out;
}

bytes text_field(std::string_view word) {
  auto out = to_bytes(as_bytes(word));
  out.push_back(0);
  return out;
}

result<bytes> field_of(ima_field kind, std::string_view word, const writing& how) {
  switch (kind) {
  case ima_field::d_ng:
  case ima_field::d_ngv2:
  case ima_field::d_modsig: return digest_field(word);
  case ima_field::n:
  case ima_field::n_ng: return text_field(word);
  case ima_field::xattrnames: return names_field(word);
  case ima_field::iuid:
  case ima_field::igid: return number_field(word, how.owner_size, how.order, "an owner that is no number");
  case ima_field::imode: return number_field(word, 2, how.order, "a mode that is no number");
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

void put_u32(writer& out, std::size_t value, std::endian order) {
  const auto word = static_cast<std::uint32_t>(value);
  order == std::endian::little ? out.u32_le(word) : out.u32_be(word);
}

/// A line of the text: the words before the fields, and the fields.
struct ascii_line {
  std::uint32_t pcr = 0;
  bytes column;
  std::string_view name;
  ima_template layout;
  line_words fields;
};

result<ascii_line> parse_line(std::string_view line) {
  if (line.size() > max_line) return fault{errc::limit, "ima-ascii: the line is too long"};
  line_words words{line};
  const auto pcr = decimal<std::uint32_t>(words.next(), "the PCR is no number");
  if (!pcr) return pcr.fault();
  if (*pcr >= pcr_count) return bad_word("PCR index");
  auto column = octets(words.next(), "the template digest is not hex");
  if (!column) return column.fault();
  if (!is_size_of_a_bank(column->size())) return bad_word("the template digest has the length of no hash");
  if (words.done()) return bad_word("the template's name is missing");
  const auto name = words.next();
  const auto layout = ima_template_named(name);
  if (!layout) return layout.fault();
  return ascii_line{*pcr, *std::move(column), name, *layout, words};
}

/// digest[20], UINT32 length, name: this template has no lengths of fields.
result<bytes> original_data(line_words words, const writing& how) {
  const auto digest = octets(words.next(), "a digest that is not hex");
  if (!digest) return digest.fault();
  if (digest->size() != column_octets || words.done()) return bad_word("not a digest of 20 bytes and a name");
  const auto name = words.rest();
  writer out;
  out.put(*digest);
  put_u32(out, name.size(), how.order);
  return out.put(as_bytes(name)).take();
}

result<bytes> fields_data(const ima_template& layout, line_words words, const writing& how) {
  writer data;
  for (std::size_t i = 0; i < layout.size; ++i) {
    if (words.done()) return bad_word("a field is missing");
    const auto kind = layout.list[i];
    const bool name = kind == ima_field::n || kind == ima_field::n_ng;
    const auto field = field_of(kind, name && i + 1 == layout.size ? words.rest() : words.next(), how);
    if (!field) return field.fault();
    put_u32(data, field->size(), how.order);
    data.put(*field);
  }
  if (!words.done()) return bad_word("words behind the last field");
  return data.take();
}

result<bytes> data_of(const ascii_line& line, const writing& how) {
  return line.layout.layout == ima_layout::original ? original_data(line.fields, how)
                                                    : fields_data(line.layout, line.fields, how);
}

/// What `ima_replay` hashes.
crypto::digest template_hash(hash_algorithm by, const ascii_line& line, byte_view data) {
  if (line.layout.layout != ima_layout::original) return crypto::hash(by, data);
  const std::size_t head = column_octets + 4;
  bytes padded = to_bytes(data.first(column_octets));
  append(padded, data.subspan(head));
  padded.resize(std::max(padded.size(), column_octets + original_name_octets));
  return crypto::hash(by, padded);
}

/// Whether the column of the line is the hash of `data`: by the hash of its length, or by SHA-1 padded with
/// zeros. The column of the usual list is SHA-1; a kernel may have one list for each bank.
bool explains(const ascii_line& line, byte_view data) {
  for (const auto by : {hash_algorithm::sha1, hash_algorithm::sha256, hash_algorithm::sha384,
                        hash_algorithm::sha512, hash_algorithm::sm3_256}) {
    const bool shorter = by == hash_algorithm::sha1 && line.column.size() > column_octets;
    if (!crypto::supported(by) || (digest_size(by) != line.column.size() && !shorter)) continue;
    auto hash = to_bytes(template_hash(by, line, data).view());
    hash.resize(line.column.size());
    if (same(hash, line.column)) return true;
  }
  return false;
}

constexpr std::array writings{writing{std::endian::little, 4}, writing{std::endian::big, 4},
                              writing{std::endian::little, 2}, writing{std::endian::big, 2}};

/// Makes entries of lines. Nearly all lines of a text are written in one way, which is tried first.
class entry_maker {
public:
  struct made {
    bytes entry;
    bool exact = true; ///< the data is what the kernel hashed, or nothing was hashed: a violation
  };
  result<made> make(const ascii_line& line) {
    auto written = last_;
    bool readable = false;
    for (std::size_t i = 0; i < writings.size(); ++i) {
      const auto at = (last_ + i) % writings.size();
      const auto data = data_of(line, writings[at]);
      if (!data) continue; // a number may be too large for this way
      if (!std::exchange(readable, true)) written = at;
      if (all_zero(line.column)) break;
      if (!explains(line, *data)) continue;
      last_ = at;
      return entry_of(line, writings[at], true);
    }
    return entry_of(line, writings[written], all_zero(line.column));
  }

private:
  static result<made> entry_of(const ascii_line& line, const writing& how, bool exact) {
    const auto data = data_of(line, how);
    if (!data) return data.fault();
    writer out;
    put_u32(out, line.pcr, how.order);
    out.put(byte_view{line.column}.first(column_octets)); // read only to see whether it is zero
    put_u32(out, line.name.size(), how.order);
    out.put(as_bytes(line.name));
    if (line.layout.layout == ima_layout::fields) put_u32(out, data->size(), how.order);
    return made{out.put(*data).take(), exact};
  }

  std::size_t last_ = 0;
};

} // namespace

bool looks_like_ascii_ima(byte_view log) noexcept {
  const auto digit = [&](std::size_t i) { return log[i] >= '0' && log[i] <= '9'; };
  return log.size() >= 3 && (digit(0) || log[0] == ' ') && digit(1) && log[2] == ' ';
}

ascii_ima_beginning read_ascii_ima(std::string_view text) {
  ascii_ima_beginning out;
  writer log;
  entry_maker entries;
  const auto end_with = [&](std::size_t line, errc code, const std::string& what) {
    out.log = log.take();
    out.ended = fault{code, "line " + std::to_string(line) + ": " + what};
    return std::move(out);
  };
  for (std::size_t line = 1; !text.empty(); ++line) {
    if (line > max_lines) return end_with(line, errc::limit, "ima-ascii: more than a million lines");
    const auto end = text.find('\n');
    if (end == std::string_view::npos)
      return end_with(line, errc::malformed, "ima-ascii: it is not complete");
    const auto words = parse_line(text.substr(0, end));
    if (!words) return end_with(line, words.fault().code, words.fault().check);
    if (line > 1 && words->column.size() != out.hash_size)
      return end_with(line, errc::malformed, "ima-ascii: the template digest has another length than before");
    auto made = entries.make(*words);
    if (!made) return end_with(line, made.fault().code, made.fault().check);
    out.hash_size = words->column.size();
    append(out.template_hashes, words->column);
    if (!made->exact && !out.lost) out.lost = line;
    log.put(made->entry);
    text.remove_prefix(end + 1);
  }
  out.log = log.take();
  return out;
}

result<bytes> ima_log_from_ascii(std::string_view text) {
  auto read = read_ascii_ima(text);
  if (!read.ended) return read.ended.fault();
  if (read.lost)
    return fault{
        errc::unsupported,
        "line " + std::to_string(*read.lost)
            + ": ima-ascii: its template digest is not that of its fields, so the text does not give "
              "what was measured: give the binary list (binary_runtime_measurements)"};
  return std::move(read.log);
}

} // namespace muster::tpm
