#include "service/references/show_group.hpp"

#include "messages/build.hpp"
#include "messages/time_text.hpp"
#include "service/references/contexts.hpp"

namespace muster::service {

void put_group(rest::Group::Builder out, const appraisal_context& in, const store_reader& store,
               const campaign* newest, const std::string& refused) {
  out.setGroup(text_of(in.group));
  out.setPolicy(text_of(to_hex(in.policy_digest)));
  out.setProblem(text_of(in.damage));
  out.setRefused(text_of(refused));
  if (newest != nullptr) out.setCampaign(text_of(std::string{to_string(newest->phase)}));
  if (!in.reference) return;
  out.setReference(text_of(to_hex(in.reference_digest)));
  out.setOrigin(text_of(printable(in.reference->content().origin)));
  out.setFiles(in.reference->content().files.size());
  if (in.staged) out.setStaged(text_of(to_hex(in.staged_digest)));
  if (const auto stored = store.get<tables::groups>(group_key(in.group)); stored)
    stored->read([&](records::Group::Reader record) {
      out.setSince(text_of(rfc3339({record.getAcceptedMs()})));
      out.setBy(record.getAcceptedBy());
      out.setFrom(text_of(to_hex(bytes_of(record.getAcceptedFrom()))));
    });
}

} // namespace muster::service
