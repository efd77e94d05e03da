// What breaks if these fail: root on a machine writes a boot log that shows the machine better than the
// genuine one does. The PCRs are those of a genuine TPM, which root can only extend further; the log is what
// root wants it to be. Exhaustive over the events of real logs.
#include "appraisal/attestation/boot_evidence.hpp"
#include "appraisal/extraction/extraction.hpp"
#include "appraisal/verdict/verdict.hpp"
#include "tests/appraisal/boot_log_writer.hpp"
#include "tests/appraisal/samples.hpp"
#include "tests/appraisal/vm_machine.hpp"
#include "tests/tpm/evidence/quoting.hpp"
#include "tpm/evidence/boot_replay.hpp"

using namespace muster;
using namespace muster::appraisal;
using namespace muster::appraisal::samples;
using namespace muster::testing;
using tpm::event_type;

namespace {

/// One state of a TPM, quoted once: what was really measured.
class quoted_machine {
public:
  quoted_machine(written_log log, byte_view ima_log) : log_{std::move(log)} {
    const auto parsed_raw = log_.raw();
    const auto parsed = tpm::parse_event_log(parsed_raw).value();
    const auto replayed = tpm::replay_bank(parsed, hash_, ~0U, 0);
    for (unsigned pcr = 0; pcr <= 14; ++pcr)
      REQUIRE(values_.set(hash_algorithm::sha256, pcr, replayed.values[pcr].view()).ok());
    with_ima(ima_log);
  }

  /// The same machine after root extended a PCR at run time.
  quoted_machine extended(unsigned pcr, byte_view measured) const {
    auto out = *this;
    crypto::hasher hash{hash_algorithm::sha256};
    crypto::digest value{out.values_.get(hash_algorithm::sha256, pcr)};
    hash.extend(value, crypto::hash(hash_algorithm::sha256, measured).view());
    REQUIRE(out.values_.set(hash_algorithm::sha256, pcr, value.view()).ok());
    out.quote();
    return out;
  }

  const written_log& log() const noexcept { return log_; }
  bound_value value_of(std::uint8_t pcr) const {
    return {pcr, hash_algorithm::sha256, crypto::digest{values_.get(hash_algorithm::sha256, pcr)}, "model"};
  }

  /// The claims under the log that root reports; empty if the evidence does not verify under `rules`.
  std::optional<boot_claims> claims(const written_log* told, const policy& rules = {}) const {
    static const bytes none;
    const auto raw = told == nullptr ? none : told->raw();
    if (told == nullptr) return claims_from_evidence(nullptr, *ima_);
    auto parsed = tpm::parse_event_log(raw);
    if (!parsed) return std::nullopt;
    const auto verified = tpm::verify_boot_log(*parsed, ima_->pcrs(), ima_->state().ima_pcrs);
    if (!verified || (verified->contradicted() & ~bound_pcrs(rules.bound, values_)) != 0) return std::nullopt;
    return claims_from_evidence(&*verified, *ima_);
  }
  std::optional<boot_claims> honest() const { return claims(&log_); }

private:
  /// The list begins with the boot_aggregate of this boot.
  void with_ima(byte_view real) {
    bytes all;
    for (unsigned pcr = 0; pcr <= 9; ++pcr)
      append(all, values_.get(hash_algorithm::sha256, pcr));
    const auto aggregate = ima_ng_data("boot_aggregate", as_text(all));
    tpm::ima_log_reader reader;
    tpm::ima_entry first;
    const auto size = reader.read(real, first).value();
    list_ = std::make_shared<bytes>(ima_record(10, "ima-ng", aggregate));
    append(*list_, real.subspan(size, std::min<std::size_t>(real.size() - size, 400)));
    // Only whole entries.
    byte_view rest{*list_};
    crypto::digest value{bytes(32, 0)};
    std::size_t used = 0;
    for (tpm::ima_entry entry; !rest.empty();) {
      const auto taken = reader.read(rest, entry);
      if (!taken || *taken == 0) break;
      hash_.extend(value, crypto::hash(hash_algorithm::sha256, entry.data).view());
      used += *taken;
      rest = rest.subspan(*taken);
    }
    list_->resize(used);
    REQUIRE(values_.set(hash_algorithm::sha256, 10, value.view()).ok());
    quote();
  }

