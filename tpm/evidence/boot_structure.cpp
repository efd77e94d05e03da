#include "tpm/evidence/boot_structure.hpp"

#include "tpm/format/efi_signature_list.hpp"
#include "tpm/format/efi_variable.hpp"

#include <algorithm>

namespace muster::tpm {
namespace {

constexpr unsigned last_firmware_pcr = 7;
constexpr unsigned secure_boot_pcr = 7;
constexpr unsigned exit_boot_services_pcr = 5;
constexpr std::string_view invocation = "Exit Boot Services Invocation";
constexpr std::string_view returned = "Exit Boot Services Returned with Success";
constexpr std::string_view debug_mode = "UEFI Debug Mode";

// TCG PC Client Platform Firmware Profile, EV_SEPARATOR: 00000000h or FFFFFFFFh where nothing went wrong
// (SeaBIOS writes the latter), 00000001h for an error.
constexpr std::array<std::uint8_t, 4> zeros_separator{0, 0, 0, 0};
constexpr std::array<std::uint8_t, 4> ones_separator{0xff, 0xff, 0xff, 0xff};
constexpr std::array<std::uint8_t, 4> error_separator{1, 0, 0, 0};

/// Answers about the events of one log; computes the separators' digests once.
class structure_check {
public:
  explicit structure_check(const verified_boot_log& log)
      : log_{log}, normal_{crypto::hash(log.bank(), zeros_separator),
                           crypto::hash(log.bank(), ones_separator)},
        error_{crypto::hash(log.bank(), error_separator)} {}

  std::vector<boot_remark> run() {
    for (unsigned pcr = 0; pcr <= last_firmware_pcr; ++pcr) {
      if ((log_.unmeasured() >> pcr & 1U) != 0) remark(boot_issue::not_measured, pcr);
      if ((log_.explained() >> pcr & 1U) == 0) continue;
      check_separators(pcr);
      if (pcr == exit_boot_services_pcr && !(has_action(pcr, invocation) && has_action(pcr, returned)))
        remark(boot_issue::exit_boot_services_missing, pcr);
      if (pcr == secure_boot_pcr) check_secure_boot();
    }
    return std::move(out_);
  }

  bool is_separator(const logged_event& event) const {
    const auto digest = log_.digest(event);
    return event.type == event_type::separator || same(digest, error_.view()) || is_normal(digest);
  }

private:
  bool is_normal(byte_view digest) const {
    return std::ranges::any_of(normal_, [&](const auto& one) { return same(digest, one.view()); });
  }

  void remark(boot_issue issue, unsigned pcr, std::optional<std::uint32_t> event = {}) {
    out_.push_back({issue, static_cast<std::uint8_t>(pcr), event});
  }

  void check_separators(unsigned pcr) {
    bool seen = false;
    for (const auto& event : log_.events()) {
      if (event.pcr != pcr || !is_separator(event)) continue;
      if (!is_normal(log_.digest(event))) remark(boot_issue::separator_error, pcr, event.number);
      if (seen) remark(boot_issue::separator_repeated, pcr, event.number);
      seen = true;
    }
    if (!seen) remark(boot_issue::separator_missing, pcr);
  }

  // By the digest alone: neither type nor data need be what they say.
  bool is_action(const logged_event& event, std::string_view text) const {
    return same(crypto::hash(log_.bank(), as_bytes(text)).view(), log_.digest(event));
  }

  bool has_action(unsigned pcr, std::string_view text) const {
    return std::ranges::any_of(log_.events(),
                               [&](const auto& event) { return event.pcr == pcr && is_action(event, text); });
  }

  // Authorities name db, too: they say which key let an image run, and come behind the separator. Only their
  // type tells them apart from a configuration.
  static bool configures_secure_boot(const efi_variable& variable, event_type type) {
    const std::string_view name{variable.name};
    if (variable.vendor == efi_global_variable) return name == "SecureBoot" || name == "PK" || name == "KEK";
    if (variable.vendor != efi_image_security_database) return false;
    return name == "dbx" || (name == "db" && type == event_type::efi_variable_driver_config);
  }

  static bool disables_validation(const efi_variable& variable) {
    return variable.vendor == shim_lock && variable.name == "MokSBState"
           && std::ranges::any_of(variable.data, [](std::uint8_t byte) { return byte != 0; });
  }

