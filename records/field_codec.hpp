// Fields that several records share. For the codecs only.
#pragma once

#include "appraisal/claims/field_record.hpp"
#include "messages/build.hpp"
#include "messages/view.hpp"
#include "records/node_record.hpp"
#include "schemas/records.capnp.h"

namespace muster::service {

using appraisal::field_check;

using appraisal::put_after_log;
using appraisal::put_finding;
using appraisal::read_after_log;
using appraisal::read_finding;

void put_pcr(records::PcrValue::Builder out, hash_algorithm bank, std::uint8_t index, byte_view value);
pcr_value read_pcr(records::PcrValue::Reader in, field_check& check);

} // namespace muster::service
