// Looks at every machine of a group or of the fleet, page by page. Reads the store through its port, and
// changes nothing.
#pragma once

#include "actors/runtime/log.hpp"
#include "actors/service/store_watch.hpp"
#include "actors/service/survey.hpp"
#include "records/store_port.hpp"

#include <atomic>

namespace muster::service {

struct survey_deps {
  std::shared_ptr<const store_reader> reader;
  std::shared_ptr<const std::atomic<bool>> stopping; ///< ends a look that is under way
  runtime::log log;
  store_watch_ptr watch = nullptr; ///< null: there is no news beyond the records
};

/// Appraises the claims on record of each enrolled machine of the context's group under that context. A
/// machine with a damaged record is logged and counted. fault busy: the service is stopping.
trial_reply try_context(const survey_deps& deps, const context_ptr& context);

/// rest::Incidents of a group, or of the whole fleet if `group` is empty, from what is shown of each machine.
rest_answer find_incidents(const survey_deps& deps, const std::string& group);

} // namespace muster::service
