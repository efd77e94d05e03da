#include "appraisal/bundle/bundle_log.hpp"

#include "appraisal/bundle/bundle_record.hpp"
#include "crypto/digest.hpp"
#include "crypto/log_head.hpp"
#include "crypto/merkle.hpp"
#include "messages/view.hpp"

#include <optional>

namespace muster::appraisal {

namespace {

constexpr view_limits entry_limits{std::size_t{64} << 10U, 1, 8};

/// Whether `words` is one of the comma-separated parts of `text`.
bool names(std::string_view text, std::string_view words) {
  for (;;) {
    const auto comma = text.find(", ");
    if (text.substr(0, comma) == words) return true;
    if (comma == std::string_view::npos) return false;
    text.remove_prefix(comma + 2);
  }
}

/// Whether the record says that `action` happened to `node`, with these words in its text.
result<bool> says(byte_view entry, std::string_view action, const node_id& node, std::string_view words) {
  const auto parsed = parse_view<records::AuditEntry>(frame::copy_of(entry), entry_limits);
  if (!parsed) return fault{parsed.fault().code, "log: a record: " + parsed.fault().check};
  return parsed->read([&](records::AuditEntry::Reader in) {
    return text_of(in.getAction()) == action && same(bytes_of(in.getNode()), node.raw)
           && names(text_of(in.getText()), words);
  });
}

} // namespace

std::string ak_certificate_words(byte_view certificate) {
  return "AK certificate " + to_hex(crypto::sha256(certificate));
}

std::string quote_words(byte_view attest) { return "quote " + to_hex(crypto::sha256(attest)); }

result<proven_time> verify_log_proof(const bundle_header& header, const crypto::public_key& log_key) {
  if (!header.log)
    return fault{errc::not_found, "this attestation changed no verdict, so the log has no record of it"};
  const auto heads = crypto::parse_log_heads(header.log->head);
  if (!heads) return fault{heads.fault().code, "log: head: " + heads.fault().check};
  if (heads->size() != 1) return fault{errc::malformed, "log: expected exactly one head"};
  const auto& head = heads->front();
  // The key comes from the caller, who keeps it apart from the bundle (docs/log.md).
  if (auto good = crypto::verify_log_head(head, log_key); !good)
    return fault{errc::mismatch, "log: head: it is not signed with the key that was given"};
  std::optional<std::uint64_t> certificate;
  std::optional<std::uint64_t> quote;
  for (const auto& one : header.log->records) {
    if (auto there = crypto::verify_inclusion(crypto::merkle_leaf(one.entry), one.leaf, head.head.size,
                                              one.path, head.head.root);
        !there)
      return fault{errc::mismatch, "log: record " + std::to_string(one.leaf) + " is not under the head"};
    const auto issued =
        says(one.entry, "certificate", header.node, ak_certificate_words(header.ak_certificate));
    if (!issued) return issued.fault();
    const auto judged = says(one.entry, "verdict", header.node, quote_words(header.evidence->attest));
    if (!judged) return judged.fault();
    if (*issued) certificate = one.leaf;
    if (*judged) quote = one.leaf;
  }
  if (!certificate) return fault{errc::not_found, "no record of the AK's certificate is proven"};
  if (!quote) return fault{errc::not_found, "no record of this attestation is proven"};
  return proven_time{*certificate, *quote, head.head.size, head.head.time};
}

} // namespace muster::appraisal
