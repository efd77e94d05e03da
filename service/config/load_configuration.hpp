// The service's configuration: its file, and the policies in the folder that it names.
#pragma once

#include "appraisal/policy/policy.hpp"
#include "settings/service_settings.hpp"

#include <map>

namespace muster::service {

struct configuration {
  settings::service_settings settings;
  appraisal::policy base;                            ///< of the section `policy`
  std::map<std::string, appraisal::policy> policies; ///< see `load_policies`
};

/// Reads and parses all of it; one defect makes it fail as a whole. fault io: a file cannot be read or is
/// over 1 MiB; else as for `parse_service_settings` and `load_policies`, or `base` has a defect.
result<configuration> load_configuration(const std::string& file);

} // namespace muster::service
