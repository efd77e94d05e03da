// Commands as they are typed, against a real server with fake actors.
#pragma once

#include "cli/client/http_client.hpp"
#include "cli/command_line.hpp"
#include "messages/json_read.hpp"
#include "tests/cli/samples.hpp"
#include "tests/service/rest_api/fake_service.hpp"

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <sys/socket.h>
#include <sys/un.h>
#include <thread>
#include <unistd.h>

namespace muster::cli::cli_test::typed {
using muster::cli::cli_test::holds;
using namespace muster::service::rest_test;

struct outcome {
  int status;
  std::string out;
  std::string err;
};

inline outcome type(const std::string& socket, std::vector<std::string> words) {
  std::ostringstream out;
  std::ostringstream err;
  cli::environment around;
  around.socket = socket;
  const int status = cli::run(words, around, "1.2.3", out, err);
  return {status, out.str(), err.str()};
}

struct fleet_of_all_kinds : served {
  fleet_of_all_kinds() {
    std::uint8_t n = 0;
    for (const char* word : {"trusted", "untrusted", "revoked", "stale", "unknown", "pending", "warning"})
      known->add({id_of(++n), std::string{"is-"} + word, word});
  }
};

/// A peer that accepts one connection and answers `text` to any request.
class liar {
public:
  liar(const std::string& socket, std::string text) : fd_{::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)} {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::memcpy(address.sun_path, socket.data(), socket.size());
    REQUIRE(::bind(fd_, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
    REQUIRE(::listen(fd_, 1) == 0);
    thread_ = std::thread{[this, said = std::move(text)] {
      const int peer = ::accept(fd_, nullptr, nullptr);
      char asked[4096];
      const auto n = ::recv(peer, asked, sizeof asked, 0);
      if (n > 0) (void)::send(peer, said.data(), said.size(), MSG_NOSIGNAL);
      ::shutdown(peer, SHUT_WR);
      while (::recv(peer, asked, sizeof asked, 0) > 0) {
      }
      ::close(peer);
    }};
  }
  ~liar() {
    thread_.join();
    ::close(fd_);
  }
  liar(const liar&) = delete;
  liar& operator=(const liar&) = delete;

private:
  int fd_;
  std::thread thread_;
};

} // namespace muster::cli::cli_test::typed
