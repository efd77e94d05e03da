// Turns the answers of actors into JSON. Pure.
#pragma once

#include "actors/service/trust_mgr.hpp"
#include "messages/frame.hpp"
#include "messages/json_write.hpp"
#include "messages/view.hpp"
#include "records/store_tables.hpp"
#include "schemas/rest.capnp.h"
#include "standing/attestation.hpp"

#include <optional>
#include <string>

namespace muster::service::rest_api {

/// The JSON of a flat message with root `T`. fault internal: not such a message, so our own code is wrong.
template <class T> result<std::string> json_of(const frame& message) {
  const auto checked = parse_view<T>(message);
  if (!checked) return fault{errc::internal, "service: " + checked.fault().check};
  return checked->read([](typename T::Reader root) { return to_json(root); });
}

/// rest::CommandAnswer: how the command ended, and the node as it is now. `detail` is the node's
/// rest::NodeDetail; it has no value if the node was forgotten.
result<std::string> json_of(const command_result& outcome, const std::optional<frame>& detail);

/// rest::JoinTokenMade, which has the token itself.
std::string json_of(const made_join_token& made);
/// rest::JoinTokenList.
std::string json_of(const join_tokens_shown& shown);

/// rest::Done. `leaf` has no value if it could not be looked up; the change was made all the same.
std::string json_of(sequence durable, std::optional<log_number> leaf);

} // namespace muster::service::rest_api
