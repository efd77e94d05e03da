#include "tests/tpm/evidence/judged_structure.hpp"

using namespace muster;
using namespace muster::testing;
using tpm::boot_issue;
using tpm::event_type;
using tpm::secure_boot;

namespace {

using builder = event_log_builder;

const bytes on = make_variable(global_vendor(), "SecureBoot", bytes(1, 1));
const bytes off = make_variable(global_vendor(), "SecureBoot", bytes(1, 0));

judged_structure judge(const std::function<void(builder&)>& build) { return judge_structure(build); }

bool has(const judged_structure& j, boot_issue issue, unsigned pcr) { return j.has(issue, pcr); }

} // namespace

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
