// KJ's event loop in a thread of its own, serving one listening socket.
#pragma once

#include "service/rest_api/connection.hpp"

#include <functional>
#include <memory>

namespace muster::service::rest_api {

class http_loop {
public:
  /// Serves `listening`, which stays the caller's and must outlive this. Requests go to `ask` on the loop's
  /// thread, and so does `ended`, once, when it serves no more: stopped, or failed. fault io: no thread or no
  /// descriptors for an event loop.
  static result<std::unique_ptr<http_loop>> start(int listening, ask_function ask, rest_limits limits,
                                                  runtime::log log, std::function<void()> ended = {});

  /// Accepts nothing more, lets answers under way go out for at most `limits.drain`, joins the thread.
  void stop();

  ~http_loop(); ///< as `stop`
  http_loop(const http_loop&) = delete;
  http_loop& operator=(const http_loop&) = delete;

private:
  struct parts;
  explicit http_loop(std::unique_ptr<parts> p) noexcept;
  std::unique_ptr<parts> parts_;
};

} // namespace muster::service::rest_api