  static bool audits_only(const efi_variable& variable) {
    return variable.vendor == efi_global_variable && variable.name == "AuditMode"
           && std::ranges::any_of(variable.data, [](std::uint8_t byte) { return byte != 0; });
  }

  void check_secure_boot() {
    bool separated = false;
    for (const auto& event : log_.events()) {
      if (event.pcr != secure_boot_pcr) continue;
      if (is_action(event, debug_mode)) remark(boot_issue::debug_mode, event.pcr, event.number);
      if (is_separator(event)) separated = true;
      check_variable(event, separated);
    }
  }

  void check_variable(const logged_event& event, bool separated) {
    const auto variable = parse_efi_variable(event.data);
    if (!variable || !log_.covers_data(event)) return;
    if (separated && configures_secure_boot(*variable, event.type))
      remark(boot_issue::configuration_too_late, event.pcr, event.number);
    if (audits_only(*variable)) remark(boot_issue::audit_mode, event.pcr, event.number);
    if (disables_validation(*variable)) remark(boot_issue::validation_disabled, event.pcr, event.number);
  }

  const verified_boot_log& log_;
  std::array<crypto::digest, 2> normal_;
  crypto::digest error_;
  std::vector<boot_remark> out_;
};

/// Calls `visit(event, variable)` for each variable that configured Secure Boot and whose digest covers it.
template <class Visit> void for_each_configuration(const verified_boot_log& log, Visit&& visit) {
  const structure_check check{log};
  for (const auto& event : log.events()) {
    if (event.pcr != secure_boot_pcr) continue;
    if (check.is_separator(event)) return;
    const auto variable = parse_efi_variable(event.data);
    if (variable && log.covers_data(event)) visit(event, *variable);
  }
}

} // namespace

std::vector<boot_remark> check_structure(const verified_boot_log& log) { return structure_check{log}.run(); }

secure_boot secure_boot_of(const verified_boot_log& log) {
  auto out = secure_boot::unknown;
  bool contradicts = false;
  for_each_configuration(log, [&](const logged_event&, const efi_variable& variable) {
    if (variable.vendor != efi_global_variable || variable.name != "SecureBoot") return;
    const bool is_on = variable.data.size() == 1 && variable.data[0] == 1;
    const auto said = is_on ? secure_boot::on : secure_boot::off;
    contradicts = contradicts || (out != secure_boot::unknown && out != said);
    out = said;
  });
  return contradicts ? secure_boot::unknown : out;
}

namespace {

bool is_mode(std::string_view name) noexcept { return name == "SecureBoot" || name.ends_with("Mode"); }

std::string_view vendor_of(std::string_view name) noexcept {
  return name.starts_with("db") ? efi_image_security_database : efi_global_variable;
}

/// Empty if the value is not what a variable of this name holds.
std::optional<secure_boot_variable> read_variable(std::string_view name, byte_view digest, byte_view value) {
  secure_boot_variable out{std::string{name}, crypto::digest{digest}, value.size(), 0, 0};
  if (is_mode(name)) {
    // Some firmware measures an empty SecureBoot where it is off.
    if (value.size() > 1) return std::nullopt;
    out.mode = value.empty() ? std::uint8_t{0} : value[0];
    return out;
  }
  const auto signatures = count_signatures(value);
  if (!signatures) return std::nullopt;
  out.signatures = *signatures;
  return out;
}

} // namespace

std::vector<secure_boot_variable> secure_boot_variables_of(const verified_boot_log& log) {
  constexpr auto count = std::size(secure_boot_variable_names);
  std::array<std::optional<secure_boot_variable>, count> found;
  std::array<bool, count> spoilt{};
  for_each_configuration(log, [&](const logged_event& event, const efi_variable& variable) {
    const auto* at = std::ranges::find(secure_boot_variable_names, std::string_view{variable.name});
    if (at == std::end(secure_boot_variable_names) || variable.vendor != vendor_of(*at)) return;
    const auto i = static_cast<std::size_t>(at - std::begin(secure_boot_variable_names));
    auto read = read_variable(*at, log.digest(event), variable.data);
    spoilt[i] = spoilt[i] || !read || (found[i] && !same(found[i]->digest.view(), read->digest.view()));
    found[i] = std::move(read);
  });
  std::vector<secure_boot_variable> out;
  for (std::size_t i = 0; i < count; ++i)
    if (found[i] && !spoilt[i]) out.push_back(*std::move(found[i]));
  return out;
}

} // namespace muster::tpm
