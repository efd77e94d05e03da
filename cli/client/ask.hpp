// Asks the service and reads its answer.
#pragma once

#include "cli/client/http_client.hpp"
#include "cli/client/surroundings.hpp"
#include "messages/json_read.hpp"
#include "schemas/rest.capnp.h"

#include <string>

namespace muster::cli {

/// An answer: the JSON text, and the message read from it.
template <class T> struct answered {
  std::string json;
  view<T> message;
};

/// The fault that a status other than 200 means: the detail of its problem document (RFC 9457), or the bare
/// status.
fault refusal(const http_answer& answer);

/// "/v1/nodes/NODE" followed by `rest`, with the name of the node encoded.
std::string node_path(std::string_view node, std::string_view rest = {});

/// `T` is the message of a 200 answer. fault: see `exchange` and `refusal`; malformed: not an answer of a
/// service.
template <class T> result<answered<T>> ask(const surroundings& around, const http_call& call) {
  auto got = exchange(around.socket, call);
  if (!got) return got.fault();
  if (got->status != 200) return refusal(*got);
  auto read = from_json<T>(got->body, answer_limits);
  if (!read) return fault{errc::malformed, "the answer of ras cannot be read: " + read.fault().check};
  return answered<T>{std::move(got->body), std::move(*read)};
}

} // namespace muster::cli
