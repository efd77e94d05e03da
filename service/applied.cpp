#include "service/applied.hpp"

#include "actors/runtime/clock.hpp"
#include "standing/command_change.hpp"

#include <algorithm>
#include <unistd.h>

namespace muster::service {

namespace {

constexpr const char* base_policy = "default";

} // namespace

policies_in_force policies_of(const configuration& in) {
  policies_in_force out;
  for (const auto& [name, policy] : in.policies)
    (name == base_policy ? out.base : out.of_group[name]) = std::make_shared<const appraisal::policy>(policy);
  if (!out.base) out.base = std::make_shared<const appraisal::policy>(in.base);
  return out;
}

session_settings session_settings_of(const settings::service_settings& in) {
  session_settings out;
  out.agent.beat = in.beat;
  out.agent.longest_beat = longest_beat(in.attestation.lease);
  out.agent.reconnect_spread = in.reconnect_spread;
  out.agent.interval = in.attestation.interval;
  out.agent.reconnect_pause = in.attestation.reconnect_pause;
  out.agent.log_deadline = in.limits.log_deadline;
  out.agent.log_least_rate = in.limits.log_least_rate;
  out.agent.max_frame = static_cast<std::uint32_t>(in.limits.frame);
  // A machine that is alone always finds room for the largest log that it may send.
  out.agent.caps = {in.limits.log_entries,
                    std::min(in.limits.log_bytes, longest_log(evidence_memory_of(in)))};
  out.agent.cpu = {in.limits.attestation_cpu, &runtime::thread_cpu_time};
  out.pending_retry = in.limits.pending_retry;
  return out;
}

std::uint64_t evidence_memory_of(const settings::service_settings& in) {
  if (in.limits.evidence_memory != 0) return in.limits.evidence_memory;
  return static_cast<std::uint64_t>(::sysconf(_SC_PHYS_PAGES)) / 4
         * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
}

trust_rules trust_rules_of(const settings::service_settings& in) {
  trust_rules out;
  out.admission.vendor = in.admission.vendor == settings::vendor_admission::automatic
                             ? vendor_admission::automatic
                             : vendor_admission::pending;
  out.admission.vendor_group = in.admission.group;
  out.admission.pending_expiry = in.limits.pending_expiry;
  out.admission.pending_limit = in.limits.pending;
  out.admission.pending_per_source = in.limits.pending_per_address;
  out.decision.lease = in.attestation.lease;
  out.retention = {in.retention.results, in.retention.results_bytes};
  return out;
}

reference_rules reference_rules_of(const settings::service_settings& in) {
  return {static_cast<std::uint8_t>(in.references.guard_percent), in.references.settle,
          in.references.check_every};
}

// A limit that is not configured has the same value as the default in `net`.
static_assert(net::pipe_limits{}.pipes == settings::service_limits{}.sessions
              && net::pipe_limits{}.half_open == settings::service_limits{}.half_open
              && net::pipe_limits{}.handshake == settings::service_limits{}.handshake_deadline);

net::pipe_limits pipe_limits_of(const settings::service_settings& in) {
  net::pipe_limits out;
  out.pipes = in.limits.sessions;
  out.half_open = in.limits.half_open;
  out.half_open_each = std::max<std::size_t>(1, out.half_open / 4);
  out.accepts = {static_cast<double>(in.limits.accepts_per_address),
                 static_cast<double>(in.limits.accepts_per_address)};
  out.handshake = in.limits.handshake_deadline;
  out.idle = settings::idle_end(in);
  return out;
}

stranger_limits stranger_limits_of(const settings::service_settings& in) {
  const auto all = std::clamp<std::size_t>(in.limits.sessions / 10, 1, 2000);
  return {all, std::max<std::size_t>(1, all / 4)};
}

runtime::log_level log_level_of(settings::log_level in) {
  switch (in) {
  case settings::log_level::error: return runtime::log_level::error;
  case settings::log_level::warning: return runtime::log_level::warning;
  case settings::log_level::info: return runtime::log_level::info;
  case settings::log_level::debug: return runtime::log_level::debug;
  }
  return runtime::log_level::info;
}

} // namespace muster::service
