// What a person reads of a boot log without a service. What breaks if these fail: a text is shown as bytes, an
// odd entry is not marked, or a value is taken for the only possible one.
#include "cli/evidence/eventlog.hpp"
#include "tests/tpm/logs.hpp"
#include "tpm/format/event_log.hpp"

#include <filesystem>
#include <fstream>
#include <sstream>
#include <unistd.h>

using namespace muster;
using namespace muster::cli;
using namespace muster::testing;
using tpm::event_type;

namespace {

const std::vector<hash_algorithm> two_banks{hash_algorithm::sha1, hash_algorithm::sha256};

/// A folder that is deleted after the test.
class tables_folder {
public:
  tables_folder()
      : path_{std::filesystem::temp_directory_path() / ("muster-eventlog-" + std::to_string(::getpid()))} {
    std::filesystem::create_directories(path_ / "tables" / "data");
  }
  ~tables_folder() { std::filesystem::remove_all(path_); }
  tables_folder(const tables_folder&) = delete;
  tables_folder& operator=(const tables_folder&) = delete;

  std::string write(const std::string& name, byte_view content) const {
    const auto file = path_ / name;
    std::ofstream{file, std::ios::binary} << as_text(content);
    return file.string();
  }

private:
  std::filesystem::path path_;
};

struct shown {
  int status = 0;
  std::string table;
  std::string json;
  std::string err;

  /// The line of the table that begins with this number of an event.
  std::string line(unsigned number) const {
    std::istringstream in{table};
    for (std::string one; std::getline(in, one);)
      if (one.starts_with(std::to_string(number) + " ")) return one;
    return {};
  }
  bool says(std::string_view text) const { return table.find(text) != std::string::npos; }
  bool json_says(std::string_view text) const { return json.find(text) != std::string::npos; }
};

shown show_file(const std::string& file, std::optional<log_registers> registers = {}) {
  std::ostringstream table;
  std::ostringstream json;
  std::ostringstream err;
  shown out;
  out.status = eventlog_command({file, output_format::table, registers}, table, err);
  CHECK(eventlog_command({file, output_format::json, registers}, json, err) == out.status);
  out.table = table.str();
  out.json = json.str();
  out.err = err.str();
  return out;
}

shown show(byte_view raw, std::optional<log_registers> registers = {}) {
  const tables_folder folder;
  return show_file(folder.write("log", raw), registers);
}

bytes utf16(std::string_view text) {
  bytes out;
  for (const char c : text) {
    out.push_back(static_cast<std::uint8_t>(c));
    out.push_back(0);
  }
  out.resize(out.size() + 2);
  return out;
}

bytes tag(std::uint32_t id, byte_view description) {
  writer out;
  out.u32_le(id).u32_le(static_cast<std::uint32_t>(description.size())).put(description);
  return out.take();
}

std::string without_blanks_at_end(std::string text) {
  while (!text.empty() && text.back() == ' ')
    text.pop_back();
  return text;
}

} // namespace

TEST_CASE("texts are shown as text, whatever type of event has them and in every PCR") {
  const auto grub = to_bytes(as_bytes(std::string_view{"grub_cmd: set root=hd0\0", 23}));
  struct row {
    std::uint32_t pcr;
    event_type type;
    bytes measured;
    bytes data;
    const char* text;
    const char* mark;
  };
  const auto plain = [](std::string_view text) { return to_bytes(as_bytes(text)); };
  std::vector<row> rows{
      {8, event_type::ipl, plain("set root=hd0"), grub, "grub_cmd: set root=hd0", "proven"},
      {0, event_type::post_code, plain("POST CODE"), plain("POST CODE"), "POST CODE", "proven"},
      {0, event_type::post_code, plain("the code"), plain("ACPI DATA"), "ACPI DATA", "hint"},
      {0, event_type::post_code, plain("code"), from_hex("000080ff000000000040000000000000").value(),
       "16384 bytes at 0xff800000", "hint"},
      {0, event_type::efi_platform_firmware_blob, plain("code"),
       from_hex("000080ff000000000040000000000000").value(), "16384 bytes at 0xff800000", "hint"},
      {0, event_type::efi_platform_firmware_blob2, plain("code"),
       from_hex("04466f6f00000080ff000000000040000000000000").value(), "Foo, 16384 bytes at 0xff800000",
       "hint"},
      {4, event_type::action, plain("Booting"), plain("Booting"), "Booting", "proven"},
      {0, event_type::s_crtm_contents, plain("code"), plain("Boot Guard S-CRTM"), "Boot Guard S-CRTM",
       "hint"},
      {0, event_type::nonhost_info, plain("GCE NonHost"), plain("GCE NonHost"), "GCE NonHost", "proven"},
      {0, event_type::platform_config_flags, bytes{1, 2}, bytes{1, 2}, "0102", "proven"},
      {12, event_type::separator, bytes(4, 0), bytes(4, 0), "00000000", "proven"},
      {5, event_type::separator, bytes(4, 0), bytes(4, 0), "00000000", "proven"},
      {5, event_type::separator, bytes(4, 0xff), plain("Skiboot Boot"), "Skiboot Boot", "differs"},
  };
  for (const std::uint32_t pcr : {4U, 8U, 11U, 12U, 13U, 14U})
    rows.push_back({pcr, event_type::separator, plain("WBCL"), plain("WBCL"), "WBCL", "proven"});
  event_log_builder log{two_banks};
  for (const auto& row : rows)
    log.event(row.pcr, row.type, row.measured, row.data);
  const auto got = show(log.view());
  CHECK(got.status == exit_genuine);
  for (unsigned i = 0; i < rows.size(); ++i) {
    const auto line = got.line(i + 1);
    CAPTURE(line);
    CHECK(line.find(std::string{rows[i].mark}) != std::string::npos);
    CHECK(line.find(std::string{"  "} + rows[i].text) != std::string::npos);
  }
}

