// A client that sends any bytes that a test likes.
#pragma once

#include <doctest/doctest.h>

#include <chrono>
#include <cstring>
#include <poll.h>
#include <string>
#include <string_view>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>
#include <utility>

namespace muster::service::rest_test {

class raw_client {
public:
  /// Connects.
  explicit raw_client(const std::string& socket) : fd_{::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)} {
    REQUIRE(fd_ >= 0);
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    REQUIRE(socket.size() < sizeof address.sun_path);
    std::memcpy(address.sun_path, socket.data(), socket.size());
    connected_ = ::connect(fd_, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
  }
  ~raw_client() {
    if (fd_ >= 0) ::close(fd_);
  }
  raw_client(raw_client&& other) noexcept
      : fd_{std::exchange(other.fd_, -1)}, connected_{other.connected_}, unread_{std::move(other.unread_)} {}
  raw_client& operator=(raw_client&&) = delete;

  bool connected() const { return connected_; }

  /// False once the server takes no more.
  bool send(std::string_view text) {
    while (!text.empty()) {
      const auto n = ::send(fd_, text.data(), text.size(), MSG_NOSIGNAL);
      if (n <= 0) return false;
      text.remove_prefix(static_cast<std::size_t>(n));
    }
    return true;
  }

  /// Sends as much as the socket takes at once; returns the number of bytes.
  std::size_t send_some(std::string_view text) {
    const auto n = ::send(fd_, text.data(), text.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    return n <= 0 ? 0 : static_cast<std::size_t>(n);
  }

  void finish() { ::shutdown(fd_, SHUT_WR); }

  /// Whether the server closes within 10 s; `rest` gets what it sent until then.
  bool closed(std::string& rest) {
    rest = std::move(unread_);
    unread_.clear();
    for (;;) {
      const auto n = more();
      if (n == 0) return true;
      if (n < 0) return false;
      rest += unread_;
      unread_.clear();
    }
  }
  bool closed() {
    std::string ignored;
    return closed(ignored);
  }

  /// One response, head and body, by its Content-Length. Empty if none comes within 10 s.
  std::string answer() {
    for (;;) {
      if (const auto size = complete(); size != 0) {
        auto out = unread_.substr(0, size);
        unread_.erase(0, size);
        return out;
      }
      if (more() <= 0) return {};
    }
  }

  std::string exchange(std::string_view request) {
    send(request);
    return answer();
  }

private:
  static constexpr int patience = 10'000; // ms

  /// Reads once. Returns the number of bytes, 0 at the end, -1 if nothing comes.
  long more() {
    pollfd waiting{fd_, POLLIN, 0};
    if (::poll(&waiting, 1, patience) <= 0) return -1;
    char buffer[65536];
    const auto n = ::recv(fd_, buffer, sizeof buffer, 0);
    if (n < 0) return errno == ECONNRESET ? 0 : -1;
    unread_.append(buffer, static_cast<std::size_t>(n));
    return n;
  }

  std::size_t complete() const {
    const auto head = unread_.find("\r\n\r\n");
    if (head == std::string::npos) return 0;
    constexpr std::string_view key = "Content-Length: ";
    const auto at = unread_.find(key);
    if (at == std::string::npos || at > head) return head + 4;
    const auto whole = head + 4 + std::stoul(unread_.substr(at + key.size()));
    return unread_.size() >= whole ? whole : 0;
  }

  int fd_;
  bool connected_ = false;
  std::string unread_;
};

inline std::string get(std::string_view target) {
  return "GET " + std::string{target} + " HTTP/1.1\r\nHost: muster\r\n\r\n";
}

inline std::string with_body(std::string_view method, std::string_view target, std::string_view body) {
  return std::string{method} + " " + std::string{target}
         + " HTTP/1.1\r\nHost: muster\r\nContent-Type: application/json\r\nContent-Length: "
         + std::to_string(body.size()) + "\r\n\r\n" + std::string{body};
}

/// "200" from "HTTP/1.1 200 OK".
inline std::string status_of(const std::string& answer) {
  return answer.size() < 12 ? answer : answer.substr(9, 3);
}

inline bool holds(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

} // namespace muster::service::rest_test
