#include "tpm/evidence/boot_structure.hpp"

#include "tpm/format/boot_marks.hpp"
#include "tpm/format/efi_signature_list.hpp"
#include "tpm/format/efi_variable.hpp"

#include <algorithm>

namespace muster::tpm {
namespace {

constexpr unsigned last_firmware_pcr = 7;
constexpr auto boot_issues = static_cast<std::size_t>(last_of(boot_issue{})) + 1;
constexpr unsigned crtm_pcr = 0;
constexpr unsigned boot_options_pcr = 1;
constexpr unsigned secure_boot_pcr = 7;
constexpr unsigned exit_boot_services_pcr = 5;
constexpr std::string_view invocation = "Exit Boot Services Invocation";
constexpr std::string_view debug_mode = "UEFI Debug Mode";

struct separator_digests {
  hash_algorithm bank = hash_algorithm::sha256;
  crypto::digest zeros;
  crypto::digest ones;
  crypto::digest error;

  explicit separator_digests(hash_algorithm of)
      : bank{of}, zeros{crypto::hash(of, zeros_separator)}, ones{crypto::hash(of, ones_separator)},
        error{crypto::hash(of, error_separator)} {}

  bool normal(byte_view digest) const noexcept {
    return same(digest, zeros.view()) || same(digest, ones.view());
  }
  bool failed(byte_view digest) const noexcept { return same(digest, error.view()); }
  bool any(byte_view digest) const noexcept { return normal(digest) || failed(digest); }
};

/// One-byte variables whose digests are known without their data. Any measured value other than 0 turns a
/// check off.
class switch_digests {
public:
  explicit switch_digests(hash_algorithm bank) {
    add(bank, shim_lock, "MokSBState", boot_issue::validation_disabled);
    add(bank, efi_global_variable, "AuditMode", boot_issue::audit_mode);
    std::ranges::sort(on_, before, &value::digest);
  }

  /// The issue that a variable with this digest raises.
  std::optional<boot_issue> turned_on(byte_view digest) const noexcept {
    const auto found = std::ranges::lower_bound(on_, digest, before, &value::digest);
    if (found == on_.end() || !same(found->digest.view(), digest)) return std::nullopt;
    return found->issue;
  }

private:
  struct value {
    crypto::digest digest;
    boot_issue issue;
  };

  void add(hash_algorithm bank, std::string_view vendor, std::string_view name, boot_issue issue) {
    auto data = make_efi_variable(vendor, name, std::array<std::uint8_t, 1>{0});
    for (unsigned octet = 1; octet <= 0xff; ++octet) {
      data.back() = static_cast<std::uint8_t>(octet);
      on_.push_back({crypto::hash(bank, data), issue});
    }
  }

  static byte_view view(byte_view of) noexcept { return of; }
  static byte_view view(const crypto::digest& of) noexcept { return of.view(); }
  static constexpr auto before = [](const auto& a, const auto& b) noexcept {
    return std::ranges::lexicographical_compare(view(a), view(b));
  };

  std::vector<value> on_; // sorted: a log can have thousands of events to look up
};

/// Answers questions about the events of one log. It computes the digests that it looks for once.
class structure_check {
public:
  explicit structure_check(const verified_boot_log& log)
      : log_{log}, invocation_{action(invocation)}, ended_{action(boot_services_ended)}, debug_{action(
                                                                                             debug_mode)} {
    for (const auto bank : log.banks())
      separators_.emplace_back(bank);
  }

  std::vector<boot_remark> run() {
    for (unsigned pcr = 0; pcr <= last_firmware_pcr; ++pcr) {
      if ((log_.unmeasured() >> pcr & 1U) != 0) remark(boot_issue::not_measured, pcr);
      if ((log_.explained() >> pcr & 1U) == 0) continue;
      check_separators(pcr);
      if (pcr == exit_boot_services_pcr && !(has_event(pcr, invocation_) && has_event(pcr, ended_)))
        remark(boot_issue::exit_boot_services_missing, pcr);
      if (pcr == secure_boot_pcr) check_secure_boot();
    }
    return std::move(out_);
  }

