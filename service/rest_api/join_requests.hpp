// Reads requests about join tokens. Pure.
#pragma once

#include "service/rest_api/read_body.hpp"

namespace muster::service::rest_api {

routed read_make_join_token(const asked& in);
routed read_revoke_join_token(const asked& in);

} // namespace muster::service::rest_api
