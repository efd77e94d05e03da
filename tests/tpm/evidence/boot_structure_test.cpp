#include "tests/tpm/evidence/quoting.hpp"
#include "tests/tpm/logs.hpp"
#include "tpm/evidence/boot_replay.hpp"
#include "tpm/evidence/boot_structure.hpp"

#include <functional>

using namespace muster;
using namespace muster::testing;
using tpm::boot_issue;
using tpm::event_type;
using tpm::secure_boot;

namespace {

using builder = event_log_builder;

const bytes on = make_variable(global_vendor(), "SecureBoot", bytes(1, 1));
const bytes off = make_variable(global_vendor(), "SecureBoot", bytes(1, 0));

builder& separators(builder& b, unsigned but = 99) {
  for (unsigned pcr = 0; pcr < 8; ++pcr)
    if (pcr != but) b.separator(pcr);
  return b;
}

builder& exits(builder& b) {
  return b.action(5, "Exit Boot Services Invocation").action(5, "Exit Boot Services Returned with Success");
}

struct judged {
  std::vector<tpm::boot_remark> remarks;
  secure_boot secure = secure_boot::unknown;
  std::vector<tpm::secure_boot_variable> variables;
};

/// Judges a log that explains all PCRs of its machine.
judged judge(const builder& b) {
  static const quoting_tpm chip;
  const auto log = tpm::parse_event_log(b.view()).value();
  crypto::hasher hash{hash_algorithm::sha256};
  const auto replayed = tpm::replay_bank(log, hash, ~0U, 0);
  tpm::pcr_values values;
  for (unsigned pcr = 0; pcr < 16; ++pcr)
    REQUIRE(values.set(hash_algorithm::sha256, pcr, replayed.values[pcr].view()).ok());
  const auto verified = tpm::verify_boot_log(log, chip.verified(values)).value();
  return {tpm::check_structure(verified), tpm::secure_boot_of(verified),
          tpm::secure_boot_variables_of(verified)};
}

judged judge(const std::function<void(builder&)>& build) {
  builder b{{hash_algorithm::sha256}};
  build(b);
  return judge(b);
}

bool has(const judged& j, boot_issue issue, unsigned pcr) {
  for (const auto& remark : j.remarks)
    if (remark.issue == issue && remark.pcr == pcr) return true;
  return false;
}

} // namespace

TEST_CASE("check 14: exactly one normal separator in each of PCR 0 to 7") {
  const auto good = judge([](builder& b) { exits(separators(b)); });
  CHECK(good.remarks.empty());

  const auto missing = judge([](builder& b) { exits(separators(b, 3)).action(3, "something"); });
  CHECK(missing.remarks == std::vector{tpm::boot_remark{boot_issue::separator_missing, 3, {}}});

  const auto repeated = judge([](builder& b) { exits(separators(b)).separator(2); });
  REQUIRE(repeated.remarks.size() == 1);
  CHECK(has(repeated, boot_issue::separator_repeated, 2));
  CHECK(repeated.remarks[0].event == 11);

  // As in SeaBIOS; the firmware profile allows both values.
  const auto ones = judge([](builder& b) {
    exits(separators(b, 6)).event(6, event_type::separator, from_hex("ffffffff").value());
  });
  CHECK(ones.remarks.empty());
  const auto both = judge([](builder& b) {
    exits(separators(b)).event(6, event_type::efi_action, from_hex("ffffffff").value(), as_bytes("nothing"));
  });
  CHECK(has(both, boot_issue::separator_repeated, 6));

  for (const auto* hex : {"01000000", "00", "deadbeef"}) {
    CAPTURE(hex);
    const auto error = judge([hex](builder& b) {
      exits(separators(b, 6)).event(6, event_type::separator, from_hex(hex).value());
    });
    CHECK(error.remarks.size() == 1);
    CHECK(has(error, boot_issue::separator_error, 6));
  }
}

TEST_CASE("check 14: a separator is known by its digest, because its type is not covered") {
  // A second separator that the log calls an action.
  const auto renamed = judge([](builder& b) {
    exits(separators(b)).event(4, event_type::efi_action, bytes(4, 0), as_bytes("nothing"));
  });
  CHECK(has(renamed, boot_issue::separator_repeated, 4));
  // An error separator that the log calls something else.
  const auto error = judge([](builder& b) {
    exits(separators(b, 1)).event(1, event_type::event_tag, from_hex("01000000").value(), as_bytes("x"));
  });
  CHECK(has(error, boot_issue::separator_error, 1));
}

