#include "tests/tpm/logs.hpp"
#include "tpm/format/efi_device_path.hpp"
#include "tpm/format/efi_gpt.hpp"
#include "tpm/format/efi_text.hpp"
#include "tpm/format/efi_variable.hpp"

using namespace muster;
using namespace muster::testing;

TEST_CASE("efi text: UTF-16 becomes UTF-8, broken surrogates never break it") {
  struct row {
    const char* hex;
    const char* text;
  };
  const row rows[] = {
      {"", ""},
      {"4100", "A"},
      {"4100000042", "A"},              // ends at the NUL
      {"410042", "A"},                  // odd byte
      {"e400", "\xc3\xa4"},             // two bytes
      {"ac20", "\xe2\x82\xac"},         // three
      {"3dd800de", "\xf0\x9f\x98\x80"}, // a pair
      {"3dd8", "\xef\xbf\xbd"},         // lead alone, at the end
      {"3dd84100", "\xef\xbf\xbd"
                   "A"},        // lead alone
      {"00de", "\xef\xbf\xbd"}, // trail alone
      {"3dd83dd800de", "\xef\xbf\xbd\xf0\x9f\x98\x80"},
  };
  for (const auto& [hex, text] : rows) {
    CAPTURE(hex);
    CHECK(tpm::utf8_from_utf16(from_hex(hex).value()) == text);
  }
  CHECK(tpm::guid_text(global_vendor()) == tpm::efi_global_variable);
  CHECK(tpm::guid_text(shim_vendor()) == tpm::shim_lock);
  CHECK(tpm::guid_text(bytes(15, 0)).empty());
}

TEST_CASE("efi variable: read exactly, malformed at any cut, and lengths are never allocated") {
  const auto raw = make_variable(global_vendor(), "SecureBoot", from_hex("01").value());
  const auto variable = tpm::parse_efi_variable(raw);
  REQUIRE(variable.ok());
  CHECK(variable->vendor == tpm::efi_global_variable);
  CHECK(variable->name == "SecureBoot");
  CHECK(to_hex(variable->data) == "01");
  for (std::size_t size = 0; size < raw.size(); ++size)
    CHECK_FALSE(tpm::parse_efi_variable(byte_view{raw}.first(size)).ok());
  auto longer = raw;
  longer.push_back(0);
  CHECK_FALSE(tpm::parse_efi_variable(longer).ok());
  // 2^63 UTF-16 units would be 0 bytes after doubling.
  for (const std::size_t at : {16U, 24U}) {
    auto bomb = raw;
    bomb[at + 7] = 0x80;
    CHECK_FALSE(tpm::parse_efi_variable(bomb).ok());
  }
}

TEST_CASE("efi variable: values in one line") {
  const auto text = [](std::string_view name, byte_view data) {
    const auto raw = make_variable(global_vendor(), name, data);
    return tpm::value_text(tpm::parse_efi_variable(raw).value());
  };
  CHECK(text("BootOrder", from_hex("010000000a00").value()) == "0001,0000,000a");
  CHECK(text("PK", bytes(1005, 1)) == "1005 bytes");
  // attributes, length of paths 4, "Hi", end of path
  CHECK(text("Boot0001", from_hex("0100000004004800690000007fff0400").value()) == "Hi ");
  // The options that the program is started with; for a kernel, its command line.
  CHECK(text("Boot0001", from_hex("0100000004004800690000007fff0400690066000000").value())
        == "Hi  options \"if\"");
  CHECK(text("Boot0001", from_hex("0100000004004800690000007fff0400010203").value())
        == "Hi  options of 3 bytes");
  CHECK(text("Boot0001", {}) == "");
  CHECK(text("BootNext", from_hex("0200").value()) == "0200");
}

TEST_CASE("efi device path: nodes by name, and broken paths end in dots") {
  struct row {
    const char* hex;
    const char* text;
  };
  const row rows[] = {
      {"", ""},
      {"7fff0400", ""},
      {"02010c00d041030a00000000"
       "01010600021f"
       "7fff0400",
       "PciRoot(0)/Pci(1f,2)"},
      {"04040e005c0045004600490000007fff0400", "\\EFI"},
      {"0909050041", "Path(9,9)"},
      {"04040300", "..."},     // shorter than its own header
      {"0404ff005c00", "..."}, // longer than the path
      {"0404", "..."},         // not a whole header
  };
  for (const auto& [hex, text] : rows) {
    CAPTURE(hex);
    CHECK(tpm::device_path_text(from_hex(hex).value()) == text);
  }
  bytes endless;
  for (int i = 0; i < 1000; ++i)
    append(endless, from_hex("0909050041").value());
  CHECK(tpm::device_path_text(endless).ends_with("..."));
}

TEST_CASE("efi image load: exact lengths") {
  writer out;
  out.u64_le(0x1000).u64_le(0x2000).u64_le(0).u64_le(4).put(from_hex("7fff0400").value());
  const auto image = tpm::parse_efi_image_load(out.view());
  REQUIRE(image.ok());
  CHECK(image->size == 0x2000);
  for (std::size_t size = 0; size < out.view().size(); ++size)
    CHECK_FALSE(tpm::parse_efi_image_load(byte_view{out.view()}.first(size)).ok());
  writer bomb;
  bomb.u64_le(0).u64_le(0).u64_le(0).u64_le(~0ULL);
  CHECK_FALSE(tpm::parse_efi_image_load(bomb.view()).ok());
}

TEST_CASE("efi gpt: the table of a real disk, and none of its cuts") {
  const auto raw = read_test_data("vm/grub-sb/binary_bios_measurements");
  const auto at = as_text(raw).find("EFI PART");
  REQUIRE(at != std::string_view::npos);
  const auto data = byte_view{raw}.subspan(at, 92 + 8 + 2 * 128);
  const auto table = tpm::parse_efi_gpt(data);
  REQUIRE_MESSAGE(table.ok(), table.fault().check);
  CHECK(to_string(*table) == "disk 0bed0bed-0000-4000-8000-000000000001, 2 partitions: ESP, root");
  for (std::size_t size = 0; size < data.size(); ++size)
    CHECK_FALSE(tpm::parse_efi_gpt(data.first(size)).ok());
  auto bomb = to_bytes(data);
  bomb[92 + 4] = 1; // 2^32 partitions
  const auto refused = tpm::parse_efi_gpt(bomb);
  REQUIRE_FALSE(refused.ok());
  CHECK(refused.fault().code == errc::limit);
}
