// Appraises the records of many machines under one set and policy.
#pragma once

#include "appraisal/attestation/reappraise.hpp"
#include "records/context.hpp"
#include "records/node_record.hpp"
#include "records/store_port.hpp"

#include <map>

namespace muster::service {

/// Remembers what machines have in common: whether a file of the fleet is ordinary
/// (appraisal/files/appraise_files.hpp), which takes a byte for each file instead of a look at each file of
/// each machine; and the findings of identical boots. For one thread at a time, and for one context only.
class record_appraiser {
public:
  record_appraiser(std::shared_ptr<const store_reader> store, context_ptr context);

  /// fault not_found: nothing of this machine's boot is verified; malformed: a record is damaged; limit: it
  /// has more files than can be judged; io: the context is damaged.
  result<appraisal::reappraisal> appraise(const node_record& node, const node_state& state);

  const context_ptr& context() const noexcept { return context_; }

private:
  enum class sifted : std::uint8_t { unseen = 0, ordinary = 1, looked_at = 2 };
  using boot_findings = std::shared_ptr<const std::vector<finding>>;

  result<boot_findings> appraise_boot(const bytes32& address);
  result<appraisal::file_claims> files_to_judge(const node_id& id);
  status sift(const std::vector<file_number>& numbers);
  sifted& mark_of(file_number n);

  std::shared_ptr<const store_reader> store_;
  context_ptr context_;
  std::vector<sifted> files_; // by file number
  std::map<bytes32, boot_findings> boots_;
};

} // namespace muster::service
