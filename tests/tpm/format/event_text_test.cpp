#include "tests/tpm/logs.hpp"
#include "tpm/format/event_text.hpp"

#include <map>

using namespace muster;
using namespace muster::testing;
using tpm::coverage;
using tpm::event_type;

namespace {

constexpr auto bank = hash_algorithm::sha256;

tpm::event_text text_of(event_type type, byte_view measured, byte_view data, std::uint32_t pcr = 0) {
  tpm::logged_event event;
  event.pcr = pcr;
  event.type = type;
  event.data = data;
  return tpm::describe_event(event, crypto::hash(bank, measured).view(), bank);
}

bytes nul_ended(std::string_view text) {
  auto out = to_bytes(as_bytes(text));
  out.push_back(0);
  return out;
}

} // namespace

TEST_CASE("check 13: text counts as covered only where the digest is recomputed from its bytes") {
  const auto grub = nul_ended("kernel_cmdline: /vmlinuz quiet");
  const auto variable = make_variable(global_vendor(), "BootOrder", from_hex("01000300").value());
  struct row {
    const char* what;
    event_type type;
    bytes measured;
    bytes data;
    coverage covered;
    const char* label;
    const char* text;
    std::uint32_t pcr = 0;
  };
  const row rows[] = {
      {"GRUB's command line", event_type::ipl, to_bytes(as_bytes("/vmlinuz quiet")), grub, coverage::digest,
       "kernel_cmdline", "/vmlinuz quiet"},
      {"a command line that is not what was measured", event_type::ipl,
       to_bytes(as_bytes("/vmlinuz init=/bin/sh")), grub, coverage::hint, "kernel_cmdline", "/vmlinuz quiet"},
      {"a file's name beside the file's digest", event_type::ipl, to_bytes(as_bytes("content")),
       nul_ended("/boot/vmlinuz"), coverage::hint, "", "/boot/vmlinuz"},
      {"text measured without its NUL", event_type::ipl, to_bytes(as_bytes("grub")), nul_ended("grub"),
       coverage::digest, "", "grub"},
      {"UTF-16 text, measured whole", event_type::ipl, from_hex("71007500690065007400").value(),
       from_hex("71007500690065007400").value(), coverage::digest, "", "quiet"},
      {"a section's name, measured in ASCII and logged in UTF-16", event_type::ipl, nul_ended(".linux"),
       from_hex("2e006c0069006e00750078000000").value(), coverage::digest, "", ".linux"},
      {"a section's name beside its content", event_type::ipl, to_bytes(as_bytes("kernel")),
       from_hex("2e006c0069006e00750078000000").value(), coverage::hint, "", ".linux"},
      {"the kernel's stub names what it loaded", event_type::event_tag, to_bytes(as_bytes("initrd 1")),
       from_hex("ec223b8f0d0000004c696e757820696e6974726400").value(), coverage::hint, "", "Linux initrd"},
      {"a tag with more behind it", event_type::event_tag, to_bytes(as_bytes("initrd 1")),
       from_hex("ec223b8f0c0000004c696e757820696e6974726400").value(), coverage::hint, "",
       "ec223b8f0c0000004c696e757820696e6974726400"},
      {"a whole variable", event_type::efi_variable_driver_config, variable, variable, coverage::digest,
       "BootOrder", "BootOrder = 0001,0003", 7},
      {"a variable's value", event_type::efi_variable_boot, from_hex("01000300").value(), variable,
       coverage::digest, "BootOrder", "0001,0003", 1},
      {"another variable's value", event_type::efi_variable_boot, from_hex("0200").value(), variable,
       coverage::hint, "BootOrder", "0001,0003", 1},
      {"what is no variable", event_type::efi_variable_boot, from_hex("beef").value(),
       from_hex("beef").value(), coverage::digest, "", "beef"},
      {"separator", event_type::separator, bytes(4, 0), bytes(4, 0), coverage::digest, "", "00000000"},
      {"an image's digest", event_type::efi_boot_services_application, to_bytes(as_bytes("PE")), bytes(40, 7),
       coverage::hint, "", "40 bytes"},
      {"control characters", event_type::efi_action, to_bytes(as_bytes("a\x1b[2J")),
       to_bytes(as_bytes("a\x1b[2J")), coverage::digest, "", "a\\x1b[2J"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.what);
    const auto read = text_of(row.type, row.measured, row.data, row.pcr);
    CHECK(read.covered == row.covered);
    CHECK(read.label == row.label);
    CHECK(read.text == row.text);
  }
}

TEST_CASE("check 13: in PCR 8, 11 and 12 the bytes are read as text, whatever the event's type") {
  const auto line = to_bytes(as_bytes("/vmlinuz quiet"));
  for (const unsigned pcr : {8U, 11U, 12U})
    for (const auto type : {event_type::ipl, event_type::efi_variable_boot, event_type::efi_gpt_event,
                            event_type::event_tag, event_type::separator, event_type{0x12345678}}) {
      const auto read = text_of(type, line, line, pcr);
      CHECK(read.covered == coverage::digest);
      CHECK(read.text == "/vmlinuz quiet");
      // A command line that is logged as the value of a variable counts as hidden.
      const auto variable = make_variable(global_vendor(), "Some", line);
      CHECK(text_of(type, line, variable, pcr).covered == coverage::hint);
    }
}

