// What each group is appraised with, as a value: read at the start, changed by acceptance and by policy.
#pragma once

#include "records/context.hpp"
#include "records/store_port.hpp"

#include <map>

namespace muster::service {

/// A group that is judged by another policy than before; the group without a name stands for all that have no
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

/// How a set came into force: for the record of the group.
struct acceptance {
  wall_time when;
  std::string by;
  node_id from; ///< zero if it is not one machine's state
};

/// Reads a set that is on record. fault not_found, malformed.
result<named_set> load_set(const store_reader& store, const bytes32& digest);

/// The policies that were in force when the service ended, where they are on record; else what is
/// configured. A policy that the record cannot give any more gives way to the configured one.
policies_in_force policies_on_record(const store_reader& store, const policies_in_force& configured);

/// A group whose record, or a set of it, cannot be read.
struct damaged_group {
  std::string
      group;       ///< empty: nobody's: no machine and no policy is of a group whose record would stand there
  std::string why; ///< with the remedy
};

class contexts {
public:
  /// Reads groups, sets and versions from the store. Where a policy is not the one on record, the version of
  /// its groups rises: store `settings_record()` before anything is appraised. A group whose record or set is
  /// damaged gets a context that says so, and nobody is judged by it; the others go on. fault: the store, or
  /// the settings, cannot be read.
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
  /// Found by `load`, and not replaced since by a set that was accepted.
  const std::vector<damaged_group>& damaged() const noexcept { return damaged_; }

  /// Takes a set into force for a group, alone: what was staged beside the old one passes no more. The
  /// version rises. fault denied: the group's policy denies something in it (docs/design.md 11).
  result<context_ptr> accept(const std::string& group, named_set set);
  /// Lets another set pass beside the one in force, which there must be. The version rises. fault denied: as
  /// above.
  result<context_ptr> stage(const std::string& group, named_set set);
  /// Only the set in force passes again. The version rises. Null, and nothing changes: the group has none
  /// that can be read.
  context_ptr unstage(const std::string& group);
  /// fault denied: the group's policy denies something in the set.
  status allows(const std::string& group, const named_set& set) const;

  /// Groups that have a staged set, with its digest.
  std::map<std::string, bytes32> staged() const;
  /// The digest of the set in force; none if the group has no set.
  std::optional<bytes32> in_force(const std::string& group) const;
  /// A group's record, for the store. Caller: the group has a set in force.
  record<records::Group> group_record(const std::string& group, const acceptance& how) const;
  /// Other policies. The version rises once for each group that is judged by another one than before, and no
  /// other group is appraised again.
  void change(const policies_in_force& policies);

  record<records::Settings> settings_record() const;

private:
  struct accepted_reference {
    named_set set;
    std::optional<named_set> staged;
    std::uint64_t version = 0;
  };
  /// Which policy a group is judged by, and since which version.
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
  std::map<std::string, policy_mark> marks_; // of "" and of groups that have, or had, their own policy
  policies_in_force policies_;
  std::map<std::string, context_ptr> contexts_;
  std::uint64_t version_ = 0;
  std::vector<policy_change> changes_;
  std::vector<damaged_group> damaged_;
  appraisal::hash_seed seed_{}; // drawn by `load`
};

/// Key of the one settings record.
content_address settings_key();
content_address group_key(const std::string& group);

} // namespace muster::service
