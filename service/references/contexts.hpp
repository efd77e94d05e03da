// What each group is appraised with, as a value: read at the start, changed by acceptance and by policies.
#pragma once

#include "records/context.hpp"
#include "records/store_port.hpp"

#include <map>

namespace muster::service {

/// A group that is judged by another policy than before. The empty name stands for all groups without a
/// policy of their own.
struct policy_change {
  std::string group;
  bytes32 digest{};
};

/// A reference set and the digest that names it.
struct named_set {
  std::shared_ptr<const appraisal::reference_set> set;
  bytes32 digest{};
};

/// How a set came into force, for the group's record.
struct acceptance {
  wall_time when;
  std::string by;
  node_id from; ///< zero unless the set is from one machine's state
};

/// Reads a set that is on record. fault not_found, malformed.
result<named_set> load_set(const store_reader& store, const bytes32& digest);

/// The policies that were in force when the service ended, where they are on record; else the configured
/// ones. A recorded policy that cannot be read is replaced by the configured one.
policies_in_force policies_on_record(const store_reader& store, const policies_in_force& configured);

/// A group whose record, or a set of it, cannot be read.
struct damaged_group {
  std::string group; ///< empty: no machine and no policy is of a group with that record's key
  std::string why;   ///< with the remedy
};

class contexts {
public:
  /// Reads groups, sets and versions from the store. Where a policy differs from the one on record, the
  /// version of its groups rises: the caller stores `settings_record()` before anything is appraised. A group
  /// whose record or set is damaged gets a context that says so, and no machine is judged by it; other groups
  /// are not affected. fault: the store or the settings cannot be read.
  static result<contexts> load(const store_reader& store, const policies_in_force& policies);

  /// A group that has neither set nor policy of its own has the base context: the policy of all others.
  context_ptr of(const std::string& group) const;
  /// The base context first.
  std::vector<context_ptr> all() const;
  context_ptr base() const { return of({}); }
  std::uint64_t version() const noexcept { return version_; }
  /// Policies changed by `load` or `change` and not yet persisted. Cleared by `stored`.
  const std::vector<policy_change>& policy_changes() const noexcept { return changes_; }
  void stored() noexcept { changes_.clear(); }
  /// Found by `load`, and not replaced since by accepting a set.
  const std::vector<damaged_group>& damaged() const noexcept { return damaged_; }

  /// Puts a set in force for a group, as the only one: a staged set no longer passes. The version rises.
  /// fault denied: the group's policy denies something in the set (docs/design.md 11).
  result<context_ptr> accept(const std::string& group, named_set set);
  /// Lets a second set pass next to the one in force, which must exist. The version rises. fault denied: as
  /// for `accept`.
  result<context_ptr> stage(const std::string& group, named_set set);
  /// Lets only the set in force pass again. The version rises. Returns null and changes nothing if the group
  /// has no set that can be read.
  context_ptr unstage(const std::string& group);
  /// fault denied: the group's policy denies something in the set.
  status allows(const std::string& group, const named_set& set) const;

  /// The groups that have a staged set, each with its digest.
  std::map<std::string, bytes32> staged() const;
  /// The digest of the set in force; none if the group has no set.
  std::optional<bytes32> in_force(const std::string& group) const;
  /// A group's record, for the store. The group must have a set in force.
  record<records::Group> group_record(const std::string& group, const acceptance& how) const;
  /// Takes other policies. The version rises once for each group whose policy changes; no other group is
  /// appraised again.
  void change(const policies_in_force& policies);

  record<records::Settings> settings_record() const;

private:
  struct accepted_reference {
    named_set set;
    std::optional<named_set> staged;
    std::uint64_t version = 0;
  };
  /// The policy that a group is judged by, and since which version.
  struct policy_mark {
    bytes32 digest{};
    std::uint64_t version = 0;
  };

  status load_settings(const store_reader& store);
  status load_groups(const store_reader& store);
  status load_group(const store_reader& store, const view<records::Group>& stored);
  status name_damaged(const store_reader& store, std::map<content_address, std::string> nameless);
  const std::string* damage_of(const std::string& group) const;
  policy_mark mark_of(const std::string& group) const;
  void note(const std::string& group, const bytes32& digest, const policy_mark& before);
  void build();
  context_ptr build_one(const std::string& group) const;

  std::map<std::string, accepted_reference> sets_;
  std::map<std::string, policy_mark> marks_; // for "" and for groups that have or had their own policy
  policies_in_force policies_;
  std::map<std::string, context_ptr> contexts_;
  std::uint64_t version_ = 0;
  std::vector<policy_change> changes_;
  std::vector<damaged_group> damaged_;
  appraisal::hash_seed seed_{}; // drawn by `load`
};

/// Key of the only settings record.
content_address settings_key();
content_address group_key(const std::string& group);

} // namespace muster::service