TEST_CASE("tags of Linux and systemd are called by their names, in every PCR") {
  const auto name = utf16("board.dtb");
  event_log_builder log{two_banks};
  const auto content = as_bytes("content");
  log.event(9, event_type::event_tag, content, tag(0x8f3b22ec, as_bytes("Linux initrd")))
      .event(5, event_type::event_tag, content, tag(0xf5bc582a, utf16("loader.conf")))
      .event(12, event_type::event_tag, content, tag(0x6c46f751, name))
      .event(12, event_type::event_tag, content, tag(0x49dffe0f, name))
      .event(12, event_type::event_tag, content, tag(0xdac08e1a, name))
      .event(11, event_type::event_tag, content, tag(0x13aed6db, utf16("profile 1")))
      .event(1, event_type::event_tag, content, tag(0xd5cb7cbc, utf16("smbios:type1")))
      .event(1, event_type::event_tag, content, tag(0xe0d47bc8, utf16("smbios:type2")))
      .event(1, event_type::event_tag, content, tag(0xc0b3bd23, utf16("smbios:type11")))
      .event(1, event_type::event_tag, content, tag(0x11223344, {}));
  const auto got = show(log.view());
  const char* expected[] = {"hint        Linux initrd",
                            "hint        systemd-boot loader.conf",
                            "hint        systemd-stub devicetree addon: board.dtb",
                            "hint        systemd-stub initrd addon: board.dtb",
                            "hint        systemd-stub microcode addon: board.dtb",
                            "hint        systemd-stub profile: profile 1",
                            "hint        systemd SMBIOS type 1",
                            "hint        systemd SMBIOS type 2",
                            "hint        systemd SMBIOS type 11",
                            "hint        4433221100000000"};
  for (unsigned i = 0; i < std::size(expected); ++i)
    CHECK(without_blanks_at_end(got.line(i + 1)).ends_with(expected[i]));
}

TEST_CASE("an entry whose digest is not of its data is marked, with the banks") {
  event_log_builder log{two_banks};
  const auto variable = make_variable(global_vendor(), "BootOrder", from_hex("01000300").value());
  log.separator(0)
      .action(4, "Calling EFI Application from Boot Option")
      .event(1, event_type::efi_variable_boot, from_hex("01000300").value(), variable)
      .event(8, event_type::ipl, as_bytes("set a"), as_bytes("grub_cmd: set a"))
      .event(4, event_type::efi_boot_services_application, as_bytes("image"), bytes(40, 7));
  const auto honest = show(log.view());
  CHECK_FALSE(honest.says("not what was measured"));
  CHECK_FALSE(honest.json_says("differs"));

  auto raw = log.view();
  const auto parsed = tpm::parse_event_log(raw).value();
  for (const auto& event : parsed.events()) // the first byte of each SHA-1 digest
    if (event.number != 0) raw[static_cast<std::size_t>(event.digests.data() - raw.data()) + 2] ^= 1;
  const auto changed = show(raw);
  for (const unsigned number : {1U, 2U, 3U, 4U}) {
    CAPTURE(number);
    CHECK(changed.line(number).ends_with("[not what was measured: sha1]"));
    CHECK(changed.line(number).find("proven") != std::string::npos);
  }
  // Nothing shows what an image's digest is of.
  CHECK(changed.line(5).find("not what was measured") == std::string::npos);
  CHECK(changed.json_says(R"("differs":["sha1"])"));

  event_log_builder lying{two_banks};
  lying.event(4, event_type::efi_action, as_bytes("evil"), as_bytes("good"));
  const auto lie = show(lying.view());
  CHECK(lie.line(1).ends_with("differs     good  [not what was measured: sha1, sha256]"));
  CHECK(lie.json_says(R"("text_is":"differs")"));
}

