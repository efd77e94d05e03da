// KJ's event loop, which serves one listening socket on a thread of its own.
#pragma once

#include "service/rest_api/connection.hpp"

#include <functional>
#include <memory>

namespace muster::service::rest_api {

class http_loop {
public:
  /// Serves `listening`, which remains the caller's and must outlive this object. The loop's thread calls
  /// `ask` for each request, and `ended` once, when it has stopped or failed. fault io: no thread, or no
  /// descriptors for an event loop.
  static result<std::unique_ptr<http_loop>> start(int listening, ask_function ask, rest_limits limits,
                                                  runtime::log log, std::function<void()> ended = {});

  /// Stops accepting, lets answers under way go out for at most `limits.drain`, and joins the thread.
  void stop();

  ~http_loop(); ///< like `stop`
  http_loop(const http_loop&) = delete;
  http_loop& operator=(const http_loop&) = delete;

private:
  struct parts;
  explicit http_loop(std::unique_ptr<parts> p) noexcept;
  std::unique_ptr<parts> parts_;
};

} // namespace muster::service::rest_api
