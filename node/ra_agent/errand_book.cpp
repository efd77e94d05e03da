#include "node/ra_agent/errand_book.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

namespace muster::node {

namespace {

constexpr std::string_view first_line = "muster errands 1";
constexpr std::array stage_words{"started", "ended", "delivered"};
constexpr std::size_t max_sentence = 200;

template <class E, std::size_t N>
std::optional<E> word_in(const std::array<const char*, N>& words, std::string_view word) {
  const auto found = std::ranges::find(words, word);
  if (found == words.end()) return std::nullopt;
  return static_cast<E>(found - words.begin());
}

std::optional<std::uint64_t> number_in(std::string_view word) {
  std::uint64_t out = 0;
  const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), out);
  if (error != std::errc{} || end != word.data() + word.size()) return std::nullopt;
  return out;
}

std::string_view take_word(std::string_view& line) {
  const auto end = std::min(line.find(' '), line.size());
  const auto word = line.substr(0, end);
  line.remove_prefix(std::min(end + 1, line.size()));
  return word;
}

fault malformed(std::string_view what) { return {errc::malformed, "errands: " + std::string{what}}; }

constexpr std::size_t index_of(command_kind kind) noexcept { return static_cast<std::size_t>(kind); }

} // namespace

// muster errands 1
// boot UUID
// highest KIND ID
// errand ID KIND UNTIL SPAN STAGE OUTCOME SENTENCE
std::string errand_book::text() const {
  std::string out{first_line};
  out += "\nboot " + to_string(boot_) + '\n';
  for (std::size_t kind = 0; kind < command_kinds; ++kind)
    if (highest_[kind].value != 0)
      out += "highest " + std::string{to_string(static_cast<command_kind>(kind))} + ' '
             + std::to_string(highest_[kind].value) + '\n';
  for (const auto& one : errands_) {
    out += "errand " + std::to_string(one.id.value) + ' ' + std::string{to_string(one.kind)} + ' ';
    out += std::to_string(one.until.milliseconds) + ' ' + std::to_string(one.span) + ' ';
    out += std::string{stage_words[static_cast<std::size_t>(one.at)]} + ' ' + std::string{to_string(one.how)}
           + ' ';
    out += one.text + '\n';
  }
  return out;
}

std::optional<errand_book::errand> errand_book::parse_errand(std::string_view line) {
  const auto id = number_in(take_word(line));
  const auto kind = command_kind_from(take_word(line));
  const auto until = number_in(take_word(line));
  const auto span = number_in(take_word(line));
  const auto at = word_in<stage>(stage_words, take_word(line));
  const auto how = command_outcome_from(take_word(line));
  if (!id || !kind || !until || !span || !at || !how || line.size() > max_sentence) return std::nullopt;
  return errand{{*id}, *kind, {*until}, *span, *at, *how, std::string{line}};
}

status errand_book::read_line(std::string_view line, bool same_boot, boot_time now) {
  const auto what = take_word(line);
  if (what == "highest") {
    const auto kind = command_kind_from(take_word(line));
    const auto id = number_in(line);
    if (!kind || !id) return malformed("the highest number is not valid");
    highest_[index_of(*kind)] = {*id};
    return {};
  }
  auto one = what == "errand" && errands_.size() < max_errands ? parse_errand(line) : std::nullopt;
  if (!one) return malformed("a line is not valid");
  if (!same_boot) one->until = {now.milliseconds + one->span};
  if (one->at == stage::started) {
    one->at = stage::ended;
    one->how = command_outcome::interrupted;
    one->text = "the agent was restarted before it ended";
  }
  errands_.push_back(std::move(*one));
  return {};
}

