#include "settings/service_settings.hpp"

#include "messages/vocabulary/bytes.hpp"
#include "settings/section.hpp"

#include <algorithm>
#include <charconv>

namespace muster::settings {
namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

// The path of a socket must fit into sockaddr_un::sun_path with its NUL.

/// `beat` has been read already. It matters since attestations are requested only with beats.
void read_attestation(section& in, attestation_settings& out, milliseconds beat) {
  in.duration("interval", out.interval, {milliseconds{100}, days{1}});
  in.duration("lease", out.lease, {milliseconds{300}, days{7}});
  out.reconnect_pause = out.interval / 4;
  in.duration("reconnect_pause", out.reconnect_pause, {milliseconds{0}, hours{6}});
  const auto least = 3 * std::max(out.interval, beat);
  // Whoever asks for longer intervals only has not asked for a lease that does not fit them.
  if (!in.has("lease")) out.lease = std::min<milliseconds>(std::max(out.lease, least), days{7});
  if (out.lease < least)
    in.refuse("lease", "expected at least three times attestation.interval (" + to_string(out.interval)
                           + ") and beat (" + to_string(beat) + "), which makes " + to_string(least)
                           + ", found " + to_string(out.lease));
}

void read_limits(section& in, service_limits& out) {
  in.integer("sessions", out.sessions, {1, 1'000'000});
  in.integer("half_open", out.half_open, {1, 100'000});
  in.integer("accepts_per_address", out.accepts_per_address, {1, 100'000});
  in.size("frame", out.frame, {64 * KiB, MiB});
  in.duration("handshake_deadline", out.handshake_deadline, {milliseconds{100}, minutes{2}});
  in.size("log_bytes", out.log_bytes, {64 * KiB, max_ima_log});
  in.integer("log_entries", out.log_entries, {100, 10'000'000});
  in.duration("log_deadline", out.log_deadline, {seconds{1}, hours{1}});
  in.rate("log_least_rate", out.log_least_rate, {1, GiB});
  in.duration("attestation_cpu", out.attestation_cpu, {milliseconds{10}, hours{1}});
  in.size("evidence_memory", out.evidence_memory, {16 * MiB, 1024 * GiB});
  in.integer("pending", out.pending, {1, 1'000'000});
  in.integer("pending_per_address", out.pending_per_address, {1, 1'000'000});
  in.duration("pending_expiry", out.pending_expiry, {seconds{1}, days{365}});
  in.duration("pending_retry", out.pending_retry, {milliseconds{100}, hours{1}});
  if (out.pending_per_address > out.pending)
    in.refuse("pending_per_address",
              "expected at most limits.pending, which is " + std::to_string(out.pending));
}

void read_retention(section& in, retention_settings& out) {
  in.duration("results", out.results, {seconds{1}, days{3650}});
  in.size("results_bytes", out.results_bytes, {MiB, 1024 * GiB});
}

// "id:" and the TCG vendor id in eight hex digits, as in the SAN of an EK certificate.
char upper(char c) noexcept { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; }
bool is_upper_hex(char c) noexcept { return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'F'); }

/// The id that people mean by another writing; empty if there is no telling. Vendor ids are names of up to four
/// letters in ASCII (TCG TPM Vendor ID Registry), and swtpm's is a number.
std::string likely_manufacturer(std::string_view text) {
  constexpr std::size_t digits = 8;
  constexpr std::size_t longest_name = 4;
  std::string shouted;
  for (const auto c : text.substr(0, digits + 3)) // "id:" or "0x", and one too many
    shouted += upper(c);
  if (shouted == "SWTPM") return "id:00001014";
  const std::string_view prefixes[] = {"ID:", "0X"};
  std::string number;
  for (const auto prefix : prefixes)
    if (shouted.starts_with(prefix)) number = shouted.substr(prefix.size());
  if (!number.empty() && number.size() <= digits && text.size() == shouted.size()
      && std::ranges::all_of(number, is_upper_hex))
    return "id:" + std::string(digits - number.size(), '0') + number;
  const auto is_letter = [](char c) { return c >= 'A' && c <= 'Z'; };
  if (shouted.empty() || shouted.size() > longest_name || !std::ranges::all_of(shouted, is_letter)) return {};
  const auto filler = shouted == "STM" || shouted == "NSM" ? ' ' : '\0'; // as they are registered
  std::string out = "id:";
  constexpr std::string_view hex = "0123456789ABCDEF";
  for (std::size_t i = 0; i < longest_name; ++i) {
    const auto octet = static_cast<unsigned char>(i < shouted.size() ? shouted[i] : filler);
    out += hex[octet >> 4U];
    out += hex[octet & 15U];
  }
  return out;
}

result<std::string> parse_manufacturer(std::string_view text) {
  if (text.size() == 11 && text.starts_with("id:") && std::ranges::all_of(text.substr(3), is_upper_hex))
    return std::string{text};
  const auto likely = likely_manufacturer(text);
  return fault{errc::malformed,
               "expected a TPM vendor id, id: and 8 digits of hex in upper case such as id:494E5443"
                   + (likely.empty() ? std::string{} : " (this one is probably " + likely + ")")};
}

result<std::string> parse_sha256(std::string_view text) {
  const auto raw = bytes32_from_hex(text);
  if (!raw) return fault{errc::malformed, "expected a SHA-256, 64 digits of hex"};
  return to_hex(*raw);
}

bool is_version(std::string_view text) {
  // One to four numbers below 65,536.
  unsigned numbers = 0;
  for (;; ++numbers) {
    const auto dot = text.find('.');
    const auto digits = text.substr(0, dot);
    std::uint16_t one = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), one);
    if (error != std::errc{} || end != digits.data() + digits.size()) return false;
    if (dot == std::string_view::npos) return numbers < 4;
    text.remove_prefix(dot + 1);
  }
}

result<std::string> parse_version(std::string_view text) {
  if (!is_version(text))
    return fault{
        errc::malformed,
        "expected a version of one to four numbers up to 65535, for example 7.85 (of firmware 0x00070055)"};
  return std::string{text};
}

void read_deny(section& in, deny_settings& out) {
  constexpr std::size_t max_bounds = 64;
  in.texts("eks", out.eks, parse_sha256);
  in.texts("certificates", out.certificates, parse_sha256);
  in.texts("issuers", out.issuers, parse_sha256);
  in.each("firmware", max_bounds, [&](section& one) {
    std::optional<std::string> manufacturer;
    std::optional<std::string> below;
    one.parsed("manufacturer", manufacturer,
               "a manufacturer as in the EK certificate, for example id:49465800", parse_manufacturer);
    one.parsed("below", below,
               "a version of one to four numbers up to 65535, for example 7.85 (of firmware 0x00070055)",
               parse_version);
    for (const auto* key : {"manufacturer", "below"})
      if (!one.has(key)) one.refuse(key, "is missing");
    if (manufacturer && below) out.firmware.push_back({*manufacturer, *below});
  });
}

void read_admission(section& in, admission_settings& out) {
  in.choice("vendor", out.vendor,
            {{"pending", vendor_admission::pending}, {"automatic", vendor_admission::automatic}});
  in.name("group", out.group, 64);
  in.paths("vendor_roots", out.vendor_roots);
  in.texts("manufacturers", out.manufacturers, parse_manufacturer);
  in.inside("deny", [&](section& deny) { read_deny(deny, out.deny); });
}

void read_references(section& in, reference_settings& out) {
  in.integer("guard_percent", out.guard_percent, {0, 100});
  in.duration("settle", out.settle, {milliseconds{100}, days{30}});
  in.duration("check_every", out.check_every, {milliseconds{100}, hours{1}});
}

/// A name is for those who connect: what it means to whoever listens depends on the day's resolver.
void read_listen(section& in, std::vector<endpoint>& out) {
  in.address_or_list("agents", out);
  const auto is_letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
  for (const auto& each : out)
    if (const auto* at = each.tcp();
        at != nullptr && at->host.find(':') == std::string::npos && std::ranges::any_of(at->host, is_letter))
      in.refuse("agents",
                "a listener needs an address, and " + printable(at->host, 64)
                    + " is a name; write an address of this machine, or 0.0.0.0 or [::] for all of them");
}

void read_service(section& in, service_settings& out, const policy_grammar& grammar) {
  in.name("name", out.name, 253, presence::required);
  in.inside("listen", [&](section& listen) { read_listen(listen, out.listen_agents); });
  in.path("state", out.state);
  in.path("socket", out.socket);
  in.name("socket_group", out.socket_group, 32);
  in.duration("beat", out.beat, {milliseconds{100}, hours{1}});
  in.duration("reconnect_spread", out.reconnect_spread, {milliseconds{0}, hours{1}});
  in.inside("certificates", [&](section& certificates) {
    certificates.duration("node", out.certificate_lifetime, {minutes{1}, days{90}});
  });
  in.inside("attestation",
            [&](section& attestation) { read_attestation(attestation, out.attestation, out.beat); });
  in.inside("limits", [&](section& limits) { read_limits(limits, out.limits); });
  in.inside("retention", [&](section& retention) { read_retention(retention, out.retention); });
  in.inside("admission", [&](section& admission) { read_admission(admission, out.admission); });
  in.inside("policy", [&](section& policy) {
    policy.replaced("no_boot_log", "severity: {boot.no-log: ...}");
    read_policy(policy, out.policy, grammar);
  });
  in.path("policies", out.policies);
  in.inside("references", [&](section& references) { read_references(references, out.references); });
  in.inside("log", [&](section& log) {
    read_log_level(log, out.level);
    log.path("head_file", out.head_file);
  });
  if (std::ranges::find(out.listen_agents, endpoint{unix_address{out.socket}}) != out.listen_agents.end())
    in.refuse("socket", "is in listen.agents, too: agents and operators need a file each");
  if (out.socket.size() > longest_unix_path)
    in.refuse("socket", "expected at most 107 characters, which is what a socket's name may have");
}

} // namespace

result<service_settings> parse_service_settings(std::string_view file, std::string_view text,
                                                const policy_grammar& grammar) {
  service_settings out;
  const auto read = read_settings(file, text, [&](section& root) { read_service(root, out, grammar); });
  if (!read) return read.fault();
  return out;
}

namespace {

/// Calls `visit` for each setting that is read only at a start, with its key and its value in both structs.
template <class Settings, class Visit>
void each_of_start(Settings& one, const service_settings& other, Visit&& visit) {
  visit("name", one.name, other.name);
  visit("listen.agents", one.listen_agents, other.listen_agents);
  visit("state", one.state, other.state);
  visit("socket", one.socket, other.socket);
  visit("socket_group", one.socket_group, other.socket_group);
  visit("certificates.node", one.certificate_lifetime, other.certificate_lifetime);
  visit("limits.evidence_memory", one.limits.evidence_memory, other.limits.evidence_memory);
  visit("log.head_file", one.head_file, other.head_file);
}

} // namespace

std::vector<std::string> needs_restart(const service_settings& before, const service_settings& after) {
  std::vector<std::string> out;
  each_of_start(before, after, [&out](std::string_view key, const auto& was, const auto& is) {
    if (!(was == is)) out.emplace_back(key);
  });
  return out;
}

service_settings reloaded(const service_settings& before, service_settings read) {
  each_of_start(read, before, [](std::string_view, auto& mine, const auto& kept) { mine = kept; });
  return read;
}

} // namespace muster::settings
