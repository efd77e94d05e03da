#include "tests/liar/boot_story.hpp"

#include "messages/vocabulary/writer.hpp"
#include "tpm/format/event_log.hpp"

#include <algorithm>

namespace muster::liar {

namespace {

void put_header(writer& out, const std::vector<hash_algorithm>& shown) {
  writer spec;
  spec.put(as_bytes(std::string_view{"Spec ID Event03\0", 16}));
  spec.u32_le(0).u8(0).u8(2).u8(0).u8(2).u32_le(static_cast<std::uint32_t>(shown.size()));
  for (const auto bank : shown)
    spec.u16_le(static_cast<std::uint16_t>(bank)).u16_le(static_cast<std::uint16_t>(digest_size(bank)));
  spec.u8(0);
  out.u32_le(0).u32_le(static_cast<std::uint32_t>(tpm::event_type::no_action)).put(bytes(20, 0));
  out.u32_le(static_cast<std::uint32_t>(spec.view().size())).put(spec.view());
}

void put_line(writer& out, const boot_line& line, const boot_story& story) {
  const bool old = story.written == boot_story::form::old;
  out.u32_le(line.pcr).u32_le(static_cast<std::uint32_t>(line.type));
  if (!old) out.u32_le(static_cast<std::uint32_t>(story.shown.size()));
  for (std::size_t i = 0; i < banks.size(); ++i) {
    if (old ? banks[i] != hash_algorithm::sha1
            : std::ranges::find(story.shown, banks[i]) == story.shown.end())
      continue;
    if (!old) out.u16_le(static_cast<std::uint16_t>(banks[i]));
    out.put(line.digests.digests[i].view());
  }
  out.u32_le(static_cast<std::uint32_t>(line.data.size())).put(line.data);
}

} // namespace

boot_line line_of(std::uint32_t pcr, tpm::event_type type, byte_view data) {
  return line_of(pcr, type, data, data);
}

boot_line line_of(std::uint32_t pcr, tpm::event_type type, byte_view measured_bytes, byte_view data) {
  return {pcr, type, measured(measured_bytes), muster::to_bytes(data)};
}

std::size_t boot_story::find(std::uint32_t pcr, std::string_view text) const {
  for (auto i = lines.size(); i > 0; --i)
    if (lines[i - 1].pcr == pcr && as_text(lines[i - 1].data).find(text) != std::string_view::npos)
      return i - 1;
  return lines.size();
}

std::size_t boot_story::loader() const {
  for (auto i = lines.size(); i > 0; --i)
    if (lines[i - 1].pcr == 4 && lines[i - 1].type == tpm::event_type::efi_boot_services_application)
      return i - 1;
  return lines.size();
}

std::size_t boot_story::separator(std::uint32_t pcr) const {
  const auto at = std::ranges::find_if(lines, [pcr](const boot_line& line) {
    return line.pcr == pcr && line.type == tpm::event_type::separator;
  });
  return static_cast<std::size_t>(at - lines.begin());
}

bool boot_story::remeasure(std::size_t at, std::string_view content) {
  if (at >= lines.size()) return false;
  lines[at].digests = measured(as_bytes(content));
  return true;
}

boot_story read_boot_story(byte_view log) {
  const auto parsed = tpm::parse_event_log(log).value();
  boot_story out;
  std::erase_if(out.shown, [&](hash_algorithm bank) { return !parsed.has_bank(bank); });
  for (const auto& event : parsed.events()) {
    if (event.number == 0) continue;
    boot_line line{event.pcr, event.type, filled_with(0), muster::to_bytes(event.data)};
    for (std::size_t i = 0; i < banks.size(); ++i)
      if (const auto digest = parsed.digest(event, banks[i]); !digest.empty())
        line.digests.digests[i] = crypto::digest{digest};
    out.lines.push_back(std::move(line));
  }
  return out;
}

bytes to_bytes(const boot_story& story) {
  writer out;
  if (story.written == boot_story::form::crypto_agile) put_header(out, story.shown);
  for (const auto& line : story.lines)
    put_line(out, line, story);
  out.put(story.padding);
  return out.take();
}

} // namespace muster::liar