result<errand_book> errand_book::parse(std::string_view text, const boot_id& boot, boot_time now) {
  if (text.size() > max_text) return fault{errc::limit, "errands: too long"};
  if (text.empty() || text.back() != '\n') return malformed("the last line is not whole");
  errand_book out{boot};
  bool same_boot = false;
  std::size_t number = 0;
  while (!text.empty()) {
    const auto end = text.find('\n');
    auto line = text.substr(0, end);
    text.remove_prefix(end + 1);
    ++number;
    if (number == 1) {
      if (line != first_line) return malformed("it has another version");
    } else if (number == 2) {
      const auto recorded = take_word(line) == "boot" ? boot_id_from(line) : std::nullopt;
      if (!recorded) return malformed("the boot id is not valid");
      same_boot = *recorded == boot;
    } else if (auto read = out.read_line(line, same_boot, now); !read) {
      return read.fault();
    }
  }
  if (number < 2) return malformed("the boot id is missing");
  return out;
}

errand_book::errand* errand_book::find(command_id id) {
  const auto found = std::ranges::find(errands_, id, &errand::id);
  return found == errands_.end() ? nullptr : &*found;
}

bool errand_book::runs(command_kind kind) const {
  return std::ranges::any_of(errands_,
                             [&](const errand& one) { return one.kind == kind && one.at == stage::started; });
}

// Drops errands that are over and whose time is up: no command with their id can arrive any more.
void errand_book::forget(boot_time now) {
  std::erase_if(errands_, [&](const errand& one) {
    return one.at != stage::started && one.kind != command_kind::unregister && one.until < now;
  });
}

errand_step errand_book::on_command(const command& what, boot_time now) {
  errand_step out;
  if (auto* known = find(what.id)) {
    // Still running: the outcome is reported at its end.
    if (known->at == stage::started) return out;
    known->at = stage::ended;
    out.answers.push_back({known->id, known->how, known->text});
    return out;
  }
  forget(now);
  consider(what, now, out);
  return out;
}

void errand_book::consider(const command& what, boot_time now, errand_step& out) {
  auto& highest = highest_[index_of(what.kind)];
  const auto refuse = [&](command_outcome how, const char* why) {
    out.answers.push_back({what.id, how, why});
  };
  if (what.id == highest) return refuse(command_outcome::interrupted, "it was started before");
  if (what.id < highest) return refuse(command_outcome::replaced, "a later command of its kind was started");
  // It waits for its turn, so nothing may be reported about it yet.
  const auto& waiting = waiting_[index_of(what.kind)];
  if (waiting && waiting->id == what.id) return;
  if (what.deadline <= now) return refuse(command_outcome::expired, "its time had run out when it came");
  if (runs(what.kind)) return wait(what, out);
  if (errands_.size() >= max_errands)
    return refuse(command_outcome::unsupported, "too many commands at once");
  highest = what.id;
  errands_.push_back({what.id,
                      what.kind,
                      what.deadline,
                      what.deadline.milliseconds - now.milliseconds,
                      stage::started,
                      command_outcome::interrupted,
                      {}});
  out.start.push_back(what);
}

void errand_book::wait(const command& what, errand_step& out) {
  auto& waiting = waiting_[index_of(what.kind)];
  if (!waiting) {
    waiting = what;
    return;
  }
  const auto older = waiting->id < what.id ? std::exchange(*waiting, what) : what;
  out.answers.push_back(
      {older.id, command_outcome::replaced, "a later command of its kind came before it was started"});
}

errand_step errand_book::on_end(const errand_report& report, boot_time now) {
  errand_step out;
  auto* ended = find(report.id);
  if (ended == nullptr || ended->at != stage::started || report.how == command_outcome::accepted) return out;
  ended->at = stage::ended;
  ended->how = report.how;
  ended->text = printable(report.text, max_sentence - 4);
  out.answers.push_back({ended->id, ended->how, ended->text});
  if (auto next = std::exchange(waiting_[index_of(ended->kind)], std::nullopt)) consider(*next, now, out);
  return out;
}

void errand_book::on_delivered(command_id id) {
  if (auto* one = find(id); one != nullptr && one->at == stage::ended) one->at = stage::delivered;
}

std::vector<errand_report> errand_book::undelivered() const {
  std::vector<errand_report> out;
  for (const auto& one : errands_)
    if (one.at == stage::ended) out.push_back({one.id, one.how, one.text});
  return out;
}

} // namespace muster::node
