#include "net/pipe_socket.hpp"

#include "net/pipe_handle.hpp"

#include <caf/send.hpp>

#include <array>
#include <cerrno>
#include <sys/socket.h>
#include <sys/uio.h>

namespace muster::net {

namespace {

constexpr std::size_t chunk_cost = 64; // counted for each chunk, so that many tiny ones are bounded as well
constexpr std::size_t chunks_at_once = 16;
constexpr int writes_at_once = 8; // then other sockets get their turn
constexpr std::size_t most_discarded = 1024UL * 1024;

steady_time now() noexcept { return std::chrono::steady_clock::now(); }
bool try_again() noexcept { return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR; }

} // namespace

pipe_socket::pipe_socket(caf::io::network::default_multiplexer& loop, int fd, pipe_id id,
                         pipe_owner_actor owner, pipe_host& host)
    : event_handler{loop, fd}, id_{id}, owner_{std::move(owner)}, host_{host}, since_{now()} {
  ++host_.counters.open;
  ++host_.counters.half_open;
}

// ---- from the owner

void pipe_socket::start() {
  if (phase_ != phase::ended) want(operation::read, reading_, true);
}

void pipe_socket::send(shared_bytes chunk) {
  if (phase_ == phase::ended || phase_ == phase::draining || !chunk || chunk->empty()) return;
  unsent_ += chunk->size() + chunk_cost;
  waiting_.push_back(std::move(chunk));
  if (!writing_) flush();
  // Checked after the flush: only bytes that the kernel did not take count.
  if (phase_ != phase::ended && unsent_ > host_.limits.unsent) end(pipe_end::unsent);
}

void pipe_socket::credit(std::size_t n) {
  unacknowledged_ -= std::min(n, unacknowledged_);
  if (phase_ == phase::half_open || phase_ == phase::open) want(operation::read, reading_, true);
}

void pipe_socket::ready() {
  if (phase_ != phase::half_open) return;
  leave_half_open();
  phase_ = phase::open;
  since_ = now();
}

void pipe_socket::leave_half_open() {
  if (phase_ != phase::half_open) return;
  --host_.counters.half_open;
  host_.settled(*this);
}

void pipe_socket::close() {
  if (phase_ == phase::ended || phase_ == phase::draining) return;
  leave_half_open();
  phase_ = phase::draining;
  since_ = now();
  want(operation::read, reading_, true);
  if (waiting_.empty()) finish_writing();
}

void pipe_socket::end(pipe_end why) {
  if (phase_ == phase::ended) return;
  leave_half_open();
  phase_ = phase::ended;
  want(operation::read, reading_, false);
  want(operation::write, writing_, false);
  // The multiplexer may still hold our address in its current batch of events and in its list of changes.
  // The posted reference keeps this socket, and its descriptor, until both are done.
  backend().post([self = pipe_socket_ptr{this}] {});
  --host_.counters.open;
  ++host_.counters.closed;
  caf::anon_send(owner_, pipe_closed{id_, why});
  host_.ended(*this, why);
}

void pipe_socket::check_deadline(steady_time at) {
  const auto waited = at - since_;
  switch (phase_) {
  case phase::half_open:
    if (waited > host_.limits.handshake) end(pipe_end::handshake);
    return;
  case phase::open:
    // While we do not read, the peer's silence does not count.
    if (!reading_)
      since_ = at;
    else if (waited > silence_.value_or(host_.limits.idle))
      end(pipe_end::idle);
    return;
  case phase::draining:
    if (waited > host_.limits.drain) end(pipe_end::by_owner);
    return;
  case phase::ended: return;
  }
}

// ---- from the multiplexer

void pipe_socket::handle_event(operation op) {
  if (phase_ == phase::ended) return;
  if (op == operation::propagate_error)
    return end(phase_ == phase::draining ? pipe_end::by_owner : pipe_end::broken);
  if (op == operation::write) return flush();
  return phase_ == phase::draining ? discard() : read();
}

void pipe_socket::want(operation op, bool& now_wanted, bool wanted) {
  if (now_wanted == wanted) return;
  now_wanted = wanted;
  if (wanted)
    backend().add(op, fd(), this);
  else
    backend().del(op, fd(), this);
}

void pipe_socket::read() {
  // One read for each event: remaining bytes raise another event, after the other sockets had their turn.
  const auto limit = std::max(host_.limits.unacknowledged, 2 * credit_meter::batch);
  const auto room = std::min(host_.scratch.size(), limit - std::min(unacknowledged_, limit));
  if (room == 0) return want(operation::read, reading_, false);
  const auto n = ::recv(fd(), host_.scratch.data(), room, 0);
  if (n < 0) return try_again() ? void() : end(pipe_end::broken);
  if (n == 0) return end(pipe_end::by_peer);
  const auto got = byte_view{host_.scratch}.first(static_cast<std::size_t>(n));
  if (phase_ == phase::open) since_ = now();
  host_.counters.bytes_in += got.size();
  unacknowledged_ += got.size();
  caf::anon_send(owner_, pipe_data{id_, share(to_bytes(got))});
  if (unacknowledged_ >= limit) want(operation::read, reading_, false);
}

void pipe_socket::discard() {
  const auto n = ::recv(fd(), host_.scratch.data(), host_.scratch.size(), 0);
  if (n < 0 && try_again()) return;
  if (n > 0) discarded_ += static_cast<std::size_t>(n);
  if (n <= 0 || discarded_ > most_discarded) end(pipe_end::by_owner);
}

void pipe_socket::flush() {
  for (int i = 0; i < writes_at_once && first_ < waiting_.size(); ++i) {
    const int outcome = write_some();
    if (outcome < 0) return end(phase_ == phase::draining ? pipe_end::by_owner : pipe_end::broken);
    if (outcome == 0) break;
  }
  const bool done = first_ == waiting_.size();
  if (done) {
    waiting_ = {};
    first_ = 0;
  }
  want(operation::write, writing_, !done);
  if (done && phase_ == phase::draining) finish_writing();
}

int pipe_socket::write_some() {
  std::array<iovec, chunks_at_once> parts{};
  std::size_t count = 0;
  for (auto i = first_; i < waiting_.size() && count < parts.size(); ++i, ++count) {
    const auto rest = byte_view{*waiting_[i]}.subspan(i == first_ ? offset_ : 0);
    // iovec has no const form; sendmsg does not write to it.
    parts[count] = {const_cast<std::uint8_t*>(rest.data()), rest.size()};
  }
  msghdr message{};
  message.msg_iov = parts.data();
  message.msg_iovlen = count;
  const auto n = ::sendmsg(fd(), &message, MSG_NOSIGNAL);
  if (n < 0) return try_again() ? 0 : -1;
  written(static_cast<std::size_t>(n));
  return 1;
}

void pipe_socket::written(std::size_t n) {
  host_.counters.bytes_out += n;
  unsent_ -= n;
  offset_ += n;
  while (first_ < waiting_.size() && offset_ >= waiting_[first_]->size()) {
    offset_ -= waiting_[first_]->size();
    unsent_ -= chunk_cost;
    waiting_[first_++].reset();
  }
}

void pipe_socket::finish_writing() {
  if (::shutdown(fd(), SHUT_WR) != 0) end(pipe_end::by_owner);
}

} // namespace muster::net
