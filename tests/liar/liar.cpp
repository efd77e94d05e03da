#include "tests/liar/liar.hpp"

#include <algorithm>

namespace muster::liar {

namespace {

template <class T> auto place(std::vector<T>& in, std::size_t at) {
  return in.begin() + static_cast<std::ptrdiff_t>(at % in.size());
}

template <class T> void erase_at(std::vector<T>& in, std::size_t at) {
  if (!in.empty()) in.erase(place(in, at));
}

template <class T> void repeat_at(std::vector<T>& in, std::size_t at) {
  if (in.empty()) return;
  const auto again = *place(in, at);
  in.insert(place(in, at), again);
}

template <class T> void swap_at(std::vector<T>& in, std::size_t a, std::size_t b) {
  if (!in.empty()) std::iter_swap(place(in, a), place(in, b));
}

template <class T> void insert_at(std::vector<T>& in, std::size_t at, T one) {
  in.insert(in.begin() + static_cast<std::ptrdiff_t>(at % (in.size() + 1)), std::move(one));
}

bool is_violation(const ima_line& line) { return line.digests == filled_with(0xff); }

/// Whether the reported line is what the TPM was extended with. The name of a template and the words of a
/// violation do not count, because they are never extended.
bool is_told_by(const ima_line& extended, const ima_line& told) {
  const bool says_violation = told.column == bytes(20, 0);
  return told.pcr == extended.pcr
         && extended.digests == (says_violation ? filled_with(0xff) : measured(told.data));
}

} // namespace

void liar::extend(unsigned pcr, const measurement& with) {
  if ((tpm::default_ima_pcrs >> pcr & 1U) != 0)
    real_.extend({pcr, {}, {}, with, {}});
  else
    real_.tpm.extend(pcr, with);
}

void liar::extend_as_event(unsigned pcr, byte_view content, byte_view shown, tpm::event_type type) {
  auto line = line_of(pcr, type, content, shown);
  extend(pcr, line.digests);
  told.boot.lines.push_back(std::move(line));
}

void liar::extend_as_entry(ima_line line) {
  real_.extend(line);
  told.list.push_back(std::move(line));
}

void liar::extend_good_list() {
  told.list.clear();
  for (const auto& line : good_.list)
    extend_as_entry(line);
}

void liar::extend_good_boot(unsigned pcr) {
  for (const auto& line : good_.boot.lines)
    if (line.pcr == pcr && line.type != tpm::event_type::no_action) {
      extend(pcr, line.digests);
      told.boot.lines.push_back(line);
    }
}

void liar::leave_out_pcr(unsigned pcr) {
  std::erase_if(told.boot.lines, [pcr](const boot_line& line) { return line.pcr == pcr; });
}
void liar::leave_out_event(std::size_t at) { erase_at(told.boot.lines, at); }
void liar::repeat_event(std::size_t at) { repeat_at(told.boot.lines, at); }
void liar::swap_events(std::size_t a, std::size_t b) { swap_at(told.boot.lines, a, b); }
void liar::move_event(std::size_t at, unsigned pcr) {
  if (events() > 0) place(told.boot.lines, at)->pcr = pcr;
}
void liar::retype_event(std::size_t at, tpm::event_type type) {
  if (events() > 0) place(told.boot.lines, at)->type = type;
}
void liar::reword_event(std::size_t at, byte_view data) {
  if (events() > 0) place(told.boot.lines, at)->data = muster::to_bytes(data);
}
void liar::insert_event(std::size_t at, boot_line line) { insert_at(told.boot.lines, at, std::move(line)); }
void liar::cut_boot(std::size_t lines) { told.boot.lines.resize(events() - std::min(lines, events())); }

void liar::tell_entries_as_events(std::size_t n) {
  n = std::min(n, entries());
  for (std::size_t i = 0; i < n; ++i)
    told.boot.lines.push_back({told.list[i].pcr, tpm::event_type::ipl, told.list[i].digests,
                               bytes(1, static_cast<std::uint8_t>('x'))});
  told.list.erase(told.list.begin(), told.list.begin() + static_cast<std::ptrdiff_t>(n));
}

void liar::tell_events_as_entries(unsigned pcr) {
  ima_story out;
  for (const auto& line : told.boot.lines)
    if (line.pcr == pcr) {
      auto entry = liar::real().list.empty() ? ima_line{} : real_.list.front();
      entry.pcr = pcr;
      entry.data = line.data;
      entry.digests = line.digests;
      out.push_back(std::move(entry));
    }
  leave_out_pcr(pcr);
  told.list.insert(told.list.end(), out.begin(), out.end());
}

void liar::leave_out_entry(std::size_t at) { erase_at(told.list, at); }
void liar::repeat_entry(std::size_t at) { repeat_at(told.list, at); }
void liar::swap_entries(std::size_t a, std::size_t b) { swap_at(told.list, a, b); }
void liar::move_entry(std::size_t at, unsigned pcr) {
  if (entries() > 0) place(told.list, at)->pcr = pcr;
}
void liar::relabel_entry(std::size_t at, std::string layout) {
  if (entries() > 0) place(told.list, at)->layout = std::move(layout);
}
void liar::relabel_all(const std::string& layout) {
  for (auto& line : told.list)
    line.layout = layout;
}
void liar::call_violation(std::size_t at) {
  if (entries() > 0) place(told.list, at)->column = bytes(20, 0);
}
void liar::reword_violation(std::size_t at, std::string_view path, byte_view digest) {
  if (entries() == 0 || !is_violation(*place(told.list, at))) return;
  *place(told.list, at) = violation_line(path, digest);
}
void liar::cut_list(std::size_t lines) { told.list.resize(entries() - std::min(lines, entries())); }
void liar::insert_entry(std::size_t at, ima_line line) { insert_at(told.list, at, std::move(line)); }

bool liar::tells_whole_list(std::size_t first) const {
  const auto& all = real_.extended;
  for (auto i = first; i < all.size(); ++i)
    if (i >= entries() || !is_told_by(all[i], told.list[i])) return false;
  return first <= all.size();
}

std::size_t liar::bad_entry() const {
  for (auto i = entries(); i > 0; --i)
    if (std::ranges::none_of(good_.list,
                             [&](const ima_line& known) { return known.data == told.list[i - 1].data; }))
      return i - 1;
  return entries() == 0 ? 0 : entries() - 1;
}

std::size_t liar::violation() const {
  for (std::size_t i = 0; i < entries(); ++i)
    if (is_violation(told.list[i])) return i;
  return entries() == 0 ? 0 : entries() - 1;
}

} // namespace muster::liar