  void quote() {
    static const quoting_tpm chip;
    const auto quote = chip.quote(values_);
    auto verifier =
        required(tpm::ima_verifier::begin(required(tpm::first_log_state(values_.present())), values_, quote));
    REQUIRE(verifier.feed(*list_).ok());
    ima_ = std::make_shared<tpm::verified_ima>(required(std::move(verifier).finish()));
  }

  written_log log_;
  tpm::pcr_values values_;
  std::shared_ptr<bytes> list_;
  std::shared_ptr<const tpm::verified_ima> ima_;
  crypto::hasher hash_{hash_algorithm::sha256};

public:
  quoted_machine(const quoted_machine& other)
      : log_{other.log_}, values_{other.values_}, list_{other.list_}, ima_{other.ima_} {}
};

struct judge {
  std::shared_ptr<const reference_set> reference; ///< may be null
  policy rules;

  int operator()(const std::optional<boot_claims>& claims) const {
    if (!claims) return rank_of(verdict::contraindicated);
    return rank_of(verdict_of(appraise_boot(*claims, reference.get(), rules), endorsement::vendor, rules,
                              reference ? reference_state::present : reference_state::absent));
  }
};

std::shared_ptr<const reference_set> reference_by(const boot_claims& claims, std::uint32_t pcrs) {
  extraction_rules rules;
  rules.pcrs = pcrs;
  return reference_set::make(extract(claims, {}, rules, "test").value()).value();
}

/// Sets that learn everything, and what the shipped rules/firmware.yaml learns.
constexpr std::uint32_t all_learnt = 0x7bff;
constexpr std::uint32_t firmware_learnt = 0x409d;

constexpr event_type types[] = {event_type::post_code,
                                event_type::no_action,
                                event_type::separator,
                                event_type::action,
                                event_type::event_tag,
                                event_type::s_crtm_contents,
                                event_type::s_crtm_version,
                                event_type::compact_hash,
                                event_type::ipl,
                                event_type::efi_variable_driver_config,
                                event_type::efi_variable_boot,
                                event_type::efi_variable_boot2,
                                event_type::efi_boot_services_application,
                                event_type::efi_gpt_event,
                                event_type::efi_action,
                                event_type::efi_variable_authority,
                                event_type{0x12345678}};

bytes labelled(std::string_view label, byte_view data) {
  auto out = muster::to_bytes(as_bytes(label));
  append(out, data);
  return out;
}

enum class lies : std::uint8_t { all, where_it_is };

/// Every lie about event `i` that keeps all other events. Calls `visit(what, log)`.
template <class Visit> void lies_about(const written_log& honest, std::size_t i, lies which, Visit&& visit) {
  const auto told = [&](std::string what, auto&& change) {
    auto log = honest;
    change(log);
    visit(what, log);
  };
  told("removed", [&](auto& log) { log.events.erase(log.events.begin() + static_cast<std::ptrdiff_t>(i)); });
  told("all of its PCR removed", [&](auto& log) {
    std::erase_if(log.events, [&](const auto& e) { return e.pcr == honest.events[i].pcr; });
  });
  told("cut behind it", [&](auto& log) { log.events.resize(i + 1); });
  told("repeated", [&](auto& log) { log.events.push_back(log.events[i]); });
  for (std::uint32_t pcr = 0; pcr < 16; ++pcr)
    told("moved to PCR " + std::to_string(pcr), [&](auto& log) { log.events[i].pcr = pcr; });
  if (i + 1 < honest.events.size())
    told("swapped", [&](auto& log) { std::swap(log.events[i], log.events[i + 1]); });
  if (which == lies::where_it_is) return;
  for (const auto type : types)
    told("called " + tpm::to_string(type), [&](auto& log) { log.events[i].type = type; });
  const auto& data = honest.events[i].data;
  const std::pair<const char*, bytes> texts[] = {
      {"nothing", {}},
      {"other", labelled("x", data)},
      {"a label", labelled("grub_cmd: ", data)},
      {"no label",
       muster::to_bytes(byte_view{data}.subspan(std::min<std::size_t>(
           data.size(),
           as_text(data).find(": ") == std::string_view::npos ? 0 : as_text(data).find(": ") + 2)))},
      {"a variable", make_variable(global_vendor(), "Boot0001", data)},
      {"a harmless variable", make_variable(shim_vendor(), "MokSBState", bytes(1, 0))},
  };
  for (const auto& [what, text] : texts) {
    told(std::string{"says "} + what, [&](auto& log) { log.events[i].data = text; });
    for (const auto type : {event_type::efi_variable_boot, event_type::ipl})
      told(std::string{"says "} + what + " as " + tpm::to_string(type), [&](auto& log) {
        log.events[i].data = text;
        log.events[i].type = type;
      });
  }
}

void never_better(const quoted_machine& machine, const judge& judged, std::size_t i, lies which,
                  const std::string& story) {
  const auto honest = judged(machine.honest());
  lies_about(machine.log(), i, which, [&](const std::string& what, const written_log& told) {
    const auto shown = judged(machine.claims(&told, judged.rules));
    if (shown > honest)
      FAIL_CHECK(story << ": event " << i + 1 << " " << what << ": " << shown << " > " << honest);
  });
  // Settings (PCR 1, 5, 6) change by themselves, so a denied one is not missed if there is no log at all.
  const auto pcr = machine.log().events[i].pcr;
  if (!judged.rules.denied.empty() && (pcr == 1 || pcr == 5 || pcr == 6)) return;
  const auto silent = judged(machine.claims(nullptr));
  if (silent > honest) FAIL_CHECK(story << ": without a log: " << silent << " > " << honest);
}

quoted_machine machine_of(const std::string& name) {
  const auto files = read_vm(name);
  return {written_log::of(files.boot_log), files.ima_log};
}

policy denying(const written_event& event) {
  policy out;
  out.denied.add({hash_algorithm::sha256, crypto::digest{event.digests.at(hash_algorithm::sha256)}, "x"});
  return out;
}

/// The firmware of `direct-tis` starts the kernel itself, and its log has no command line.
policy without_line() {
  policy out;
  out.of(judged_check::nothing_measured) = severity::note;
  return out;
}

policy harsh() {
  policy out;
  for (const auto check :
       {judged_check::separator, judged_check::secure_boot_late, judged_check::debug_mode,
        judged_check::audit_mode, judged_check::validation_off, judged_check::secure_boot_off})
    out.of(check) = severity::failure;
  return out;
}

} // namespace