TEST_CASE("check 14: Secure Boot configuration counts only before the separator of PCR 7") {
  const auto before =
      judge([](builder& b) { exits(separators(b.event(7, event_type::efi_variable_driver_config, on))); });
  CHECK(before.secure == secure_boot::on);
  CHECK(before.remarks.empty());

  // Of any type.
  for (const auto type : {event_type::efi_variable_driver_config, event_type::efi_variable_authority,
                          event_type::ipl, event_type::event_tag}) {
    const auto behind = judge([type](builder& b) { exits(separators(b)).event(7, type, on); });
    CHECK(behind.secure == secure_boot::unknown);
    CHECK(has(behind, boot_issue::configuration_too_late, 7));
  }
  // Before a separator whose type in the log is another.
  const auto renamed = judge([](builder& b) {
    exits(separators(b, 7))
        .event(7, event_type::event_tag, bytes(4, 0), {})
        .event(7, event_type::efi_variable_driver_config, on);
  });
  CHECK(renamed.secure == secure_boot::unknown);

  // The authority that allowed an image to run names db, and belongs after the separator.
  const auto db = make_variable(from_hex("cbb219d73a3d9645a3bcdad00e67656f").value(), "db", bytes(100, 1));
  const auto authority =
      judge([&](builder& b) { exits(separators(b)).event(7, event_type::efi_variable_authority, db); });
  CHECK(authority.remarks.empty());
  const auto late =
      judge([&](builder& b) { exits(separators(b)).event(7, event_type::efi_variable_driver_config, db); });
  CHECK(has(late, boot_issue::configuration_too_late, 7));
}

TEST_CASE("check 15: SecureBoot is on only by a covered variable of PCR 7 with value 1") {
  struct row {
    const char* what;
    std::function<void(builder&)> build;
    secure_boot expected;
  };
  constexpr auto config = event_type::efi_variable_driver_config;
  const row rows[] = {
      {"nothing measured", [](builder&) {}, secure_boot::unknown},
      {"on", [](builder& b) { b.event(7, config, on); }, secure_boot::on},
      {"off", [](builder& b) { b.event(7, config, off); }, secure_boot::off},
      {"off, and the log says on", [](builder& b) { b.event(7, config, off, on); }, secure_boot::unknown},
      {"in another PCR", [](builder& b) { b.event(6, config, on); }, secure_boot::unknown},
      {"on, then off", [](builder& b) { b.event(7, config, on).event(7, config, off); },
       secure_boot::unknown},
      {"of another vendor",
       [](builder& b) { b.event(7, config, make_variable(shim_vendor(), "SecureBoot", bytes(1, 1))); },
       secure_boot::unknown},
      {"value 2",
       [](builder& b) { b.event(7, config, make_variable(global_vendor(), "SecureBoot", bytes(1, 2))); },
       secure_boot::off},
      {"value of two bytes",
       [](builder& b) { b.event(7, config, make_variable(global_vendor(), "SecureBoot", bytes(2, 1))); },
       secure_boot::off},
      {"empty value",
       [](builder& b) { b.event(7, config, make_variable(global_vendor(), "SecureBoot", {})); },
       secure_boot::off},
  };
  for (const auto& row : rows) {
    CAPTURE(row.what);
    const auto judged = judge([&row](builder& b) {
      row.build(b);
      exits(separators(b));
    });
    CHECK(judged.secure == row.expected);
  }
}

TEST_CASE("check 15: debug mode, shim without validation, and a log without the end of boot services are "
          "remarked") {
  const auto debug = judge([](builder& b) { exits(separators(b.action(7, "UEFI Debug Mode"))); });
  CHECK(has(debug, boot_issue::debug_mode, 7));
  const auto hidden = judge([](builder& b) {
    exits(separators(b.event(7, event_type::event_tag, as_bytes("UEFI Debug Mode"), as_bytes("x"))));
  });
  CHECK(has(hidden, boot_issue::debug_mode, 7));

  for (const std::uint8_t state : {std::uint8_t{0}, std::uint8_t{1}}) {
    const auto variable = make_variable(shim_vendor(), "MokSBState", bytes(1, state));
    const auto shim = judge(
        [&](builder& b) { exits(separators(b)).event(7, event_type::efi_variable_authority, variable); });
    CHECK(has(shim, boot_issue::validation_disabled, 7) == (state == 1));
  }

  CHECK(has(judge([](builder& b) { separators(b); }), boot_issue::exit_boot_services_missing, 5));
  CHECK(has(judge([](builder& b) { separators(b).action(5, "Exit Boot Services Invocation"); }),
            boot_issue::exit_boot_services_missing, 5));
  CHECK(has(judge([](builder& b) {
              separators(b)
                  .action(5, "Exit Boot Services Invocation")
                  .action(5, "Exit Boot Services Returned with Failure");
            }),
            boot_issue::exit_boot_services_missing, 5));
}

