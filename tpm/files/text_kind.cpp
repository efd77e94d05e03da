#include "tpm/files/text_kind.hpp"

#include "messages/vocabulary/hash_algorithm.hpp"

#include <algorithm>

namespace muster::tpm {

namespace {

constexpr std::size_t looked_at = 4096;        ///< of a text, to say that it is one
constexpr std::size_t head_size = 64UL * 1024; ///< in which a document names itself
constexpr std::string_view white_space = " \t\r\n";

bool is_hex(char c) noexcept {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}
bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }
bool is_letter(char c) noexcept { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_blank(char c) noexcept { return white_space.find(c) != std::string_view::npos; }
bool is_base64(char c) noexcept { return is_letter(c) || is_digit(c) || c == '+' || c == '/' || c == '='; }

std::string_view without_blanks(std::string_view text) noexcept {
  const auto first = text.find_first_not_of(white_space);
  return first == std::string_view::npos ? std::string_view{} : text.substr(first);
}

/// `lower` is in lower case.
bool starts_as(std::string_view text, std::string_view lower) noexcept {
  const auto small = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; };
  return text.size() >= lower.size()
         && std::equal(lower.begin(), lower.end(), text.begin(),
                       [small](char a, char b) { return a == small(b); });
}

bool has(std::string_view text, std::string_view part) noexcept {
  return text.find(part) != std::string_view::npos;
}

std::string_view first_line(std::string_view text) noexcept {
  return text.substr(0, text.find_first_of("\r\n"));
}

file_kind kind_of_pem(std::string_view text) noexcept {
  constexpr std::string_view opening = "-----BEGIN ";
  const auto label = text.substr(opening.size(), std::min<std::size_t>(text.find("-----", opening.size()), 80)
                                                     - opening.size());
  if (label == "CERTIFICATE" || label == "X509 CERTIFICATE" || label == "TRUSTED CERTIFICATE")
    return file_kind::pem_certificate;
  if (label == "PUBLIC KEY") return file_kind::pem_public_key;
  if (label == "RSA PUBLIC KEY") return file_kind::pem_pkcs1_key;
  if (label == "TSS2 PRIVATE KEY") return file_kind::pem_tss2_key;
  if (label.ends_with("PRIVATE KEY") || label == "EC PARAMETERS") return file_kind::pem_private_key;
  if (label.ends_with("CERTIFICATE REQUEST")) return file_kind::pem_request;
  return file_kind::pem_other;
}

/// Members may be in any order, and a long payload may come before the rest.
file_kind kind_of_json(std::string_view text) noexcept {
  if (has(text, "\"payloadType\"") && has(text, "\"signatures\"")) return file_kind::dsse_envelope;
  if (has(text, "\"digests\"") && (has(text, "\"excludes\"") || has(text, "\"keyrings\"")))
    return file_kind::keylime_policy;
  return file_kind::json;
}

file_kind kind_of_markup(std::string_view text) noexcept {
  const auto head = text.substr(0, head_size);
  if (starts_as(text, "<!doctype html") || starts_as(text, "<html") || has(head.substr(0, 1024), "<html"))
    return file_kind::html;
  if (has(head, "SoftwareIdentity") || has(head, "ReferenceIntegrityManifest")) return file_kind::rim;
  return file_kind::xml;
}

/// "10 1d8d5...40 hex digits... ima-ng ...", or "  0 : 0x1d8d..." of one bank.
bool is_ima_line(std::string_view line) noexcept {
  line = without_blanks(line);
  const auto number = std::min(line.find(' '), line.size());
  if (number == 0 || number > 2
      || !std::all_of(line.begin(), line.begin() + static_cast<std::ptrdiff_t>(number), is_digit))
    return false;
  line.remove_prefix(std::min(line.size(), number + 1));
  constexpr std::size_t digits = 40;
  return line.size() > digits && line[digits] == ' '
         && std::all_of(line.begin(), line.begin() + digits, is_hex);
}

/// "sha256:" on a line of its own, and below it "0 : 0x…".
bool is_pcr_text(std::string_view text) noexcept {
  const auto colon = first_line(text).find(':');
  if (colon == std::string_view::npos || (!starts_as(text, "sha") && !starts_as(text, "sm3"))) return false;
  constexpr std::size_t longest = 9; // "sm3_256" with blanks
  const auto is_name = [](char c) { return is_letter(c) || is_digit(c) || c == '_' || is_blank(c); };
  if (colon > longest
      || !std::all_of(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(colon), is_name))
    return false;
  if (!without_blanks(first_line(text).substr(colon + 1)).empty()) return false;
  auto rest = without_blanks(text.substr(colon + 1));
  const auto number = rest.find_first_not_of("0123456789");
  if (number == std::string_view::npos || number == 0) return starts_as(rest, "sha") || rest.empty();
  rest = without_blanks(rest.substr(number));
  return rest.starts_with(':');
}

/// A digest in hex and two characters before the name, as md5sum and its like write a line.
bool is_digest_line(std::string_view line) noexcept {
  const auto digits =
      static_cast<std::size_t>(std::find_if_not(line.begin(), line.end(), is_hex) - line.begin());
  const bool length = digits == 32 || digits == 40 || digits == 64 || digits == 96 || digits == 128;
  return length && line.size() > digits + 2 && line[digits] == ' ';
}

/// "key: value", "key:" or "- item" on the first line that is not a comment, or the start of a document.
bool is_yaml(std::string_view text) noexcept {
  while (text.starts_with('#'))
    text = without_blanks(text.substr(std::min(text.find('\n'), text.size())));
  const auto line = first_line(text);
  if (line.starts_with("---") && line.find_first_not_of("- \t") == std::string_view::npos) return true;
  if (line.starts_with("- ")) return true;
  const auto colon = line.find(':');
  if (colon == std::string_view::npos || colon == 0 || !is_letter(line.front())) return false;
  if (colon + 1 < line.size() && !is_blank(line[colon + 1])) return false;
  return std::all_of(line.begin(), line.begin() + static_cast<std::ptrdiff_t>(colon), [](char c) {
    return is_letter(c) || is_digit(c) || c == '_' || c == '-' || c == '.' || c == ' ';
  });
}

/// Whether every character is white space or one that `allowed` takes, and `least` are not white space.
template <class Allowed>
bool consists_of(std::string_view text, std::size_t least, Allowed allowed) noexcept {
  std::size_t count = 0;
  for (const char c : text) {
    if (is_blank(c)) continue;
    if (!allowed(c)) return false;
    ++count;
  }
  return count >= least;
}

bool is_web_token(std::string_view text) noexcept {
  return text.starts_with("eyJ") && has(text, ".")
         && consists_of(text, 20, [](char c) { return is_base64(c) || c == '-' || c == '_' || c == '.'; });
}

} // namespace

