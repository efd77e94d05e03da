#include "service/rest_api/http_loop.hpp"

#include "service/rest_api/front_door.hpp"

#include <kj/exception.h>

#include <future>
#include <system_error>
#include <thread>

namespace muster::service::rest_api {

namespace {

using stop_fulfiller = kj::Own<kj::CrossThreadPromiseFulfiller<void>>;

/// Logs what KJ would print to standard error, and turns off its stack traces, for which it runs addr2line.
class quiet_kj final : public kj::ExceptionCallback {
public:
  explicit quiet_kj(runtime::log out) : log_{std::move(out)} {}

  void logMessage(kj::LogSeverity, const char*, int, int, kj::String&& text) override {
    log_.debug("rest.kj", {{"what", text.cStr()}});
  }
  StackTraceMode stackTraceMode() override { return StackTraceMode::NONE; }

private:
  runtime::log log_;
};

/// What the thread gets, and the promise by which it reports whether it started.
struct work {
  int listening;
  ask_function ask;
  rest_limits limits;
  runtime::log log;
  std::function<void()> ended;
  std::promise<result<stop_fulfiller>> started;
};

/// Serves until the fulfiller that it hands out through `started` is fulfilled.
void serve(work& in) {
  auto io = kj::setupAsyncIo();
  auto& timer = io.provider->getTimer();
  const kj::HttpHeaderTable headers;
  upload_room uploads{in.limits.uploads};
  const connection_context context{timer, headers, std::move(in.ask), in.limits, in.log, uploads};
  front_door door{*io.lowLevelProvider, in.listening, context};
  auto stop = kj::newPromiseAndCrossThreadFulfiller<void>();
  in.started.set_value(kj::mv(stop.fulfiller));
  // Once this line is passed, no connection is accepted. If accepting fails for good, the loop ends as well.
  stop.promise.exclusiveJoin(door.accept_all()).wait(io.waitScope);
  door.drain().exclusiveJoin(timer.afterDelay(in.limits.drain.count() * kj::MILLISECONDS)).wait(io.waitScope);
}

void run(work in) {
  const quiet_kj callback{in.log};
  try {
    serve(in);
  } catch (const kj::Exception& why) {
    const std::string text = why.getDescription().cStr();
    in.log.error("rest.failed", {{"what", text}});
    try {
      in.started.set_value(fault{errc::io, "rest: " + text});
    } catch (const std::future_error&) { // it had started already
    }
  }
  if (in.ended) in.ended();
}

} // namespace

struct http_loop::parts {
  std::thread thread;
  stop_fulfiller stop;
};

http_loop::http_loop(std::unique_ptr<parts> p) noexcept : parts_{std::move(p)} {}

result<std::unique_ptr<http_loop>> http_loop::start(int listening, ask_function ask, rest_limits limits,
                                                    runtime::log log, std::function<void()> ended) {
  work in{listening, std::move(ask), limits, std::move(log), std::move(ended), {}};
  auto started = in.started.get_future();
  auto made = std::make_unique<parts>();
  try {
    made->thread = std::thread{run, std::move(in)};
  } catch (const std::system_error& why) {
    return fault{errc::io, std::string{"rest: thread: "} + why.what()};
  }
  auto how = started.get();
  if (!how) {
    made->thread.join();
    return how.fault();
  }
  made->stop = std::move(*how);
  return std::unique_ptr<http_loop>{new http_loop{std::move(made)}};
}

void http_loop::stop() {
  if (!parts_) return;
  parts_->stop->fulfill();
  parts_->thread.join();
  parts_.reset();
}

http_loop::~http_loop() { stop(); }

} // namespace muster::service::rest_api
