// A group as people see it (schemas/rest.capnp).
#pragma once

#include "records/campaign.hpp"
#include "records/context.hpp"
#include "records/store_port.hpp"
#include "schemas/rest.capnp.h"

namespace muster::service {

/// `newest` is its newest campaign; null if it had none. `refused` says why the configured policy is not in
/// force; empty: it is. The record says who put the set in force.
void put_group(rest::Group::Builder out, const appraisal_context& in, const store_reader& store,
               const campaign* newest, const std::string& refused);

} // namespace muster::service
