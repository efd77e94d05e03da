#include "service/rest_api/route.hpp"

#include "messages/json_read.hpp"
#include "schemas/rest.capnp.h"
#include "service/rest_api/target.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <span>

namespace muster::service::rest_api {

namespace {

constexpr std::uint32_t max_page = 1000;
constexpr std::chrono::seconds default_wait{60};
constexpr std::chrono::seconds longest_wait{600};
constexpr std::size_t max_word = 64;
constexpr std::size_t fingerprint_size = 32;

/// What a request is made of once its path was recognised.
struct asked {
  const target& where;
  std::string node; ///< {node} of the path
  std::string_view content_type;
  std::string_view body;
};

routed refuse(std::string detail) { return bad_request({errc::malformed, std::move(detail)}); }

status check_word(std::string_view field, std::string_view word) {
  const auto bad = [](char c) {
    return c <= ' ' || c > '~' || c == '/' || c == '"' || c == '\'' || c == '\\';
  };
  if (word.size() <= max_word && std::ranges::none_of(word, bad)) return {};
  return fault{errc::malformed,
               std::string{field}
                   + ": at most 64 characters of printable ASCII without spaces, slashes and quotes"};
}

std::optional<problem> not_json(std::string_view content_type) {
  const auto bare = content_type.substr(0, content_type.find_first_of("; \t"));
  constexpr std::string_view wanted = "application/json";
  const bool same = std::ranges::equal(bare, wanted, [](char a, char b) {
    return (a >= 'A' && a <= 'Z' ? static_cast<char>(a + 32) : a) == b;
  });
  if (same) return std::nullopt;
  return problem{415, "media_type", "the body must be application/json", {}, {}};
}

/// Reads the body as a `T` and gives `use(T::Reader)`.
template <class T, class Use>
routed with_body(const asked& in, std::span<const std::string_view> required, Use&& use) {
  if (auto wrong = not_json(in.content_type)) return std::move(*wrong);
  json_limits limits;
  limits.bytes = max_body;
  limits.required = required;
  const auto body = from_json<T>(in.body, limits);
  if (!body) return bad_request(body.fault());
  return body->read([&](typename T::Reader reader) -> routed { return use(reader); });
}

std::string copy_of(capnp::Text::Reader text) { return std::string{text_of(text)}; }

std::optional<std::uint32_t> page_size(std::string_view text) {
  std::uint32_t out = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  if (error != std::errc{} || end != text.data() + text.size() || out == 0 || out > max_page)
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
      if (!limit) return refuse("limit: a number from 1 to 1000");
      query.limit = *limit;
    } else
      return refuse("target: unknown query key; there are after, limit, group, shown");
  }
  if (!query.after.empty() && !node_id_from(query.after)) return refuse("after: not a node id");
  if (!query.shown.empty() && !display_from(query.shown))
    return refuse("shown: one of revoked, pending, untrusted, stale, warning, trusted, unknown");
  if (const auto good = check_word("group", query.group); !good) return bad_request(good.fault());
  return rest_request{list_nodes{std::move(query)}};
}

routed attest(const asked& in) {
  if (in.body.empty()) return rest_request{attest_node{in.node, default_wait}};
  return with_body<rest::AttestRequest>(in, {}, [&](rest::AttestRequest::Reader body) -> routed {
    const std::chrono::seconds wanted{body.getTimeoutSeconds()};
    if (wanted > longest_wait) return refuse("timeout_seconds: at most 600");
    return rest_request{attest_node{in.node, wanted.count() == 0 ? default_wait : wanted}};
  });
}

routed approve(const asked& in) {
  static constexpr std::array<std::string_view, 1> required{"fingerprint"};
  return with_body<rest::ApproveRequest>(in, required, [&](rest::ApproveRequest::Reader body) -> routed {
    auto fingerprint = from_hex(text_of(body.getFingerprint()));
    if (!fingerprint || fingerprint->size() != fingerprint_size)
      return refuse("fingerprint: 64 digits of hex, as the pending node shows them");
    for (const auto& [field, text] : {std::pair{"group", body.getGroup()}, std::pair{"name", body.getName()}})
      if (const auto good = check_word(field, text_of(text)); !good) return bad_request(good.fault());
    return rest_request{
        approve_node{in.node, std::move(*fingerprint), copy_of(body.getGroup()), copy_of(body.getName())}};
  });
}

