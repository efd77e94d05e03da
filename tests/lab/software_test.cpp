#include "lab/boot_events.hpp"
#include "lab/software.hpp"
#include "messages/vocabulary/bytes.hpp"
#include "tpm/format/event_log.hpp"

#include <doctest/doctest.h>

#include <set>

using namespace muster;
using namespace muster::lab;

TEST_CASE("software reads back as it was written, and no other text reads") {
  software what;
  what.kernel_command_line = "a=b c";
  what.files = 7;
  what.path = boot_path::unified_kernel;
  what.phases = "enter-initrd";
  what.evidence = "/there";
  const auto read = parse_software(to_text(what));
  REQUIRE(read.ok());
  CHECK(*read == what);
  CHECK(*parse_software("") == software{});

  for (const auto* text :
       {"files=x", "files=", "files=-1", "colour=blue", "path=lilo", "files", "kernel=\x1b[0m", "\n"}) {
    CAPTURE(text);
    CHECK(parse_software(text).fault().code == errc::malformed);
  }
  CHECK(parse_software("files=1000001").fault().code == errc::limit);
}

TEST_CASE("each file has its own path and content") {
  std::set<std::string> paths;
  for (std::size_t i = 0; i < 1000; ++i)
    paths.insert(file_path(i));
  CHECK(paths.size() == 1000);
  CHECK(file_content(3) != file_content(4));
}

TEST_CASE("logs of two boots differ in load addresses, and in nothing that is measured") {
  const std::vector banks{hash_algorithm::sha256};
  const auto one = boot_events({}, 0x40000000);
  const auto two = boot_events({}, 0x50000000);
  CHECK(encode_boot_log(one, banks) != encode_boot_log(two, banks));
  REQUIRE(one.size() == two.size());
  for (std::size_t i = 0; i < one.size(); ++i)
    CHECK(one[i].measured == two[i].measured);
  const auto log = encode_boot_log(one, banks);
  const auto parsed = tpm::parse_event_log(log);
  REQUIRE(parsed.ok());
  CHECK(parsed->events().size() == one.size() + 1);
}
