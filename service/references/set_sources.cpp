#include "service/references/set_sources.hpp"

#include "appraisal/extraction/amendment.hpp"
#include "appraisal/extraction/extraction.hpp"
#include "appraisal/verdict/findings_mark.hpp"
#include "service/references/acceptance.hpp"
#include "standing/recorded_claims.hpp"

#include <bit>

namespace muster::service {

namespace {

/// A machine that may teach its group.
struct teacher_on_record {
  node_record node;
  node_state state;
  appraisal::teachable teaches;
};

result<teacher_on_record> read_teacher(const store_reader& store, const node_id& from,
                                       const std::string& group, const appraisal::policy& p) {
  const auto snapshot = store.snapshot(from);
  if (!snapshot) return snapshot.fault();
  if (!snapshot->node) return snapshot->node.fault();
  auto node = node_from(from, *snapshot->node);
  if (!node) return node.fault();
  auto state = snapshot->state ? state_from(*snapshot->state) : result<node_state>{node_state{}};
  if (!state) return state.fault();
  auto teaches = may_teach(*node, *state, read_recorded_claims(store, from, *state), group, p);
  if (!teaches) return teaches.fault();
  return teacher_on_record{std::move(*node), std::move(*state), std::move(*teaches)};
}

result<source_of_set> named(result<appraisal::reference_content> content, std::string name) {
  if (!content) return content.fault();
  auto set = appraisal::reference_set::make(std::move(*content));
  if (!set) return set.fault();
  auto stored = to_record((*set)->content());
  const auto digest = crypto::sha256(stored.content());
  return source_of_set{{std::move(*set), digest}, std::move(stored), std::move(name)};
}

/// A person may know that a file is good though its machine may teach nothing.
fault by_hand_instead(const fault& why, const std::string& group) {
  if (why.code != errc::denied) return why;
  return {why.code, why.check + "; or name a file that you know to be good: muster reference amend "
                        + printable(group) + " --file DIGEST --path PATH"};
}

/// The numbers are about the list that a person saw; of any other list they may mean anything.
status check_list(const teacher_on_record& from, const std::string& listed) {
  if (listed.empty())
    return fault{errc::malformed,
                 "listed: say which list the numbers are of; `muster node show` says it with each finding"};
  if (listed == appraisal::mark_of(from.state.findings)) return {};
  const auto name = shown_name(from.node);
  return fault{errc::conflict, "findings: " + name
                                   + " has other findings now than in the list that was shown, as "
                                     "after an amendment that answers them; number "
                                   + std::to_string(from.state.number.value)
                                   + " is its newest attestation: look again, muster node show"};
}

/// "2 files (/usr/bin/a sha256:12..., ...), boot"
std::string words_about(const appraisal::amendment& in) {
  constexpr std::size_t shown = 3;
  const auto& files = in.files;
  std::string out;
  if (!files.empty()) {
    out = std::to_string(files.size()) + (files.size() == 1 ? " file (" : " files (");
    for (std::size_t i = 0; i < std::min(files.size(), shown); ++i)
      out += (i == 0 ? "" : ", ") + printable(files[i].path, 200) + ' ' + appraisal::digest_text(files[i]);
    out += files.size() > shown ? ", ...)" : ")";
  }
  if (in.pcrs == 0) return out;
  out += out.empty() ? "" : ", ";
  if (std::popcount(in.pcrs) > 3) return out + "the boot"; // of configuration there are only three
  out += "configuration in PCR";
  for (unsigned pcr = 0; pcr < 32; ++pcr)
    if ((in.pcrs >> pcr & 1U) != 0) out += ' ' + std::to_string(pcr);
  return out;
}

std::string on_top_of(const appraisal_context& context) {
  return " on top of set " + to_hex(context.reference_digest);
}

} // namespace

result<source_of_set> set_of_node(const store_reader& store, const node_id& from, const std::string& group,
                                  const appraisal::policy& p) {
  const auto teacher = read_teacher(store, from, group, p);
  if (!teacher) return teacher.fault();
  const auto& node = teacher->node;
  return named(appraisal::extract(teacher->teaches, {}, "node " + to_string(node.id)),
               node.name.empty() ? to_string(node.id) : node.name);
}

result<source_of_set> set_on_record(const store_reader& store, const bytes32& digest) {
  auto set = load_set(store, digest);
  if (!set) return set.fault();
  auto stored = to_record(set->set->content());
  return source_of_set{std::move(*set), std::move(stored), "a set on record"};
}

result<source_of_set> set_to_choose(const store_reader& store, const bytes32& digest,
                                    const appraisal_context& context) {
  auto out = set_on_record(store, digest);
  if (!out || !context.reference || context.reference_digest == digest) return out;
  if (const auto good = appraisal::check_takes_nothing_back(*context.reference, *out->set.set); !good)
    return fault{good.fault().code,
                 good.fault().check + "; make it again on top of what is in force: muster reference amend "
                     + printable(context.group)
                     + "; or to take that back on purpose: muster reference accept "
                     + printable(context.group) + " --set " + to_hex(digest) + " --force"};
  return out;
}

result<source_of_set> amended_set(const store_reader& store, const amend_request& wanted,
                                  const appraisal_context& context) {
  if (!context.damage.empty()) return fault{errc::io, context.damage};
  if (!context.reference)
    return fault{errc::not_found, "reference: group " + printable(wanted.group)
                                      + " has none to amend; accept one first: muster reference accept "
                                      + printable(wanted.group) + " --from NODE"};
  const auto& base = *context.reference;
  if (!wanted.from) {
    const auto entry = appraisal::entry_for(wanted.file, wanted.path, base);
    if (!entry) return entry.fault();
    return named(appraisal::amended(base, *entry, nullptr, "by hand"),
                 words_about(*entry) + on_top_of(context));
  }
  const auto teacher = read_teacher(store, *wanted.from, wanted.group, *context.policy);
  if (!teacher) return by_hand_instead(teacher.fault(), wanted.group);
  if (const auto same_list = check_list(*teacher, wanted.listed); !same_list) return same_list.fault();
  const auto& state = teacher->state;
  const auto entries =
      appraisal::answers_to(teacher->teaches, {state.findings, state.findings_total}, wanted.findings);
  if (!entries) return entries.fault();
  return named(appraisal::amended(base, *entries, &teacher->teaches, "from " + shown_name(teacher->node)),
               words_about(*entries) + " of " + shown_name(teacher->node) + on_top_of(context));
}

} // namespace muster::service
