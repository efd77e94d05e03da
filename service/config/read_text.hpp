// Configuration files as text.
#pragma once

#include "messages/vocabulary/result.hpp"

#include <string>

namespace muster::service {

/// All of the file, up to one byte more than a document may have: its reader refuses that. fault io.
result<std::string> read_text(const std::string& file);

} // namespace muster::service
