// Types that every interface of the service sends.
#pragma once

#include "actors/runtime/local_message.hpp"
#include "messages/vocabulary/ids.hpp"

MUSTER_LOCAL_MESSAGE(muster::bytes)
MUSTER_LOCAL_MESSAGE(muster::node_id)
MUSTER_LOCAL_MESSAGE(muster::boot_id)
MUSTER_LOCAL_MESSAGE(muster::session_epoch)
MUSTER_LOCAL_MESSAGE(muster::generation)
