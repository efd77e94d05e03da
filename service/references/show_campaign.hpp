// A campaign as people see it (schemas/rest.capnp). Pure.
#pragma once

#include "records/campaign.hpp"
#include "schemas/rest.capnp.h"
#include "service/references/learning.hpp"

namespace muster::service {

/// What is looked up to show one campaign in detail.
struct campaign_details {
  std::vector<canary_state> canaries;
  std::vector<std::string> difference; ///< between the proposal and the set it began from
  std::string summary;                 ///< of that difference, in numbers
  std::string learnable;               ///< "yes", or why nothing can be learnt yet; empty unless it observes
  std::string when_it_ends;            ///< what the end of the stage will do; empty until that is near
};

void put_campaign(rest::Campaign::Builder out, const campaign& in, const campaign_details& details);

/// What moves the campaign on, as a command if that is enough; empty when it is over.
std::string next_command(const campaign& in, const campaign_details& details);

} // namespace muster::service