TEST_CASE("check 11: no lie about a denied event makes a machine look better than its genuine log does") {
  for (const std::string name : {"grub-sb", "direct-tis"}) {
    const auto machine = machine_of(name);
    const auto good = *machine.honest();
    REQUIRE(judge{reference_by(good, all_learnt), without_line()}(good) == rank_of(verdict::affirming));
    const auto whole = reference_by(good, all_learnt);
    for (const auto& set :
         {whole, reference_by(good, firmware_learnt), std::shared_ptr<const reference_set>{}})
      for (std::size_t i = 0; i < machine.log().events.size(); ++i) {
        const auto story = name + (set == nullptr ? ", no reference" : ", a reference") + ", denied";
        const auto which = set == whole ? lies::all : lies::where_it_is;
        never_better(machine, {set, denying(machine.log().events[i])}, i, which, story);
      }
  }
}

TEST_CASE("check 11: no lie makes a machine look better that booted differently from its reference") {
  const auto good = *machine_of("grub-sb").honest();
  for (const std::string name : {"grub-sb-cmdline", "grub-sb-initrd"}) {
    const auto machine = machine_of(name);
    const judge judged{reference_by(good, all_learnt), {}};
    REQUIRE(judged(machine.honest()) == rank_of(verdict::contraindicated));
    for (std::size_t i = 0; i < machine.log().events.size(); ++i)
      // The differences are in these PCRs.
      never_better(machine, judged, i,
                   machine.log().events[i].pcr == 8 || machine.log().events[i].pcr == 9 ? lies::all
                                                                                        : lies::where_it_is,
                   name);
  }
}

