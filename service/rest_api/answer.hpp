// What actors answer, as the JSON that goes out. Pure.
#pragma once

#include "messages/frame.hpp"
#include "messages/json_write.hpp"
#include "messages/view.hpp"
#include "records/store_tables.hpp"
#include "schemas/rest.capnp.h"
#include "standing/attestation.hpp"

#include <optional>
#include <string>

namespace muster::service::rest_api {

/// The JSON of a flat message with root `T`. A message that is none is a broken promise of our own code.
template <class T> result<std::string> json_of(const frame& message) {
  const auto checked = parse_view<T>(message);
  if (!checked) return fault{errc::internal, "service: " + checked.fault().check};
  return checked->read([](typename T::Reader root) { return to_json(root); });
}

/// rest::CommandAnswer: how the command ended, with the node of `detail` (rest::NodeDetail) as it is now;
/// without it of one that is forgotten.
result<std::string> json_of(const command_result& outcome, const std::optional<frame>& detail);

/// rest::Done. `leaf` is empty if it could not be looked up: the change was made all the same.
std::string json_of(sequence durable, std::optional<log_number> leaf);

} // namespace muster::service::rest_api
