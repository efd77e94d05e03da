#include "appraisal/appraise_signature.hpp"

#include "appraisal/boot_words.hpp"
#include "appraisal/path_spelling.hpp"

#include <algorithm>

namespace muster::appraisal {

namespace {

std::string_view found_words(file_signature state) noexcept {
  switch (state) {
  case file_signature::none: return "no signature";
  case file_signature::unknown_key: return "a signature by a key that is not pinned";
  default: return "a signature that does not hold";
  }
}

} // namespace

bool accepted_by_signature(const file_claim& claim, const policy& p) noexcept {
  return p.signatures.mode == signature_mode::accept && claim.kind == file_kind::file
         && signature_under(p.signatures, claim) == file_signature::holds;
}

std::optional<finding> appraise_signature(const file_claim& claim, const policy& p) {
  const auto& wanted = p.signatures.required;
  if (wanted.empty() || claim.kind != file_kind::file) return std::nullopt;
  const auto state = signature_under(p.signatures, claim);
  if (state == file_signature::holds || state == file_signature::unchecked) return std::nullopt;
  if (std::ranges::none_of(wanted, [&](const pattern& one) { return may_match(one, claim.path); }))
    return std::nullopt;
  auto f = judged_finding(
      p, judged_check::signature, printable(claim.path), {},
      "install the file from a source that signs with a pinned key; if the key is new, add it to "
      "ima.signatures.keys of the policy");
  f.expected = "a signature by a pinned key";
  f.found = std::string{found_words(state)} + " (" + std::string{to_string(claim.algorithm)} + ":"
            + to_hex(claim.digest) + ")";
  f.sentence = f.subject + " must be signed, and has " + std::string{found_words(state)} + ".";
  return f;
}

} // namespace muster::appraisal
