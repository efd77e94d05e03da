#include "net/proxy/socks5.hpp"

#include <charconv>
#include <optional>

namespace muster::net {

namespace {

constexpr std::uint8_t version = 5;
constexpr std::uint8_t no_credentials = 0, user_and_password = 2, none_acceptable = 0xff; // RFC 1928 3
constexpr std::uint8_t credentials_version = 1;                                           // RFC 1929 2
constexpr std::uint8_t connect_command = 1;                                               // RFC 1928 4
constexpr std::uint8_t ipv4 = 1, domain_name = 3, ipv6 = 4;                               // RFC 1928 5

std::optional<bytes> parse_ipv4(std::string_view text) {
  bytes out;
  const auto* at = text.data();
  const auto* const end = at + text.size();
  for (std::size_t i = 0; i < 4; ++i) {
    unsigned part = 0;
    const auto read = std::from_chars(at, end, part);
    if (read.ec != std::errc{} || part > 255 || read.ptr - at > 3) return std::nullopt;
    out.push_back(static_cast<std::uint8_t>(part));
    at = read.ptr;
    if (i < 3 && (at == end || *at++ != '.')) return std::nullopt;
  }
  return at == end ? std::optional{out} : std::nullopt;
}

// Groups of 16 bits between colons; the last may be an IPv4 address (RFC 4291 2.2).
std::optional<bytes> parse_groups(std::string_view text) {
  bytes out;
  while (!text.empty()) {
    const auto colon = text.find(':');
    const auto one = text.substr(0, colon);
    text = colon == std::string_view::npos ? std::string_view{} : text.substr(colon + 1);
    if (colon != std::string_view::npos && text.empty()) return std::nullopt;
    if (one.find('.') != std::string_view::npos) {
      const auto last = parse_ipv4(one);
      if (!last || !text.empty()) return std::nullopt;
      append(out, *last);
    } else {
      std::uint16_t group = 0;
      const auto read = std::from_chars(one.data(), one.data() + one.size(), group, 16);
      if (one.empty() || one.size() > 4 || read.ec != std::errc{} || read.ptr != one.data() + one.size())
        return std::nullopt;
      out.push_back(static_cast<std::uint8_t>(group >> 8U));
      out.push_back(static_cast<std::uint8_t>(group & 0xffU));
    }
    if (out.size() > 16) return std::nullopt;
  }
  return out;
}

std::optional<bytes> parse_ipv6(std::string_view text) {
  const auto gap = text.find("::");
  auto front = parse_groups(text.substr(0, gap));
  if (!front) return std::nullopt;
  if (gap == std::string_view::npos) return front->size() == 16 ? front : std::nullopt;
  const auto back = parse_groups(text.substr(gap + 2));
  if (!back || front->size() + back->size() > 14) return std::nullopt;
  front->resize(16 - back->size());
  append(*front, *back);
  return front;
}

fault refusal(std::uint8_t code) {
  const auto said = "it answers " + std::to_string(code) + ": ";
  constexpr std::string_view reach =
      "; is the address in service.addresses one that the proxy can resolve and "
      "reach?";
  const auto unreached = [&](std::string_view what) {
    return fault{errc::busy, said + std::string{what} + std::string{reach}};
  };
  switch (code) {
  case 1: return unreached("it failed, and does not say why");
  case 2:
    return {errc::denied,
            said + "its rules forbid the connection; let it allow the service's address for this machine"};
  case 3: return unreached("the service's network is unreachable");
  case 4: return unreached("the service's host is unreachable");
  case 5: return unreached("the service's host refuses the connection");
  case 6: return unreached("the service's host does not answer in time");
  case 7: return {errc::denied, said + "it makes no connections; it is of no use here"};
  case 8:
    return {errc::denied,
            said + "it does not know this kind of address; write another into service.addresses"};
  default: return {errc::denied, said + "it refuses the connection; see its log"};
  }
}

fault no_proxy() {
  return {errc::malformed,
          "it does not answer in SOCKS5; is it an HTTP proxy (http://), or no proxy at all?"};
}

fault refused_credentials() {
  return {errc::denied, "it does not accept the user and password of service.via_credentials; correct that "
                        "file and restart the agent"};
}

} // namespace

socks5::socks5(bytes request, const proxy_credentials* own) : own_{own}, request_{std::move(request)} {
  output_ = crypto::secret{own == nullptr ? bytes{version, 1, no_credentials}
                                          : bytes{version, 2, no_credentials, user_and_password}};
}

result<socks5> socks5::ask(const tcp_address& where, const proxy_credentials* own) {
  const auto& host = where.host;
  if (host.find('%') != std::string::npos)
    return fault{errc::malformed, "an address with a zone (%) cannot be reached through a proxy"};
  bytes request{version, connect_command, 0};
  if (const auto four = parse_ipv4(host)) {
    request.push_back(ipv4);
    append(request, *four);
  } else if (host.find(':') != std::string::npos) {
    const auto six = parse_ipv6(host);
    if (!six) return fault{errc::malformed, "the service's address is not an IPv6 address"};
    request.push_back(ipv6);
    append(request, *six);
  } else {
    if (host.empty() || host.size() > 255)
      return fault{errc::malformed, "the service's name does not have 1 to 255 bytes"};
    request.push_back(domain_name);
    request.push_back(static_cast<std::uint8_t>(host.size()));
    append(request, as_bytes(host));
  }
  request.push_back(static_cast<std::uint8_t>(where.port >> 8U));
  request.push_back(static_cast<std::uint8_t>(where.port & 0xffU));
  return socks5{std::move(request), own};
}

result<std::size_t> socks5::feed(byte_view input) {
  std::size_t used = 0;
  // What we are to send goes out before an answer to it is believed.
  while (used < input.size() && !open() && output_.empty()) {
    answer_.push_back(input[used++]);
    if (auto judged = judge(); !judged) return judged.fault();
  }
  return used;
}

// Looks at each byte as it comes: a proxy that refuses may hang up in the middle of its answer.
status socks5::judge() {
  const auto& got = answer_;
  const auto expected = step_ == step::credentials ? credentials_version : version;
  if (got.front() != expected) return no_proxy();
  if (got.size() < 2) return {};
  switch (step_) {
  case step::method: return chose(got[1]);
  case step::credentials:
    if (got[1] != 0) return refused_credentials();
    output_ = crypto::secret{request_};
    step_ = step::reply;
    answer_.clear();
    return {};
  case step::reply: return replied();
  case step::open: break;
  }
  return {};
}

status socks5::chose(std::uint8_t method) {
  answer_.clear();
  if (method == no_credentials) {
    output_ = crypto::secret{request_};
    step_ = step::reply;
    return {};
  }
  if (method == user_and_password && own_ != nullptr) {
    bytes out;
    out.reserve(3 + own_->whole().size());
    out.push_back(credentials_version);
    for (const auto part : {own_->user(), own_->password()}) {
      out.push_back(static_cast<std::uint8_t>(part.size()));
      append(out, part);
    }
    output_ = crypto::secret{std::move(out)};
    step_ = step::credentials;
    return {};
  }
  if (method != none_acceptable)
    return fault{errc::malformed,
                 "it chose a method of authentication that was not offered; is it a SOCKS5 proxy?"};
  return own_ != nullptr
             ? refused_credentials()
             : fault{errc::denied, "it wants credentials; write user:password into a file of mode "
                                   "0600 and its name into service.via_credentials"};
}

// VER REP RSV ATYP BND.ADDR BND.PORT (RFC 1928 6). The address is the proxy's own and tells us nothing.
status socks5::replied() {
  const auto& got = answer_;
  if (got[1] != 0) return refusal(got[1]);
  if (got.size() == 4) {
    switch (got[3]) {
    case ipv4: size_ = 4 + 4 + 2; break;
    case ipv6: size_ = 4 + 16 + 2; break;
    case domain_name: size_ = 0; break; // the next byte says
    default: return no_proxy();
    }
  }
  if (got.size() == 5 && got[3] == domain_name) size_ = 5 + std::size_t{got[4]} + 2;
  if (got.size() >= 5 && got.size() == size_) step_ = step::open;
  return {};
}

fault socks5::ended() const {
  if (step_ == step::credentials) return refused_credentials();
  return {errc::io, step_ == step::method
                        ? "it hung up before it answered; is it an HTTP proxy (http://)? see its log"
                        : "it hung up before it answered; see its log"};
}

} // namespace muster::net
