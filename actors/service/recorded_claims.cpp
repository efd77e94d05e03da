#include "actors/service/recorded_claims.hpp"

#include "actors/service/record_codec.hpp"

#include <algorithm>

namespace muster::service {

appraisal::file_kind kind_on_record(const file_claim_view& file) noexcept {
  const bool zero = std::ranges::all_of(file.digest, [](std::uint8_t byte) { return byte == 0; });
  return zero ? appraisal::file_kind::violation : appraisal::file_kind::file;
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
  const auto read = store.visit_claims(id, [&](const file_claim_view& one) {
    room = room && out.files.push({kind_on_record(one), one.algorithm, one.digest, one.path});
  });
  if (!read) return read.fault();
  if (!room) return fault{errc::limit, "claims: more files than fit"};
  return out;
}

} // namespace muster::service
