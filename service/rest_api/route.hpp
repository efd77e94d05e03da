// Turns an HTTP request into what it asks for, or into the reason for its refusal. Pure.
#pragma once

#include "service/rest_api/problem.hpp"
#include "service/rest_api/request.hpp"

#include <string_view>
#include <variant>

namespace muster::service::rest_api {

constexpr std::size_t max_body = std::size_t{64} * 1024;
/// The most bytes of a reference set that is handed in: as many as a record may have.
constexpr std::size_t max_set = std::size_t{64} << 20U;

/// The most bytes that a request to `target` may carry: `max_set` where a set is handed in, else `max_body`.
std::size_t body_limit(std::string_view method, std::string_view target) noexcept;

/// A complete request. Caller: its framing has been checked.
struct http_request {
  std::string_view method;
  std::string_view target;       ///< as it was sent
  std::string_view content_type; ///< empty: none was sent
  std::string_view body;
};

using routed = std::variant<rest_request, problem>;

// clang-format off
/// The endpoints:
///
///   GET    /livez  /readyz
///   GET    /v1/nodes?after=&limit=&group=&shown=     limit 1 to 1,000, 100 if not given
///   GET    /v1/nodes/{node}
///   DELETE /v1/nodes/{node}
///   GET    /v1/nodes/{node}/evidence?attestation=    a bundle (docs/evidence.md); the newest if no number is given
///   POST   /v1/nodes/{node}/attest                   OrderRequest or no body; and renew, unregister
///   POST   /v1/nodes/{node}/reconfigure              ReconfigureRequest
///   POST   /v1/nodes/{node}/approve                  ApproveRequest
///   POST   /v1/nodes/{node}/acknowledge              ends the node's alarm
///   POST   /v1/nodes/{node}/revoke                   RevokeRequest or no body
///   PUT    /v1/nodes/{node}/name                     NameRequest
///   PUT    /v1/nodes/{node}/group                    GroupRequest
///   GET    /v1/groups                                what each group is compared with, and by which policy
///   POST   /v1/references                            ReferenceRequest
///   GET    /v1/sets/{digest}                         the canonical record, application/octet-stream
///   PUT    /v1/sets/{digest}                         hands in such a record; puts nothing into force
///   POST   /v1/references/try                        TryReferenceRequest; changes nothing
///   POST   /v1/policies/try                          TryPolicyRequest; changes nothing
///   GET    /v1/incidents?group=
///   GET    /v1/campaigns
///   GET    /v1/groups/{group}/campaign
///   POST   /v1/groups/{group}/campaign               CampaignRequest: begins one
///   POST   /v1/groups/{group}/campaign/propose       and approve, stage, enforce, undo, end: CampaignStepRequest
///   GET    /v1/log?after=&limit=                     the log of records; `after` a leaf
///   GET    /v1/log/heads?after=&limit=               its signed heads; `after` a size
///   GET    /v1/log/head                              the newest head, and what contradicts the log
///   POST   /v1/log/acknowledge                       AcknowledgeHeadRequest
///   GET    /v1/ca                                    the trust list in force, and who has it
///   POST   /v1/ca/rotate                             RotateRequest
///
// clang-format on
/// Refuses other paths with 404, other methods with 405 and Allow, unexpected query keys, bodies and values
/// with 400, a body over `body_limit` with 413, and a body that is not of the expected media type with 415.
/// Names and groups have at most 64 characters of printable ASCII without spaces, slashes and quotes.
routed route(const http_request& request);

problem body_too_large();

} // namespace muster::service::rest_api
