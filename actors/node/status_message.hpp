// Allows `status` as an answer between actors of one process.
#pragma once

#include "messages/vocabulary/result.hpp"

#include <caf/allowed_unsafe_message_type.hpp>

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(muster::status)