TEST_CASE("check 15: no lie hides what the firmware or shim was configured to leave unchecked") {
  const auto base = machine_of("grub-sb");
  const auto files = read_vm("grub-sb");
  const auto security = from_hex("cbb219d73a3d9645a3bcdad00e67656f").value();
  struct row {
    const char* what;
    std::size_t at; ///< before this event
    std::uint32_t pcr;
    bytes measured;
  };
  const auto end = base.log().events.size();
  const row rows[] = {
      {"debug mode", 3, 7, muster::to_bytes(as_bytes("UEFI Debug Mode"))},
      {"MokSBState", end, 7, make_variable(shim_vendor(), "MokSBState", bytes(1, 1))},
      {"MokSBState, another value", end, 7, make_variable(shim_vendor(), "MokSBState", bytes(1, 7))},
      {"AuditMode", 3, 7, make_variable(global_vendor(), "AuditMode", bytes(1, 1))},
      {"dbx behind the separator", end, 7, make_variable(security, "dbx", {})},
      {"db behind the separator", end, 7, make_variable(security, "db", {})},
      {"a second separator", end, 2, bytes(4, 0)},
      {"a second separator of ones", end, 7, bytes(4, 0xff)},
      {"an error of the firmware", end, 6, from_hex("01000000").value()},
  };
  for (const auto& row : rows) {
    auto log = base.log();
    log.events.insert(log.events.begin() + static_cast<std::ptrdiff_t>(row.at),
                      log.made(row.pcr, event_type::efi_variable_authority, row.measured));
    const quoted_machine machine{log, files.ima_log};
    const auto good = *machine.honest();
    for (const judge& judged : {judge{reference_by(good, all_learnt), harsh()},
                                judge{reference_by(good, firmware_learnt & ~(1U << 7U)), policy{}}}) {
      CAPTURE(row.what);
      REQUIRE(judged(machine.honest()) < rank_of(verdict::affirming));
      for (std::size_t i = 0; i < log.events.size(); ++i)
        if (log.events[i].pcr == row.pcr)
          never_better(machine, judged, i, i == row.at ? lies::all : lies::where_it_is, row.what);
    }
  }
}

TEST_CASE("check 43: no lie about the log of a bound PCR makes a machine look better") {
  const auto base = machine_of("grub-sb");
  const auto files = read_vm("grub-sb");
  struct row {
    const char* what;
    std::uint32_t pcr;
    bytes measured;
  };
  const row rows[] = {
      {"nothing", 16, {}},
      {"AuditMode", 7, make_variable(global_vendor(), "AuditMode", bytes(1, 1))},
      {"a second separator", 2, bytes(4, 0)},
      {"an error of the firmware", 0, from_hex("01000000").value()},
      {"another loader", 4, bytes(4, 7)},
      {"another command line", 8, bytes(4, 7)},
  };
  for (const auto& row : rows) {
    auto log = base.log();
    if (row.pcr < 16)
      log.events.insert(log.events.begin() + 3,
                        log.made(row.pcr, event_type::efi_variable_authority, row.measured));
    const quoted_machine machine{log, files.ima_log};
    // Lies about other PCRs are told in the tests above.
    const auto is_told = [&](std::uint32_t pcr) {
      return pcr == 0 || pcr == 2 || pcr == 7 || pcr == row.pcr;
    };
    for (judge judged : {judge{reference_by(*base.honest(), all_learnt), policy{}},
                         judge{reference_by(*machine.honest(), firmware_learnt & ~(1U << 7U)), harsh()}}) {
      for (const auto pcr : {0, 2, 7})
        judged.rules.bound.push_back(machine.value_of(static_cast<std::uint8_t>(pcr)));
      for (std::size_t i = 0; i < log.events.size(); ++i)
        if (is_told(log.events[i].pcr))
          never_better(machine, judged, i, i == 3 ? lies::all : lies::where_it_is, row.what);
    }
  }
}

