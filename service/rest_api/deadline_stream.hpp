// A connection whose writes have a deadline, and whose request heads are checked before KJ reads them.
#pragma once

#include "service/rest_api/head_watch.hpp"

#include <kj/async-io.h>
#include <kj/timer.h>

namespace muster::service::rest_api {

// KJ's interfaces have no virtual destructor on purpose: kj::Own remembers how to destroy its object.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wnon-virtual-dtor"

/// Passes everything on to `inner`; incoming bytes go through `head_watch` first. A write that the peer does
/// not take within `limit` fails with OVERLOADED: KJ's HTTP server itself has deadlines for headers only.
class deadline_stream final : public kj::AsyncIoStream {
public:
  deadline_stream(kj::Own<kj::AsyncIoStream> inner, kj::Timer& timer, kj::Duration limit)
      : inner_{kj::mv(inner)}, timer_{timer}, limit_{limit} {}

  kj::Promise<size_t> tryRead(void* buffer, size_t least, size_t most) override {
    return inner_->tryRead(buffer, least, most).then([this, buffer](size_t n) {
      watch_.look({static_cast<char*>(buffer), n});
      return n;
    });
  }
  kj::Promise<void> write(const void* buffer, size_t size) override {
    return timer_.timeoutAfter(limit_, inner_->write(buffer, size));
  }
  kj::Promise<void> write(kj::ArrayPtr<const kj::ArrayPtr<const kj::byte>> pieces) override {
    return timer_.timeoutAfter(limit_, inner_->write(pieces));
  }
  kj::Promise<void> whenWriteDisconnected() override { return inner_->whenWriteDisconnected(); }
  void shutdownWrite() override { inner_->shutdownWrite(); }
  void abortRead() override { inner_->abortRead(); }
  kj::Maybe<int> getFd() const override { return inner_->getFd(); }

private:
  kj::Own<kj::AsyncIoStream> inner_;
  kj::Timer& timer_;
  kj::Duration limit_;
  head_watch watch_;
};

#pragma GCC diagnostic pop

} // namespace muster::service::rest_api
