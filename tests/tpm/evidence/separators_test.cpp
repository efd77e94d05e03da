#include "tests/tpm/evidence/judged_structure.hpp"

using namespace muster;
using namespace muster::testing;
using tpm::boot_issue;
using tpm::event_type;
using tpm::secure_boot;

namespace {

using builder = event_log_builder;

const bytes secure_boot_off = make_variable(global_vendor(), "SecureBoot", bytes(1, 0));

/// The variable, and an event of PCR 1 that measures only its value, as firmware does with boot options.
builder& boot_option(builder& b, std::string_view name, byte_view value,
                     event_type type = event_type::efi_variable_boot) {
  return b.event(1, type, value, make_variable(global_vendor(), name, value));
}

} // namespace

TEST_CASE("check 14: exactly one normal separator in each of PCR 0 to 7") {
  const auto good = judge_structure([](builder& b) { exits(separators(b)); });
  CHECK(good.remarks.empty());

  const auto missing = judge_structure([](builder& b) { exits(separators(b, 3)).action(3, "something"); });
  CHECK(missing.remarks == std::vector{tpm::boot_remark{boot_issue::separator_missing, 3, {}}});

  const auto repeated = judge_structure([](builder& b) { exits(separators(b)).separator(2); });
  REQUIRE(repeated.remarks.size() == 1);
  CHECK(repeated.has(boot_issue::separator_repeated, 2));
  CHECK(repeated.remarks[0].event == 11);

  // As in SeaBIOS; the firmware profile allows both values.
  const auto ones = judge_structure([](builder& b) {
    exits(separators(b, 6)).event(6, event_type::separator, from_hex("ffffffff").value());
  });
  CHECK(ones.remarks.empty());
  const auto both = judge_structure([](builder& b) {
    exits(separators(b)).event(6, event_type::efi_action, from_hex("ffffffff").value(), as_bytes("nothing"));
  });
  CHECK(both.has(boot_issue::separator_repeated, 6));
}

TEST_CASE("check 14: an error is the value 1 in little-endian order, and any other odd separator is told as "
          "what it is") {
  struct row {
    const char* value;
    boot_issue issue;
  };
  const row rows[] = {
      {"01000000", boot_issue::separator_error},
      {"00000001", boot_issue::separator_unknown},
      {"00", boot_issue::separator_unknown},
      {"deadbeef", boot_issue::separator_unknown},
  };
  for (const auto& row : rows)
    for (const unsigned pcr : {0U, 6U, 7U}) {
      CAPTURE(row.value);
      CAPTURE(pcr);
      const auto odd = judge_structure([&](builder& b) {
        exits(separators(b, pcr)).event(pcr, event_type::separator, from_hex(row.value).value());
      });
      REQUIRE(odd.remarks.size() == 1);
      CHECK(odd.has(row.issue, pcr));
    }
  // skiboot measures ffffffff and logs a text with it. A firmware that measures the text has an odd separator.
  const auto text = as_bytes("Skiboot Boot");
  for (const auto& [measured, issues] :
       {std::pair{from_hex("ffffffff").value(), std::size_t{0}}, {to_bytes(text), std::size_t{8}}}) {
    const auto skiboot = judge_structure([&](builder& b) {
      for (unsigned pcr = 0; pcr < 8; ++pcr)
        b.event(pcr, event_type::separator, measured, text);
      exits(b);
    });
    CHECK(std::ranges::count(skiboot.remarks, boot_issue::separator_unknown, &tpm::boot_remark::issue)
          == static_cast<std::ptrdiff_t>(issues));
    CHECK_FALSE(skiboot.has(boot_issue::separator_error, 0));
    CHECK_FALSE(skiboot.has(boot_issue::separator_missing, 0));
  }
}

