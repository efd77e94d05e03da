#include "service/rest_api/pending_answer.hpp"

#include "service/rest_api/problem.hpp"

#include <atomic>

namespace muster::service::rest_api {

namespace {

class cross_thread_port final : public answer_port {
public:
  explicit cross_thread_port(kj::Own<kj::CrossThreadPromiseFulfiller<http_reply>> fulfiller)
      : fulfiller_{kj::mv(fulfiller)} {}

  ~cross_thread_port() noexcept override {
    if (!answered_.exchange(true))
      fulfiller_->fulfill(
          to_reply({503,
                    "busy",
                    "the service is stopping, or a part of it failed; whether this was done is not known: "
                    "`muster log show` says it after the next start",
                    {},
                    {}}));
  }

  void answer(http_reply reply) override {
    if (!answered_.exchange(true)) fulfiller_->fulfill(std::move(reply));
  }

private:
  kj::Own<kj::CrossThreadPromiseFulfiller<http_reply>> fulfiller_;
  std::atomic<bool> answered_ = false;
};

} // namespace

pending_answer make_pending_answer() {
  auto pair = kj::newPromiseAndCrossThreadFulfiller<http_reply>();
  return {std::make_shared<cross_thread_port>(kj::mv(pair.fulfiller)), kj::mv(pair.promise)};
}

} // namespace muster::service::rest_api
