// Pieces of schemas/rest.capnp that several subsystems write.
#pragma once

#include "appraisal/verdict/cause_table.hpp"
#include "messages/vocabulary/finding.hpp"
#include "schemas/rest.capnp.h"

namespace muster::service {

void put_finding(rest::Finding::Builder out, const finding& in);
void put_cause(rest::Cause::Builder out, const appraisal::cause& in);

} // namespace muster::service
