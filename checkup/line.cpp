#include "checkup/line.hpp"

#include "messages/vocabulary/bytes.hpp"

#include <algorithm>

namespace muster::checkup {

namespace {

std::string_view word_of(outcome how) noexcept {
  switch (how) {
  case outcome::good: return "ok";
  case outcome::note: return "note";
  case outcome::bad: return "NOT OK";
  case outcome::unseen: break;
  }
  return "NOT SEEN";
}

std::string padded(std::string_view text, std::size_t width) {
  std::string out{text};
  out.resize(std::max(width, out.size()), ' ');
  return out;
}

/// A JSON string (RFC 8259, 7). `printable` leaves no control characters, and valid UTF-8.
std::string quoted(std::string_view text) {
  std::string out{'"'};
  for (const char c : printable(text)) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + '"';
}

std::string counted(std::span<const line> all, outcome how, std::string_view words) {
  const auto n = std::ranges::count(all, how, &line::how);
  return n == 0 ? "" : ", " + std::to_string(n) + ' ' + std::string{words};
}

} // namespace

std::string_view to_string(outcome how) noexcept {
  switch (how) {
  case outcome::good: return "good";
  case outcome::note: return "note";
  case outcome::bad: return "bad";
  case outcome::unseen: break;
  }
  return "unseen";
}

line good(std::string_view subject, std::string says) {
  return {std::string{subject}, outcome::good, std::move(says), {}};
}

line note(std::string_view subject, std::string says, std::string remedy) {
  return {std::string{subject}, outcome::note, std::move(says), std::move(remedy)};
}

line unseen(std::string_view subject, std::string says, std::string remedy) {
  return {std::string{subject}, outcome::unseen, std::move(says), std::move(remedy)};
}

line bad(std::string_view subject, std::string says, std::string remedy) {
  return {std::string{subject}, outcome::bad, std::move(says), std::move(remedy)};
}

line too_slow(std::string_view subject, std::uint64_t seconds, std::string remedy) {
  return bad(subject, "no answer within " + std::to_string(seconds) + " s", std::move(remedy));
}

bool in_order(std::span<const line> all) noexcept {
  return !all.empty() && std::ranges::all_of(all, [](const line& one) {
    return one.how == outcome::good || one.how == outcome::note;
  });
}

int exit_status_of(std::span<const line> all) noexcept { return in_order(all) ? 0 : 1; }

std::string text_for_people(std::span<const line> all) {
  std::size_t width = 0;
  for (const auto& one : all)
    width = std::max(width, one.subject.size());
  std::string out;
  for (const auto& one : all) {
    out += padded(word_of(one.how), 8) + "  " + padded(one.subject, width) + "  " + one.says + '\n';
    if (!one.remedy.empty()) out += std::string(width + 12, ' ') + "-> " + one.remedy + '\n';
  }
  return out + (in_order(all) ? "in order: " : "not in order: ")
         + std::to_string(std::ranges::count(all, outcome::good, &line::how)) + " ok"
         + counted(all, outcome::note, "to note") + counted(all, outcome::unseen, "not seen")
         + counted(all, outcome::bad, "not ok") + '\n';
}

std::string text_for_programs(std::span<const line> all) {
  std::string out = std::string{"{\"in_order\":"} + (in_order(all) ? "true" : "false") + ",\"checks\":[";
  for (const auto& one : all) {
    if (&one != all.data()) out += ',';
    out += "{\"subject\":" + quoted(one.subject) + ",\"outcome\":" + quoted(to_string(one.how))
           + ",\"says\":" + quoted(one.says) + ",\"remedy\":" + quoted(one.remedy) + '}';
  }
  return out + "]}\n";
}

} // namespace muster::checkup
