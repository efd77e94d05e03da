#include "standing/command_change.hpp"

#include "records/command_batch.hpp"
#include "records/record_codec.hpp"
#include "settings/log_level.hpp"
#include "settings/scalar.hpp"
#include "standing/people_changes.hpp"

#include <algorithm>

namespace muster::service {

namespace {

using std::chrono::milliseconds;

constexpr milliseconds shortest_beat{100};
constexpr milliseconds longest_of_all{std::chrono::hours{1}};
constexpr milliseconds longest_jitter{std::chrono::minutes{10}};

fault outside(std::string_view field, milliseconds least, milliseconds most, std::string_view why = {}) {
  return {errc::malformed, std::string{field} + ": from " + settings::to_string(least) + " to "
                               + settings::to_string(most) + std::string{why} + ", or \"default\""};
}

command_record record_of(const command_request& request, command_id id, const moment& now) {
  command_record out;
  out.id = id;
  out.node = request.node;
  out.kind = request.kind;
  out.issued = now.wall;
  out.service_boot = now.service_boot;
  out.deadline = {now.boot.milliseconds + static_cast<std::uint64_t>(request.within.count())};
  out.by = request.by;
  return out;
}

/// "reconfigure: beat 20s, jitter default"
std::string described(const command_request& request) {
  std::string out{to_string(request.kind)};
  const char* between = ": ";
  const auto add = [&](std::string_view what, const std::string& value) {
    out += between + std::string{what} + ' ' + value;
    between = ", ";
  };
  const auto span = [](milliseconds d) {
    return d.count() == 0 ? std::string{"default"} : settings::to_string(d);
  };
  if (request.how.beat) add("beat", span(*request.how.beat));
  if (request.how.jitter) add("jitter", span(*request.how.jitter));
  if (request.how.log_level)
    add("log level", request.how.log_level->empty() ? "default" : *request.how.log_level);
  return out;
}

/// Whether a report says more about a command whose outcome was not known.
bool corrects(const command_record& ended, const command_result& told) {
  return ended.outcome == command_outcome::unknown && !is_open(told.outcome)
         && told.outcome != command_outcome::unknown
         && !(ended.kind == command_kind::attest && told.outcome == command_outcome::done);
}

/// Whether the machine has left. A late report of that does not count: the machine may have enrolled again
/// since.
bool unregistered(const settled_node& at, bool open_still, const std::vector<command_record>& changed) {
  return at.node() && open_still && !changed.empty() && changed.front().kind == command_kind::unregister
         && changed.front().outcome == command_outcome::done;
}

} // namespace

status may_be_commanded(const node_record* node) {
  if (node == nullptr) return fault{errc::not_found, "node: there is no such machine"};
  if (node->standing == standing::revoked)
    return fault{errc::conflict, "node: this machine is revoked; nothing is asked of it any more"};
  if (node->standing != standing::enrolled)
    return fault{errc::conflict,
                 "node: this machine is not admitted yet; it waits for `muster node approve`"};
  return {};
}

milliseconds longest_beat(milliseconds lease) noexcept { return std::min(lease / 3, longest_of_all); }

result<tuning> tuned(const tuning& set, const tuning_order& wanted, milliseconds longest) {
  if (!wanted.beat && !wanted.jitter && !wanted.log_level)
    return fault{
        errc::malformed,
        "reconfigure: nothing is set; there are beat, jitter and log_level (--beat, --jitter, --log-level)"};
  auto out = set;
  out.beat = wanted.beat.value_or(out.beat);
  out.jitter = wanted.jitter.value_or(out.jitter);
  if (wanted.log_level) out.log_level = *wanted.log_level;
  if (out.beat.count() != 0 && (out.beat < shortest_beat || out.beat > longest))
    return outside("beat", shortest_beat, longest, " (a lease has at least three beats)");
  if (out.jitter.count() != 0 && (out.jitter < milliseconds{1} || out.jitter > longest_jitter))
    return outside("jitter", milliseconds{1}, longest_jitter);
  if (!out.log_level.empty() && !settings::log_level_from(out.log_level))
    return fault{errc::malformed, "log_level: error, warning, info or debug, or \"default\""};
  return out;
}

node_change with_queue(const settled_node& at, change_source by, command_setting with,
                       std::vector<command_record> changed) {
  node_change out{at, by};
  if (changed.empty()) return out;
  for (const auto& one : changed)
    put_command(out.batch, one);
  out.queue = std::move(with.queue);
  out.session = with.session;
  out.settled = std::move(changed);
  return out;
}

result<ordered> order(const settled_node& at, const command_request& request, command_id id,
                      command_setting with, milliseconds longest) {
  if (auto allowed = may_be_commanded(at.node().get()); !allowed) return allowed.fault();
  auto set = at.node()->tuning;
  if (request.kind == command_kind::reconfigure) {
    auto now_set = tuned(set, request.how, longest);
    if (!now_set) return now_set.fault();
    set = *std::move(now_set);
  }
  const auto now = with.now;
  auto added = with.queue.add(record_of(request, id, now));
  ordered out{with_queue(at, change_source::people, std::move(with), std::move(added.to_store)), added.id};
  if (set != at.node()->tuning) {
    auto node = *at.node();
    node.tuning = set;
    out.change.put(std::move(node));
    out.change.tuned = std::move(set);
  }
  if (out.change.batch.empty()) return out; // it joined an open command
  out.change.batch.set_newest_command(id);
  out.change.batch.enter(now.wall, request.by, "command", described(request));
  return out;
}

node_change hand_out(const settled_node& at, command_setting with) {
  if (with.session == session_epoch{}) return {at, change_source::people};
  auto due = with.queue.take_unsent(with.now);
  return with_queue(at, change_source::people, std::move(with), std::move(due));
}

node_change take_report(const settled_node& at, command_setting with, const command_result& told,
                        const std::optional<command_record>& ended) {
  std::vector<command_record> changed;
  const auto open = std::ranges::find(with.queue.open(), told.id, &command_record::id);
  const bool open_still = open != with.queue.open().end();
  if (open_still) {
    const bool evidence_says = open->kind == command_kind::attest && told.outcome == command_outcome::done;
    if (!evidence_says) changed = with.queue.report(told.id, told.outcome, told.text);
  } else if (ended && ended->node == at.id() && corrects(*ended, told)) {
    changed = {*ended};
    changed.front().outcome = told.outcome;
    changed.front().text = told.text;
  }
  constexpr auto by = change_source::machine;
  if (!unregistered(at, open_still, changed)) return with_queue(at, by, std::move(with), std::move(changed));
  auto out = forget(at, changed.front().by, with.now.wall);
  if (!out) return with_queue(at, by, std::move(with), std::move(changed));
  put_command(out->batch, changed.front());
  out->settled = std::move(changed);
  end_commands(*out, std::move(with), "the machine was unregistered");
  return *std::move(out);
}

node_change expire(const settled_node& at, command_setting with) {
  auto over = with.queue.expire(with.now);
  return with_queue(at, change_source::people, std::move(with), std::move(over));
}

void note_return(node_change& change, command_setting with) {
  const auto open = with.queue.open();
  for (const auto& one : open) {
    if (one.outcome != command_outcome::accepted) continue;
    auto left = with.queue.report(one.id, command_outcome::done, "it left and enrolled again");
    put_command(change.batch, left.front());
    change.settled.push_back(std::move(left.front()));
  }
  if (change.settled.empty()) return;
  change.queue = std::move(with.queue);
  change.session = with.session;
}

void end_commands(node_change& change, command_setting with, std::string_view why) {
  auto ended = with.queue.end(why);
  for (const auto& one : ended)
    put_command(change.batch, one);
  std::ranges::move(ended, std::back_inserter(change.settled));
  change.queue = command_queue{};
  change.session = with.session;
}

} // namespace muster::service
