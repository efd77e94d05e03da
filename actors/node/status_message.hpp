// Allows `status` as an answer between actors of one process.
#pragma once

#include "actors/runtime/local_message.hpp"
#include "messages/vocabulary/result.hpp"

MUSTER_LOCAL_MESSAGE(muster::status)
