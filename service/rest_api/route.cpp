#include "service/rest_api/route.hpp"

#include "schemas/rest.capnp.h"
#include "service/rest_api/group_requests.hpp"
#include "service/rest_api/join_requests.hpp"
#include "service/rest_api/read_body.hpp"
#include "settings/scalar.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <span>

namespace muster::service::rest_api {

namespace {

constexpr std::uint32_t max_page = 1000;
constexpr std::chrono::seconds default_wait{60};
constexpr std::chrono::seconds longest_wait{600};
constexpr std::size_t fingerprint_size = 32;
constexpr std::size_t longest_reason = 200;

std::optional<std::uint32_t> page_size(std::string_view text) {
  std::uint32_t out = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  if (error != std::errc{} || end != text.data() + text.size() || out == 0 || out > max_page)
    return std::nullopt;
  return out;
}

std::optional<std::uint64_t> whole_number(std::string_view text) {
  std::uint64_t out = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  if (error != std::errc{} || end != text.data() + text.size() || out >= std::uint64_t{1} << 56U)
    return std::nullopt;
  return out;
}

routed list(const asked& in) {
  node_query query;
  for (const auto& [key, value] : in.where.query) {
    if (key == "after")
      query.after = value;
    else if (key == "group")
      query.group = value;
    else if (key == "shown")
      query.shown = value;
    else if (key == "limit") {
      const auto limit = page_size(value);
      if (!limit) return wrong_field("limit: expected a number from 1 to 1000");
      query.limit = *limit;
    } else
      return wrong_field("target: unknown query key; there are after, limit, group, shown");
  }
  if (!query.after.empty() && !node_id_from(query.after)) return wrong_field("after: not a node id");
  if (!query.shown.empty() && !display_from(query.shown))
    return wrong_field(
        "shown: expected one of revoked, pending, untrusted, stale, warning, trusted, unknown");
  if (const auto good = check_word("group", query.group); !good) return bad_request(good.fault());
  return rest_request{list_nodes{std::move(query)}};
}

/// fault malformed: too long.
result<std::chrono::seconds> wait_of(std::uint32_t timeout_seconds) {
  const std::chrono::seconds wanted{timeout_seconds};
  if (wanted > longest_wait) return fault{errc::malformed, "timeout_seconds: expected at most 600"};
  return wanted.count() == 0 ? default_wait : wanted;
}

template <command_kind Kind> routed order(const asked& in) {
  if (in.body.empty()) return rest_request{order_node{in.segment, Kind, default_wait}};
  return with_body<rest::OrderRequest>(in, {}, [&](rest::OrderRequest::Reader body) -> routed {
    const auto wait = wait_of(body.getTimeoutSeconds());
    if (!wait) return wrong_field(wait.fault().check);
    return rest_request{order_node{in.segment, Kind, *wait}};
  });
}

constexpr std::string_view remove_setting = "default";

/// No value: the request leaves this setting alone. 0: the request ends what an operator had set.
result<std::optional<std::chrono::milliseconds>> span_of(std::string_view field, std::string_view text) {
  if (text.empty()) return std::optional<std::chrono::milliseconds>{};
  if (text == remove_setting) return std::optional{std::chrono::milliseconds{0}};
  const auto read = settings::parse_duration(text);
  if (!read) return fault{errc::malformed, std::string{field} + ": " + read.fault().check};
  // 0 is not a valid length, and would silently end what had been set.
  if (read->count() == 0)
    return fault{errc::malformed, std::string{field} + ": expected more than 0, or \"default\""};
  return std::optional{*read};
}

routed reconfigure(const asked& in) {
  return with_body<rest::ReconfigureRequest>(in, {}, [&](rest::ReconfigureRequest::Reader body) -> routed {
    const auto wait = wait_of(body.getTimeoutSeconds());
    if (!wait) return wrong_field(wait.fault().check);
    const auto beat = span_of("beat", text_of(body.getBeat()));
    if (!beat) return wrong_field(beat.fault().check);
    const auto jitter = span_of("jitter", text_of(body.getJitter()));
    if (!jitter) return wrong_field(jitter.fault().check);
    tuning_order how{*beat, *jitter, std::nullopt};
    const auto level = text_of(body.getLogLevel());
    if (!level.empty()) how.log_level = level == remove_setting ? std::string{} : std::string{level};
    return rest_request{order_node{in.segment, command_kind::reconfigure, *wait, std::move(how)}};
  });
}

routed approve(const asked& in) {
  static constexpr std::array<std::string_view, 1> required{"fingerprint"};
  return with_body<rest::ApproveRequest>(in, required, [&](rest::ApproveRequest::Reader body) -> routed {
    auto fingerprint = from_hex(text_of(body.getFingerprint()));
    if (!fingerprint || fingerprint->size() != fingerprint_size)
      return wrong_field("fingerprint: expected 64 digits of hex, as the pending node shows them");
    for (const auto& [field, text] : {std::pair{"group", body.getGroup()}, std::pair{"name", body.getName()}})
      if (const auto good = check_word(field, text_of(text)); !good) return bad_request(good.fault());
    return rest_request{
        approve_node{in.segment, std::move(*fingerprint), copy_of(body.getGroup()), copy_of(body.getName())}};
  });
}

routed name(const asked& in) {
  static constexpr std::array<std::string_view, 1> required{"name"};
  return with_body<rest::NameRequest>(in, required, [&](rest::NameRequest::Reader body) -> routed {
    if (const auto good = check_word("name", text_of(body.getName())); !good)
      return bad_request(good.fault());
    return rest_request{name_node{in.segment, copy_of(body.getName())}};
  });
}

routed move(const asked& in) {
  static constexpr std::array<std::string_view, 1> required{"group"};
  return with_body<rest::GroupRequest>(in, required, [&](rest::GroupRequest::Reader body) -> routed {
    if (body.getGroup().size() == 0) return wrong_field("group: is empty");
    if (const auto good = check_word("group", text_of(body.getGroup())); !good)
      return bad_request(good.fault());
    return rest_request{group_node{in.segment, copy_of(body.getGroup())}};
  });
}

routed revoke(const asked& in) {
  if (in.body.empty()) return rest_request{revoke_node{in.segment, {}}};
  return with_body<rest::RevokeRequest>(in, {}, [&](rest::RevokeRequest::Reader body) -> routed {
    auto reason = copy_of(body.getReason());
    if (reason.size() > longest_reason || printable(reason) != reason)
      return wrong_field("reason: expected at most 200 printable characters");
    return rest_request{revoke_node{in.segment, std::move(reason)}};
  });
}

routed log_page(const asked& in, log_query::kind what) {
  log_query query;
  query.what = what;
  for (const auto& [key, value] : in.where.query) {
    if (key == "after") {
      const auto after = whole_number(value);
      if (!after) return wrong_field("after: expected a number, as `next` of the page before");
      query.after = *after;
    } else if (key == "limit") {
      const auto limit = page_size(value);
      if (!limit) return wrong_field("limit: expected a number from 1 to 1000");
      query.limit = *limit;
    } else
      return wrong_field("target: unknown query key; there are after, limit");
  }
  return rest_request{list_log{query}};
}
routed log_entries(const asked& in) { return log_page(in, log_query::kind::entries); }
routed log_heads(const asked& in) { return log_page(in, log_query::kind::heads); }

routed acknowledge_log(const asked& in) {
  static constexpr std::array<std::string_view, 2> required{"size", "root"};
  return with_body<rest::AcknowledgeHeadRequest>(
      in, required, [&](rest::AcknowledgeHeadRequest::Reader body) -> routed {
        const auto root = bytes32_from_hex(text_of(body.getRoot()));
        if (!root) return wrong_field("root: expected 64 digits of hex, as the head shows them");
        return rest_request{acknowledge_head{{body.getSize(), *root}}};
      });
}

routed rotate(const asked& in) {
  static constexpr std::array<std::string_view, 1> required{"signed"};
  return with_body<rest::RotateRequest>(in, required, [&](rest::RotateRequest::Reader body) -> routed {
    return rest_request{rotate_trust{copy_of(body.getSigned())}};
  });
}

routed evidence(const asked& in) {
  export_evidence out{in.segment, {}};
  for (const auto& [key, value] : in.where.query) {
    if (key != "attestation") return wrong_field("target: unknown query key; there is attestation");
    std::uint64_t number = 0;
    const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), number);
    if (error != std::errc{} || end != value.data() + value.size() || number == 0)
      return wrong_field("attestation: expected a number from 1 on");
    out.number = attestation_number{number};
  }
  return rest_request{std::move(out)};
}

