#include "appraisal/files/appraise_signature.hpp"

#include "appraisal/boot/boot_words.hpp"
#include "appraisal/reference/path_spelling.hpp"

#include <algorithm>

namespace muster::appraisal {

namespace {

std::string_view found_words(file_signature state) noexcept {
  switch (state) {
  case file_signature::none: return "no signature";
  case file_signature::unknown_key: return "a signature by a key that is not pinned";
  default: return "a signature that does not verify";
  }
}

} // namespace

bool accepted_by_signature(const file_claim& claim, const policy& p) noexcept {
  return p.signatures.mode == signature_mode::accept && is_file(claim.kind)
         && signature_under(p.signatures, claim) == file_signature::holds;
}

bool lacks_signature(const file_claim& claim, const policy& p) {
  const auto& wanted = p.signatures.required;
  if (wanted.empty() || !is_file(claim.kind)) return false;
  const auto state = signature_under(p.signatures, claim);
  if (state == file_signature::holds || state == file_signature::unchecked) return false;
  const spelled_path path{claim.path};
  return std::ranges::any_of(wanted, [&](const pattern& one) { return path.may_match(one); });
}

finding signature_finding(const file_claim& claim, const policy& p) {
  auto f = judged_finding(
      p, judged_check::signature, printable(claim.path), {},
      "install the file from a source that signs with a pinned key; if the key is new, add it to "
      "ima.signatures.keys of the policy");
  const auto words = found_words(signature_under(p.signatures, claim));
  f.expected = "a signature by a pinned key";
  f.found = std::string{words} + " (" + digest_text(claim) + ")";
  f.sentence = f.subject + " must be signed, but has " + std::string{words} + ".";
  return f;
}

std::optional<finding> appraise_signature(const file_claim& claim, const policy& p) {
  if (!lacks_signature(claim, p)) return std::nullopt;
  return signature_finding(claim, p);
}

} // namespace muster::appraisal
