// Parts that several records share. Only record codecs use it.
#pragma once

#include "appraisal/claims/claims.hpp"
#include "appraisal/claims/field_check.hpp"
#include "messages/build.hpp"
#include "messages/vocabulary/finding.hpp"
#include "schemas/records.capnp.h"
#include "tpm/format/pcr_selection.hpp"

namespace muster::appraisal {

void put_finding(records::Finding::Builder out, const finding& in);
finding read_finding(records::Finding::Reader in, field_check& check);

void put_pcr(records::PcrValue::Builder out, const pcr_claim& in);
pcr_claim read_pcr(records::PcrValue::Reader in, field_check& check);

void put_after_log(records::AfterLog::Builder out, const tpm::after_log& in);
/// Fails `check` if no machine can have gone through these phases.
tpm::after_log read_after_log(records::AfterLog::Reader in, field_check& check);

} // namespace muster::appraisal
