#include "extraction/dsse.hpp"

#include "crypto/digest.hpp"

#include <algorithm>

namespace muster::extraction {

namespace {

using detail::json_array;
using detail::json_member;
using detail::json_object;
using detail::json_value;

constexpr std::size_t shown_keyid = 100;

fault bad_envelope(const std::string& why) { return {errc::malformed, "dsse: " + why}; }

template <class T> const T* member(const json_object& in, std::string_view key) {
  const auto at = std::ranges::find(in, key, &json_member::key);
  return at == in.end() ? nullptr : std::get_if<T>(&at->value.is);
}

/// The value of one digit, in the standard alphabet or the one of URLs; 64 for anything else.
std::uint32_t digit_of(char c) noexcept {
  if (c >= 'A' && c <= 'Z') return static_cast<std::uint32_t>(c - 'A');
  if (c >= 'a' && c <= 'z') return static_cast<std::uint32_t>(c - 'a' + 26);
  if (c >= '0' && c <= '9') return static_cast<std::uint32_t>(c - '0' + 52);
  if (c == '+' || c == '-') return 62;
  return c == '/' || c == '_' ? 63 : 64;
}

/// Base64 in either alphabet (the envelope allows both), with its padding or without.
std::optional<bytes> from_base64(std::string_view text) {
  const auto whole = text.size();
  while (text.ends_with('='))
    text.remove_suffix(1);
  const auto pads = whole - text.size();
  if (text.size() % 4 == 1 || (pads != 0 && (pads > 2 || whole % 4 != 0))) return std::nullopt;
  bytes out;
  out.reserve(text.size() / 4 * 3 + 2);
  std::uint32_t group = 0;
  unsigned bits = 0;
  for (const char c : text) {
    const auto digit = digit_of(c);
    if (digit > 63) return std::nullopt;
    group = (group << 6U | digit) & 0xffffU;
    bits += 6;
    if (bits < 8) continue;
    bits -= 8;
    out.push_back(static_cast<std::uint8_t>(group >> bits));
  }
  return out;
}

std::string name_of(const json_object& signature) {
  const auto* keyid = member<std::string>(signature, "keyid");
  if (keyid == nullptr || keyid->empty()) return "a key without a name";
  if (keyid->find('\n') == std::string::npos && keyid->size() <= shown_keyid)
    return printable(*keyid, shown_keyid);
  return "the key or certificate with SHA-256 " + to_hex(crypto::sha256(as_bytes(*keyid)));
}

} // namespace

bool is_dsse(const json_object& document) {
  return std::ranges::all_of(std::array{"payload", "payloadType", "signatures"}, [&](std::string_view key) {
    return std::ranges::find(document, key, &json_member::key) != document.end();
  });
}

result<dsse_envelope> read_dsse(const json_object& document) {
  dsse_envelope out;
  const auto* type = member<std::string>(document, "payloadType");
  const auto* payload = member<std::string>(document, "payload");
  const auto* signatures = member<json_array>(document, "signatures");
  if (type == nullptr) return bad_envelope("payloadType: expected text");
  if (payload == nullptr) return bad_envelope("payload: expected text in base64");
  if (signatures == nullptr || signatures->empty())
    return bad_envelope("signatures: expected a list of signatures");
  if (signatures->size() > max_dsse_signatures) return fault{errc::limit, "dsse: more than 64 signatures"};
  auto content = from_base64(*payload);
  if (!content) return bad_envelope("payload: expected text in base64");
  for (const auto& one : *signatures) {
    const auto* signature = std::get_if<json_object>(&one.is);
    const auto* sig = signature == nullptr ? nullptr : member<std::string>(*signature, "sig");
    if (sig == nullptr || !from_base64(*sig)) return bad_envelope("signatures: expected sig in base64");
    out.signers.push_back(name_of(*signature));
  }
  out.payload_type = *type;
  out.payload = *std::move(content);
  return out;
}

} // namespace muster::extraction
