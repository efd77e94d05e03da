#include "extraction/keylime_policy.hpp"

#include "extraction/dsse.hpp"
#include "messages/json_tree.hpp"

#include <algorithm>

namespace muster::extraction {

namespace {

using detail::json_array;
using detail::json_member;
using detail::json_null;
using detail::json_object;
using detail::json_value;

constexpr int nesting = 16;
constexpr std::uint64_t newest_version = 5;
constexpr std::size_t shown = 200;

const json_value* find(const json_object& in, std::string_view key) {
  const auto at = std::ranges::find(in, key, &json_member::key);
  return at == in.end() ? nullptr : &at->value;
}

template <class T> const T* as(const json_value* value) {
  return value == nullptr ? nullptr : std::get_if<T>(&value->is);
}

/// Whether the value is null or empty, at every level.
bool says_nothing(const json_value& value) {
  if (std::holds_alternative<json_null>(value.is)) return true;
  if (const auto* list = as<json_array>(&value)) return list->empty();
  if (const auto* map = as<json_object>(&value))
    return std::ranges::all_of(*map, [](const json_member& m) { return says_nothing(m.value); });
  if (const auto* text = as<std::string>(&value)) return text->empty();
  return false;
}

fault malformed(std::string_view where, std::string_view why) {
  return {errc::malformed, "keylime policy: " + printable(where, shown) + ": " + std::string{why}};
}

std::optional<hash_algorithm> algorithm_of(std::size_t digits) {
  switch (digits) {
  case 40: return hash_algorithm::sha1;
  case 64: return hash_algorithm::sha256;
  case 96: return hash_algorithm::sha384;
  case 128: return hash_algorithm::sha512;
  default: return std::nullopt;
  }
}

/// Whether it is a digest of MD5 or SHA-224, which no set has.
bool is_unusable(std::string_view hex) { return (hex.size() == 32 || hex.size() == 56) && from_hex(hex); }

class reader {
public:
  result<keylime_policy> read(const json_object& root) {
    if (auto ok = read_version(root); !ok) return ok.fault();
    const auto* digests = as<json_object>(find(root, "digests"));
    if (digests == nullptr) return malformed("digests", "expected paths with lists of digests");
    for (const auto& [path, list] : *digests)
      if (auto ok = read_path(path, list); !ok) return ok.fault();
    if (auto ok = read_excludes(root); !ok) return ok.fault();
    for (const auto& [key, value] : root)
      tell(key, value);
    if (zeros_ > 0)
      out_.notes.push_back(std::to_string(zeros_)
                           + (zeros_ == 1 ? " digest of only zeros (a violation) was left out"
                                          : " digests of only zeros (violations) were left out"));
    if (aggregates_ > 0)
      out_.notes.push_back(
          "boot_aggregate was left out: it is one machine's boot, and is checked against its "
          "quoted PCRs");
    return std::move(out_);
  }

private:
  status read_version(const json_object& root) {
    const auto* meta = as<json_object>(find(root, "meta"));
    const auto* version = meta == nullptr ? nullptr : find(*meta, "version");
    if (version == nullptr) return {};
    const auto* number = as<std::uint64_t>(version);
    if (number != nullptr && *number <= newest_version) return {};
    return fault{errc::unsupported, "keylime policy: meta.version: expected 0 to 5"};
  }

  status read_path(const std::string& path, const json_value& value) {
    const auto* list = as<json_array>(&value);
    if (list == nullptr) return malformed(path, "expected a list of digests");
    if (path == "boot_aggregate") {
      ++aggregates_;
      return {};
    }
    for (const auto& one : *list) {
      const auto* hex = as<std::string>(&one);
      const auto algorithm = hex == nullptr ? std::nullopt : algorithm_of(hex->size());
      const auto digest = algorithm ? from_hex(*hex) : std::nullopt;
      if (hex != nullptr && is_unusable(*hex)) {
        out_.report.leave_out(loss::other_algorithm, path, std::to_string(hex->size() * 4) + " bits");
        continue;
      }
      if (!digest) return malformed(path, "expected a digest of 40, 64, 96 or 128 hex digits");
      if (std::ranges::all_of(*digest, [](std::uint8_t byte) { return byte == 0; })) {
        ++zeros_;
        out_.report.leave_out(loss::no_digest, path, "only zeros: a violation");
        continue;
      }
      if (!out_.files.push({appraisal::file_kind::file, *algorithm, *digest, path}))
        return fault{errc::limit, "keylime policy: more files than fit into one set"};
    }
    return {};
  }

