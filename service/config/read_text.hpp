// Configuration files as text.
#pragma once

#include "messages/vocabulary/result.hpp"

#include <string>

namespace muster::service {

/// The whole file, but at most one byte more than a document may have: the parser then refuses it. fault io.
result<std::string> read_text(const std::string& file);

} // namespace muster::service