TEST_CASE(
    "check 11: no event that root adds to the log, or to the log and the PCR, makes a machine look better") {
  using namespace std::string_view_literals;
  struct lie {
    event_type type;
    bytes measured;
  };
  const lie lies[] = {
      {event_type::ipl, muster::to_bytes(as_bytes(".linux\0"sv))},
      {event_type::ipl, muster::to_bytes(as_bytes("/vmlinuz ima_policy=tcb"sv))},
      {event_type::s_crtm_version, muster::to_bytes(as_bytes("99.0"sv))},
      {event_type::efi_variable_driver_config, make_variable(global_vendor(), "SecureBoot", bytes(1, 1))},
      {event_type::separator, bytes(4, 0)},
      {event_type::efi_action, muster::to_bytes(as_bytes("Exit Boot Services Returned with Success"sv))},
  };
  policy wanting;
  wanting.require.secure_boot = demand::required;
  wanting.require.unified_kernel = demand::required;
  wanting.require.firmware_at_least = "50.0";
  wanting.require.ima_policy = ima_policy_demand::file;
  for (const std::string name : {"grub-sb", "direct-tis"}) {
    const auto machine = machine_of(name);
    const auto good = *machine.honest();
    struct seen_by {
      judge judged;
      std::uint32_t learnt;
    };
    std::vector<seen_by> judges;
    for (const auto& rules : {policy{}, harsh(), wanting})
      for (const auto learnt : {all_learnt, firmware_learnt})
        judges.push_back({{reference_by(good, learnt), rules}, learnt});
    for (const auto& lie : lies)
      for (std::uint32_t pcr = 0; pcr <= 14; ++pcr)
        for (const bool really : {false, true}) {
          if (really && pcr == 10) continue; // no list would lead to that value
          const auto now = really ? machine.extended(pcr, lie.measured) : machine;
          auto told = machine.log();
          told.events.push_back(told.made(pcr, lie.type, lie.measured));
          const auto as_told = now.claims(&told);
          const auto as_it_is = now.honest();
          for (const auto& [judged, learnt] : judges) {
            // A PCR that is not compared can be extended, and the log can say so, without a finding. What the
            // log then says must still satisfy nothing.
            const bool compared = (learnt >> pcr & 1U) != 0 || !really || pcr < 10;
            const auto shown = judged(as_told);
            const auto honest = compared ? judged(as_it_is) : judged(good);
            if (shown > honest)
              FAIL_CHECK(name << ": PCR " << pcr << ", " << tpm::to_string(lie.type) << ", really " << really
                              << ": " << shown << " > " << honest);
            if (really && compared) CHECK(shown == rank_of(verdict::contraindicated));
          }
        }
  }
}

TEST_CASE("check 17: IMA's measurements cannot be passed off as boot events, with a clean list after them") {
  for (const std::string name : machines) {
    CAPTURE(name);
    const auto files = read_vm(name);
    auto log = written_log::of(files.boot_log);
    // The TPM has what IMA measured, with an implant, and after that a clean list once more.
    tpm::pcr_values values = only(files.pcrs, 0x7fff, hash_algorithm::sha256);
    crypto::hasher hash{hash_algorithm::sha256};
    crypto::digest value{bytes(32, 0)};
    std::vector<bytes> measured;
    tpm::ima_log_reader reader;
    byte_view rest{files.ima_log};
    for (tpm::ima_entry entry; !rest.empty();) {
      const auto taken = reader.read(rest, entry);
      if (!taken || *taken == 0) break;
      measured.push_back(muster::to_bytes(entry.data));
      rest = rest.subspan(*taken);
    }
    const auto clean = measured;
    measured.push_back(ima_ng_data("/usr/bin/implant", "evil"));
    for (const std::vector<bytes>* list : {&std::as_const(measured), &clean})
      for (const auto& data : *list)
        hash.extend(value, crypto::hash(hash_algorithm::sha256, data).view());
    REQUIRE(values.set(hash_algorithm::sha256, 10, value.view()).ok());
    for (const auto& data : measured)
      log.events.push_back(log.made(10, event_type::ipl, data, as_bytes("x")));

    const quoting_tpm chip;
    const auto quote = chip.quote(values);
    auto verifier =
        required(tpm::ima_verifier::begin(required(tpm::first_log_state(values.present())), values, quote));
    (void)verifier.feed(files.ima_log);
    CHECK_FALSE(std::move(verifier).finish().ok());
  }
}