  status read_excludes(const json_object& root) {
    const auto* value = find(root, "excludes");
    if (value == nullptr || says_nothing(*value)) return {};
    const auto* list = as<json_array>(value);
    if (list == nullptr) return malformed("excludes", "expected a list of patterns");
    for (const auto& one : *list) {
      const auto* text = as<std::string>(&one);
      if (text == nullptr) return malformed("excludes", "expected a list of patterns");
      out_.excludes.push_back(*text);
      // Python's re.match only needs to match the beginning of a path; our patterns match the whole path.
      out_.notes.push_back("excludes: Keylime passes over " + printable(*text, shown)
                           + "; a set cannot: if it is data, write '" + printable(*text, shown)
                           + ".*' to ima.exclude_matching of the policy");
    }
    return {};
  }

  void tell(const std::string& key, const json_value& value) {
    if (key == "meta" || key == "release" || key == "digests" || key == "excludes" || says_nothing(value))
      return;
    if (key != "ima") {
      out_.notes.push_back(printable(key, shown)
                           + ": not taken over; reference sets know files by digest only");
      return;
    }
    const auto* settings = as<json_object>(&value);
    if (settings == nullptr) return;
    for (const auto& [name, said] : *settings) {
      if (says_nothing(said)) continue;
      const std::string_view why =
          name == "log_hash_alg" ? ": not needed; each bank of the quote is replayed with its own algorithm"
                                 : ": not taken over; reference sets know files by digest only";
      out_.notes.push_back("ima." + printable(name, shown) + std::string{why});
    }
  }

  keylime_policy out_;
  std::uint64_t zeros_ = 0;
  std::uint64_t aggregates_ = 0;
};

} // namespace

namespace {

constexpr std::string_view payload_type = "application/vnd.keylime+json";

result<keylime_policy> parse_bare(std::string_view json);

/// The policy in an envelope, with a note of who is said to have signed it. An envelope in an envelope is no
/// policy.
result<keylime_policy> parse_enveloped(const json_object& document) {
  const auto envelope = read_dsse(document);
  if (!envelope) return fault{envelope.fault().code, "keylime policy: " + envelope.fault().check};
  if (envelope->payload_type != payload_type)
    return malformed("payloadType", "expected application/vnd.keylime+json, found "
                                        + printable(envelope->payload_type, shown));
  auto policy = parse_bare(as_text(envelope->payload));
  if (!policy) return policy;
  std::string who;
  for (const auto& signer : envelope->signers)
    who += (who.empty() ? "" : ", ") + signer;
  policy->notes.insert(policy->notes.begin(),
                       "a DSSE envelope that says it was signed by " + who
                           + "; the signature was not verified: whoever hands in this file vouches for it");
  return policy;
}

result<keylime_policy> parse_bare(std::string_view json) {
  const auto tree = detail::parse_json_tree(json, nesting);
  if (!tree) return fault{tree.fault().code, "keylime policy: " + tree.fault().check};
  const auto* root = as<json_object>(&*tree);
  if (root == nullptr) return fault{errc::malformed, "keylime policy: expected an object"};
  return reader{}.read(*root);
}

} // namespace

result<keylime_policy> parse_keylime_policy(std::string_view json) {
  if (json.size() > max_keylime_bytes) return fault{errc::limit, "keylime policy: over 64 MiB"};
  const auto tree = detail::parse_json_tree(json, nesting);
  if (!tree) return fault{tree.fault().code, "keylime policy: " + tree.fault().check};
  const auto* root = as<json_object>(&*tree);
  if (root == nullptr) return fault{errc::malformed, "keylime policy: expected an object"};
  return is_dsse(*root) ? parse_enveloped(*root) : reader{}.read(*root);
}

} // namespace muster::extraction
