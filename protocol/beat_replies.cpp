#include "protocol/beat_replies.hpp"

#include "messages/build.hpp"
#include "messages/wire_command.hpp"
#include "protocol/hello.hpp"

#include <algorithm>

namespace muster::service {

namespace {

std::uint32_t left_ms(boot_time deadline, boot_time now) {
  return deadline > now ? static_cast<std::uint32_t>(deadline.milliseconds - now.milliseconds) : 0;
}

} // namespace

beat_replies::sent beat_replies::put(wire::BeatReply::Builder reply, std::uint64_t has, const beats& in_force,
                                     boot_time now) {
  put_tuning(reply, in_force);
  const auto out = put_commands(reply, now);
  put_log_head(reply);
  put_lists(reply, has);
  return out;
}

beat_replies::sent beat_replies::put_commands(wire::BeatReply::Builder reply, boot_time now) {
  sent out{due_.size()};
  auto commands = reply.initCommands(static_cast<unsigned>(due_.size()));
  for (unsigned i = 0; i < due_.size(); ++i) {
    commands[i].setId(due_[i].id.value);
    commands[i].setDeadlineMs(left_ms(due_[i].deadline, now));
    put_kind(commands[i], due_[i].kind);
    out.renewals += due_[i].kind == command_kind::renew ? 1 : 0;
  }
  due_.clear();
  return out;
}

/// Part of each reply, so that it also reaches a machine that restarted or lost a reply.
void beat_replies::put_tuning(wire::BeatReply::Builder reply, const beats& in_force) {
  interval_ = tuning_.beat.count() == 0 ? in_force.usual : std::min(tuning_.beat, in_force.longest);
  reply.setIntervalMs(in_ms(interval_));
  if (tuning_.jitter.count() == 0 && tuning_.log_level.empty()) return;
  auto out = reply.initTuning();
  out.setJitterMs(in_ms(tuning_.jitter));
  out.setLogLevel(text_of(tuning_.log_level));
}

void beat_replies::put_log_head(wire::BeatReply::Builder reply) {
  if (!log_ || log_ == log_sent_) return;
  // A newer state of the log may have the same head.
  if (!log_->head.empty() && (!log_sent_ || log_sent_->head != log_->head))
    reply.setLogHead(data_of(log_->head));
  log_sent_ = log_;
}

void beat_replies::put_lists(wire::BeatReply::Builder reply, std::uint64_t has) {
  const auto newest = trust_ ? newest_of(*trust_) : 0;
  if (newest <= has || trust_sent_ == std::pair{has, newest}) return;
  trust_sent_ = {has, newest};
  const auto wanted = newer_than(*trust_, has);
  put_trust(reply.initTrust(static_cast<unsigned>(wanted.size())), wanted);
}

} // namespace muster::service