TEST_CASE("check 15: an event that turns checks off is known by its digest, and changed data is remarked") {
  struct row {
    const char* what;
    bytes measured;
    std::optional<boot_issue> known;
  };
  const row rows[] = {
      {"MokSBState", make_variable(shim_vendor(), "MokSBState", bytes(1, 1)),
       boot_issue::validation_disabled},
      {"another value", make_variable(shim_vendor(), "MokSBState", bytes(1, 255)),
       boot_issue::validation_disabled},
      {"AuditMode", make_variable(global_vendor(), "AuditMode", bytes(1, 1)), boot_issue::audit_mode},
      {"not AuditMode", make_variable(global_vendor(), "AuditMode", bytes(1, 0)), {}},
      {"a list", make_variable(global_vendor(), "PK", bytes(70, 3)), {}},
  };
  const auto harmless = make_variable(shim_vendor(), "SbatLevel", bytes(4, 'a'));
  for (const auto& row : rows)
    for (const auto type :
         {event_type::efi_variable_authority, event_type::separator, event_type::efi_action})
      for (const auto& shown : {bytes{}, harmless}) {
        CAPTURE(row.what);
        const auto judged =
            judge([&](builder& b) { exits(separators(b)).event(7, type, row.measured, shown); });
        CHECK(has(judged, boot_issue::uncovered, 7));
        if (row.known) CHECK(has(judged, *row.known, 7));
      }
  CHECK_FALSE(has(
      judge([&](builder& b) { exits(separators(b)).event(7, event_type::efi_variable_authority, harmless); }),
      boot_issue::uncovered, 7));
}

TEST_CASE("check 25: thousands of odd events give a bounded number of remarks, and hide no other") {
  constexpr std::size_t many = 3000;
  const auto judged = judge([](builder& b) {
    for (std::size_t i = 0; i < many; ++i)
      b.separator(3).event(7, event_type::efi_variable_driver_config, as_bytes(std::to_string(i)),
                           as_bytes("x"));
    exits(separators(b, 3)).action(7, "UEFI Debug Mode");
  });
  const auto count = [&](boot_issue issue, unsigned pcr) {
    return std::ranges::count_if(judged.remarks,
                                 [&](const auto& one) { return one.issue == issue && one.pcr == pcr; });
  };
  CHECK(count(boot_issue::separator_repeated, 3) == tpm::max_remarks);
  CHECK(count(boot_issue::uncovered, 7) == tpm::max_remarks);
  CHECK(count(boot_issue::debug_mode, 7) == 1);
}

TEST_CASE("check 14: a separator in one bank only is wrong, and an event that is only named separator "
          "separates nothing") {
  builder b{{hash_algorithm::sha1, hash_algorithm::sha256}};
  exits(separators(b));
  auto raw = b.view();
  // The SHA-1 digest of PCR 3's separator is changed, and the TPM agrees with it.
  const auto log = tpm::parse_event_log(raw).value();
  for (const auto& event : log.events())
    if (event.pcr == 3) raw[static_cast<std::size_t>(event.digests.data() - raw.data()) + 2] ^= 1;
  const auto changed = tpm::parse_event_log(raw).value();
  tpm::pcr_values values;
  for (const auto bank : {hash_algorithm::sha1, hash_algorithm::sha256}) {
    crypto::hasher hash{bank};
    const auto replayed = tpm::replay_bank(changed, hash, ~0U, 0);
    for (unsigned pcr = 0; pcr < 16; ++pcr)
      REQUIRE(values.set(bank, pcr, replayed.values[pcr].view()).ok());
  }
  const quoting_tpm chip;
  const auto verified = tpm::verify_boot_log(changed, chip.verified(values)).value();
  const judged two{tpm::check_structure(verified), {}, {}};
  CHECK(has(two, boot_issue::separator_error, 3));

  const auto called = judge([](builder& one) {
    exits(separators(one.event(7, event_type::separator, as_bytes("x"))
                         .event(7, event_type::efi_variable_driver_config, off)));
  });
  CHECK(has(called, boot_issue::separator_error, 7));
  CHECK(called.secure == secure_boot::off); // the error separator did not end the configuration
}

