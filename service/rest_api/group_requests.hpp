// Requests about groups: references, trials, incidents, campaigns. Pure.
#pragma once

#include "service/rest_api/read_body.hpp"

namespace muster::service::rest_api {

routed read_accept(const asked& in);
routed read_amend(const asked& in);
routed read_import_set(const asked& in);
routed read_export_set(const asked& in);
routed read_try_reference(const asked& in);
routed read_try_policy(const asked& in);
routed read_incidents(const asked& in);
routed read_start_campaign(const asked& in);
routed read_propose(const asked& in);
routed read_approve_campaign(const asked& in);
routed read_stage(const asked& in);
routed read_enforce(const asked& in);
routed read_undo(const asked& in);
routed read_end(const asked& in);

} // namespace muster::service::rest_api