routed name(const asked& in) {
  static constexpr std::array<std::string_view, 1> required{"name"};
  return with_body<rest::NameRequest>(in, required, [&](rest::NameRequest::Reader body) -> routed {
    if (const auto good = check_word("name", text_of(body.getName())); !good)
      return bad_request(good.fault());
    return rest_request{name_node{in.node, copy_of(body.getName())}};
  });
}

routed accept(const asked& in) {
  static constexpr std::array<std::string_view, 2> required{"group", "from"};
  return with_body<rest::ReferenceRequest>(in, required, [&](rest::ReferenceRequest::Reader body) -> routed {
    if (body.getGroup().size() == 0) return refuse("group: is empty");
    if (body.getFrom().size() == 0) return refuse("from: is empty");
    for (const auto& [field, text] : {std::pair{"group", body.getGroup()}, std::pair{"from", body.getFrom()}})
      if (const auto good = check_word(field, text_of(text)); !good) return bad_request(good.fault());
    return rest_request{accept_reference{copy_of(body.getGroup()), copy_of(body.getFrom())}};
  });
}

routed evidence(const asked& in) {
  export_evidence out{in.node, {}};
  for (const auto& [key, value] : in.where.query) {
    if (key != "attestation") return refuse("target: unknown query key; there is attestation");
    std::uint64_t number = 0;
    const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), number);
    if (error != std::errc{} || end != value.data() + value.size() || number == 0)
      return refuse("attestation: a number from 1 on");
    out.number = attestation_number{number};
  }
  return rest_request{std::move(out)};
}

template <class Request> routed plain(const asked&) { return rest_request{Request{}}; }
template <class Request> routed of_node(const asked& in) { return rest_request{Request{in.node}}; }

enum class takes : std::uint8_t { nothing, query, body };

struct endpoint {
  std::string_view method;
  std::string_view path;  ///< segments; * is {node}
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
    endpoint{"POST", "v1/nodes/*/attest", "POST", takes::body, attest},
    endpoint{"POST", "v1/nodes/*/approve", "POST", takes::body, approve},
    endpoint{"POST", "v1/nodes/*/acknowledge", "POST", takes::nothing, of_node<acknowledge_node>},
    endpoint{"POST", "v1/nodes/*/revoke", "POST", takes::nothing, of_node<revoke_node>},
    endpoint{"PUT", "v1/nodes/*/name", "PUT", takes::body, name},
    endpoint{"POST", "v1/references", "POST", takes::body, accept},
};

/// Whether `segments` follow `pattern`; the segment at * goes to `node`.
bool matches(std::string_view pattern, const std::vector<std::string>& segments, std::string& node) {
  for (const auto& segment : segments) {
    const auto end = pattern.find('/');
    const auto wanted = pattern.substr(0, end);
    pattern = end == std::string_view::npos ? std::string_view{} : pattern.substr(end + 1);
    if (wanted == "*")
      node = segment;
    else if (wanted != segment)
      return false;
  }
  return pattern.empty() && !segments.empty();
}

routed ask(const endpoint& which, const asked& in) {
  if (!in.node.empty())
    if (const auto good = check_word("node", in.node); !good) return bad_request(good.fault());
  if (which.what != takes::query && !in.where.query.empty()) return refuse("target: takes no query");
  if (which.what != takes::body && !in.body.empty()) return refuse("body: takes none");
  return which.read(in);
}

} // namespace

routed route(const http_request& request) {
  const auto where = parse_target(request.target);
  if (!where) return refuse(where.fault().check);
  if (request.body.size() > max_body) return problem{413, "limit", "the body is larger than 64 KiB", {}, {}};
  const endpoint* near_miss = nullptr;
  for (const auto& one : endpoints) {
    std::string node;
    if (!matches(one.path, where->segments, node)) continue;
    if (one.method == request.method)
      return ask(one, {*where, std::move(node), request.content_type, request.body});
    near_miss = &one;
  }
  if (near_miss != nullptr)
    return problem{405, "method", "this path has no such method", {}, near_miss->allow};
  return problem{404, "not_found", "there is no such path", {}, {}};
}

} // namespace muster::service::rest_api
