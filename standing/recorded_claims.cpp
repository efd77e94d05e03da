#include "standing/recorded_claims.hpp"

#include "records/record_codec.hpp"

#include <algorithm>
#include <set>

namespace muster::service {

namespace {

appraisal::file_kind kind_of(const file_claim_view& one) {
  constexpr auto last = appraisal::last_of(appraisal::file_kind{});
  return one.kind > static_cast<std::uint8_t>(last) ? appraisal::file_kind::other
                                                    : static_cast<appraisal::file_kind>(one.kind);
}

/// A value that we do not know counts as a signature that does not hold.
appraisal::file_signature signature_of(const file_claim_view& one) {
  return one.signature > static_cast<std::uint8_t>(appraisal::file_signature::holds)
             ? appraisal::file_signature::wrong
             : static_cast<appraisal::file_signature>(one.signature);
}

} // namespace

std::vector<file_claim> claims_for_record(const appraisal::file_claims& files, std::size_t first) {
  std::vector<file_claim> out;
  out.reserve(files.size() - std::min(first, files.size()));
  std::set<std::string_view> violations;
  for (std::size_t i = first; i < files.size(); ++i) {
    const auto one = files[i];
    if (one.kind == appraisal::file_kind::boot_aggregate) continue;
    // However many violations there are, they have few names, and one thread writes the records of all
    // machines.
    if (one.kind == appraisal::file_kind::violation && !violations.insert(one.path).second) continue;
    file_claim file{std::string{one.path}, one.algorithm, to_bytes(one.digest)};
    file.kind = static_cast<std::uint8_t>(one.kind);
    file.signature = static_cast<std::uint8_t>(one.signature);
    file.signer = to_bytes(one.signer);
    out.push_back(std::move(file));
  }
  return out;
}

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