template <class Request> routed plain(const asked&) { return rest_request{Request{}}; }
template <class Request> routed of_node(const asked& in) { return rest_request{Request{in.segment}}; }

enum class takes : std::uint8_t { nothing, query, body };

struct endpoint {
  std::string_view method;
  std::string_view path;  ///< segments; * is {node}, {group}, {digest} or {token}
  std::string_view allow; ///< all methods of this path
  takes what;
  routed (*read)(const asked&);
};

constexpr std::array endpoints{
    endpoint{"GET", "livez", "GET", takes::nothing, plain<ask_live>},
    endpoint{"GET", "readyz", "GET", takes::nothing, plain<ask_ready>},
    endpoint{"GET", "v1/nodes", "GET", takes::query, list},
    endpoint{"GET", "v1/nodes/*", "GET, DELETE", takes::nothing, of_node<show_node>},
    endpoint{"DELETE", "v1/nodes/*", "GET, DELETE", takes::nothing, of_node<forget_node>},
    endpoint{"GET", "v1/nodes/*/evidence", "GET", takes::query, evidence},
    endpoint{"POST", "v1/nodes/*/attest", "POST", takes::body, order<command_kind::attest>},
    endpoint{"POST", "v1/nodes/*/renew", "POST", takes::body, order<command_kind::renew>},
    endpoint{"POST", "v1/nodes/*/reconfigure", "POST", takes::body, reconfigure},
    endpoint{"POST", "v1/nodes/*/unregister", "POST", takes::body, order<command_kind::unregister>},
    endpoint{"POST", "v1/nodes/*/approve", "POST", takes::body, approve},
    endpoint{"POST", "v1/nodes/*/acknowledge", "POST", takes::nothing, of_node<acknowledge_node>},
    endpoint{"POST", "v1/nodes/*/revoke", "POST", takes::body, revoke},
    endpoint{"PUT", "v1/nodes/*/name", "PUT", takes::body, name},
    endpoint{"PUT", "v1/nodes/*/group", "PUT", takes::body, move},
    endpoint{"POST", "v1/references", "POST", takes::body, read_accept},
    endpoint{"GET", "v1/sets/*", "GET, PUT", takes::nothing, read_export_set},
    endpoint{"PUT", "v1/sets/*", "GET, PUT", takes::body, read_import_set},
    endpoint{"POST", "v1/references/amend", "POST", takes::body, read_amend},
    endpoint{"POST", "v1/references/try", "POST", takes::body, read_try_reference},
    endpoint{"POST", "v1/policies/try", "POST", takes::body, read_try_policy},
    endpoint{"GET", "v1/incidents", "GET", takes::query, read_incidents},
    endpoint{"GET", "v1/groups", "GET", takes::nothing, plain<list_groups>},
    endpoint{"GET", "v1/campaigns", "GET", takes::nothing, plain<list_campaigns>},
    endpoint{"GET", "v1/groups/*/campaign", "GET, POST", takes::nothing, of_node<show_campaign>},
    endpoint{"POST", "v1/groups/*/campaign", "GET, POST", takes::body, read_start_campaign},
    endpoint{"POST", "v1/groups/*/campaign/propose", "POST", takes::body, read_propose},
    endpoint{"POST", "v1/groups/*/campaign/approve", "POST", takes::body, read_approve_campaign},
    endpoint{"POST", "v1/groups/*/campaign/stage", "POST", takes::body, read_stage},
    endpoint{"POST", "v1/groups/*/campaign/enforce", "POST", takes::body, read_enforce},
    endpoint{"POST", "v1/groups/*/campaign/undo", "POST", takes::body, read_undo},
    endpoint{"POST", "v1/groups/*/campaign/end", "POST", takes::body, read_end},
    endpoint{"GET", "v1/join-tokens", "GET, POST", takes::nothing, plain<list_join_tokens>},
    endpoint{"POST", "v1/join-tokens", "GET, POST", takes::body, read_make_join_token},
    endpoint{"DELETE", "v1/join-tokens/*", "DELETE", takes::nothing, read_revoke_join_token},
    endpoint{"GET", "v1/log", "GET", takes::query, log_entries},
    endpoint{"GET", "v1/log/heads", "GET", takes::query, log_heads},
    endpoint{"GET", "v1/log/head", "GET", takes::nothing, plain<show_log>},
    endpoint{"POST", "v1/log/acknowledge", "POST", takes::body, acknowledge_log},
    endpoint{"GET", "v1/ca", "GET", takes::nothing, plain<show_trust>},
    endpoint{"POST", "v1/ca/rotate", "POST", takes::body, rotate},
};