TEST_CASE("it is said where PCR 0 starts, why, and what the other possible starts give") {
  const auto report = [](const char* name) {
    return read_test_data(std::string{"reports/"} + name + ".bin");
  };
  for (const auto* name : {"locality3", "locality3-padded50", "noaction-sha1-only"}) {
    CAPTURE(name);
    const auto got = show(report(name));
    CHECK(got.status == exit_genuine);
    CHECK(got.says("PCR 0 is replayed from locality 3, which the log states.\n"));
    CHECK_FALSE(got.says("  from locality"));
    CHECK(got.line(1).ends_with("unmeasured  StartupLocality 3"));
  }
  const auto hcrtm = show(report("hcrtm"));
  CHECK(hcrtm.says("PCR 0 is replayed from locality 4, because an H-CRTM event comes first.\n"));
  CHECK(hcrtm.says("  from locality 0 in sha256: "));
  CHECK(hcrtm.says("  from locality 3 in sha1: "));
  CHECK(hcrtm.json_says(R"("pcr0_starts":[{"locality":4,)"));
  const auto nothing = show(report("bootorder-0001-0000"));
  CHECK(nothing.says("PCR 0 is replayed from locality 0, which the log does not state.\n"));
  const auto replayed = nothing.json.substr(nothing.json.find(R"("sha256":{"0":")") + 15, 64);
  CHECK(nothing.json_says(R"("because":"locality 0, which the log does not state")"));
  CHECK(nothing.json.rfind(replayed) != nothing.json.find(replayed)); // the start has the same value
  // A log without events of PCR 0 has no start to tell.
  CHECK_FALSE(show(event_log_builder{two_banks}.separator(4).view()).says("replayed from"));
}

TEST_CASE("a bank that an event lacks is left out with a note") {
  const auto got = show(read_test_data("reports/wbcl-one-digest.bin"));
  CHECK(got.status == exit_genuine);
  CHECK(got.says("\nsha1 is left out: event 3 has no digest for it.\n"));
  CHECK_FALSE(got.says("sha1 as replayed"));
  CHECK(got.says("sha256 as replayed"));
  CHECK(got.json_says(R"("notes":["sha1 is left out: event 3 has no digest for it"])"));
}

TEST_CASE("registers of TDX are called by their names, by option or by the ACPI table beside the log") {
  event_log_builder builder{{hash_algorithm::sha384}};
  for (const std::uint32_t index : {0U, 1U, 2U, 3U, 4U, 5U})
    builder.action(index, "x");
  auto log = builder.view();
  log.resize(log.size() + 100, 0xff); // as the kernel shows a CCEL
  const auto named = show(log, log_registers::of_tdx);
  const char* names[] = {"MRTD", "RTMR0", "RTMR1", "RTMR2", "RTMR3", "MR 5"};
  for (unsigned i = 0; i < std::size(names); ++i) {
    CHECK(named.line(i + 1).find(names[i]) == 7);
    CHECK(named.says(std::string{"\n  "} + names[i] + " "));
    CHECK(named.json_says(std::string{R"("register":")"} + names[i] + '"'));
  }
  CHECK_FALSE(named.says("PCR 0"));
  CHECK(show(log).says("\n  4  "));

  const tables_folder folder;
  const auto at = folder.write("tables/data/CCEL", log);
  const auto table = [](std::uint8_t type) {
    bytes out(56, 0);
    std::ranges::copy(as_bytes("CCEL"), out.begin());
    out[4] = 56;
    out[36] = type;
    return out;
  };
  CHECK(show_file(at).says("\n  4  "));  // no table
  folder.write("tables/CCEL", table(1)); // SEV
  CHECK(show_file(at).says("\n  4  "));
  const auto acpi = folder.write("tables/CCEL", table(2));
  CHECK(show_file(at).says("\n  RTMR3 "));
  CHECK(show_file(at, log_registers::of_tpm).says("\n  4  "));
  const auto wrong = show_file(acpi);
  CHECK(wrong.status == exit_error);
  CHECK(wrong.err.find("this is the ACPI table that says where the log is") != std::string::npos);
}

TEST_CASE("an empty file and a damaged log are errors, and a damaged one is shown up to there") {
  const auto empty = show({});
  CHECK(empty.status == exit_error);
  CHECK(empty.err.find("the log is empty") != std::string::npos);
  event_log_builder log{two_banks};
  log.separator(0).event_of({hash_algorithm::sha1}, 4, event_type::action, as_bytes("a"));
  log.event_of({hash_algorithm::sha256}, 4, event_type::action, as_bytes("b"));
  const auto none_whole = show(log.view());
  CHECK(none_whole.status == exit_error);
  CHECK(none_whole.err.find("no bank has a digest of each event up to this one") != std::string::npos);
  CHECK_FALSE(none_whole.line(2).empty());
  CHECK_FALSE(none_whole.says("as replayed"));
}
