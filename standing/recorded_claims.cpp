#include "standing/recorded_claims.hpp"

#include "records/record_codec.hpp"

#include <algorithm>

namespace muster::service {

namespace {

/// No content has a digest of zeros: the kernel writes it where it could not measure.
bool is_zero(byte_view digest) {
  return std::ranges::all_of(digest, [](std::uint8_t byte) { return byte == 0; });
}

appraisal::file_kind kind_of(const file_claim_view& one) {
  if (one.kind == 0 && is_zero(one.digest)) return appraisal::file_kind::violation;
  constexpr auto last = appraisal::file_kind::critical_data;
  return one.kind > static_cast<std::uint8_t>(last) ? appraisal::file_kind::other
                                                    : static_cast<appraisal::file_kind>(one.kind);
}

/// What is no state of ours counts as a signature that does not hold.
appraisal::file_signature signature_of(const file_claim_view& one) {
  return one.signature > static_cast<std::uint8_t>(appraisal::file_signature::holds)
             ? appraisal::file_signature::wrong
             : static_cast<appraisal::file_signature>(one.signature);
}

} // namespace

appraisal::file_claim claim_on_record(const file_claim_view& file) {
  return {kind_of(file), file.algorithm, file.digest, file.path, signature_of(file), file.signer};
}

result<recorded_claims> read_recorded_claims(const store_reader& store, const node_id& id,
                                             const node_state& state) {
  if (!state.boot_claims) return fault{errc::not_found, "claims: nothing of this boot is verified"};
  const auto stored = store.get<tables::boots>(content_address{*state.boot_claims});
  if (!stored) return stored.fault();
  auto boot = boot_from(*stored);
  if (!boot) return boot.fault();
  recorded_claims out{appraisal::claims_from_record(std::move(*boot)), {}};
  bool room = true;
  const auto read = store.visit_claims(
      id, [&](const file_claim_view& one) { room = room && out.files.push(claim_on_record(one)); });
  if (!read) return read.fault();
  if (!room) return fault{errc::limit, "claims: more files than fit"};
  return out;
}

} // namespace muster::service