/// Whether `segments` match `pattern`. `at_star` gets the segment at *.
bool matches(std::string_view pattern, const std::vector<std::string>& segments, std::string& at_star) {
  for (const auto& segment : segments) {
    const auto end = pattern.find('/');
    const auto wanted = pattern.substr(0, end);
    pattern = end == std::string_view::npos ? std::string_view{} : pattern.substr(end + 1);
    if (wanted == "*")
      at_star = segment;
    else if (wanted != segment)
      return false;
  }
  return pattern.empty() && !segments.empty();
}

routed ask(const endpoint& which, const asked& in) {
  if (!in.segment.empty())
    if (const auto good = check_word("path", in.segment); !good) return bad_request(good.fault());
  if (which.what != takes::query && !in.where.query.empty()) return wrong_field("target: takes no query");
  if (which.what != takes::body && !in.body.empty()) return wrong_field("body: takes none");
  return which.read(in);
}

} // namespace

std::size_t body_limit(std::string_view method, std::string_view target) noexcept {
  return method == "PUT" && target.starts_with("/v1/sets/") ? max_set : max_body;
}

problem body_too_large() {
  return problem{413, "limit", "the body is too large: 64 KiB, or 64 MiB for a reference set", {}, {}};
}

routed route(const http_request& request) {
  const auto where = parse_target(request.target);
  if (!where) return wrong_field(where.fault().check);
  if (request.body.size() > body_limit(request.method, request.target)) return body_too_large();
  const endpoint* near_miss = nullptr;
  for (const auto& one : endpoints) {
    std::string at_star;
    if (!matches(one.path, where->segments, at_star)) continue;
    if (one.method == request.method)
      return ask(one, {*where, std::move(at_star), request.content_type, request.body});
    near_miss = &one;
  }
  if (near_miss != nullptr)
    return problem{405, "method", "this path has no such method", {}, near_miss->allow};
  return problem{404, "not-found", "there is no such path", {}, {}};
}

} // namespace muster::service::rest_api