  /// In any bank: an event that is a separator in one bank but not in another is reported, not overlooked.
  bool is_separator(const logged_event& event) const {
    return std::ranges::any_of(separators_,
                               [&](const auto& one) { return one.any(log_.digest(event, one.bank)); });
  }

private:
  bool is_normal(const logged_event& event) const {
    return std::ranges::all_of(separators_,
                               [&](const auto& one) { return one.normal(log_.digest(event, one.bank)); });
  }

  bool is_error(const logged_event& event) const {
    return std::ranges::any_of(separators_,
                               [&](const auto& one) { return one.failed(log_.digest(event, one.bank)); });
  }

  void remark(boot_issue issue, unsigned pcr, std::optional<std::uint32_t> event = {}) {
    if (++remarked_[static_cast<std::size_t>(issue)][pcr] > max_remarks) return;
    out_.push_back({issue, static_cast<std::uint8_t>(pcr), event});
  }

  /// Whether the log shows what else the event measured: the value of a boot option, or what the firmware's root
  /// of trust is. Such an event is not a separator by its digest alone.
  bool measures_something_else(const logged_event& event) const {
    switch (event.type) {
    case event_type::s_crtm_contents:
    case event_type::s_crtm_version: return event.pcr == crtm_pcr;
    case event_type::efi_variable_boot:
    case event_type::efi_variable_boot2: break;
    default: return false;
    }
    if (event.pcr != boot_options_pcr) return false;
    const auto variable = parse_efi_variable(event.data);
    return variable && same(crypto::hash(log_.bank(), variable->data).view(), log_.digest(event));
  }

  /// Whether no honest event of the PCR is four bytes long: drivers, boot loaders and the data of drivers.
  static bool has_long_events_only(unsigned pcr) noexcept { return pcr >= 2 && pcr <= 4; }

  /// What comes after a separator of the PCR is judged by its digest, because root can extend and name it. Before
  /// it, other events of PCR 0, 1 and 6 have the digest of an error honestly, so an error that is given another
  /// type is not found there. Its PCR lacks a separator then, unless root extends one later (docs/checks.md 14).
  /// In PCR 2, 3, 4 and 7 the digest decides everywhere.
  bool is_judged(const logged_event& event, bool seen) const {
    if (event.type == event_type::separator) return true;
    if (!is_separator(event)) return false;
    if (has_long_events_only(event.pcr)) return true;
    if (seen || event.pcr == secure_boot_pcr) return true;
    return !is_error(event) && !measures_something_else(event);
  }

  void check_separators(unsigned pcr) {
    bool seen = false;
    bool named = false;
    bool taken_over = false; // what follows in PCR 5 is not the firmware's
    for (const auto& event : log_.events()) {
      if (event.pcr != pcr) continue;
      taken_over =
          taken_over || (pcr == exit_boot_services_pcr && (is(event, invocation_) || is(event, ended_)));
      if (!is_judged(event, seen)) continue;
      // An event that is a separator by type only separates nothing.
      const bool is_one = is_separator(event);
      if (is_error(event))
        remark(boot_issue::separator_error, pcr, event.number);
      else if (!is_normal(event))
        remark(boot_issue::separator_unknown, pcr, event.number);
      if (seen && is_one) remark(boot_issue::separator_repeated, pcr, event.number);
      seen = seen || is_one;
      named = named || !taken_over;
    }
    if (!named) remark(boot_issue::separator_missing, pcr);
  }

  // By the digest alone: type and data need not be what they claim.
  crypto::digest action(std::string_view text) const { return crypto::hash(log_.bank(), as_bytes(text)); }
  bool is(const logged_event& event, const crypto::digest& wanted) const {
    return same(wanted.view(), log_.digest(event));
  }

  bool has_event(unsigned pcr, const crypto::digest& wanted) const {
    return std::ranges::any_of(log_.events(),
                               [&](const auto& event) { return event.pcr == pcr && is(event, wanted); });
  }

