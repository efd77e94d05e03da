#include "tests/net/service.hpp"

#include "actors/runtime/guard.hpp"

#include <caf/event_based_actor.hpp>
#include <caf/typed_event_based_actor.hpp>
#include <doctest/doctest.h>

#include <fcntl.h>
#include <filesystem>
#include <poll.h>
#include <sys/socket.h>

namespace muster::net::test {

namespace {

runtime::log silent() {
  return runtime::log::to([](std::string_view) {}, runtime::log_level::error);
}

/// Like a Session: owns the channel, talks to the carrier, ends with the pipe.
class echo_session {
public:
  echo_session(pipe_owner_actor::pointer self, const pipe_opened& opened, server_tls tls, sightings& seen,
               manners how)
      : self_{self}, pipe_{opened}, channel_{secure_channel::accept(tls)}, seen_{seen}, how_{how} {}

  void take(const pipe_data& m) {
    if (hung_up_) return;
    auto got = channel_.feed(*m.chunk);
    if (!got) {
      ++seen_.faults;
      pipe_.send(channel_.take_output());
      pipe_.close();
      return;
    }
    if (got->opened) meet();
    for (const auto& frame : got->frames)
      if (!hung_up_) answer(frame);
    pipe_.send(channel_.take_output());
    if (how_.give_credit) pipe_.consumed(m.chunk->size());
    if (got->closed || hung_up_) pipe_.close();
  }

  void end(const pipe_closed& m) {
    {
      const std::lock_guard guard{seen_.lock};
      seen_.ends.push_back(m.why);
    }
    self_->quit();
  }

private:
  void meet() {
    pipe_.ready();
    if (how_.silence) pipe_.allow_silence(*how_.silence);
    const std::lock_guard guard{seen_.lock};
    seen_.peers.push_back(channel_.peer());
    ++seen_.opened;
  }
  void answer(const bytes& frame) {
    ++seen_.frames;
    (void)channel_.send(how_.reply_size == 0 ? frame : bytes(how_.reply_size));
    hung_up_ = how_.hang_up;
    if (hung_up_) channel_.close();
  }

  pipe_owner_actor::pointer self_;
  pipe_handle pipe_;
  secure_channel channel_;
  sightings& seen_;
  manners how_;
  bool hung_up_ = false;
};

pipe_owner_actor::behavior_type session(pipe_owner_actor::pointer self, const pipe_opened& opened,
                                        const server_tls& tls, sightings* seen, manners how) {
  runtime::guard(*self, silent(), "echo_session");
  auto state = std::make_shared<echo_session>(self, opened, tls, *seen, how);
  return {
      [state](const pipe_data& m) { state->take(m); },
      [state](const pipe_closed& m) { state->end(m); },
  };
}

runtime::system_config::scheduler two_threads() { return {2, 64}; }

} // namespace

service::service(pipe_limits limits, manners how) : config_{two_threads()}, system_{config_} {
  auto listener = listen_on({"127.0.0.1", 0}).value();
  port_ = local_endpoint(listener.socket).value().tcp()->port;
  const auto tls = pki::ours().server();
  pipe_acceptor accept = [this, tls, how](const pipe_opened& opened) -> pipe_owner_actor {
    ++seen.spawned;
    return system_.spawn(session, opened, tls, &seen, how);
  };
  broker_ = spawn_pipe_broker(
      system_,
      {{std::make_shared<listening_socket>(std::move(listener))}, std::move(accept), limits, silent()});
}

service::~service() {
  caf::anon_send_exit(broker_, caf::exit_reason::user_shutdown);
  caf::scoped_actor self{system_};
  self->wait_for(broker_);
}

pipe_counters service::counters() {
  caf::scoped_actor self{system_};
  pipe_counters out;
  self->request(broker_, patience, pipe_count{})
      .receive([&](const pipe_counters& c) { out = c; }, [](const caf::error&) { FAIL("no counters"); });
  return out;
}

pipe_counters service::stop_accepting() {
  caf::scoped_actor self{system_};
  pipe_counters out;
  self->request(broker_, patience, pipe_stop_accepting{})
      .receive([&](const pipe_counters& c) { out = c; }, [](const caf::error&) { FAIL("no answer"); });
  return out;
}

peer::peer(std::uint16_t port) : socket_{connect_to({"127.0.0.1", port}, patience).value()} {
  set_blocking(true);
}

void peer::set_blocking(bool blocking) {
  const int flags = ::fcntl(socket_.get(), F_GETFL);
  ::fcntl(socket_.get(), F_SETFL, blocking ? flags & ~O_NONBLOCK : flags | O_NONBLOCK);
}

void peer::write_raw(byte_view what) {
  while (!what.empty()) {
    const auto n = ::send(socket_.get(), what.data(), what.size(), MSG_NOSIGNAL);
    if (n <= 0) return;
    what = what.subspan(static_cast<std::size_t>(n));
  }
}

std::optional<bytes> peer::read_raw() {
  bytes chunk(64 * 1024);
  pollfd waiting{socket_.get(), POLLIN, 0};
  const auto limit = std::chrono::duration_cast<std::chrono::milliseconds>(patience).count();
  if (::poll(&waiting, 1, static_cast<int>(limit)) <= 0) return std::nullopt;
  const auto n = ::recv(socket_.get(), chunk.data(), chunk.size(), 0);
  if (n <= 0) return std::nullopt;
  chunk.resize(static_cast<std::size_t>(n));
  return chunk;
}

bool peer::cut_off() {
  pollfd waiting{socket_.get(), POLLIN, 0};
  while (read_raw()) {
  }
  return ::poll(&waiting, 1, 0) > 0;
}

bool peer::connect(const client_tls& with) {
  channel_ = secure_channel::connect(with);
  write_raw(channel_->take_output());
  while (!channel_->open()) {
    const auto chunk = read_raw();
    if (!chunk) return false;
    const auto got = channel_->feed(*chunk);
    write_raw(channel_->take_output());
    if (!got) return false;
  }
  return true;
}

std::optional<bytes> peer::receive() {
  while (frames_.empty()) {
    const auto chunk = read_raw();
    if (!chunk) return std::nullopt;
    auto got = channel_->feed(*chunk);
    if (!got) return std::nullopt;
    for (auto& frame : got->frames)
      frames_.push_back(std::move(frame));
    if (got->closed && frames_.empty()) return std::nullopt;
  }
  auto first = std::move(frames_.front());
  frames_.erase(frames_.begin());
  return first;
}

bool peer::send(byte_view payload) {
  if (!channel_->send(payload)) return false;
  write_raw(channel_->take_output());
  return true;
}

const client_tls& good_client() {
  static const client_tls made = pki::ours().client(pki::ours().node_end());
  return made;
}

std::size_t open_descriptors() {
  std::size_t n = 0;
  for ([[maybe_unused]] const auto& entry : std::filesystem::directory_iterator{"/proc/self/fd"})
    ++n;
  return n;
}

} // namespace muster::net::test
