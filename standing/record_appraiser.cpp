#include "standing/record_appraiser.hpp"

#include "appraisal/files/appraise_files.hpp"
#include "records/record_codec.hpp"
#include "standing/recorded_claims.hpp"

namespace muster::service {

namespace {

/// Distinct boots whose findings are remembered. When it is full, all are forgotten.
constexpr std::size_t max_boots = 4096;

} // namespace

record_appraiser::record_appraiser(std::shared_ptr<const store_reader> store, context_ptr context)
    : store_{std::move(store)}, context_{std::move(context)} {}

result<record_appraiser::boot_findings> record_appraiser::appraise_boot(const bytes32& address) {
  if (const auto seen = boots_.find(address); seen != boots_.end()) return seen->second;
  const auto stored = store_->get<tables::boots>(content_address{address});
  if (!stored) return stored.fault();
  auto boot = boot_from(*stored);
  if (!boot) return boot.fault();
  auto found = std::make_shared<const std::vector<finding>>(appraisal::appraise_boot(
      appraisal::claims_from_record(std::move(*boot)), context_->choice(), *context_->policy));
  if (boots_.size() == max_boots) boots_.clear();
  boots_.emplace(address, found);
  return found;
}

record_appraiser::sifted& record_appraiser::mark_of(file_number n) {
  // The store numbers files from 1, without gaps.
  if (n.value >= files_.size()) files_.resize(n.value + 1 + n.value / 4);
  return files_[n.value];
}

status record_appraiser::sift(const std::vector<file_number>& numbers) {
  std::vector<file_number> unseen;
  for (const auto n : numbers)
    if (mark_of(n) == sifted::unseen) unseen.push_back(n);
  const auto choice = context_->choice();
  const appraisal::ordinary_files ordinary{choice, *context_->policy};
  return store_->visit_files(unseen, [&](const file_claim_view& one) {
    mark_of(one.number) = ordinary.has(claim_on_record(one)) ? sifted::ordinary : sifted::looked_at;
  });
}

result<appraisal::file_claims> record_appraiser::files_to_judge(const node_id& id) {
  auto numbers = store_->claims_of(id);
  if (!numbers) return numbers.fault();
  if (const auto done = sift(*numbers); !done) return done.fault();
  std::erase_if(*numbers, [&](file_number n) { return mark_of(n) == sifted::ordinary; });
  appraisal::file_claims out;
  bool room = true;
  const auto read = store_->visit_files(
      *numbers, [&](const file_claim_view& one) { room = room && out.push(claim_on_record(one)); });
  if (!read) return read.fault();
  if (!room) return fault{errc::limit, "claims: more files than fit"};
  return out;
}

result<appraisal::reappraisal> record_appraiser::appraise(const node_record& node, const node_state& state) {
  if (!context_->damage.empty()) return fault{errc::io, context_->damage};
  if (!state.boot_claims) return fault{errc::not_found, "claims: nothing of this boot is verified"};
  const auto of_boot = appraise_boot(*state.boot_claims);
  if (!of_boot) return of_boot.fault();
  const auto files = files_to_judge(node.id);
  if (!files) return files.fault();
  return appraisal::reappraise(**of_boot, *files, context_->choice(), *context_->policy,
                               {state.findings, state.findings_total, node.level, context_->seed});
}

} // namespace muster::service
