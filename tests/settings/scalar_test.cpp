#include "settings/path_prefix.hpp"
#include "settings/scalar.hpp"

#include <doctest/doctest.h>

#include <string>
#include <string_view>
#include <vector>

using namespace muster;
using namespace muster::settings;

TEST_CASE("integers are decimal, whole and in range, or refused") {
  CHECK(*parse_integer("0") == 0);
  CHECK(*parse_integer("18446744073709551615") == 18446744073709551615ULL);
  for (const auto* bad : {"", "-1", "+1", "010", "00", "0x10", "0o7", "1e3", "1.0", "1_000", " 1", "1 ",
                          "18446744073709551616", "a"}) {
    CAPTURE(bad);
    CHECK_FALSE(parse_integer(bad));
  }
}

TEST_CASE("durations are one integer and one unit") {
  using namespace std::chrono_literals;
  CHECK(*parse_duration("500ms") == 500ms);
  CHECK(*parse_duration("10s") == 10s);
  CHECK(*parse_duration("5m") == 5min);
  CHECK(*parse_duration("2h") == 2h);
  CHECK(*parse_duration("7d") == std::chrono::days{7});
  CHECK(*parse_duration("36500d") == std::chrono::days{36'500});
  for (const auto* bad : {"", "60", "s", "010s", "1.5s", "1 s", "-1s", "1h30m", "1S", "1min", "36501d",
                          "99999999999999999999s", "18446744073709551615d"}) {
    CAPTURE(bad);
    const auto read = parse_duration(bad);
    REQUIRE_FALSE(read);
    CHECK(read.fault().check.starts_with(
        "expected a duration such as 60s: a whole number and ms, s, m, h or d"));
  }
  for (const auto* same : {"500ms", "10s", "1m", "90s", "2h", "7d"})
    CHECK(settings::to_string(*parse_duration(same)) == same);
  CHECK(settings::to_string(0ms) == "0s");
}

TEST_CASE("sizes and rates have binary units") {
  CHECK(*parse_size("1B") == 1);
  CHECK(*parse_size("64KiB") == 65'536);
  CHECK(*parse_size("256MiB") == 268'435'456);
  CHECK(*parse_size("2GiB") == 2'147'483'648);
  CHECK(*parse_rate("16KiB/s") == 16'384);
  for (const auto* bad :
       {"", "64", "64K", "64KB", "64kib", "64 KiB", "064KiB", "17179869184GiB", "64KiB/s"}) {
    CAPTURE(bad);
    CHECK_FALSE(parse_size(bad));
  }
  for (const auto* bad : {"16KiB", "/s", "16KiB/m", "16/s"})
    CHECK_FALSE(parse_rate(bad));
  CHECK(size_to_string(65'536) == "64KiB");
  CHECK(size_to_string(1'000) == "1000B");
}

TEST_CASE("paths are absolute and have one spelling") {
  for (const auto* good : {"/a", "/var/lib/muster", "/a b/..c", "/etc/\xc3\xbc"})
    CHECK(*parse_path(good) == good);
  for (const auto* bad : {"", "/", "a", "./a", "/a/", "//a", "/a//b", "/a/../b", "/..", "/a/.", "~/a"}) {
    CAPTURE(bad);
    CHECK_FALSE(parse_path(bad));
  }
  CHECK_FALSE(parse_path("/" + std::string(4095, 'x')));
}

TEST_CASE("names cannot contain anything surprising") {
  CHECK(*parse_name("ras.example-1_x", 64) == "ras.example-1_x");
  for (const auto* bad : {"", ".a", "a-", "a b", "a/b", "\xc3\xbc", "a\n"})
    CHECK_FALSE(parse_name(bad, 64));
  CHECK_FALSE(parse_name("abcd", 3));
}

TEST_CASE("a TPM is a device or a software TPM, never a command or a library") {
  CHECK(parse_tpm("device:/dev/tpmrm0"));
  CHECK(parse_tpm("swtpm:path=/run/x"));
  for (const auto* bad : {"", "device:", "device:tpm0", "device:/dev/../x", "swtpm:", "cmd:sh -c id",
                          "/dev/tpmrm0", "libtss2-tcti-cmd.so:sh", "mssim:host=x", "tabrmd:"}) {
    CAPTURE(bad);
    CHECK_FALSE(parse_tpm(bad));
  }
}

TEST_CASE("a path prefix matches whole components, and a path from a log cannot climb out of it") {
  CHECK(covers("/var/log", "/var/log"));
  CHECK(covers("/var/log", "/var/log/x"));
  CHECK(covers("/var/log", "/var/log/a/b"));
  CHECK_FALSE(covers("/var/log", "/var/logs"));
  CHECK_FALSE(covers("/var/log", "/var/lo"));
  CHECK_FALSE(covers("/var/log", "/var"));
  CHECK_FALSE(covers("/var/log", "var/log/x"));
  CHECK_FALSE(covers("/var/log", "/var/log/../../usr/bin/implant"));
  CHECK_FALSE(covers("/var/log", "/var/log/./x"));
  CHECK_FALSE(covers("", "/usr/bin/implant"));
  const std::vector<std::string> both = {"/var/log", "/run"};
  CHECK(covers(both, "/run/x"));
  CHECK_FALSE(covers(both, "/tmp/x"));
  CHECK_FALSE(covers(std::vector<std::string>{}, "/run/x"));
}

TEST_CASE(
    "a fraction is refused with the forms that are good, and with the same value written in one of them") {
  struct row {
    std::string_view text;
    std::string_view end;
  };
  const row durations[] = {
      {"0.2s", "; write 200ms"},
      {"1.5h", "; write 90m"},
      {"0.50m", "; write 30s"},
      {"1.25s", "; write 1250ms"},
      {"1m30s", "; write 90s"},
      {"10 s", "; write 10s"},
      {"5 Minutes", "; write 5m"},
      {"90sec", "; write 90s"},
      {"0.1ms", "7d"},
      {"0.2", "7d"},
      {"0.2 s", "7d"},
      {".2s", "7d"},
      {"0.s", "7d"},
      {"00.2s", "7d"},
      {"0.2222s", "7d"},
      {"-0.2s", "7d"},
      {"0.2.2s", "7d"},
      {"99999999999999.5d", "7d"},
  };
  for (const auto& [text, end] : durations) {
    CAPTURE(std::string{text});
    const auto read = parse_duration(text);
    REQUIRE_FALSE(read.ok());
    CHECK_MESSAGE(read.fault().check.ends_with(end), read.fault().check);
  }
  CHECK(parse_size("1.5GiB").fault().check.ends_with("; write 1536MiB"));
  CHECK(parse_size("1MB").fault().check.ends_with("; write 1MiB"));
  CHECK(parse_size("64 kb").fault().check.ends_with("; write 64KiB"));
  CHECK(parse_size("1 mega").fault().check.find("; write") == std::string::npos);
  CHECK(parse_size("0.3B").fault().check.ends_with("2GiB"));
  CHECK(parse_size("64kb").fault().check.find("B, KiB, MiB or GiB") != std::string::npos);
  CHECK(parse_rate("16KiB").fault().check.find("a size and /s") != std::string::npos);
  CHECK(parse_endpoint("any").fault().check.find("[2001:db8::1]:4280") != std::string::npos);
  CHECK(parse_tpm("/dev/tpm0").fault().check.find("swtpm:host=") != std::string::npos);
}
