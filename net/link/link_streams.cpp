#include "net/link/link_streams.hpp"

#include <limits>

namespace muster::net::link {

namespace {

/// A stream that overdraws is closed; an end that does it this often does not keep to the protocol.
constexpr unsigned most_overdrawn = 8;
/// More credit than any receiver here gives; so sums cannot overflow.
constexpr std::size_t most_credit = std::numeric_limits<std::uint32_t>::max();
/// Chunks below this are copied together; others are passed on as they are.
constexpr std::size_t small = 1024;

fault malformed(const char* what) { return {errc::malformed, std::string{"hub link: "} + what}; }

} // namespace

link_streams::place link_streams::find(stream_id id) const {
  const auto at = streams_.find(id);
  return at == streams_.end() ? end() : at->second;
}

link_streams::place link_streams::add(stream_id id) {
  resting_.emplace_back().id = id;
  const auto at = std::prev(resting_.end());
  streams_.emplace(id, at);
  highest_ = id.value;
  return at;
}

void link_streams::drop(place at) {
  at->from_far.release(pool_);
  streams_.erase(at->id);
  (at->ready ? ready_ : resting_).erase(at);
}

/// Only the message that says so is left.
bool link_streams::is_over(const stream& s) noexcept {
  return s.closing && (*s.closing != stream_end::end || s.waiting == 0);
}

bool link_streams::has_something(const stream& s) const noexcept {
  if (s.opening || (s.waiting > 0 && s.credit > 0)) return true;
  if (is_over(s)) return true;
  return s.from_far.due(pool_) > 0;
}

/// Gives the stream a turn if it has something to send. A stream keeps the turn that it has.
void link_streams::look_again(place at) {
  const auto ready = has_something(*at);
  if (ready == at->ready) return;
  at->ready = ready;
  if (ready)
    ready_.splice(ready_.end(), resting_, at);
  else
    resting_.splice(resting_.end(), ready_, at);
}

result<stream_id> link_streams::open_next(peer_claim peer) {
  if (streams_.size() >= limits_.streams)
    return fault{errc::busy, "hub link: it has as many streams as it may have"};
  const auto at = add({highest_ + 1});
  at->opening = std::move(peer);
  look_again(at);
  return at->id;
}

void link_streams::send(stream_id id, frame chunk) {
  const auto at = find(id);
  if (at == end() || at->closing || chunk.empty()) return;
  at->waiting += chunk.size();
  if (chunk.size() < small && at->tail.size() < largest_slice) {
    append(at->tail, chunk.view());
  } else {
    if (!at->tail.empty()) at->chunks.push_back(frame::adopt(std::exchange(at->tail, {})));
    at->chunks.push_back(std::move(chunk));
  }
  look_again(at);
}

void link_streams::consumed(stream_id id, std::size_t n) {
  const auto at = find(id);
  if (at == end() || at->closing) return;
  at->from_far.consumed(n, pool_);
  look_again(at);
}

void link_streams::close(stream_id id, stream_end why) {
  const auto at = find(id);
  if (at == end() || (at->closing && (*at->closing != stream_end::end || why == stream_end::end))) return;
  if (at->opening && why != stream_end::end) return drop(at); // the far end never heard of it
  at->closing = why;
  at->from_far.consumed(at->from_far.held(), pool_); // by nobody
  if (why != stream_end::end) {
    at->chunks.clear();
    at->tail.clear();
    at->waiting = at->offset = 0;
  }
  look_again(at);
}

std::size_t link_streams::waiting(stream_id id) const {
  const auto at = find(id);
  return at == end() ? 0 : at->waiting;
}

std::vector<stream_id> link_streams::all() const {
  std::vector<stream_id> out;
  out.reserve(streams_.size());
  for (const auto& [id, at] : streams_)
    out.push_back(id);
  return out;
}

result<std::optional<link_streams::event>> link_streams::take(const stream_message& message) {
  return std::visit([this](const auto& m) { return on(m); }, message);
}

result<std::optional<link_streams::event>> link_streams::on(const stream_open& open) {
  if (which_ == side::lower) return malformed("only the lower end opens streams");
  if (open.stream.value <= highest_) return malformed("the number of a new stream does not rise");
  if (streams_.size() >= limits_.streams)
    return fault{errc::limit, "hub link: more streams are opened than were allowed"};
  add(open.stream);
  return std::optional<event>{open};
}

result<std::optional<link_streams::event>> link_streams::on(const stream_data& data) {
  if (data.stream.value > highest_) return malformed("data of a stream that was never opened");
  const auto at = find(data.stream);
  if (at == end()) return std::optional<event>{}; // they crossed the end of their stream
  const bool owned = !at->closing;
  if (at->from_far.take(data.body.size(), data.waiting)) {
    if (owned) return std::optional<event>{data};
    // Both ends may be sending their last bytes. Each has to give the other credit for them, or both would wait.
    at->from_far.consumed(data.body.size(), pool_);
    look_again(at);
    return std::optional<event>{};
  }
  if (++overdrawn_ > most_overdrawn)
    return fault{errc::limit, "hub link: data beyond their credit, again and again"};
  close(data.stream, stream_end::overdrawn);
  return owned ? std::optional<event>{stream_close{data.stream, stream_end::overdrawn}}
               : std::optional<event>{};
}

result<std::optional<link_streams::event>> link_streams::on(const stream_window& window) {
  if (window.stream.value > highest_) return malformed("a window of a stream that was never opened");
  const auto at = find(window.stream);
  if (at == end()) return std::optional<event>{};
  if (window.more > most_credit - at->credit) return malformed("a window beyond all bounds");
  at->credit += window.more;
  look_again(at);
  return std::optional<event>{};
}

result<std::optional<link_streams::event>> link_streams::on(const stream_close& close) {
  if (close.stream.value > highest_) return malformed("the end of a stream that was never opened");
  const auto at = find(close.stream);
  if (at == end()) return std::optional<event>{};
  const bool owned = !at->closing;
  drop(at);
  return owned ? std::optional<event>{close} : std::optional<event>{};
}

stream_data link_streams::cut_slice(stream& s) {
  if (s.chunks.empty()) s.chunks.push_back(frame::adopt(std::exchange(s.tail, {})));
  const auto& first = s.chunks.front();
  const auto left = first.view().subspan(s.offset);
  const auto size = std::min({left.size(), s.credit, largest_slice});
  stream_data out{s.id, size == first.size() ? first : first.inner(left.first(size)), 0};
  s.credit -= size;
  s.waiting -= size;
  s.offset += size;
  if (s.offset == first.size()) {
    s.chunks.pop_front();
    s.offset = 0;
  }
  out.waiting = static_cast<std::uint32_t>(std::min(s.waiting, most_credit));
  return out;
}

std::optional<link_streams::sending> link_streams::next() {
  while (!ready_.empty()) {
    const auto at = ready_.begin();
    std::optional<sending> out;
    if (at->opening) {
      out = sending{stream_open{at->id, *std::exchange(at->opening, std::nullopt)}};
    } else if (const auto due = is_over(*at) ? 0 : at->from_far.due(pool_); due > 0) {
      at->from_far.grant(due, pool_);
      out = sending{stream_window{at->id, static_cast<std::uint32_t>(due)}};
    } else if (at->waiting > 0 && at->credit > 0) {
      auto slice = cut_slice(*at);
      const auto size = slice.body.size();
      out = sending{std::move(slice), size};
    } else if (is_over(*at)) {
      const stream_close last{at->id, *at->closing};
      drop(at);
      return sending{last};
    }
    // Its turn is over: it goes to the end of the line, or rests.
    if (has_something(*at)) {
      ready_.splice(ready_.end(), ready_, at);
    } else {
      at->ready = false;
      resting_.splice(resting_.end(), ready_, at);
    }
    if (out) return out;
    // It was in line for a window that is not due any more, because the pool has less.
  }
  return std::nullopt;
}

} // namespace muster::net::link