TEST_CASE("check 14: the value of a variable is not a separator, whatever it hashes to") {
  for (const auto* file : {"bootorder-0000-0001", "bootorder-0001-0000"}) {
    CAPTURE(file);
    const auto judged = judge_structure(read_test_data(std::string{"reports/"} + file + ".bin"));
    // The sample ends before the operating system takes over.
    CHECK(judged.remarks == std::vector{tpm::boot_remark{boot_issue::exit_boot_services_missing, 5, {}}});
  }
  for (const auto type : {event_type::efi_variable_boot, event_type::efi_variable_boot2})
    for (const auto* value : {"01000000", "00000000", "ffffffff"}) {
      CAPTURE(value);
      const auto judged = judge_structure(
          [&](builder& b) { exits(separators(boot_option(b, "BootOrder", from_hex(value).value(), type))); });
      CHECK(judged.remarks.empty());
    }
  // Other contents of four bytes: what the firmware's root of trust measured, and flags.
  for (const auto type : {event_type::s_crtm_contents, event_type::s_crtm_version})
    for (const auto* value : {"01000000", "00000000"}) {
      const auto judged =
          judge_structure([&](builder& b) { exits(separators(b.event(0, type, from_hex(value).value()))); });
      CHECK(judged.remarks.empty());
    }
  const auto flags = judge_structure([](builder& b) {
    exits(separators(b.event(1, event_type::platform_config_flags, from_hex("01000000").value())));
  });
  CHECK(flags.remarks.empty());
}

TEST_CASE("check 14: a separator does not hide as another type") {
  // A second separator that the log calls an action.
  const auto renamed = judge_structure([](builder& b) {
    exits(separators(b)).event(4, event_type::efi_action, bytes(4, 0), as_bytes("nothing"));
  });
  CHECK(renamed.has(boot_issue::separator_repeated, 4));
  // One that it calls a variable, of another value or of none, or an event of the S-CRTM in another PCR.
  const auto variable = make_variable(global_vendor(), "BootOrder", from_hex("01000000").value());
  for (const auto& data : {variable, bytes{}, bytes(4, 0)})
    for (const auto type : {event_type::efi_variable_boot, event_type::s_crtm_contents}) {
      const auto hidden =
          judge_structure([&](builder& b) { exits(separators(b)).event(4, type, bytes(4, 0), data); });
      CHECK(hidden.has(boot_issue::separator_repeated, 4));
    }
  // The firmware's error is called an action: then its PCR has no separator.
  const auto error = from_hex("01000000").value();
  const auto retyped =
      judge_structure([&](builder& b) { exits(separators(b, 5).event(5, event_type::efi_action, error)); });
  CHECK(retyped.has(boot_issue::separator_missing, 5));
  // Root extends a separator of its own into PCR 5: it comes after the operating system took over.
  const auto replaced = judge_structure(
      [&](builder& b) { exits(separators(b, 5).event(5, event_type::efi_action, error)).separator(5); });
  CHECK(replaced.has(boot_issue::separator_missing, 5));
  // After the separator the digest decides in every PCR, for an error as well.
  const auto late = judge_structure(
      [&](builder& b) { exits(separators(b)).event(6, event_type::efi_variable_authority, error); });
  CHECK(late.has(boot_issue::separator_error, 6));
  // In PCR 7 the digest decides.
  const auto seventh = judge_structure([&](builder& b) {
    exits(separators(b, 7).event(7, event_type::efi_variable_driver_config, error)).separator(7);
  });
  CHECK(seventh.has(boot_issue::separator_error, 7));
}

TEST_CASE("check 14: the firmware's error is found in PCR 2, 3 and 4 under each type, with a separator of "
          "root after "
          "it") {
  const auto error = from_hex("01000000").value();
  const auto variable = make_variable(global_vendor(), "BootOrder", error);
  for (const unsigned pcr : {2U, 3U, 4U})
    for (const auto type :
         {event_type::efi_action, event_type::efi_variable_boot, event_type::s_crtm_contents,
          event_type::platform_config_flags, event_type::event_tag})
      for (const auto& data : {error, variable, bytes{}}) {
        CAPTURE(pcr);
        const auto hidden =
            judge_structure([&](builder& b) { exits(separators(b.event(pcr, type, error, data))); });
        CHECK(hidden.has(boot_issue::separator_error, pcr));
        CHECK(hidden.has(boot_issue::separator_repeated, pcr)); // root's own comes second
      }
}

TEST_CASE("check 14: a separator that no type names is still one") {
  const auto judged = judge_structure(
      [](builder& b) { exits(separators(b, 2).event(2, event_type::event_tag, bytes(4, 0))); });
  CHECK(judged.remarks.empty());
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
  const judged_structure two{tpm::check_structure(verified), {}, {}};
  CHECK(two.has(boot_issue::separator_unknown, 3));

  const auto called = judge_structure([](builder& one) {
    exits(separators(one.event(7, event_type::separator, as_bytes("x"))
                         .event(7, event_type::efi_variable_driver_config, secure_boot_off)));
  });
  CHECK(called.has(boot_issue::separator_unknown, 7));
  CHECK(called.secure == secure_boot::off); // the odd separator did not end the configuration
}
