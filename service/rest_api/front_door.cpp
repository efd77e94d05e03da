#include "service/rest_api/front_door.hpp"

#include "service/rest_api/deadline_stream.hpp"
#include "service/rest_api/unix_listener.hpp"

namespace muster::service::rest_api {

namespace {

/// An answer that is sent without reading a request: KJ's server is not involved.
kj::String too_many() {
  const auto reply = to_reply({503, "busy", "too many connections of this user", {}, {}});
  return kj::str("HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\nRetry-After: 1\r\nContent-Type: ",
                 kj::heapString(reply.content_type.data(), reply.content_type.size()),
                 "\r\nContent-Length: ", reply.body.size(), "\r\n\r\n", reply.body.c_str());
}

} // namespace

front_door::front_door(kj::LowLevelAsyncIoProvider& io, int listening, const connection_context& context)
    : context_{context}, receiver_{io.wrapListenSocketFd(listening)}, tasks_{*this} {}

kj::Promise<void> front_door::accept_all() {
  return wait_for_room().then([this] { return next(); }).then([this] { return accept_all(); });
}

kj::Promise<void> front_door::wait_for_room() {
  if (open_ < context_.limits.connections) return kj::READY_NOW;
  auto pair = kj::newPromiseAndFulfiller<void>();
  room_ = kj::mv(pair.fulfiller);
  return kj::mv(pair.promise);
}

kj::Promise<void> front_door::next() {
  // If no descriptor is left, KJ throws at once instead of rejecting the promise.
  return kj::evalNow([this] { return receiver_->accept(); })
      .then(
          [this](kj::Own<kj::AsyncIoStream> stream) -> kj::Promise<void> {
            enter(kj::mv(stream));
            return kj::READY_NOW;
          },
          [this](kj::Exception&& why) -> kj::Promise<void> {
            context_.log.of_peer(runtime::log_level::warning, "rest.accept_failed", "socket",
                                 {{"what", why.getDescription().cStr()}});
            return context_.timer.afterDelay(duration_of(context_.limits.accept_pause));
          });
}

void front_door::enter(kj::Own<kj::AsyncIoStream> stream) {
  peer who;
  KJ_IF_MAYBE (fd, stream->getFd()) {
    if (const auto known = peer_of(*fd)) who = *known;
  }
  auto guarded =
      kj::heap<deadline_stream>(kj::mv(stream), context_.timer, duration_of(context_.limits.write));
  ++open_;
  const auto mine = ++open_of_[who.uid];
  const bool allowed = mine <= context_.limits.share(open_ - mine);
  if (!allowed) {
    context_.log.of_peer(runtime::log_level::warning, "rest.too_many", to_string(who),
                         {{"by", to_string(who)}});
    auto text = too_many();
    auto written = guarded->write(text.begin(), text.size());
    tasks_.add(
        written.attach(kj::mv(text), kj::mv(guarded), kj::defer([this, who] { leave(who.uid, nullptr); })));
    return;
  }
  auto served = kj::heap<connection>(context_, to_string(who));
  auto* name = served.get();
  served_.insert(name);
  auto done = served->serve(kj::mv(guarded));
  tasks_.add(done.attach(kj::mv(served), kj::defer([this, who, name] { leave(who.uid, name); })));
}

void front_door::leave(uid_t uid, connection* who) {
  served_.erase(who);
  if (const auto of = open_of_.find(uid); of != open_of_.end() && --of->second == 0) open_of_.erase(of);
  --open_;
  KJ_IF_MAYBE (waiting, room_) {
    (*waiting)->fulfill();
    room_ = nullptr;
  }
}

kj::Promise<void> front_door::drain() {
  for (auto* one : served_)
    one->drain();
  return tasks_.onEmpty();
}

void front_door::taskFailed(kj::Exception&& exception) {
  // A broken connection matters to its own peer only.
  context_.log.debug("rest.connection_lost", {{"what", exception.getDescription().cStr()}});
}

} // namespace muster::service::rest_api
