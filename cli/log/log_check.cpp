#include "cli/log/log_check.hpp"

#include "cli/files/output.hpp"
#include "cli/log/log_line.hpp"
#include "messages/json_read.hpp"
#include "messages/time_text.hpp"
#include "schemas/records.capnp.h"

#include <algorithm>
#include <charconv>
#include <utility>

namespace muster::cli {

namespace {

constexpr std::size_t max_listed = 100;
constexpr std::uint64_t most_misread = 10; ///< at most so many are named; the others are counted
constexpr json_limits line_limits{std::size_t{4} << 20U, 16, unknown_fields::ignore, {}};

std::string records_text(std::uint64_t n) { return counted(n, "record", "records"); }

std::string head_text(const crypto::log_head& head) {
  return "the head of size " + std::to_string(head.size) + " signed at " + rfc3339(head.time);
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

void log_check::note_misread(const std::string& what, const std::string& why) {
  if (++misread_ <= most_misread) note(what + " is not shown as it was entered: " + why);
}

/// Expects the number after the one that came last: a missing record counts as one break.
void log_check::take_numbers(rest::LogEntry::Reader in) {
  const auto expected = std::exchange(next_leaf_, in.getLeaf() + 1);
  if (in.getLeaf() != expected && numbers_.count++ == 0) {
    numbers_.expected = expected;
    numbers_.came = in.getLeaf();
  }
  reach_ = std::max(reach_, next_leaf_);
  const auto before = std::exchange(newest_sequence_, in.getSequence());
  if (in.getSequence() <= before && sequences_.count++ == 0) {
    sequences_.expected = in.getLeaf();
    sequences_.came = in.getSequence();
  }
}

void log_check::take_entry(rest::LogEntry::Reader in) {
  const auto leaf = "record " + std::to_string(in.getLeaf());
  take_numbers(in);
  const auto entered = bytes32_from_hex(text_of(in.getLeafHash()));
  const auto content = from_hex(text_of(in.getRecord()));
  if (!content || content->empty()) {
    const auto why = printable(text_of(in.getProblem()), 200);
    note(leaf + " cannot be read: " + (why.empty() ? "it is not there" : why));
    ++noted_.unread;
    // With the hash under which it was entered, the heads' statements about the rest can still be checked.
    return append(entered.value_or(bytes32{}));
  }
  const auto hash = crypto::merkle_leaf(*content);
  append(hash);
  if (!entered || *entered != hash) note(leaf + " is not what was entered: its content was changed");
  const auto record = parse_view<records::AuditEntry>(frame::copy_of(*content));
  if (!record) return note_misread(leaf, "its bytes are not a record");
  record->read([&](records::AuditEntry::Reader proven) {
    if (const auto fields = misread_fields(in, proven); !fields.empty()) note_misread(leaf, fields);
    take_acknowledgement(proven);
    take_incarnation(proven);
  });
}

/// After an acknowledgement, the service no longer counted the heads of that loss. Only its key proves that:
/// a record that anyone with write access to the database could have added excuses nothing.
void log_check::take_acknowledgement(records::AuditEntry::Reader in) {
  if (text_of(in.getAction()) != "log.acknowledge") return;
  auto read = crypto::acknowledgement_from(text_of(in.getText()));
  if (!read) return note("a loss of records was acknowledged in a form that cannot be read");
  auto& [what, signature] = *read;
  what.when = {in.getWhenMs()};
  what.who = text_of(in.getActor());
  const auto loss = what.loss.before.value == 0
                        ? std::string{"records were changed"}
                        : "what was signed before incarnation " + std::to_string(what.loss.before.value)
                              + " and is not in the log was lost";
  if (!key_ || !crypto::verify_acknowledgement(what, signature, *key_))
    return note("that " + loss + " was not acknowledged with this key" + (key_ ? "" : ": give --key"));
  noted_.acknowledged.push_back(printable(what.who, 100) + " acknowledged at " + rfc3339(what.when) + " that "
                                + loss);
  acknowledged_.push_back(std::move(what));
}

void log_check::take_incarnation(records::AuditEntry::Reader in) {
  if (text_of(in.getAction()) != "log.incarnation") return;
  const auto began = crypto::incarnation_from(text_of(in.getText()));
  if (!began) return note("an incarnation began in a form that cannot be read");
  if (incarnations_.newest().value == 0) incarnations_ = crypto::log_incarnations{began->first};
  if (began->first != incarnations_.log() || began->second <= incarnations_.newest())
    return note("incarnation " + std::to_string(began->second.value)
                + " did not begin after the one before it");
  incarnations_.add(began->second, frontier_.size() - 1);
}

/// Whether an operator acknowledged the loss that this head shows. The log must then begin as it did at that
/// time: a record removed or changed later is another loss.
bool log_check::was_acknowledged(const crypto::log_head& head) const {
  const auto loss = incarnations_.loss_of(head, frontier_.size());
  return loss && std::ranges::any_of(acknowledged_, [&](const crypto::log_acknowledgement& one) {
           if (one.loss != *loss || (loss->before.value == 0 && head.size > one.size)) return false;
           const auto root = one.size <= frontier_.size()
                                 ? crypto::merkle_root(one.size, source())
                                 : result<bytes32>{fault{errc::not_found, "log: it is shorter"}};
           return root && *root == one.root;
         });
}

status log_check::take_head(rest::LogHead::Reader in, const std::string& kept_in, bool exported) {
  const auto raw = from_hex(text_of(in.getHead()));
  if (!raw) return fault{errc::malformed, "head: expected digits of hex"};
  auto heads = crypto::parse_log_heads(*raw);
  if (!heads) return heads.fault();
  if (heads->size() != 1) return fault{errc::malformed, "head: expected exactly one"};
  heads_.push_back({std::move(heads->front()), kept_in, exported});
  return {};
}

status log_check::add_line(std::string_view line) {
  const auto read = from_json<rest::LogLine>(line, line_limits);
  if (!read) return read.fault();
  return read->read([&](rest::LogLine::Reader in) -> status {
    const auto misread_before = misread_;
    if (in.hasEntry()) take_entry(in.getEntry());
    if (in.hasHead()) {
      if (auto taken = take_head(in.getHead(), "the export", true); !taken) return taken;
      const auto& head = heads_.back().head.head;
      if (const auto fields = misread_fields(in.getHead(), head); !fields.empty())
        note_misread(head_text(head), fields);
    }
    if (in.hasTotal()) take_total(in.getTotal());
    if (misread_ == misread_before && !is_written_so(in, line))
      note_misread(in.hasEntry() ? "record " + std::to_string(in.getEntry().getLeaf())
                                 : "a line without a record",
                   "it has more than an export has, or was written again");
    return {};
  });
}

void log_check::take_total(rest::LogTotal::Reader total) {
  ended_ = true;
  if (total.getLeaves() != frontier_.size())
    note("the export claims to have " + records_text(total.getLeaves()) + " but has "
         + std::to_string(frontier_.size()));
  if (total.getUnentered() != 0)
    note(records_text(total.getUnentered())
         + " of the database never entered the log: something other than the service added them");
}

status log_check::add_heads(byte_view content, const std::string& kept_in) {
  // The file of an agent begins with the layout number of a head; a line of JSON begins with a brace or a
  // line feed.
  if (!content.empty() && content.front() < '\n') {
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
    // A crash may have cut a line off; the other lines still count as evidence.
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

void log_check::judge(const kept_head& one, log_judgement& out, failures& failed) const {
  const auto& head = one.head.head;
  const auto fails = [&](failed_heads& in, bool tells_more) {
    ++in.count;
    if (in.told == nullptr || tells_more) in.told = &one;
  };
  if (key_ && !crypto::verify_log_head(one.head, *key_)) return fails(failed.unsigned_ones, false);
  const auto excused = [&] {
    if (!was_acknowledged(head)) return false;
    ++out.of_a_loss;
    out.smallest_of_a_loss = std::min(out.smallest_of_a_loss, head.size);
    return true;
  };
  if (head.size > frontier_.size()) {
    if (excused()) return;
    // A record missing from the middle shortens the log; its missing number is reported instead.
    if (numbers_.count != 0 && head.size <= reach_)
      return fails(failed.unmet,
                   failed.unmet.told != nullptr && head.size < failed.unmet.told->head.head.size);
    return fails(failed.beyond,
                 failed.beyond.told != nullptr && head.size > failed.beyond.told->head.head.size);
  }
  const auto root = crypto::merkle_root(head.size, source());
  if (root && *root == head.root) {
    // A head that only the export itself contains counts for nothing unless a key verifies its signature.
    const bool tells_more = std::pair{head.size, head.time} > std::pair{out.proven, out.proven_at};
    if ((key_ || !one.exported) && tells_more) {
      out.proven = head.size;
      out.proven_at = head.time;
    }
    return;
  }
  if (excused()) return;
  fails(failed.unmet, failed.unmet.told != nullptr && head.size < failed.unmet.told->head.head.size);
}

/// Problems that the numbers of the lines show by themselves.
std::vector<std::string> log_check::order_problems() const {
  std::vector<std::string> out;
  const auto more = [](std::uint64_t count, const char* places) {
    return count == 1 ? std::string{} : "; the same in " + counted(count - 1, "more place", places);
  };
  if (const auto& [expected, came, count] = numbers_; count != 0) {
    const auto number = [](std::uint64_t n) { return std::to_string(n); };
    if (came == expected + 1)
      out.push_back("record " + number(expected) + " is missing: the next one is record " + number(came));
    else if (came > expected)
      out.push_back("records " + number(expected) + " to " + number(came - 1)
                    + " are missing: the next one is record " + number(came));
    else
      out.push_back("record " + number(came) + " is in the place of record " + number(expected));
    out.back() += more(count, "more places");
  }
  if (const auto& [leaf, sequence, count] = sequences_; count != 0)
    out.push_back("record " + std::to_string(leaf) + " has sequence " + std::to_string(sequence)
                  + ", which is not above the record before it" + more(count, "more places"));
  return out;
}

void log_check::tell(const failures& failed, log_judgement& out) const {
  const auto where = [](const failed_heads& in) {
    return head_text(in.told->head.head) + " (" + printable(in.told->kept_in, 200) + ")";
  };
  const auto others = [](const failed_heads& in, const char* before, const char* one, const char* many) {
    return in.count == 1 ? std::string{} : before + counted(in.count - 1, one, many);
  };
  if (const auto& in = failed.unsigned_ones; in.count != 0)
    out.problems.push_back(where(in) + " was not signed by this key: it proves nothing"
                           + others(in, "; the same is true of ", "other head", "other heads"));
  if (const auto& in = failed.beyond; in.count != 0) {
    const auto missing = in.told->head.head.size - (numbers_.count != 0 ? reach_ : frontier_.size());
    out.problems.push_back("the last " + records_text(missing) + " under " + where(in)
                           + (missing == 1 ? " is" : " are") + " missing"
                           + others(in, "; some are under ", "other head, too", "other heads, too"));
  }
  if (const auto& in = failed.unmet; in.count != 0) {
    const auto size = in.told->head.head.size;
    const bool by_a_gap = numbers_.count != 0 && size > numbers_.expected;
    out.problems.push_back(
        by_a_gap ? "without record " + std::to_string(numbers_.expected) + ' ' + where(in)
                       + " cannot be verified" + others(in, "; nor can ", "larger head", "larger heads")
                 : "some of the first " + std::to_string(size)
                       + " records were changed, removed or added: they do not lead to the root of "
                       + where(in) + others(in, ", nor of ", "larger head", "larger heads"));
  }
  out.contradicted = failed.beyond.count + failed.unmet.count + numbers_.count != 0;
}

log_judgement log_check::conclude() const {
  auto out = noted_;
  out.leaves = frontier_.size();
  out.heads = heads_.size();
  out.losses = acknowledged_.size();
  if (!ended_) out.problems.emplace_back("the export has no end: it was cut off");
  if (misread_ > most_misread)
    out.problems.push_back(counted(misread_ - most_misread, "more line is", "more lines are")
                           + " not shown as entered");
  const auto order = order_problems();
  out.problems.insert(out.problems.begin(), order.begin(), order.end());
  failures failed;
  for (const auto& one : heads_)
    judge(one, out, failed);
  tell(failed, out);
  if (out.of_a_loss != 0)
    out.acknowledged.push_back(counted(out.of_a_loss, "head", "heads")
                               + " of an acknowledged loss, the smallest of size "
                               + std::to_string(out.smallest_of_a_loss) + ", contradict the log");
  // An empty log is what remains when everything was removed: it needs a head like any other log.
  if (out.proven == 0 && out.problems.empty())
    out.problems.emplace_back(
        (out.leaves == 0 ? "there is no record, and nothing proves that there never was any"
                         : "nothing proves these records")
        + std::string{": give --key, and heads that were kept elsewhere with --head-file"});
  return out;
}

} // namespace muster::cli