bool is_text(byte_view content) noexcept {
  if (content.empty()) return false;
  return std::ranges::all_of(content.first(std::min(content.size(), looked_at)), [](std::uint8_t c) {
    return c >= 0x20 ? c != 0x7f : is_blank(static_cast<char>(c)) || c == '\f';
  });
}

file_kind kind_of_text(std::string_view content) noexcept {
  constexpr std::string_view byte_order_mark = "\xef\xbb\xbf";
  if (content.starts_with(byte_order_mark)) content.remove_prefix(byte_order_mark.size());
  const auto text = without_blanks(content);
  if (text.empty()) return file_kind::text;
  // openssl writes what a certificate says above the block.
  if (text.starts_with("-----BEGIN ")) return kind_of_pem(text);
  if (const auto at = text.substr(0, head_size).find("\n-----BEGIN "); at != std::string_view::npos)
    return kind_of_pem(text.substr(at + 1));
  // "[section]" begins a file of settings.
  const bool list = text.front() == '[' && (text.size() < 2 || !is_letter(text[1]));
  if (text.front() == '{' || list) return kind_of_json(text);
  if (starts_as(text, "http/1.") || starts_as(text, "http/2")) return file_kind::html;
  if (text.front() == '<') return kind_of_markup(text);
  for (const auto* type : {"ssh-rsa ", "ecdsa-sha2-", "ssh-ed25519 "})
    if (text.starts_with(type)) return file_kind::ssh_key;
  if (is_web_token(text)) return file_kind::web_token;
  if (is_ima_line(first_line(text))) return file_kind::ima_list_ascii;
  if (is_pcr_text(text)) return file_kind::tools_pcr_text;
  if (is_digest_line(first_line(text))) return file_kind::digest_list;
  const auto head = text.substr(0, head_size);
  if (has(head, "EventNum:") || (has(head, "EventType:") && has(head, "PCRIndex:")))
    return file_kind::tools_event_text;
  if (text.starts_with("name: ") && has(head, "name-alg:")) return file_kind::tools_key_text;
  if (consists_of(text, 16, is_hex)) return file_kind::hex_text;
  if (consists_of(text, 40, is_base64)) return file_kind::base64_text;
  if (is_yaml(text)) return file_kind::yaml;
  return file_kind::text;
}

} // namespace muster::tpm