TEST_CASE("check 13: no type and no name of a variable shows bytes as something shorter") {
  const bytes binary(40, 0x7f);
  const bytes tag = from_hex("ec223b8f0d0000004c696e757820696e6974726400").value();
  for (std::uint32_t pcr = 0; pcr < 16; ++pcr)
    for (const auto type :
         {event_type::ipl, event_type::post_code, event_type::nonhost_code, event_type::separator,
          event_type::efi_variable_boot, event_type::efi_variable_boot2, event_type::efi_variable_authority,
          event_type::efi_variable_driver_config, event_type::efi_gpt_event, event_type::event_tag,
          event_type::efi_boot_services_application, event_type{0x12345678}}) {
      CAPTURE(pcr);
      CAPTURE(to_string(type));
      // The measured bytes as the value of a variable of any name, as they are, and as a variable themselves.
      const auto variable = make_variable(global_vendor(), "set recordfail", binary);
      for (const auto& [measured, data] :
           {std::pair{binary, variable}, {binary, binary}, {variable, variable}, {tag, tag}}) {
        const auto read = text_of(type, measured, data, pcr);
        const bool of_firmware = pcr == 1 || pcr == 3 || pcr == 5 || pcr == 7;
        if (read.covered == coverage::hint || of_firmware) continue;
        // Then the text must show every byte: each takes at least one character.
        CHECK(read.text.size() >= measured.size() - 1); // except a NUL at the end
        CHECK(read.text.find(" bytes") == std::string::npos);
      }
    }
}

TEST_CASE("check 13: text that is not shown whole counts as uncovered") {
  struct row {
    const char* what;
    bytes measured;
    coverage covered;
  };
  const auto utf16 = [](std::string_view text) {
    bytes out;
    for (const char c : text) {
      out.push_back(static_cast<std::uint8_t>(c));
      out.push_back(0);
    }
    return out;
  };
  using namespace std::string_view_literals;
  const row rows[] = {
      {"of 60,000 bytes", bytes(60'000, 'a'), coverage::digest},
      {"of 70,000 bytes", bytes(70'000, 'a'), coverage::hint},
      {"UTF-16 with NULs at its end", utf16("quiet\0\0"sv), coverage::digest},
      {"UTF-16 with text behind a NUL", utf16("quiet\0init=/evil"sv), coverage::hint},
      {"a menu entry of GRUB with its line ends",
       to_bytes(as_bytes("{\n\tset a\n\tset b\n\tset c\n\tset d\n}")), coverage::digest},
      {"no text: nearly all of it is escapes", bytes(200, 0x01), coverage::hint},
  };
  for (const auto& row : rows) {
    CAPTURE(row.what);
    CHECK(text_of(event_type::ipl, row.measured, row.measured).covered == row.covered);
  }
}

TEST_CASE("check 13: without a digest nothing is covered, and empty data is not covered either") {
  tpm::logged_event event;
  event.type = event_type::efi_action;
  CHECK(tpm::describe_event(event, {}, bank).covered == coverage::hint);
}

TEST_CASE("check 13: of grub-sb's events, exactly these types are covered") {
  const auto raw = read_test_data("vm/grub-sb/binary_bios_measurements");
  const auto log = tpm::parse_event_log(raw);
  REQUIRE(log.ok());
  std::map<std::string, std::pair<int, int>> counted; // covered, not
  for (const auto& event : log->events()) {
    if (!event.measured()) continue;
    const auto text = tpm::describe_event(event, log->digest(event, bank), bank);
    auto& [covered, hint] = counted[to_string(event.type) + " PCR " + std::to_string(event.pcr)];
    ++(text.covered == coverage::digest ? covered : hint);
    if (text.label == "kernel_cmdline") {
      CHECK(text.covered == coverage::digest);
      CHECK(text.text == "/vmlinuz console=ttyS0 quiet ima_policy=tcb ima_hash=sha256 ima_template=ima-ng");
    }
  }
  const std::map<std::string, std::pair<int, int>> expected{
      {"EV_S_CRTM_VERSION PCR 0", {1, 0}},
      {"EV_EFI_PLATFORM_FIRMWARE_BLOB PCR 0", {0, 2}},
      {"EV_SEPARATOR PCR 0", {1, 0}},
      {"EV_SEPARATOR PCR 1", {1, 0}},
      {"EV_SEPARATOR PCR 2", {1, 0}},
      {"EV_SEPARATOR PCR 3", {1, 0}},
      {"EV_SEPARATOR PCR 4", {1, 0}},
      {"EV_SEPARATOR PCR 5", {1, 0}},
      {"EV_SEPARATOR PCR 6", {1, 0}},
      {"EV_SEPARATOR PCR 7", {1, 0}},
      {"EV_EFI_VARIABLE_DRIVER_CONFIG PCR 7", {5, 0}},
      {"EV_EFI_VARIABLE_AUTHORITY PCR 7", {3, 0}},
      {"EV_EFI_VARIABLE_BOOT PCR 1", {4, 0}},
      {"EV_EFI_BOOT_SERVICES_DRIVER PCR 2", {0, 1}},
      {"EV_EFI_BOOT_SERVICES_APPLICATION PCR 4", {0, 4}},
      {"EV_EFI_ACTION PCR 4", {1, 0}},
      {"EV_EFI_ACTION PCR 5", {2, 0}},
      {"EV_EFI_GPT_EVENT PCR 5", {1, 0}},
      {"EV_IPL PCR 8", {12, 0}},
      {"EV_IPL PCR 9", {0, 4}},
      {"EV_IPL PCR 14", {0, 3}},
  };
  CHECK(counted == expected);
}
