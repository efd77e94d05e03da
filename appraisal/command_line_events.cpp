#include "appraisal/command_line_events.hpp"

namespace muster::appraisal {

namespace {

constexpr unsigned grub_pcr = 8;
constexpr unsigned systemd_boot_pcr = 12;

// `printable` writes a NUL so: behind it comes what the kernel does not read, or text of another width.
bool has_nul(std::string_view text) noexcept { return text.find("\\x00") != std::string_view::npos; }

shown_text shown_of(const boot_event& e) noexcept {
  return e.text.empty() || has_nul(e.text) ? shown_text::cut : shown_text::whole;
}

bool can_be_one(const boot_event& e) noexcept {
  if (e.pcr == systemd_boot_pcr) return true;
  if (e.pcr != grub_pcr) return false;
  return e.text.empty() || e.text.starts_with('/') || e.text.starts_with('(');
}

} // namespace

std::vector<command_line_event> command_line_events(const boot_content& boot) {
  std::vector<command_line_event> out;
  for (const auto& e : boot.events)
    if (can_be_one(e)) out.push_back({&e, shown_of(e)});
  return out;
}

const boot_event* proven_command_line(const boot_content& boot) {
  const auto candidates = command_line_events(boot);
  if (candidates.size() != 1 || candidates.front().shown != shown_text::whole) return nullptr;
  return candidates.front().event;
}

} // namespace muster::appraisal
