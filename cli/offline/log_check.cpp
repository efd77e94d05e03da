#include "cli/offline/log_check.hpp"

#include "messages/json_read.hpp"
#include "schemas/records.capnp.h"

#include <algorithm>
#include <charconv>
#include <chrono>

namespace muster::cli {

namespace {

constexpr std::size_t max_listed = 100;
constexpr json_limits line_limits{std::size_t{4} << 20U, 16, unknown_fields::ignore, {}};

/// RFC 3339 in UTC; a time behind the year 9999 in milliseconds.
std::string utc_text(wall_time when) {
  using namespace std::chrono;
  constexpr std::uint64_t year_10000 = 253'402'300'800'000;
  if (when.milliseconds >= year_10000) return std::to_string(when.milliseconds) + " ms";
  const seconds since{static_cast<seconds::rep>(when.milliseconds / 1000)};
  const auto day = floor<days>(since);
  const year_month_day date{sys_days{day}};
  const hh_mm_ss time{since - day};
  const auto two = [](auto n) { return (n < 10 ? "0" : "") + std::to_string(n); };
  return std::to_string(static_cast<int>(date.year())) + '-' + two(static_cast<unsigned>(date.month())) + '-'
         + two(static_cast<unsigned>(date.day())) + 'T' + two(time.hours().count()) + ':'
         + two(time.minutes().count()) + ':' + two(time.seconds().count()) + 'Z';
}

std::string records_text(std::uint64_t n) { return n == 1 ? "1 record" : std::to_string(n) + " records"; }

std::string head_text(const crypto::log_head& head) {
  return "the head of size " + std::to_string(head.size) + " signed at " + utc_text(head.time);
}

} // namespace

void log_check::note(std::string problem) {
  if (noted_.problems.size() < max_listed)
    noted_.problems.push_back(std::move(problem));
  else
    ++noted_.more_problems;
}

void log_check::append(const bytes32& leaf) {
  for (const auto& made : frontier_.append(leaf)) {
    if (levels_.size() <= made.at.level) levels_.resize(made.at.level + 1);
    levels_[made.at.level].push_back(made.hash);
  }
}

crypto::merkle_source log_check::source() const {
  return [this](crypto::merkle_place at) -> result<bytes32> {
    if (at.level >= levels_.size() || at.index >= levels_[at.level].size())
      return fault{errc::internal, "log: no such subtree"};
    return levels_[at.level][at.index];
  };
}

void log_check::take_entry(rest::LogEntry::Reader in) {
  const auto leaf = "record " + std::to_string(in.getLeaf());
  const auto expected = frontier_.size();
  if (in.getLeaf() != expected)
    note("the record after " + std::to_string(expected) + " leaves is numbered "
         + std::to_string(in.getLeaf()) + ": some between them are not there");
  const auto entered = bytes32_from_hex(text_of(in.getLeafHash()));
  const auto content = from_hex(text_of(in.getRecord()));
  if (!content || content->empty()) {
    const auto why = printable(text_of(in.getProblem()), 200);
    note(leaf + " cannot be read: " + (why.empty() ? "it is not there" : why));
    // With the hash that it was entered under, what others say of the rest can still be checked.
    return append(entered.value_or(bytes32{}));
  }
  const auto hash = crypto::merkle_leaf(*content);
  if (entered && *entered != hash) note(leaf + " is not what was entered: its content was changed");
  if (in.getSequence() <= newest_sequence_)
    note(leaf + " has sequence " + std::to_string(in.getSequence())
         + ", which is not above the one before it");
  newest_sequence_ = std::max(newest_sequence_, in.getSequence());
  append(hash);
  take_acknowledgement(*content);
}

/// "head SIZE:ROOT SIGNATURE": from then on the service let that head count no more. Only its key says so: a
/// record that anybody who can write the database could have added excuses nothing.
void log_check::take_acknowledgement(byte_view record) {
  const auto entry = parse_view<records::AuditEntry>(frame::copy_of(record));
  if (!entry) return;
  entry->read([&](records::AuditEntry::Reader in) {
    constexpr std::string_view before = "head ";
    const auto text = text_of(in.getText());
    if (text_of(in.getAction()) != "log.acknowledge" || !text.starts_with(before)) return;
    const auto colon = text.find(':');
    const auto blank = text.find(' ', before.size());
    crypto::log_acknowledgement what;
    const auto* digits = text.data() + before.size();
    const bool sized = colon != std::string_view::npos
                       && std::from_chars(digits, text.data() + colon, what.size).ptr == text.data() + colon;
    const auto root = sized && blank != std::string_view::npos
                          ? bytes32_from_hex(text.substr(colon + 1, blank - colon - 1))
                          : std::optional<bytes32>{};
    const auto signature = root ? from_hex(text.substr(blank + 1)) : std::optional<bytes>{};
    if (!signature) return note("a loss of records was acknowledged in a form that cannot be read");
    what.root = *root;
    what.when = {in.getWhenMs()};
    what.who = text_of(in.getActor());
    if (!key_ || !crypto::verify_acknowledgement(what, *signature, *key_))
      return note("that the head of size " + std::to_string(what.size)
                  + " counts no more was not acknowledged with this key" + (key_ ? "" : ": give --key"));
    noted_.acknowledged.push_back(printable(what.who, 100) + " acknowledged at " + utc_text(what.when)
                                  + " that the log contradicts the head of size "
                                  + std::to_string(what.size));
    acknowledged_.push_back(std::move(what));
  });
}

bool log_check::was_acknowledged(const crypto::log_head& head) const {
  return std::ranges::any_of(acknowledged_, [&](const crypto::log_acknowledgement& one) {
    return head.size == one.size && head.root == one.root;
  });
}

/// Smaller heads that were signed before somebody acknowledged a larger one: most are of the records that
/// were lost, but one of records that are still there would tell of an edit, so that they are told.
bool log_check::signed_before_a_loss(const crypto::log_head& head) const {
  return std::ranges::any_of(acknowledged_, [&](const crypto::log_acknowledgement& one) {
    return head.size < one.size && head.time < one.when;
  });
}

status log_check::take_head(rest::LogHead::Reader in, const std::string& kept_in, bool exported) {
  const auto raw = from_hex(text_of(in.getHead()));
  if (!raw) return fault{errc::malformed, "head: not hex"};
  auto heads = crypto::parse_log_heads(*raw);
  if (!heads) return heads.fault();
  if (heads->size() != 1) return fault{errc::malformed, "head: not one"};
  heads_.push_back({std::move(heads->front()), kept_in, exported});
  return {};
}

status log_check::add_line(std::string_view line) {
  const auto read = from_json<rest::LogLine>(line, line_limits);
  if (!read) return read.fault();
  return read->read([&](rest::LogLine::Reader in) -> status {
    if (in.hasEntry()) take_entry(in.getEntry());
    if (in.hasHead())
      if (auto taken = take_head(in.getHead(), "the export", true); !taken) return taken;
    if (!in.hasTotal()) return {};
    ended_ = true;
    const auto total = in.getTotal();
    if (total.getLeaves() != frontier_.size())
      note("the export says that there are " + records_text(total.getLeaves()) + " and holds "
           + std::to_string(frontier_.size()));
    if (total.getUnentered() != 0)
      note(records_text(total.getUnentered())
           + " of the database never entered the log: added behind its back");
    return {};
  });
}

status log_check::add_heads(byte_view content, const std::string& kept_in) {
  // An agent's file begins with the layout of a head, a line of JSON with a brace.
  if (!content.empty() && content.front() == 1) {
    auto heads = crypto::parse_log_heads(content);
    if (!heads) return heads.fault();
    for (auto& one : *heads)
      heads_.push_back({std::move(one), kept_in, false});
    return {};
  }
  auto rest = as_text(content);
  std::size_t readable = 0;
  std::optional<fault> first_fault;
  while (!rest.empty()) {
    const auto line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(rest.size(), line.size() + 1));
    if (line.empty()) continue;
    const auto read = from_json<rest::LogHead>(line, line_limits);
    const auto taken =
        read ? read->read([&](rest::LogHead::Reader in) { return take_head(in, kept_in, false); })
             : status{read.fault()};
    // A crash may have cut a line; the others still bear witness.
    if (taken)
      ++readable;
    else
      first_fault = first_fault ? first_fault : std::optional{taken.fault()};
  }
  if (first_fault && readable == 0) return *first_fault;
  if (first_fault)
    noted_.acknowledged.push_back(printable(kept_in, 200) + ": some of its lines cannot be read");
  return {};
}

