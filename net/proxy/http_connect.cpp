#include "net/proxy/http_connect.hpp"

namespace muster::net {

namespace {

constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }
constexpr char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool begins(std::string_view text, std::string_view with) {
  return text.size() >= with.size()
         && std::equal(with.begin(), with.end(), text.begin(), [](char a, char b) { return a == lower(b); });
}

// RFC 4648 4.
void put_base64(bytes& out, byte_view input) {
  constexpr std::string_view digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  for (std::size_t i = 0; i < input.size(); i += 3) {
    const auto left = std::min<std::size_t>(input.size() - i, 3);
    std::uint32_t group = 0;
    for (std::size_t k = 0; k < 3; ++k)
      group = group << 8U | (k < left ? input[i + k] : 0U);
    for (std::size_t k = 0; k < 4; ++k)
      out.push_back(static_cast<std::uint8_t>(k <= left ? digits[group >> (18 - 6 * k) & 0x3fU] : '='));
  }
}

// status-line = HTTP-version SP status-code SP [ reason-phrase ]; many leave out the second space.
std::optional<unsigned> status_of(std::string_view header) {
  constexpr std::size_t code_at = 9; // after "HTTP/1.1 "
  const auto line = header.substr(0, header.find('\n'));
  if (line.size() < code_at + 3 || !(line.starts_with("HTTP/1.1 ") || line.starts_with("HTTP/1.0 ")))
    return std::nullopt;
  unsigned out = 0;
  for (const auto c : line.substr(code_at, 3)) {
    if (!is_digit(c)) return std::nullopt;
    out = out * 10 + static_cast<unsigned>(c - '0');
  }
  const auto rest = line.substr(code_at + 3);
  if (!rest.empty() && rest.front() != ' ' && rest.front() != '\r') return std::nullopt;
  return out;
}

// Whether the content is announced as a page for people.
bool is_page(std::string_view header) {
  for (auto at = header.find('\n'); at != std::string_view::npos; at = header.find('\n', at + 1)) {
    const auto line = header.substr(at + 1, header.find('\n', at + 1) - at - 1);
    if (!begins(line, "content-type:")) continue;
    auto value = line.substr(13);
    while (!value.empty() && (value.front() == ' ' || value.front() == '\t'))
      value.remove_prefix(1);
    if (begins(value, "text/html")) return true;
  }
  return false;
}

fault portal(std::string_view said) {
  return {errc::denied,
          std::string{said}
              + ": a portal for people answers in its place; sign this machine in there, or name "
                "the site's real proxy in service.via"};
}

fault refusal(unsigned code, bool authorised) {
  const auto said = "it answers " + std::to_string(code) + ": ";
  switch (code) {
  case 401:
  case 407:
    return {errc::denied,
            said
                + (authorised
                       ? "it does not accept the user and password of service.via_credentials; correct "
                         "that file and restart the agent"
                       : "it wants credentials; write user:password into a file of mode 0600 and its "
                         "name into service.via_credentials")};
  case 403:
    return {errc::denied,
            said
                + "it forbids the connection; let it allow CONNECT to the service's address and "
                  "port for this machine"};
  case 400:
  case 404:
  case 405:
  case 501:
    return {errc::denied,
            said + "it does not do CONNECT; is this a web server and no proxy? correct service.via"};
  case 429:
  case 503: return {errc::busy, said + "it is too busy, or shut down; the agent tries again"};
  case 500:
  case 502:
  case 504:
    return {errc::busy, said
                            + "it cannot reach the service; is the address in service.addresses one that the "
                              "proxy can resolve and reach?"};
  case 511: return portal("it answers 511");
  default:
    if (code / 100 == 3) return portal("it answers " + std::to_string(code));
    return {errc::denied, said + "it refuses the connection; see its log"};
  }
}

// The answer begins with something else than a status line.
fault no_proxy(std::string_view header) {
  if (header.starts_with('<')) return portal("it answers with a page");
  return {errc::malformed,
          "it does not answer in HTTP; is it a SOCKS proxy (socks5://), or no proxy at all?"};
}

} // namespace

result<http_connect> http_connect::ask(const tcp_address& where, const proxy_credentials* own) {
  if (where.host.find('%') != std::string::npos)
    return fault{errc::malformed, "an address with a zone (%) cannot be reached through a proxy"};
  const auto host = to_string(endpoint{where});
  bytes request;
  append(request, as_bytes("CONNECT " + host + " HTTP/1.1\r\nHost: " + host + "\r\n"));
  if (own != nullptr) {
    // A vector that grows leaves copies of the credentials in freed memory.
    request.reserve(request.size() + 64 + (own->whole().size() + 2) / 3 * 4);
    append(request, as_bytes("Proxy-Authorization: Basic "));
    put_base64(request, own->whole());
    append(request, as_bytes("\r\n"));
  }
  append(request, as_bytes("\r\n"));
  return http_connect{std::move(request), own != nullptr};
}

result<std::size_t> http_connect::feed(byte_view input) {
  constexpr std::string_view version = "HTTP/1.";
  std::size_t used = 0;
  while (used < input.size() && !open_) {
    if (taken_ == max_header)
      return fault{errc::limit, "its answer has a header of more than 8 KiB; is it a proxy?"};
    const char c = static_cast<char>(input[used++]);
    ++taken_;
    header_ += c;
    if (header_.size() <= version.size() && !version.starts_with(header_)) return no_proxy(header_);
    // The end of a line may lack its CR (RFC 9112 2.2).
    if (c != '\n') continue;
    if (!code_) code_ = status_of(header_);
    if (!code_) return no_proxy(header_);
    if (!header_.ends_with("\n\r\n") && !header_.ends_with("\n\n")) continue;
    if (auto judged = judge(*std::exchange(code_, std::nullopt)); !judged) return judged.fault();
  }
  return used;
}

// The header is whole.
status http_connect::judge(unsigned code) {
  if (code / 100 == 1) { // interim (RFC 9110 15.2): the answer follows
    header_.clear();
    return {};
  }
  if (code / 100 != 2) return refusal(code, authorised_);
  // After a 2xx the connection begins, whatever length the header states (RFC 9110 9.3.6). No proxy announces
  // a page.
  if (is_page(header_)) return portal("it answers " + std::to_string(code) + " with a page");
  open_ = true;
  return {};
}

fault http_connect::ended() const {
  return {errc::io, "it hung up before it answered; is it a SOCKS proxy (socks5://)? see its log"};
}

} // namespace muster::net
