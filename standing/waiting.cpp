#include "standing/waiting.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

namespace muster::service {

namespace {

using groups = std::array<std::uint16_t, 8>;

/// The address in "address:port", "[address]:port" or a bare address: without brackets, port and zone.
std::string_view host_of(std::string_view peer) {
  if (peer.starts_with('[')) {
    peer = peer.substr(1, peer.find(']') - 1);
    return peer.substr(0, peer.find('%'));
  }
  const auto colon = peer.find(':');
  return colon == peer.rfind(':') ? peer.substr(0, colon) : peer.substr(0, peer.find('%'));
}

std::optional<unsigned> number(std::string_view text, int base, unsigned most) {
  unsigned out = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out, base);
  if (error != std::errc{} || end != text.data() + text.size() || out > most) return std::nullopt;
  return out;
}

/// Reads groups between colons; the last may be an IPv4 address. Returns how many there are.
std::optional<std::size_t> read_groups(std::string_view text, groups& out) {
  std::size_t n = 0;
  while (!text.empty()) {
    const auto colon = text.find(':');
    const auto one = text.substr(0, colon);
    text = colon == std::string_view::npos ? std::string_view{} : text.substr(colon + 1);
    if (colon != std::string_view::npos && text.empty()) return std::nullopt;
    if (one.find('.') != std::string_view::npos) {
      std::array<unsigned, 4> parts{};
      auto rest = one;
      for (std::size_t i = 0; i < parts.size(); ++i) {
        const auto point = rest.find('.');
        const auto part = number(rest.substr(0, point), 10, 255);
        if (!part || (point == std::string_view::npos) != (i == 3)) return std::nullopt;
        parts.at(i) = *part;
        rest.remove_prefix(i == 3 ? 0 : point + 1);
      }
      if (!text.empty() || n > 6) return std::nullopt;
      out.at(n++) = static_cast<std::uint16_t>(parts[0] << 8U | parts[1]);
      out.at(n++) = static_cast<std::uint16_t>(parts[2] << 8U | parts[3]);
      return n;
    }
    const auto value = number(one, 16, 0xffff);
    if (!value || n == out.size()) return std::nullopt;
    out.at(n++) = static_cast<std::uint16_t>(*value);
  }
  return n;
}

/// RFC 4291 2.2.
std::optional<groups> parse_ipv6(std::string_view text) {
  const auto gap = text.find("::");
  groups front{};
  groups back{};
  const auto before = read_groups(text.substr(0, gap), front);
  if (!before) return std::nullopt;
  if (gap == std::string_view::npos) return *before == front.size() ? std::optional{front} : std::nullopt;
  const auto behind = read_groups(text.substr(gap + 2), back);
  if (!behind || *before + *behind >= front.size()) return std::nullopt;
  std::copy_n(back.begin(), *behind, front.end() - static_cast<std::ptrdiff_t>(*behind));
  return front;
}

std::string hex(std::uint16_t value) {
  std::array<char, 4> out{};
  const auto end = std::to_chars(out.data(), out.data() + out.size(), value, 16).ptr;
  return {out.data(), end};
}

bool is_mapped(const groups& g) {
  return std::all_of(g.begin(), g.begin() + 5, [](auto one) { return one == 0; }) && g[5] == 0xffff;
}

} // namespace

std::string source_of(std::string_view peer) {
  if (peer.starts_with("unix:")) return std::string{peer};
  if (peer.starts_with("vsock:")) return "vsock";
  const auto host = host_of(peer);
  if (host.find(':') == std::string_view::npos) return std::string{host};
  const auto g = parse_ipv6(host);
  if (!g) return std::string{host};
  if (is_mapped(*g))
    return std::to_string((*g)[6] >> 8U) + '.' + std::to_string((*g)[6] & 0xffU) + '.'
           + std::to_string((*g)[7] >> 8U) + '.' + std::to_string((*g)[7] & 0xffU);
  return hex((*g)[0]) + ':' + hex((*g)[1]) + ':' + hex((*g)[2]) + ':' + hex((*g)[3]) + "::/64";
}

void waiting_candidates::note(const node_record& node) {
  if (node.candidate)
    waits_[node.id] = {source_of(node.candidate->source), node.candidate->expires};
  else
    waits_.erase(node.id);
}

pending_counts waiting_candidates::count(std::string_view peer, wall_time now) const {
  const auto source = source_of(peer);
  pending_counts out;
  for (const auto& [id, place] : waits_) {
    if (now >= place.until) continue;
    out.total += 1;
    out.from_source += place.source == source ? 1 : 0;
  }
  return out;
}

std::vector<node_id> waiting_candidates::expired(wall_time now, std::size_t most) const {
  std::vector<node_id> out;
  for (const auto& [id, place] : waits_)
    if (now >= place.until && out.size() < most) out.push_back(id);
  return out;
}

} // namespace muster::service
