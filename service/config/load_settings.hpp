// The configuration file of the service.
#pragma once

#include "settings/service_settings.hpp"

namespace muster::service {

/// Reads and parses it. fault io: it cannot be read, or is over 1 MiB; else as `parse_service_settings`.
result<settings::service_settings> load_settings(const std::string& file);

} // namespace muster::service
