// Pieces that several records share. Used by the codecs only.
#pragma once

#include "appraisal/claims.hpp"
#include "appraisal/field_check.hpp"
#include "messages/build.hpp"
#include "messages/vocabulary/finding.hpp"
#include "schemas/records.capnp.h"

namespace muster::appraisal {

void put_finding(records::Finding::Builder out, const finding& in);
finding read_finding(records::Finding::Reader in, field_check& check);

void put_quoted_pcr(records::PcrValue::Builder out, const pcr_claim& in);
pcr_claim read_quoted_pcr(records::PcrValue::Reader in, field_check& check);

} // namespace muster::appraisal
