#include "standing/command_queue.hpp"

#include <algorithm>

namespace muster::service {

namespace {

bool past(const command_record& command, const moment& now) {
  return command.service_boot != now.service_boot || now.boot >= command.deadline;
}

} // namespace

command_queue::command_queue(std::vector<command_record> open) : open_{std::move(open)} {
  std::ranges::sort(open_, {}, &command_record::id);
}

std::vector<command_record> command_queue::settle(std::size_t at, command_outcome outcome, std::string text) {
  auto settled = std::move(open_[at]);
  open_.erase(open_.begin() + static_cast<std::ptrdiff_t>(at));
  std::erase_if(with_session_, [&](const delivery& one) { return one.id == settled.id; });
  settled.outcome = outcome;
  settled.text = std::move(text);
  return {std::move(settled)};
}

command_queue::added command_queue::add(command_record wanted) {
  const auto same = std::ranges::find(open_, wanted.kind, &command_record::kind);
  std::vector<command_record> to_store;
  if (same != open_.end() && wanted.kind != command_kind::unregister) {
    if (wanted.kind != command_kind::reconfigure) return {same->id, {}};
    const bool ran_perhaps = same->outcome == command_outcome::sent;
    to_store = settle(static_cast<std::size_t>(same - open_.begin()),
                      ran_perhaps ? command_outcome::unknown : command_outcome::replaced,
                      "a newer one took its place");
  }
  to_store.push_back(wanted);
  open_.push_back(std::move(wanted));
  return {open_.back().id, std::move(to_store)};
}

std::vector<command_record> command_queue::take_unsent(const moment& now) {
  std::vector<command_record> out;
  for (auto& command : open_) {
    if (past(command, now) || std::ranges::count(with_session_, command.id, &delivery::id) != 0) continue;
    command.outcome = command_outcome::sent;
    with_session_.push_back({command.id, now.boot});
    out.push_back(command);
  }
  return out;
}

void command_queue::session_lost() { with_session_.clear(); }

std::vector<command_record> command_queue::report(command_id id, command_outcome outcome, std::string text) {
  if (is_open(outcome)) return {};
  const auto at = std::ranges::find(open_, id, &command_record::id);
  if (at == open_.end()) return {};
  return settle(static_cast<std::size_t>(at - open_.begin()), outcome, std::move(text));
}

std::vector<command_record> command_queue::settle_attest(boot_time challenged) {
  const auto at = std::ranges::find(open_, command_kind::attest, &command_record::kind);
  if (at == open_.end()) return {};
  const auto sent = std::ranges::find(with_session_, at->id, &delivery::id);
  if (sent == with_session_.end() || challenged < sent->at) return {};
  return settle(static_cast<std::size_t>(at - open_.begin()), command_outcome::done, {});
}

std::vector<command_record> command_queue::expire(const moment& now) {
  std::vector<command_record> out;
  for (std::size_t i = open_.size(); i-- > 0;) {
    if (!past(open_[i], now)) continue;
    const bool sent = open_[i].outcome == command_outcome::sent;
    auto settled = sent ? settle(i, command_outcome::unknown, "no answer before the deadline")
                        : settle(i, command_outcome::expired, "the machine did not beat before the deadline");
    out.push_back(std::move(settled.front()));
  }
  return out;
}

} // namespace muster::service
