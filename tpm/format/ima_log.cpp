#include "tpm/format/ima_log.hpp"

#include "messages/vocabulary/cursor.hpp"
#include "tpm/format/pcr_selection.hpp"

#include <algorithm>
#include <optional>

namespace muster::tpm {
namespace {

constexpr std::size_t length_size = 4;
constexpr std::size_t original_digest_size = 20;
constexpr std::size_t original_max_name = 255;
constexpr std::size_t longest_head = ima_log_reader::max_unknown_name + 2; // with colon and NUL
constexpr std::size_t max_unknown_digest = 64;                             // HASH_MAX_DIGESTSIZE

fault bad_entry(std::string_view what) { return {errc::malformed, "ima-log: " + std::string{what}}; }

// The kernel has two names for SM3 (crypto/hash_info.c).
std::optional<hash_algorithm> algorithm_named(std::string_view name) noexcept {
  if (name == "sm3-256") return hash_algorithm::sm3_256;
  return hash_algorithm_from(name);
}

std::uint32_t read_u32(cursor& in, std::endian order) noexcept {
  return order == std::endian::little ? in.u32_le() : in.u32_be();
}

/// The bytes before a digest: "sha256:" NUL, "verity:sha256:" NUL.
struct digest_head {
  std::size_t size = 0; ///< with its NUL
  ima_subject subject = ima_subject::file;
  hash_algorithm algorithm = hash_algorithm::sha1;
  std::string_view unknown; ///< only with `ima_subject::unknown_hash`
};

bool is_graphic(std::string_view name) noexcept {
  return !name.empty() && std::ranges::all_of(name, [](unsigned char c) { return c > 0x20 && c < 0x7f; });
}

//   [owner ':'] algorithm ':' NUL, of a digest field
result<digest_head> read_head(byte_view field, bool has_owner) {
  digest_head out;
  const auto text = as_text(field.first(std::min(field.size(), longest_head)));
  const auto nul = text.find('\0');
  if (nul == std::string_view::npos || nul == 0 || text[nul - 1] != ':') return bad_entry("digest field");
  out.size = nul + 1;
  const auto whole = text.substr(0, nul - 1);
  auto name = whole;
  bool known_owner = true;
  if (has_owner) {
    const auto colon = name.find(':');
    if (colon == std::string_view::npos) return bad_entry("type of the digest");
    const auto owner = name.substr(0, colon);
    known_owner = owner == "ima" || owner == "verity";
    if (owner == "verity") out.subject = ima_subject::verity_root;
    name.remove_prefix(colon + 1);
  }
  const auto algorithm = algorithm_named(name);
  if (algorithm && known_owner) {
    out.algorithm = *algorithm;
    return out;
  }
  // One file of which nothing can be compared, not the end of the list.
  if (!is_graphic(whole)) return bad_entry("name of the digest's algorithm");
  out.unknown = known_owner && out.subject == ima_subject::file ? name : whole;
  if (out.unknown.empty()) return bad_entry("name of the digest's algorithm");
  out.subject = ima_subject::unknown_hash;
  return out;
}

status put_digest(ima_entry& out, byte_view field, bool has_owner) {
  const auto head = read_head(field, has_owner);
  if (!head) return head.fault();
  const auto digest = field.subspan(head->size);
  out.subject = head->subject;
  if (out.subject == ima_subject::unknown_hash) {
    out.unknown_algorithm = head->unknown;
    out.unknown_digest = digest;
    if (digest.empty() || digest.size() > max_unknown_digest) return bad_entry("length of the digest");
    return {};
  }
  out.algorithm = head->algorithm;
  out.digest = digest;
  if (digest.size() != digest_size(out.algorithm)) return bad_entry("length of the digest");
  return {};
}

//   characters, NUL
status put_name(ima_entry& out, byte_view field, std::size_t longest) {
  const auto text = as_text(field);
  if (text.empty() || text.find('\0') != text.size() - 1) return bad_entry("name without its NUL at the end");
  if (text.size() - 1 > longest) return fault{errc::limit, "ima-log: length of the name"};
  out.path = text.substr(0, text.size() - 1);
  return {};
}

status require_size(bool right, std::string_view what) { return right ? status{} : status{bad_entry(what)}; }

status put_appended_digest(ima_entry& out, byte_view field) {
  if (field.empty()) return {};
  const auto head = read_head(field, false);
  if (!head) return head.fault();
  if (head->subject == ima_subject::unknown_hash) return {};
  out.appended_algorithm = head->algorithm;
  out.appended_digest = field.subspan(head->size);
  return require_size(out.appended_digest.size() == digest_size(head->algorithm),
                      "length of the digest of an appended signature");
}

status put_field(ima_entry& out, ima_field kind, byte_view field) {
  const auto size = field.size();
  switch (kind) {
  case ima_field::d_ng: return put_digest(out, field, false);
  case ima_field::d_ngv2: return put_digest(out, field, true);
  case ima_field::n_ng: return put_name(out, field, ima_log_reader::max_path);
  case ima_field::n: return put_name(out, field, original_max_name);
  case ima_field::d:
    out.algorithm = hash_algorithm::sha1;
    out.digest = field;
    return require_size(size == original_digest_size, "length of the digest");
  case ima_field::sig: out.signature = field; return {};
  case ima_field::buf: out.buffer = field; return {};
  case ima_field::d_modsig: return put_appended_digest(out, field);
  case ima_field::iuid:
  case ima_field::igid: return require_size(size == 0 || size == 2 || size == 4, "length of an owner");
  case ima_field::imode: return require_size(size == 0 || size == 2, "length of the mode");
  case ima_field::xattrlengths: return require_size(size % 4 == 0, "length of xattrlengths");
  case ima_field::modsig: out.appended = field; return {};
  case ima_field::evmsig:
  case ima_field::xattrnames:
  case ima_field::xattrvalues: return {};
  }
  return bad_entry("field");
}

status put_fields(ima_entry& out, std::span<const ima_field> fields, cursor in) {
  for (const auto kind : fields) {
    //   UINT32 length; BYTE field[]
    const auto field = in.take(read_u32(in, out.order));
    if (in.failed()) return bad_entry("a field is longer than the data");
    if (auto read = put_field(out, kind, field); !read) return read;
  }
  return require_size(in.done(), "data behind the last field");
}

//   BYTE digest[20]; UINT32 length; CHAR name[]
result<std::size_t> read_original(byte_view input, std::size_t head, ima_entry& out) {
  cursor in{input.subspan(head)};
  out.digest = in.take(original_digest_size);
  const auto size = read_u32(in, out.order);
  if (in.failed()) return std::size_t{0};
  if (size == 0 || size > original_max_name) return bad_entry("length of the name");
  out.path = as_text(in.take(size));
  if (in.failed()) return std::size_t{0};
  if (out.path.find('\0') != std::string_view::npos) return bad_entry("NUL in the name");
  out.algorithm = hash_algorithm::sha1;
  out.data = input.subspan(head, original_digest_size + 4 + size);
  return input.size() - in.left();
}

bool begins_with(byte_view input, byte_view head) noexcept {
  return input.size() >= head.size() && same(input.first(head.size()), head);
}

std::uint32_t u32_at(byte_view input, std::size_t offset, std::endian order) noexcept {
  cursor in{input.subspan(offset)};
  return read_u32(in, order);
}

/// The order of the entry at the beginning of `input`, or empty if more bytes are needed. The same bytes
/// cannot be a PCR, or a length of 1 to 255, in both orders, except PCR 0.
result<std::optional<std::endian>> order_of(byte_view input, std::size_t fixed_size) {
  if (input.size() < length_size) return std::optional<std::endian>{};
  const bool little = u32_at(input, 0, std::endian::little) < pcr_count;
  const bool big = u32_at(input, 0, std::endian::big) < pcr_count;
  if (!little && !big) return bad_entry("PCR index");
  if (little != big) return std::optional{little ? std::endian::little : std::endian::big};
  if (input.size() < fixed_size + length_size) return std::optional<std::endian>{};
  const bool big_length = u32_at(input, fixed_size, std::endian::big) <= ima_template::max_name;
  return std::optional{big_length ? std::endian::big : std::endian::little};
}

// Clears the fields that not every entry sets. To clear a whole `ima_entry`, GCC emits an instruction that
// takes longer than reading the entry.
void clear_optional_fields(ima_entry& out) noexcept {
  out.subject = ima_subject::file;
  out.algorithm = hash_algorithm::sha1;
  out.digest = {};
  out.unknown_algorithm = {};
  out.unknown_digest = {};
  out.path = {};
  out.signature = {};
  out.buffer = {};
  out.appended = {};
  out.appended_algorithm = hash_algorithm::sha1;
  out.appended_digest = {};
}

} // namespace

status ima_log_reader::find_template(std::string_view name) {
  if (last_.size != 0 && name == last_name_) return {};
  auto found = ima_template_named(name);
  if (!found) return found.fault();
  last_name_ = name;
  last_ = *found;
  last_form_.head.clear();
  return {};
}

void ima_log_reader::remember(byte_view input, const ima_entry& entry) {
  if (last_.list[0] != ima_field::d_ng && last_.list[0] != ima_field::d_ngv2) return;
  if (entry.subject == ima_subject::unknown_hash) return;
  const auto data_at = static_cast<std::size_t>(entry.data.data() - input.data());
  const auto digest_at = static_cast<std::size_t>(entry.digest.data() - input.data());
  // Reuse the memory of the last form: if each entry has another form, two allocations are much of the cost.
  const auto name = input.first(data_at - length_size).subspan(fixed_size());
  const auto head = input.first(digest_at).subspan(data_at);
  last_form_.order = entry.order;
  last_form_.name.assign(name.begin(), name.end());
  last_form_.head.assign(head.begin(), head.end());
  last_form_.subject = entry.subject;
  last_form_.algorithm = entry.algorithm;
}

/// Reads an entry of the same form as the last one. Returns 0 if the form differs or anything is wrong;
/// `read` then reads the entry from its beginning, and it alone reports faults.
std::size_t ima_log_reader::read_alike(byte_view input, ima_entry& out) const {
  const auto data_at = fixed_size() + last_form_.name.size() + length_size;
  const auto digest_at = data_at + last_form_.head.size();
  const auto digest_end = digest_at + digest_size(last_form_.algorithm);
  if (last_form_.head.empty() || input.size() < digest_end) return 0;
  if (!begins_with(input.subspan(fixed_size()), last_form_.name)) return 0;
  if (!begins_with(input.subspan(data_at), last_form_.head)) return 0;
  out.order = last_form_.order;
  out.pcr = u32_at(input, 0, out.order);
  out.column = input.first(fixed_size()).last(column_);
  const std::size_t data_size = u32_at(input, data_at - length_size, out.order);
  if (out.pcr >= pcr_count || all_zero(out.column)) return 0;
  if (data_size > max_data || data_size > input.size() - data_at || data_size < digest_end - data_at)
    return 0;
  out.template_name = as_text(input.first(data_at - length_size).subspan(fixed_size() + length_size));
  out.layout = ima_layout::fields;
  out.data = input.subspan(data_at, data_size);
  out.digest = input.subspan(digest_at, digest_end - digest_at);
  out.subject = last_form_.subject;
  out.algorithm = last_form_.algorithm;
  const auto rest =
      put_fields(out, last_.fields().subspan(1), cursor{out.data.subspan(digest_end - data_at)});
  return rest ? data_at + data_size : 0;
}

result<std::size_t> ima_log_reader::read(byte_view input, ima_entry& out) {
  clear_optional_fields(out);
  if (const auto size = read_alike(input, out); size != 0) return size;
  clear_optional_fields(out);
  cursor in{input};
  //   UINT32 pcr; BYTE digest[20]; UINT32 length; CHAR template[]
  const auto order = order_of(input, fixed_size());
  if (!order) return order.fault();
  if (!*order) return std::size_t{0};
  out.order = **order;
  out.pcr = read_u32(in, out.order);
  out.column = in.take(column_);
  const auto name_size = read_u32(in, out.order);
  if (name_size > ima_template::max_name) return bad_entry("length of the template's name");
  out.template_name = as_text(in.take(name_size));
  if (in.failed()) return std::size_t{0};
  if (auto known = find_template(out.template_name); !known) return known.fault();
  out.layout = last_.layout;
  const bool violation = all_zero(out.column);
  if (violation) out.subject = ima_subject::violation;
  if (out.layout == ima_layout::original) return read_original(input, input.size() - in.left(), out);
  //   UINT32 length; BYTE data[]
  const auto data_size = read_u32(in, out.order);
  if (data_size > max_data) return fault{errc::limit, "ima-log: length of an entry"};
  out.data = in.take(data_size);
  if (in.failed()) return std::size_t{0};
  if (auto read = put_fields(out, last_.fields(), cursor{out.data}); !read) return read.fault();
  // A verity entry may be a violation, too. That nothing was measured takes precedence.
  if (violation) {
    out.subject = ima_subject::violation;
    out.unknown_algorithm = {};
    out.unknown_digest = {};
  } else {
    remember(input, out);
  }
  return input.size() - in.left();
}

} // namespace muster::tpm
