#include "service/references/contexts.hpp"

#include "appraisal/claims/field_check.hpp"
#include "appraisal/policy/policy_record.hpp"
#include "appraisal/reference/denied_content.hpp"
#include "crypto/secret.hpp"
#include "records/record_codec.hpp"

#include <algorithm>
#include <cstring>
#include <set>

namespace muster::service {

namespace {

constexpr std::size_t page = 256;

appraisal::hash_seed make_seed() {
  const auto random = crypto::make_nonce();
  appraisal::hash_seed out{};
  static_assert(sizeof out <= sizeof random);
  std::memcpy(out.data(), random.data(), sizeof out);
  return out;
}

struct stored_group {
  std::string name;
  std::optional<bytes32> digest;
  std::optional<bytes32> staged;
  std::uint64_t version = 0;
};

result<stored_group> group_from(const view<records::Group>& stored) {
  return stored.read([](records::Group::Reader in) -> result<stored_group> {
    appraisal::field_check check{"group record"};
    stored_group out{std::string{text_of(in.getName())},
                     check.digest32("referenceDigest", in.getReferenceDigest()),
                     check.digest32("stagedDigest", in.getStagedDigest()), in.getVersion()};
    if (!out.digest) check.fail("referenceDigest", "is missing");
    return check.done(std::move(out));
  });
}

/// Anything but 32 bytes is not a digest, and so differs from every policy.
bytes32 policy_digest_from(capnp::Data::Reader in) {
  bytes32 out{};
  if (in.size() == out.size()) std::copy_n(in.begin(), out.size(), out.begin());
  return out;
}

std::string damage_text(const std::string& group, const fault& why) {
  const auto name = printable(group);
  return "group " + name + ": what is on record of it cannot be read (" + why.check
         + "): none of its machines is judged, and their leases run out; put a set into force again: muster "
           "reference accept "
         + name + " --from NODE (or --set DIGEST), or restore the database from a backup";
}

std::shared_ptr<const appraisal::policy> policy_for(const policies_in_force& policies,
                                                    const std::string& group) {
  const auto own = policies.of_group.find(group);
  return own == policies.of_group.end() ? policies.base : own->second;
}

} // namespace

result<named_set> load_set(const store_reader& store, const bytes32& digest) {
  const auto stored = store.get<tables::references>(content_address{digest});
  if (!stored && stored.fault().code == errc::not_found)
    return fault{errc::not_found, "set: none on record has the digest " + to_hex(digest)
                                      + "; `muster reference import FILE` puts one there"};
  if (!stored) return stored.fault();
  auto content = reference_content_from(*stored);
  if (!content) return content.fault();
  auto set = appraisal::reference_set::make(std::move(*content));
  if (!set) return set.fault();
  return named_set{std::move(*set), digest};
}

policies_in_force policies_on_record(const store_reader& store, const policies_in_force& configured) {
  auto out = configured;
  const auto recorded = [&store](capnp::Data::Reader digest) -> std::shared_ptr<const appraisal::policy> {
    const auto stored = store.get<tables::policies>(content_address{policy_digest_from(digest)});
    if (!stored) return nullptr;
    auto policy = appraisal::policy_from(*stored);
    return policy ? std::make_shared<const appraisal::policy>(*std::move(policy)) : nullptr;
  };
  const auto settings = store.get<tables::settings>(settings_key());
  if (!settings) return out;
  settings->read([&](records::Settings::Reader in) {
    if (auto base = recorded(in.getPolicyDigest())) out.base = std::move(base);
    out.of_group.clear();
    for (const auto one : in.getGroupPolicies()) {
      const std::string group{text_of(one.getGroup())};
      const auto own = configured.of_group.find(group);
      if (auto policy = recorded(one.getDigest()))
        out.of_group[group] = std::move(policy);
      else if (own != configured.of_group.end())
        out.of_group[group] = own->second;
    }
  });
  return out;
}

content_address settings_key() { return {crypto::sha256(as_bytes("service"))}; }
content_address group_key(const std::string& group) { return {crypto::sha256(as_bytes(group))}; }

result<contexts> contexts::load(const store_reader& store, const policies_in_force& policies) {
  contexts out;
  out.seed_ = make_seed();
  if (auto done = out.load_settings(store); !done) return done.fault();
  if (auto done = out.load_groups(store); !done) return done.fault();
  out.change(policies);
  return out;
}

status contexts::load_settings(const store_reader& store) {
  const auto settings = store.get<tables::settings>(settings_key());
  if (!settings && settings.fault().code != errc::not_found) return settings.fault();
  if (settings)
    settings->read([this](records::Settings::Reader in) {
      version_ = in.getAppraisalVersion();
      marks_[{}] = {policy_digest_from(in.getPolicyDigest()), in.getPolicyVersion()};
      for (const auto one : in.getGroupPolicies())
        marks_[std::string{text_of(one.getGroup())}] = {policy_digest_from(one.getDigest()),
                                                        one.getVersion()};
    });
  return {};
}

status contexts::load_group(const store_reader& store, const view<records::Group>& stored) {
  const auto group = group_from(stored);
  if (!group) return group.fault();
  auto set = load_set(store, *group->digest);
  auto staged = group->staged ? load_set(store, *group->staged) : result<named_set>{named_set{}};
  if (!set || !staged) {
    damaged_.push_back({group->name, damage_text(group->name, set ? staged.fault() : set.fault())});
    return {};
  }
  auto& sets = sets_[group->name];
  sets.version = group->version;
  sets.set = std::move(*set);
  if (group->staged) sets.staged = std::move(*staged);
  return {};
}

status contexts::load_groups(const store_reader& store) {
  std::optional<content_address> after;
  std::map<content_address, std::string> nameless;
  for (;;) {
    const auto groups = store.page<tables::groups>(after, page);
    if (!groups) return groups.fault();
    for (const auto& one : *groups) {
      const auto read = one.record ? load_group(store, *one.record) : status{one.record.fault()};
      if (!read) nameless.emplace(one.key, read.fault().check);
    }
    if (groups->size() < page) break;
    after = groups->back().key;
  }
  return nameless.empty() ? status{} : name_damaged(store, std::move(nameless));
}

/// A record that cannot be read does not name its group. Its key is the digest of the group's name, so the
/// names of all machines' groups and of all policies are tried.
status contexts::name_damaged(const store_reader& store, std::map<content_address, std::string> nameless) {
  const auto offer = [&](const std::string& group) {
    const auto found = group.empty() ? nameless.end() : nameless.find(group_key(group));
    if (found == nameless.end()) return;
    damaged_.push_back({group, damage_text(group, {errc::malformed, found->second})});
    nameless.erase(found);
  };
  for (const auto& [group, mark] : marks_)
    offer(group);
  std::optional<node_id> after;
  while (!nameless.empty()) {
    const auto nodes = store.snapshots(after, page);
    if (!nodes) return nodes.fault();
    for (const auto& one : *nodes)
      if (one.node)
        offer(one.node->read([](records::Node::Reader in) { return std::string{text_of(in.getGroup())}; }));
    if (nodes->size() < page) break;
    after = nodes->back().id;
  }
  for (const auto& [key, why] : nameless)
    damaged_.push_back(
        {{}, "group record " + to_hex(key.raw) + ": " + why + "; no machine is in such a group"});
  return {};
}

const std::string* contexts::damage_of(const std::string& group) const {
  const auto found = std::ranges::find(damaged_, group, &damaged_group::group);
  return group.empty() || found == damaged_.end() ? nullptr : &found->why;
}

contexts::policy_mark contexts::mark_of(const std::string& group) const {
  const auto own = marks_.find(group);
  if (own != marks_.end()) return own->second;
  const auto base = marks_.find({});
  return base == marks_.end() ? policy_mark{} : base->second;
}

context_ptr contexts::build_one(const std::string& group) const {
  const auto mark = mark_of(group);
  appraisal_context out;
  out.group = group;
  out.seed = seed_;
  out.version = mark.version;
  out.policy = policy_for(policies_, group);
  out.policy_digest = mark.digest;
  if (const auto set = sets_.find(group); set != sets_.end()) {
    out.version = std::max(out.version, set->second.version);
    out.reference = set->second.set.set;
    out.reference_digest = set->second.set.digest;
    if (const auto& staged = set->second.staged) {
      out.staged = staged->set;
      out.staged_digest = staged->digest;
    }
  }
  if (const auto* damage = damage_of(group)) {
    out.version = version_; // at least the version of its record: nothing on record looks newer
    out.damage = *damage;
  }
  return std::make_shared<const appraisal_context>(std::move(out));
}

void contexts::build() {
  std::set<std::string> groups{{}};
  for (const auto& [group, context] : contexts_)
    groups.insert(group); // TrustMgr has a context of it, and needs the next one
  for (const auto& [group, set] : sets_)
    groups.insert(group);
  for (const auto& [group, mark] : marks_)
    groups.insert(group);
  for (const auto& one : damaged_)
    groups.insert(one.group);
  for (const auto& group : groups)
    contexts_[group] = build_one(group);
}

context_ptr contexts::of(const std::string& group) const {
  const auto found = contexts_.find(group);
  return found == contexts_.end() ? contexts_.at({}) : found->second;
}

std::vector<context_ptr> contexts::all() const {
  std::vector<context_ptr> out;
  for (const auto& [group, context] : contexts_) // the empty name comes first
    out.push_back(context);
  return out;
}

status contexts::allows(const std::string& group, const named_set& set) const {
  return check_not_denied(*set.set, policy_for(policies_, group)->denied);
}

result<context_ptr> contexts::accept(const std::string& group, named_set set) {
  if (const auto allowed = allows(group, set); !allowed) return allowed.fault();
  sets_[group] = {std::move(set), std::nullopt, ++version_};
  std::erase_if(damaged_, [&](const damaged_group& one) { return one.group == group; });
  return contexts_[group] = build_one(group);
}

result<context_ptr> contexts::stage(const std::string& group, named_set set) {
  if (const auto allowed = allows(group, set); !allowed) return allowed.fault();
  if (const auto* damage = damage_of(group)) return fault{errc::malformed, *damage};
  auto& sets = sets_.at(group);
  sets.staged = std::move(set);
  sets.version = ++version_;
  return contexts_[group] = build_one(group);
}

context_ptr contexts::unstage(const std::string& group) {
  const auto found = sets_.find(group);
  if (found == sets_.end()) return nullptr;
  auto& sets = found->second;
  sets.staged.reset();
  sets.version = ++version_;
  return contexts_[group] = build_one(group);
}

std::map<std::string, bytes32> contexts::staged() const {
  std::map<std::string, bytes32> out;
  for (const auto& [group, sets] : sets_)
    if (sets.staged) out[group] = sets.staged->digest;
  return out;
}

std::optional<bytes32> contexts::in_force(const std::string& group) const {
  const auto found = sets_.find(group);
  if (found == sets_.end()) return std::nullopt;
  return found->second.set.digest;
}

record<records::Group> contexts::group_record(const std::string& group, const acceptance& how) const {
  const auto& sets = sets_.at(group);
  return make_record<records::Group>([&](records::Group::Builder out) {
    out.setName(text_of(group));
    out.setReferenceDigest(data_of(sets.set.digest));
    if (sets.staged) out.setStagedDigest(data_of(sets.staged->digest));
    out.setAcceptedMs(how.when.milliseconds);
    out.setAcceptedBy(text_of(how.by));
    if (how.from != node_id{}) out.setAcceptedFrom(data_of(how.from.raw));
    out.setVersion(sets.version);
  });
}

void contexts::note(const std::string& group, const bytes32& digest, const policy_mark& before) {
  if (digest == before.digest) {
    marks_[group] = before;
    return;
  }
  marks_[group] = {digest, ++version_};
  changes_.push_back({group, digest});
}

void contexts::change(const policies_in_force& policies) {
  policies_ = policies;
  const auto before = *this;
  note({}, digest_of(*policies.base), before.mark_of({}));
  const auto base = marks_.at({});
  for (const auto& [group, own] : policies.of_group)
    note(group, digest_of(*own), before.mark_of(group));
  // A group that lost its own policy is judged by the base now. Its mark stays until the base is newer:
  // otherwise its version would fall, and what was appraised under the old policy would look up to date.
  for (const auto& [group, mark] : before.marks_)
    if (!group.empty() && !policies.of_group.contains(group)) {
      note(group, base.digest, mark);
      if (marks_.at(group).version <= base.version) marks_.erase(group);
    }
  build();
}

record<records::Settings> contexts::settings_record() const {
  return make_record<records::Settings>([this](records::Settings::Builder out) {
    const auto base = mark_of({});
    out.setAppraisalVersion(version_);
    out.setPolicyDigest(data_of(base.digest));
    out.setPolicyVersion(base.version);
    auto groups = out.initGroupPolicies(static_cast<unsigned>(marks_.size() - marks_.count({})));
    unsigned i = 0;
    for (const auto& [group, mark] : marks_) {
      if (group.empty()) continue;
      groups[i].setGroup(text_of(group));
      groups[i].setDigest(data_of(mark.digest));
      groups[i].setVersion(mark.version);
      ++i;
    }
  });
}

} // namespace muster::service
