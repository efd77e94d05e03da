#include "service/references/contexts.hpp"

#include "actors/service/record_codec.hpp"
#include "appraisal/policy_record.hpp"

#include <algorithm>

namespace muster::service {

namespace {

constexpr std::size_t page = 256;

context_ptr make_context(std::string group, std::uint64_t version,
                         std::shared_ptr<const appraisal::reference_set> set, const bytes32& digest,
                         std::shared_ptr<const appraisal::policy> policy) {
  return std::make_shared<const appraisal_context>(
      appraisal_context{std::move(group), version, std::move(set), digest, std::move(policy)});
}

struct stored_group {
  std::string name;
  bytes32 digest{};
  std::uint64_t version = 0;
};

result<stored_group> group_from(const view<records::Group>& stored) {
  return stored.read([](records::Group::Reader in) -> result<stored_group> {
    stored_group out{std::string{text_of(in.getName())}, {}, in.getVersion()};
    if (in.getReferenceDigest().size() != out.digest.size())
      return fault{errc::malformed, "group record: referenceDigest is not 32 bytes"};
    std::copy_n(in.getReferenceDigest().begin(), out.digest.size(), out.digest.begin());
    return out;
  });
}

result<std::shared_ptr<const appraisal::reference_set>> load_set(const store_reader& store,
                                                                 const bytes32& digest) {
  const auto stored = store.get<tables::references>(content_address{digest});
  if (!stored) return stored.fault();
  auto content = reference_content_from(*stored);
  if (!content) return content.fault();
  return appraisal::reference_set::make(std::move(*content));
}

} // namespace

content_address settings_key() { return {crypto::sha256(as_bytes("service"))}; }
content_address group_key(const std::string& group) { return {crypto::sha256(as_bytes(group))}; }

result<contexts> contexts::load(const store_reader& store, std::shared_ptr<const appraisal::policy> policy) {
  contexts out;
  const auto digest = digest_of(*policy);
  const auto settings = store.get<tables::settings>(settings_key());
  if (!settings && settings.fault().code != errc::not_found) return settings.fault();
  if (settings)
    settings->read([&](records::Settings::Reader in) {
      out.version_ = in.getAppraisalVersion();
      out.policy_version_ = in.getPolicyVersion();
      out.changed_ = !same(bytes_of(in.getPolicyDigest()), digest);
    });
  else
    out.changed_ = true;
  if (out.changed_) out.policy_version_ = ++out.version_;
  out.base_ = make_context({}, out.policy_version_, nullptr, {}, policy);

  std::optional<content_address> after;
  for (;;) {
    const auto groups = store.page<tables::groups>(after, page);
    if (!groups) return groups.fault();
    for (const auto& one : *groups) {
      if (!one.record) return one.record.fault();
      const auto group = group_from(*one.record);
      if (!group) return group.fault();
      auto set = load_set(store, group->digest);
      if (!set) return fault{set.fault().code, "group " + printable(group->name) + ": " + set.fault().check};
      out.groups_[group->name] = make_context(group->name, std::max(group->version, out.policy_version_),
                                              std::move(*set), group->digest, policy);
    }
    if (groups->size() < page) return out;
    after = groups->back().key;
  }
}

context_ptr contexts::of(const std::string& group) const {
  const auto found = groups_.find(group);
  return found == groups_.end() ? base_ : found->second;
}

std::vector<context_ptr> contexts::all() const {
  std::vector<context_ptr> out{base_};
  for (const auto& [name, context] : groups_)
    out.push_back(context);
  return out;
}

context_ptr contexts::accept(const std::string& group, std::shared_ptr<const appraisal::reference_set> set,
                             const bytes32& digest) {
  changed_ = true;
  auto made = make_context(group, ++version_, std::move(set), digest, base_->policy);
  groups_[group] = made;
  return made;
}

void contexts::change(std::shared_ptr<const appraisal::policy> policy) {
  if (digest_of(*policy) == digest_of(*base_->policy)) return;
  changed_ = true;
  policy_version_ = ++version_;
  base_ = make_context({}, version_, nullptr, {}, policy);
  for (auto& [name, context] : groups_)
    context = make_context(name, version_, context->reference, context->reference_digest, policy);
}

record<records::Settings> contexts::settings_record() const {
  return make_record<records::Settings>([&](records::Settings::Builder out) {
    out.setAppraisalVersion(version_);
    out.setPolicyDigest(data_of(digest_of(*base_->policy)));
    out.setPolicyVersion(policy_version_);
  });
}

} // namespace muster::service
