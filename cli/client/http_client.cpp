#include "cli/client/http_client.hpp"

#include "messages/vocabulary/bytes.hpp"

#include <kj/async-io.h>
#include <kj/compat/http.h>
#include <kj/debug.h>
#include <kj/io.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <optional>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

namespace muster::cli {

namespace {

constexpr std::size_t max_answer = std::size_t{64} << 20U;
constexpr timeval connect_patience{5, 0};

kj::HttpMethod kj_method(http_method method) {
  switch (method) {
  case http_method::get: return kj::HttpMethod::GET;
  case http_method::post: return kj::HttpMethod::POST;
  case http_method::put: return kj::HttpMethod::PUT;
  case http_method::remove: return kj::HttpMethod::DELETE;
  }
  return kj::HttpMethod::GET;
}

fault not_connected(const std::string& socket, int error) {
  const auto place = printable(socket);
  switch (error) {
  case ENOENT:
    return {errc::not_found,
            "there is no socket " + place + "; start ras, or name its socket with --socket or MUSTER_SOCKET"};
  case ECONNREFUSED: return {errc::io, "nothing listens on " + place + "; ras has stopped: start it again"};
  case EACCES:
  case EPERM:
    return {errc::denied,
            "no permission for " + place + "; use sudo, or join the group that owns the socket"};
  case EAGAIN: return {errc::busy, "ras does not accept connections on " + place + "; it is overloaded"};
  default: return {errc::io, "cannot connect to " + place + ": " + std::strerror(error)};
  }
}

result<kj::AutoCloseFd> connect_to(const std::string& socket) {
  sockaddr_un address{};
  if (socket.empty() || socket.size() >= sizeof address.sun_path)
    return fault{errc::malformed, "--socket: a path of 1 to 107 bytes"};
  address.sun_family = AF_UNIX;
  std::memcpy(address.sun_path, socket.data(), socket.size());
  kj::AutoCloseFd fd{::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)};
  if (fd.get() < 0) return not_connected(socket, errno);
  // With a full queue connect waits, but not for ever.
  ::setsockopt(fd.get(), SOL_SOCKET, SO_SNDTIMEO, &connect_patience, sizeof connect_patience);
  if (::connect(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
    return not_connected(socket, errno);
  return fd;
}

kj::Promise<http_answer> answer_from(kj::HttpClient::Response&& response) {
  const unsigned status = response.statusCode;
  auto body = response.body->readAllBytes(max_answer);
  return body.attach(kj::mv(response.body)).then([status](kj::Array<kj::byte> all) {
    return http_answer{status, std::string{as_text({all.begin(), all.size()})}};
  });
}

/// A body that is passed on block by block.
struct body_pump {
  kj::Own<kj::AsyncInputStream> body;
  const answer_sink& sink;
  std::uint64_t whole;
  std::array<char, std::size_t{64} << 10U> block{};
};

kj::Promise<void> pump_on(kj::Own<body_pump> pump) {
  auto read = pump->body->tryRead(pump->block.data(), 1, pump->block.size());
  return read.then([pump = kj::mv(pump)](std::size_t got) mutable -> kj::Promise<void> {
    if (got == 0) return kj::READY_NOW;
    if (!pump->sink({pump->block.data(), got}, pump->whole))
      return KJ_EXCEPTION(FAILED, "not all of it was wanted");
    return pump_on(kj::mv(pump));
  });
}

kj::Promise<http_answer> hand_on(kj::HttpClient::Response&& response, const answer_sink& sink) {
  if (response.statusCode != 200) return answer_from(kj::mv(response));
  auto pump = kj::heap<body_pump>(body_pump{kj::mv(response.body), sink, 0});
  KJ_IF_MAYBE (size, pump->body->tryGetLength()) pump->whole = *size;
  return pump_on(kj::mv(pump)).then([] { return http_answer{200, {}}; });
}

/// Waits for the answer even if the request could not be written: a service that refuses may answer early.
template <class Take>
kj::Promise<http_answer> send(kj::HttpClient& client, const kj::HttpHeaderTable& table, const http_call& call,
                              Take take) {
  kj::HttpHeaders headers{table};
  headers.set(kj::HttpHeaderId::HOST, "localhost");
  kj::Maybe<std::uint64_t> size;
  if (call.method != http_method::get) size = call.body.size();
  if (!call.body.empty()) headers.set(kj::HttpHeaderId::CONTENT_TYPE, call.content_type);
  auto request = client.request(kj_method(call.method), call.target.c_str(), headers, size);
  kj::Promise<void> written = kj::READY_NOW;
  if (!call.body.empty())
    written = request.body->write(call.body.data(), call.body.size()).catch_([](kj::Exception&&) {});
  return written.attach(kj::mv(request.body)).then([response = kj::mv(request.response), take]() mutable {
    return response.then(kj::mv(take)); // by value: KJ keeps a reference to what has a name
  });
}

fault broken(const kj::Exception& why, const http_call& call) {
  const std::string open =
      call.method == http_method::get
          ? ""
          : "; whether what was asked for was done, or will be, is not known: look at `muster log show`";
  if (why.getType() == kj::Exception::Type::OVERLOADED)
    return {errc::timeout,
            "ras did not answer within " + std::to_string(call.within.count() / 1000) + " s" + open};
  return {errc::io, "the connection to ras broke: " + printable(why.getDescription().cStr(), 200) + open};
}

template <class Take>
result<http_answer> converse(const std::string& socket, const http_call& call, Take take) {
  try {
    auto fd = connect_to(socket);
    if (!fd) return fd.fault();
    auto io = kj::setupAsyncIo();
    const kj::HttpHeaderTable table;
    auto stream = io.lowLevelProvider->wrapSocketFd(kj::mv(*fd));
    auto client = kj::newHttpClient(table, *stream);
    auto answer = send(*client, table, call, take);
    return io.provider->getTimer()
        .timeoutAfter(call.within.count() * kj::MILLISECONDS, kj::mv(answer))
        .wait(io.waitScope);
  } catch (const kj::Exception& why) {
    return broken(why, call);
  }
}

} // namespace

result<http_answer> exchange(const std::string& socket, const http_call& call) {
  return converse(socket, call, [](kj::HttpClient::Response&& from) { return answer_from(kj::mv(from)); });
}

result<http_answer> download(const std::string& socket, const http_call& call, const answer_sink& sink) {
  return converse(socket, call,
                  [&sink](kj::HttpClient::Response&& from) { return hand_on(kj::mv(from), sink); });
}

std::string encoded(std::string_view text) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  constexpr std::string_view plain = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";
  std::string out;
  for (const char c : text) {
    if (plain.find(c) != std::string_view::npos) {
      out.push_back(c);
      continue;
    }
    const auto value = static_cast<unsigned char>(c);
    out.push_back('%');
    out.push_back(digits[value >> 4U]);
    out.push_back(digits[value & 15U]);
  }
  return out;
}

} // namespace muster::cli
