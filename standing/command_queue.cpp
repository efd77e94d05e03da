#include "standing/command_queue.hpp"

#include <algorithm>
#include <utility>

namespace muster::service {

namespace {

bool past(const command_record& command, const moment& now) {
  return command.service_boot != now.service_boot || now.boot >= command.deadline;
}

/// The text for a command that ends without a report of the machine.
std::string_view why_over(command_outcome so_far) {
  switch (so_far) {
  case command_outcome::open: return "the machine did not beat before the deadline";
  case command_outcome::accepted:
    return "the machine said that it was leaving, and has not been heard from since";
  default: return "no answer before the deadline";
  }
}

command_outcome not_heard_of(command_outcome so_far) {
  return so_far == command_outcome::open ? command_outcome::expired : command_outcome::unknown;
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
                      "a newer command took its place");
  }
  to_store.push_back(wanted);
  open_.push_back(std::move(wanted));
  return {open_.back().id, std::move(to_store)};
}

std::vector<command_record> command_queue::take_unsent(const moment& now) {
  std::vector<command_record> out;
  for (auto& command : open_) {
    if (past(command, now) || std::ranges::count(with_session_, command.id, &delivery::id) != 0) continue;
    if (command.outcome == command_outcome::open) command.outcome = command_outcome::sent;
    with_session_.push_back({command.id, now.boot});
    out.push_back(command);
  }
  return out;
}

void command_queue::session_lost() { with_session_.clear(); }

std::vector<command_record> command_queue::report(command_id id, command_outcome outcome, std::string text) {
  const auto at = std::ranges::find(open_, id, &command_record::id);
  if (at == open_.end()) return {};
  if (outcome == command_outcome::accepted && at->kind == command_kind::unregister) {
    if (std::exchange(at->outcome, outcome) == outcome) return {};
    return {*at};
  }
  if (is_open(outcome)) return {};
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
    const auto so_far = open_[i].outcome;
    auto until = open_[i];
    if (so_far == command_outcome::accepted) until.deadline.milliseconds += 1000 * last_word.count();
    if (!past(until, now)) continue;
    out.push_back(settle(i, not_heard_of(so_far), std::string{why_over(so_far)}).front());
  }
  return out;
}

std::vector<command_record> command_queue::end(std::string_view why) {
  std::vector<command_record> out;
  while (!open_.empty())
    out.push_back(settle(0, not_heard_of(open_.front().outcome), std::string{why}).front());
  return out;
}

} // namespace muster::service