  // Authority events name db, too: they say which key let an image run, and come after the separator. They
  // hold one signature, not lists of signatures. A forged type can only add a remark.
  static bool configures_secure_boot(const efi_variable& variable, event_type type) {
    const std::string_view name{variable.name};
    if (variable.vendor == efi_global_variable) return name == "SecureBoot" || name == "PK" || name == "KEK";
    if (variable.vendor != efi_image_security_database) return false;
    return name == "dbx"
           || (name == "db"
               && (type == event_type::efi_variable_driver_config || count_signatures(variable.data).ok()));
  }

  void check_secure_boot() {
    bool separated = false;
    for (const auto& event : log_.events()) {
      if (event.pcr != secure_boot_pcr) continue;
      if (is(event, debug_)) remark(boot_issue::debug_mode, event.pcr, event.number);
      const bool separates = is_separator(event);
      separated = separated || separates;
      if (log_.covers_data(event))
        check_variable(event, separated);
      else if (!separates)
        check_hidden(event);
    }
  }

  void check_variable(const logged_event& event, bool separated) {
    const auto variable = parse_efi_variable(event.data);
    if (!variable) return;
    const bool set = !all_zero(variable->data);
    if (set && variable->vendor == efi_global_variable && variable->name == "AuditMode")
      remark(boot_issue::audit_mode, event.pcr, event.number);
    if (set && variable->vendor == shim_lock && variable->name == "MokSBState")
      remark(boot_issue::validation_disabled, event.pcr, event.number);
    if (separated && configures_secure_boot(*variable, event.type))
      remark(boot_issue::configuration_too_late, event.pcr, event.number);
  }

  // On every firmware, the digests of this PCR cover all of their data. Data that does not match was changed
  // to hide what was measured. For some events the digest alone still shows it.
  void check_hidden(const logged_event& event) {
    if (is(event, debug_)) return;
    const auto digest = log_.digest(event);
    if (!switches_) switches_.emplace(log_.bank());
    if (const auto issue = switches_->turned_on(digest)) remark(*issue, event.pcr, event.number);
    remark(boot_issue::uncovered, event.pcr, event.number);
  }

  const verified_boot_log& log_;
  crypto::digest invocation_;
  crypto::digest ended_;
  crypto::digest debug_;
  std::vector<separator_digests> separators_;
  std::optional<switch_digests> switches_; // made only if data is hidden: it takes 510 digests
  std::array<std::array<std::size_t, last_firmware_pcr + 1>, boot_issues> remarked_{};
  std::vector<boot_remark> out_;
};

/// Calls `visit(event, variable)` for each variable that configured Secure Boot and is covered by its digest.
template <class Visit> void for_each_configuration(const verified_boot_log& log, Visit&& visit) {
  const structure_check check{log};
  for (const auto& event : log.events()) {
    if (event.pcr != secure_boot_pcr) continue;
    if (check.is_separator(event)) return;
    if (!log.covers_data(event) || event.data.size() < min_efi_variable_size)
      continue; // saves making a fault
    if (const auto variable = parse_efi_variable(event.data)) visit(event, *variable);
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

/// Empty if the value is not of the kind that a variable of this name has.
std::optional<secure_boot_variable> read_variable(std::string_view name, byte_view digest, byte_view value) {
  secure_boot_variable out{std::string{name}, crypto::digest{digest}, value.size(), 0, 0};
  if (is_mode(name)) {
    // Some firmware measures an empty SecureBoot if it is off.
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
  std::array<bool, count> ambiguous{};
  for_each_configuration(log, [&](const logged_event& event, const efi_variable& variable) {
    const auto* at = std::ranges::find(secure_boot_variable_names, std::string_view{variable.name});
    if (at == std::end(secure_boot_variable_names) || variable.vendor != vendor_of(*at)) return;
    const auto i = static_cast<std::size_t>(at - std::begin(secure_boot_variable_names));
    auto read = read_variable(*at, log.digest(event), variable.data);
    ambiguous[i] = ambiguous[i] || !read || (found[i] && !same(found[i]->digest.view(), read->digest.view()));
    found[i] = std::move(read);
  });
  std::vector<secure_boot_variable> out;
  for (std::size_t i = 0; i < count; ++i)
    if (found[i] && !ambiguous[i]) out.push_back(*std::move(found[i]));
  return out;
}

} // namespace muster::tpm