void log_check::judge(const kept_head& one, log_judgement& out) const {
  const auto& head = one.head.head;
  const auto where = head_text(head) + " (" + printable(one.kept_in, 200) + ")";
  const auto problem = [&](std::string what) {
    if (out.problems.size() < max_listed)
      out.problems.push_back(std::move(what));
    else
      ++out.more_problems;
  };
  if (key_ && !crypto::verify_log_head(one.head, *key_))
    return problem(where + " was not signed by this key: it proves nothing");
  const auto excused = [&] {
    if (was_acknowledged(head)) return true;
    if (!signed_before_a_loss(head)) return false;
    ++out.of_a_loss;
    out.smallest_of_a_loss = std::min(out.smallest_of_a_loss, head.size);
    return true;
  };
  if (head.size > frontier_.size()) {
    if (excused()) return;
    return problem("the last " + records_text(head.size - frontier_.size()) + " under " + where + " "
                   + (head.size - frontier_.size() == 1 ? "is" : "are") + " missing");
  }
  const auto root = crypto::merkle_root(head.size, source());
  if (root && *root == head.root) {
    // What only the export itself says counts for nothing unless a key says who signed it.
    if ((key_ || !one.exported) && head.size > out.proven) {
      out.proven = head.size;
      out.proven_by = head.time;
    }
    return;
  }
  if (excused()) return;
  problem("among the first " + std::to_string(head.size)
          + " records some were changed, removed or added: they do not give the root of " + where);
}

log_judgement log_check::conclude() const {
  auto out = noted_;
  out.leaves = frontier_.size();
  out.heads = heads_.size();
  if (!ended_) out.problems.emplace_back("the export has no end: it was cut");
  for (const auto& one : heads_)
    judge(one, out);
  if (out.of_a_loss != 0)
    out.acknowledged.push_back(std::to_string(out.of_a_loss) + (out.of_a_loss == 1 ? " head" : " heads")
                               + " from before that, the smallest of size "
                               + std::to_string(out.smallest_of_a_loss) + ", contradict the log, too");
  if (out.proven == 0 && out.problems.empty() && out.leaves != 0)
    out.problems.emplace_back(
        "nothing proves these records: give --key, and heads that were kept elsewhere with --head-file");
  return out;
}

} // namespace muster::cli
