#include "bench/fleet.hpp"

#include "crypto/certificate_template.hpp"
#include "messages/view.hpp"

#include <poll.h>
#include <sys/epoll.h>
#include <sys/socket.h>

namespace muster::bench {

namespace {

constexpr std::chrono::seconds patience{30};
constexpr std::uint64_t day_ms = 24ULL * 60 * 60 * 1000;
constexpr std::size_t chunk = 64 * 1024;
constexpr std::size_t rsa_keys = 16;
/// Slightly more than the service's attestation interval. An earlier beat would bring no challenge: it would
/// cost CPU time without being counted.
constexpr std::uint64_t interval_ms = 110;

fault system_fault(std::string_view what) {
  return {errc::io, std::string{what} + ": " + std::generic_category().message(errno)};
}

/// The certificate of a machine that has none from the service. The service reads only the key in it.
result<crypto::certificate> stranger_certificate(const crypto::private_key& key, wall_time now) {
  crypto::certificate_template what;
  what.common_name = "muster agent";
  what.not_before = {now.milliseconds - day_ms};
  what.not_after = {now.milliseconds + day_ms};
  what.extended_key_usages = {std::string{crypto::oid::client_auth}};
  return crypto::sign_certificate(what, key.pub(), nullptr, key);
}

fault words_of(wire::Fault::Reader in) {
  return {errc::denied, "the service says: " + printable(text_of(in.getText()), 300)};
}

fault out_of_turn() { return {errc::malformed, "the service sent a frame out of turn"}; }

/// P-256: one key for each machine. RSA: a few keys that the machines share, because each takes a tenth of a
/// second to make.
result<crypto::private_key> attestation_key(bool rsa, std::size_t machine,
                                            std::vector<crypto::private_key>& shared) {
  if (!rsa) return crypto::private_key::make_ec(crypto::curve::p256);
  if (machine < rsa_keys) {
    auto made = crypto::private_key::make_rsa(2048);
    if (!made) return made.fault();
    shared.push_back(*std::move(made));
  }
  return shared[machine % rsa_keys];
}

} // namespace

struct fleet::member {
  soft_machine machine;
  std::optional<crypto::certificate> certificate; // once enrolled
  net::socket_fd socket;
  std::optional<net::secure_channel> channel;
  bench::channel binding;
  std::optional<order> kept;
  std::uint64_t sequence = 0;
  std::uint64_t challenged_ms = 0; // when the last challenge came
};

fleet::fleet(fleet_plan plan, measured_software software)
    : plan_{std::move(plan)}, software_{std::move(software)}, facts_{machine_facts()}, poll_{::epoll_create1(
                                                                                           EPOLL_CLOEXEC)} {}
fleet::~fleet() = default;
fleet::fleet(fleet&&) noexcept = default;
fleet& fleet::operator=(fleet&&) noexcept = default;

result<fleet> fleet::make(fleet_plan plan, const lab::vendor& vendor, measured_software software) {
  fleet out{std::move(plan), std::move(software)};
  if (!out.poll_.valid()) return system_fault("epoll");
  auto clock = runtime::make_machine_clock();
  if (!clock) return clock.fault();
  out.clock_ = std::move(*clock);
  out.vendor_ = &vendor;
  std::vector<crypto::private_key> shared;
  for (std::size_t i = 0; i < out.plan_.machines; ++i) {
    auto ak = attestation_key(out.plan_.rsa, i, shared);
    if (!ak) return ak.fault();
    auto machine = soft_machine::make(vendor, *std::move(ak));
    if (!machine) return machine.fault();
    out.members_.push_back(std::make_unique<member>(member{std::move(*machine), {}, {}, {}, {}, {}, 0, 0}));
    out.idle_.push_back(out.members_.back().get());
  }
  return out;
}

node_id fleet::id(std::size_t index) const { return members_[index]->machine.id(); }
soft_machine& fleet::machine(std::size_t index) { return members_[index]->machine; }

status fleet::run(task what, std::size_t times) {
  std::vector<epoll_event> ready(256);
  std::size_t started = 0;
  for (std::size_t done = 0; done < times;) {
    while (started < times && started - done < plan_.in_flight && !idle_.empty()) {
      if (!due(*idle_.front(), what)) break;
      auto* who = idle_.front();
      idle_.pop_front();
      if (auto begun = begin(*who, what); !begun) return begun;
      ++started;
      if (what == task::hang_up) {
        ++done;
        idle_.push_back(who);
      }
    }
    if (done == times) break;
    // No machine is busy and none is due: one will be soon.
    const bool resting = started == done;
    const auto wait = resting ? std::chrono::milliseconds{1} : std::chrono::milliseconds{patience};
    const int count = ::epoll_wait(poll_.get(), ready.data(), static_cast<int>(ready.size()),
                                   static_cast<int>(wait.count()));
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return system_fault("epoll");
    if (count == 0 && resting) continue;
    if (count == 0) return fault{errc::timeout, "the service said nothing for 30 s"};
    for (int i = 0; i < count; ++i) {
      auto* who = static_cast<member*>(ready[static_cast<std::size_t>(i)].data.ptr);
      const auto now = readable(*who, what);
      if (!now) return now.fault();
      if (*now == progress::more) continue;
      idle_.push_back(who);
      if (*now == progress::done)
        ++done;
      else
        --started;
    }
  }
  return {};
}

bool fleet::due(const member& who, task what) const {
  if (what != task::attest && what != task::hold) return true;
  return clock_->since_boot().milliseconds >= who.challenged_ms + interval_ms;
}

status fleet::open(member& who, net::tls_protocol protocol) {
  const auto& key = who.machine.tls_key();
  if (protocol == net::tls_protocol::enrol) {
    auto stranger = stranger_certificate(key, clock_->wall());
    if (!stranger) return stranger.fault();
    who.certificate = std::move(*stranger);
  }
  const auto tls = net::client_tls::make({*who.certificate, {}, key}, {{plan_.anchor}, {}, clock_}, protocol,
                                         plan_.service_name);
  if (!tls) return tls.fault();
  auto socket = net::connect_to(plan_.service, patience);
  if (!socket) return socket.fault();
  who.socket = std::move(*socket);
  who.channel.emplace(net::secure_channel::connect(*tls));
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.ptr = &who;
  if (::epoll_ctl(poll_.get(), EPOLL_CTL_ADD, who.socket.get(), &event) != 0) return system_fault("epoll");
  return flush(who);
}

status fleet::begin(member& who, task what) {
  switch (what) {
  case task::enrol: return open(who, net::tls_protocol::enrol);
  case task::connect: return open(who, net::tls_protocol::agent);
  case task::attest:
  case task::settle:
  case task::hold:
  case task::beat: return send(who, {beat(++who.sequence)});
  case task::release: return answer(who);
  case task::hang_up:
    who.channel->close();
    if (auto said = flush(who); !said) return said;
    close(who);
    return {};
  }
  return fault{errc::internal, "fleet: unknown task"};
}

void fleet::close(member& who) {
  who.socket = {}; // this also removes it from epoll
  who.channel.reset();
  who.kept.reset();
}

result<fleet::progress> fleet::readable(member& who, task what) {
  bytes input(chunk);
  const auto got = ::recv(who.socket.get(), input.data(), input.size(), 0);
  if (got < 0 && (errno == EAGAIN || errno == EINTR)) return progress::more;
  if (got < 0) return system_fault("receive");
  if (got == 0) return fault{errc::io, "the service closed a connection"};
  const auto arrived = who.channel->feed(byte_view{input}.first(static_cast<std::size_t>(got)));
  if (!arrived) return arrived.fault();
  if (auto sent = flush(who); !sent) return sent.fault();
  if (arrived->opened) {
    who.binding = {who.channel->own_spki(), who.channel->peer().spki, who.channel->exporter()};
    if (auto sent = send(who, {what == task::enrol ? stranger_hello() : agent_hello(who.machine)}); !sent)
      return sent.fault();
  }
  for (const auto& payload : arrived->frames) {
    const auto received = frame::copy_of(payload);
    auto now = what == task::enrol ? take_enrolment(who, received) : take(who, what, received);
    if (!now || *now != progress::more) return now;
  }
  return progress::more;
}

result<fleet::progress> fleet::take_enrolment(member& who, const frame& received) {
  const auto parsed = parse_view<wire::EnrolmentFrame>(received);
  if (!parsed) return parsed.fault();
  return parsed->read([&](wire::EnrolmentFrame::Reader in) -> result<progress> {
    if (in.isFault()) return words_of(in.getFault());
    if (in.isPending())
      return fault{errc::denied, "the service waits for an operator; it should admit by vendor"};
    if (in.isHello()) {
      const auto sent = send(who, {enrol_request(who.machine, vendor_->chain(), facts_)});
      return sent ? result<progress>{progress::more} : sent.fault();
    }
    if (in.isChallenge()) {
      auto proof = enrol_proof(who.machine, in.getChallenge(), who.binding, facts_);
      if (!proof) return proof.fault();
      const auto sent = send(who, {std::move(*proof)});
      return sent ? result<progress>{progress::more} : sent.fault();
    }
    if (!in.isAdmitted()) return out_of_turn();
    const auto admitted = in.getAdmitted();
    auto issued = crypto::certificate::from_der(bytes_of(admitted.getNodeCertificate()));
    if (!issued) return issued.fault();
    who.certificate = std::move(*issued);
    close(who);
    return progress::done;
  });
}

result<fleet::progress> fleet::take(member& who, task what, const frame& received) {
  const auto parsed = parse_view<wire::ServiceFrame>(received);
  if (!parsed) return parsed.fault();
  return parsed->read([&](wire::ServiceFrame::Reader in) -> result<progress> {
    if (in.isFault()) return words_of(in.getFault());
    if (in.isHello() && what == task::connect) return progress::done;
    if (in.isBeatReply()) return take_reply(who, what, in.getBeatReply());
    if (in.isEvidenceTaken() && what == task::settle) {
      const auto sent = send(who, {beat(++who.sequence)});
      return sent ? result<progress>{progress::more} : sent.fault();
    }
    if (in.isEvidenceTaken()) return progress::done;
    return out_of_turn();
  });
}

result<fleet::progress> fleet::take_reply(member& who, task what, wire::BeatReply::Reader in) {
  if (!in.hasChallenge()) {
    if (what == task::beat || what == task::settle) return progress::done;
    ++unchallenged_;
    return progress::again;
  }
  auto asked = read_challenge(in.getChallenge());
  if (!asked) return asked.fault();
  who.kept = std::move(*asked);
  who.challenged_ms = clock_->since_boot().milliseconds;
  if (what == task::hold) return progress::done;
  if (what != task::attest && what != task::settle) return out_of_turn();
  const auto sent = answer(who);
  return sent ? result<progress>{progress::more} : sent.fault();
}

status fleet::answer(member& who) {
  if (!who.kept) return fault{errc::internal, "fleet: no challenge to answer"};
  const auto frames = plan_.answer ? plan_.answer(who.machine, *who.kept, who.binding)
                                   : evidence(who.machine, *who.kept, who.binding, software_);
  if (!frames) return frames.fault();
  who.kept.reset();
  return send(who, *frames);
}

status fleet::send(member& who, const std::vector<bytes>& frames) {
  for (const auto& one : frames)
    if (auto sent = who.channel->send(one); !sent) return sent;
  return flush(who);
}

// Waits while the kernel's buffer is full: the service reads everything that it is sent.
status fleet::flush(member& who) {
  const auto output = who.channel->take_output();
  for (byte_view rest{output}; !rest.empty();) {
    const auto sent = ::send(who.socket.get(), rest.data(), rest.size(), MSG_NOSIGNAL);
    if (sent >= 0) {
      rest = rest.subspan(static_cast<std::size_t>(sent));
      continue;
    }
    if (errno != EAGAIN && errno != EINTR) return system_fault("send");
    pollfd writable{who.socket.get(), POLLOUT, 0};
    if (::poll(&writable, 1, static_cast<int>(std::chrono::milliseconds{patience}.count())) == 0)
      return fault{errc::timeout, "the service reads nothing"};
  }
  return {};
}

} // namespace muster::bench
