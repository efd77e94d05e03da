// Mistakes that `raagent --check-config` reports before a start would.
#include "node/load.hpp"

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <unistd.h>

using namespace muster;

TEST_CASE("the configured anchor and token must exist and be valid") {
  const auto folder = std::filesystem::temp_directory_path() / ("muster-load-" + std::to_string(::getpid()));
  std::filesystem::create_directory(folder);
  settings::node_settings settings;
  settings.service.anchor = (folder / "anchor.pem").string();
  CHECK(node::check_named_files(settings).fault().check
        == "service.anchor: " + settings.service.anchor + ": cannot be opened");
  std::ofstream{settings.service.anchor} << "no certificate";
  CHECK(node::check_named_files(settings).fault().check.starts_with("service.anchor: "));
  settings.service.anchor = MUSTER_SOURCE_DIR "/tests/data/vm/grub-sb/ek-root.pem";
  settings.tpm = "swtpm:path=/nowhere";
  CHECK(node::check_named_files(settings).value() == std::vector<std::string>{"anchors: 1"});
  settings.tpm = "device:" + (folder / "tpmrm0").string();
  REQUIRE(node::check_named_files(settings).value().size() == 2);
  CHECK(node::check_named_files(settings)->back().starts_with("tpm: WARNING: "));
  settings.token = (folder / "token").string();
  std::ofstream{settings.token} << "00ff\n";
  CHECK(node::check_named_files(settings).fault().check
        == "token: " + settings.token + ": expected a token of 64 hex digits");
  std::filesystem::remove_all(folder);
}
