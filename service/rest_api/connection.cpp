#include "service/rest_api/connection.hpp"

#include "service/rest_api/pending_answer.hpp"
#include "service/rest_api/route.hpp"

#include <kj/debug.h>

#include <algorithm>
#include <charconv>
#include <optional>

namespace muster::service::rest_api {

namespace {

constexpr const char* not_understood = "this is no HTTP/1.1 request that is understood here";

std::string_view view_of(kj::StringPtr text) { return {text.begin(), text.size()}; }
std::string_view view_of(const kj::Maybe<kj::StringPtr>& text) {
  KJ_IF_MAYBE (present, text) return view_of(*present);
  return {};
}

kj::HttpServerSettings settings_of(const rest_limits& limits, kj::HttpServerErrorHandler& errors) {
  kj::HttpServerSettings out;
  out.headerTimeout = duration_of(limits.header);
  out.pipelineTimeout = duration_of(limits.idle);
  out.errorHandler = errors;
  return out;
}

/// What is wrong with the framing of a request, if anything (RFC 9112, 6.3). KJ prefers Transfer-Encoding if
/// both headers are present, and reads a length up to the first character that is not a digit: requests could
/// be split where we do not expect it. If nothing is wrong, `length` is the length of the body.
std::optional<problem> bad_framing(const kj::HttpHeaders& headers, std::size_t limit, std::uint64_t& length) {
  const bool has_coding = headers.get(kj::HttpHeaderId::TRANSFER_ENCODING) != nullptr;
  const auto length_header = headers.get(kj::HttpHeaderId::CONTENT_LENGTH);
  if (has_coding && length_header != nullptr)
    return problem{400, "framing", "Content-Length and Transfer-Encoding together", {}, {}};
  if (has_coding) return problem{411, "framing", "send the body with a Content-Length", {}, {}};
  if (length_header == nullptr) return std::nullopt;
  const auto text = view_of(length_header);
  if (text.empty() || text.find_first_not_of("0123456789") != std::string_view::npos)
    return problem{400, "framing", "Content-Length is not one number", {}, {}};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), length);
  if (error != std::errc{} || length > limit) return body_too_large();
  return std::nullopt;
}

/// Whether the header Connection has the option close (RFC 9112, 9.6).
bool asks_to_close(const kj::HttpHeaders& headers) {
  auto rest = view_of(headers.get(kj::HttpHeaderId::CONNECTION));
  while (!rest.empty()) {
    const auto comma = rest.find(',');
    auto option = rest.substr(0, comma);
    rest = comma == std::string_view::npos ? std::string_view{} : rest.substr(comma + 1);
    const auto is_space = [](char c) { return c == ' ' || c == '\t'; };
    while (!option.empty() && is_space(option.front()))
      option.remove_prefix(1);
    while (!option.empty() && is_space(option.back()))
      option.remove_suffix(1);
    if (std::ranges::equal(option, std::string_view{"close"},
                           [](char a, char b) { return (a >= 'A' && a <= 'Z' ? a + 32 : a) == b; }))
      return true;
  }
  return false;
}

} // namespace

/// Writes `file` from offset `at`, block by block.
static kj::Promise<void> pump(kj::Own<kj::AsyncOutputStream> out, std::shared_ptr<const spool_file> file,
                              std::uint64_t at) {
  constexpr std::size_t block_bytes = std::size_t{64} << 10U;
  auto block = file->read(at, block_bytes);
  if (!block) return KJ_EXCEPTION(DISCONNECTED, "the spooled answer cannot be read");
  if (block->empty()) return kj::READY_NOW;
  auto held = kj::heap<bytes>(std::move(*block));
  const auto next = at + held->size();
  auto written = out->write(held->data(), held->size());
  return written.attach(kj::mv(held)).then([out = kj::mv(out), file = std::move(file), next]() mutable {
    return pump(kj::mv(out), std::move(file), next);
  });
}

/// The parts of a head that are copied before the body is read, since KJ reuses the buffer.
struct connection::head {
  std::string method;
  std::string target;
  std::string content_type;
};

connection::connection(const connection_context& context, std::string by)
    : context_{context}, by_{std::move(by)}, server_{context.timer, context.headers, *this,
                                                     settings_of(context.limits, *this)} {}

kj::Promise<void> connection::serve(kj::Own<kj::AsyncIoStream> stream) {
  return server_.listenHttp(kj::mv(stream));
}

void connection::drain() {
  if (std::exchange(draining_, true)) return; // KJ allows this call only once
  server_.drain().detach([](kj::Exception&&) {});
}

