#include "node/checkup/kernel_look.hpp"

#include "checkup/probe/paths.hpp"
#include "messages/vocabulary/log_caps.hpp"
#include "node/tb_provisioner/advice.hpp"
#include "tpm/format/event_log.hpp"
#include "tpm/format/ima_log.hpp"

#include <algorithm>

namespace muster::node {

namespace {

constexpr std::size_t small_file = 64UL * 1024;
constexpr const char* loaded_by_systemd = "/etc/ima/ima-policy";
constexpr std::size_t entries_looked_at = 2; // boot_aggregate, and the first file

std::string line_of(const std::string& path) {
  const auto content = checkup::read_front(path, small_file);
  if (!content) return {};
  const auto text = as_text(*content);
  return std::string{text.substr(0, text.find('\n'))};
}

/// The entries at the front of a list, at most two.
result<std::size_t> read_front_entries(byte_view list, checkup::ima_facts& out) {
  tpm::ima_log_reader reader;
  for (std::size_t n = 0; n < entries_looked_at; ++n) {
    tpm::ima_entry entry;
    const auto read = reader.read(list, entry);
    if (!read) return read.fault();
    if (*read == 0) return n;
    out.template_name = printable(entry.template_name, 64);
    out.known_hash = entry.subject != tpm::ima_subject::unknown_hash;
    out.file_hash =
        *out.known_hash ? std::string{to_string(entry.algorithm)} : printable(entry.unknown_algorithm, 64);
    list = list.subspan(*read);
  }
  return entries_looked_at;
}

/// Rules are lines; comments and empty lines are none.
std::size_t rules_in(std::string_view policy) {
  std::size_t n = 0;
  while (!policy.empty()) {
    const auto end = std::min(policy.find('\n'), policy.size());
    const auto line = policy.substr(0, end);
    if (!line.empty() && line.front() != '#') ++n;
    policy.remove_prefix(std::min(end + 1, policy.size()));
  }
  return n;
}

} // namespace

checkup::boot_log_facts look_at_boot_log(const settings::platform_files& files) {
  checkup::boot_log_facts out;
  out.path = printable(files.boot_log);
  out.user = checkup::this_user();
  const auto content = checkup::read_front(files.boot_log, max_boot_log + 1);
  if (!content) {
    out.events = content.fault();
    return out;
  }
  if (content->empty()) {
    out.events = std::size_t{0};
    return out;
  }
  const auto log = tpm::parse_event_log(*content);
  if (!log) {
    out.events = log.fault();
    return out;
  }
  out.events = log->events().size();
  for (const auto& bank : log->banks())
    if (const auto known = hash_algorithm_from(bank.algorithm)) out.banks.push_back(*known);
  return out;
}

checkup::ima_facts look_at_ima(const settings::platform_files& files) {
  checkup::ima_facts out;
  out.path = printable(files.ima_log);
  out.user = checkup::this_user();
  const auto front = checkup::read_front(files.ima_log, small_file);
  out.entries = front ? read_front_entries(*front, out) : result<std::size_t>{front.fault()};
  const auto policy = checkup::read_front(files.ima_policy, small_file);
  out.rules = policy ? result<std::size_t>{rules_in(as_text(*policy))} : result<std::size_t>{policy.fault()};
  // With a facts file, the described machine is not the one whose kernel runs here.
  if (files.facts.empty()) {
    out.named_policy = printable(ima_policy_of(line_of("/proc/cmdline")), 256);
  } else if (const auto log = checkup::read_front(files.boot_log, max_boot_log); log) {
    out.named_policy = printable(ima_policy_of(read_boot_words(*log).command_line), 256);
  }
  if (checkup::look_at(loaded_by_systemd).kind == checkup::path_kind::file) out.file = loaded_by_systemd;
  return out;
}

} // namespace muster::node
