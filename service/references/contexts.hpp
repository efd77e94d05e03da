// What each group is appraised with, as a value: read at the start, changed by acceptance and by policy.
#pragma once

#include "actors/service/context.hpp"
#include "actors/service/store_port.hpp"

#include <map>

namespace muster::service {

class contexts {
public:
  /// Reads groups, sets and versions from the store. If `policy` is not the one on record, the version rises:
  /// store `settings_record()` before anything is appraised. A set that is damaged is a fault: going on
  /// without it would make every machine of its group look unknown, or worse.
  static result<contexts> load(const store_reader& store, std::shared_ptr<const appraisal::policy> policy);

  /// A group that has no set has the base context: the policy alone.
  context_ptr of(const std::string& group) const;
  std::vector<context_ptr> all() const;
  context_ptr base() const { return base_; }
  std::uint64_t version() const noexcept { return version_; }
  /// True after `load` met another policy, or after a change, until the caller stored the record.
  bool changed() const noexcept { return changed_; }
  void stored() noexcept { changed_ = false; }

  /// Takes a set into force for a group; the version rises.
  context_ptr accept(const std::string& group, std::shared_ptr<const appraisal::reference_set> set,
                     const bytes32& digest);
  /// Another policy for all; the version rises.
  void change(std::shared_ptr<const appraisal::policy> policy);

  record<records::Settings> settings_record() const;

private:
  std::map<std::string, context_ptr> groups_;
  context_ptr base_;
  std::uint64_t version_ = 0;
  std::uint64_t policy_version_ = 0;
  bool changed_ = false;
};

/// Key of the one settings record.
content_address settings_key();
content_address group_key(const std::string& group);

} // namespace muster::service