TEST_CASE("check 16: a boot PCR with its start value is remarked") {
  const auto judged = judge([](builder& b) { exits(separators(b, 2)); });
  CHECK(judged.remarks == std::vector{tpm::boot_remark{boot_issue::not_measured, 2, {}}});
}

TEST_CASE("check 15: real machines give no false remarks") {
  const quoting_tpm chip;
  for (const std::string machine : machines) {
    CAPTURE(machine);
    const auto raw = read_test_data("vm/" + machine + "/binary_bios_measurements");
    const auto values = parse_pcrread(read_test_data("vm/" + machine + "/pcrread.txt"));
    const auto log = tpm::verify_boot_log(tpm::parse_event_log(raw).value(), chip.verified(values)).value();
    const bool grub = machine.starts_with("grub") || machine.starts_with("bank");
    CHECK(tpm::secure_boot_of(log) == (grub ? secure_boot::on : secure_boot::off));
    CHECK(tpm::check_structure(log).empty());
  }
}

TEST_CASE("check 15: Secure Boot variables count if a digest covers them, before the separator, once") {
  const auto security_vendor = from_hex("cbb219d73a3d9645a3bcdad00e67656f").value();
  const auto type = event_type::efi_variable_driver_config;
  const auto list_of = [](std::uint8_t fill) {
    // EFI_SIGNATURE_LIST with one SHA-256: type, 76 bytes, no header, 48 each
    auto out = from_hex("2616c4c14c509240aca941f9369343284c0000000000000030000000").value();
    append(out, bytes(48, fill));
    return out;
  };
  const auto db = make_variable(security_vendor, "db", list_of(1));
  const auto pk = make_variable(global_vendor(), "PK", list_of(2));
  const auto audit = make_variable(global_vendor(), "AuditMode", bytes(1, 1));
  const auto names_in = [&](const std::function<void(builder&)>& build) {
    std::string out;
    for (const auto& one : judge(build).variables)
      out += (out.empty() ? "" : " ") + one.name;
    return out;
  };
  const auto good = judge([&](builder& b) {
    b.event(7, type, db).event(7, type, audit).event(7, type, pk);
    separators(b);
  });
  REQUIRE(good.variables.size() == 3); // sorted by name, not in the order of the log
  CHECK(good.variables[0].name == "PK");
  CHECK(good.variables[1].name == "db");
  CHECK(good.variables[1].signatures == 1);
  CHECK(good.variables[1].size == 76);
  CHECK(good.variables[2].name == "AuditMode");
  CHECK(good.variables[2].mode == 1);
  CHECK(has(good, boot_issue::audit_mode, 7));
  const auto no_audit = make_variable(global_vendor(), "AuditMode", bytes(1, 0));
  CHECK_FALSE(
      has(judge([&](builder& b) { separators(b.event(7, type, no_audit)); }), boot_issue::audit_mode, 7));
  CHECK(names_in([&](builder& b) { separators(b.event(7, type, as_bytes("else"), db)); }).empty());
  CHECK(names_in([&](builder& b) { separators(b).event(7, type, db); }).empty());
  CHECK(names_in([&](builder& b) { separators(b.event(4, type, db)); }).empty());
  CHECK(names_in([&](builder& b) {
          separators(b.event(7, type, make_variable(global_vendor(), "db", list_of(1))));
        }).empty()); // of another vendor
  CHECK(names_in([&](builder& b) {
          separators(b.event(7, type, db).event(7, type, make_variable(security_vendor, "db", list_of(3))));
        }).empty());
  CHECK(names_in([&](builder& b) { separators(b.event(7, type, db).event(7, type, db)); }) == "db");
  CHECK(names_in([&](builder& b) {
          separators(b.event(7, type, make_variable(security_vendor, "db", bytes(10, 1))));
        }).empty()); // not a signature list
}