kj::Promise<void> connection::request(kj::HttpMethod method, kj::StringPtr url,
                                      const kj::HttpHeaders& headers, kj::AsyncInputStream& body,
                                      Response& response) {
  in_request_ = true;
  // If the client says that this is its last request, KJ would still keep the connection until it times out.
  if (asks_to_close(headers)) drain();
  auto of = kj::heap<head>();
  of->method = kj::str(method).cStr();
  of->target = view_of(url);
  const auto limit = body_limit(of->method, of->target);
  std::uint64_t length = 0;
  if (auto wrong = bad_framing(headers, limit, length)) return refuse_and_close(std::move(*wrong));
  const bool large = length > max_body;
  auto place = large ? context_.uploads.enter() : nullptr;
  if (large && !place)
    return refuse_and_close({503, "busy", "too many sets are being handed in; try again", {}, {}});
  of->content_type = view_of(headers.get(kj::HttpHeaderId::CONTENT_TYPE));
  auto late =
      context_.timer.afterDelay(duration_of(context_.limits.body)).then([]() -> kj::Maybe<kj::String> {
        return nullptr;
      });
  auto whole =
      body.readAllText(limit + 1).then([](kj::String text) -> kj::Maybe<kj::String> { return kj::mv(text); });
  return whole.exclusiveJoin(kj::mv(late))
      .then([this, &response, of = kj::mv(of)](kj::Maybe<kj::String> text) mutable -> kj::Promise<void> {
        KJ_IF_MAYBE (present, text) return answer(*of, *present, response);
        return refuse_and_close({408, "timeout", "the body did not come in time", {}, {}});
      })
      .attach(kj::mv(place));
}

kj::Promise<void> connection::answer(const head& of, kj::StringPtr body, Response& response) {
  auto asked = route({of.method, of.target, of.content_type, view_of(body)});
  if (const auto* refused = std::get_if<problem>(&asked)) {
    note_refusal(*refused);
    return send(response, to_reply(*refused));
  }
  auto& wanted = std::get<rest_request>(asked);
  context_.log.debug("rest.request", {{"by", by_}, {"verb", verb_of(wanted)}});
  auto pending = make_pending_answer();
  context_.ask(std::move(wanted), by_, std::move(pending.port));
  return pending.promise.then([this, &response](http_reply reply) { return send(response, reply); });
}

kj::Promise<void> connection::send(Response& response, const http_reply& reply) {
  in_request_ = false;
  kj::HttpHeaders headers{context_.headers};
  headers.set(kj::HttpHeaderId::CONTENT_TYPE,
              kj::heapString(reply.content_type.data(), reply.content_type.size()));
  headers.add("Cache-Control", "no-store");
  if (!reply.allow.empty()) headers.add("Allow", kj::heapString(reply.allow.data(), reply.allow.size()));
  if (reply.status == 503) headers.add("Retry-After", "1");
  const std::string title{title_of(reply.status)};
  if (reply.file)
    return pump(response.send(reply.status, title.c_str(), headers, reply.file->size()), reply.file, 0);
  auto body = kj::heapString(reply.body.data(), reply.body.size());
  auto out = response.send(reply.status, title.c_str(), headers, body.size());
  auto written = out->write(body.begin(), body.size());
  return written.attach(kj::mv(out), kj::mv(body));
}

/// Throws instead of answering: after an answer KJ would look for the next request after a body that it
/// delimits in its own way; after an exception it closes the connection.
kj::Promise<void> connection::refuse_and_close(problem why) {
  last_word_ = std::move(why);
  return KJ_EXCEPTION(FAILED, "refused");
}

kj::Promise<void> connection::send_last(Response& response, const problem& why) {
  note_refusal(why);
  return send(response, to_reply(why));
}

void connection::note_refusal(const problem& why) const {
  context_.log.debug("rest.refused", {{"by", by_}, {"status", why.status}, {"kind", why.kind}});
}

kj::Promise<void> connection::handleClientProtocolError(kj::HttpHeaders::ProtocolError error,
                                                        Response& response) {
  // The answer repeats neither KJ's description nor the raw content.
  const unsigned status = error.statusCode == 501 || error.statusCode == 431 ? error.statusCode : 400;
  return send_last(response, {status, "http", not_understood, {}, {}});
}

kj::Promise<void> connection::handleApplicationError(kj::Exception exception, kj::Maybe<Response&> response) {
  if (exception.getType() == kj::Exception::Type::DISCONNECTED) return kj::READY_NOW;
  KJ_IF_MAYBE (to, response) {
    if (last_word_) return send_last(*to, *last_word_);
    // KJ throws for heads and lengths that it cannot read. Only after KJ has called us can the failure be
    // ours.
    if (!in_request_) return send_last(*to, {400, "http", not_understood, {}, {}});
    context_.log.error("rest.exception", {{"by", by_}, {"what", exception.getDescription().cStr()}});
    return send_last(*to, {500, "internal", "the service failed at this request; see its log", {}, {}});
  }
  return kj::READY_NOW;
}

kj::Promise<void> connection::handleNoResponse(Response& response) {
  return send_last(response, {500, "internal", "the service found no answer", {}, {}});
}

} // namespace muster::service::rest_api
