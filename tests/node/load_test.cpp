// Mistakes that `raagent --check-config` reports before a start would.
#include "node/load.hpp"
#include "node/look_around.hpp"
#include "node/ra_agent/join_token_file.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <unistd.h>

using namespace muster;

TEST_CASE("the configured anchor must exist and be valid") {
  const auto folder = std::filesystem::temp_directory_path() / ("muster-load-" + std::to_string(::getpid()));
  std::filesystem::create_directory(folder);
  settings::node_settings settings;
  settings.service.anchor = (folder / "anchor.pem").string();
  CHECK(node::check_named_files(settings).fault().check
        == "service.anchor: " + settings.service.anchor + ": there is no such file");
  std::ofstream{settings.service.anchor} << "no certificate";
  CHECK(node::check_named_files(settings).fault().check.starts_with("service.anchor: "));
  settings.service.anchor = MUSTER_SOURCE_DIR "/tests/data/vm/grub-sb/ek-root.pem";
  settings.tpm = "swtpm:path=/nowhere";
  CHECK(node::check_named_files(settings).value() == std::vector<std::string>{"anchors: 1"});
  settings.tpm = "device:" + (folder / "tpmrm0").string();
  REQUIRE(node::check_named_files(settings).value().size() == 2);
  CHECK(node::check_named_files(settings)->back().starts_with("tpm: WARNING: "));
  std::filesystem::remove_all(folder);
}

TEST_CASE("check 49: a join token is read strictly, and only from a file that nobody else may use") {
  const auto folder = std::filesystem::temp_directory_path() / ("muster-join-" + std::to_string(::getpid()));
  std::filesystem::create_directory(folder);
  const auto file = (folder / "token").string();
  const auto put = [&](const std::string& text, std::filesystem::perms mode) {
    std::ofstream{file, std::ios::trunc} << text;
    std::filesystem::permissions(file, mode);
    return node::load_join_token(file);
  };
  using enum std::filesystem::perms;
  constexpr auto ours = owner_read | owner_write;
  const std::string digits(64, 'a');
  CHECK(node::load_join_token("").value().empty());
  CHECK(node::load_join_token(file).fault().code == errc::not_found);
  CHECK(put(digits, ours).value() == bytes(32, 0xaa));
  CHECK(put(digits + '\n', ours).value() == bytes(32, 0xaa));
  for (const auto& wrong :
       {std::string{}, std::string{"\n"}, digits.substr(1), digits + "a", digits + "\n\n", digits + "\r\n",
        ' ' + digits, digits.substr(1) + 'x', digits + '\n' + digits, std::string(1 << 20, 'a')}) {
    const auto read = put(wrong, ours);
    REQUIRE_FALSE(read.ok());
    CHECK(read.fault().check.find("expected a join token") != std::string::npos);
    CHECK(read.fault().check.find("aaaa") == std::string::npos); // nothing of it is repeated
  }
  for (const auto more : {group_read, others_read, group_write, others_write})
    CHECK(put(digits, ours | more).fault().code == errc::denied);

  settings::node_settings settings;
  settings.service.anchor = MUSTER_SOURCE_DIR "/tests/data/vm/grub-sb/ek-root.pem";
  settings.tpm = "swtpm:path=/nowhere";
  settings.join_token_file = file;
  CHECK(node::check_named_files(settings).fault().check.starts_with("join_token_file: " + file));
  CHECK(put(digits, ours).ok());
  CHECK(node::check_named_files(settings).value() == std::vector<std::string>{"anchors: 1"});
  std::filesystem::remove(file);
  REQUIRE(node::check_named_files(settings).value().size() == 2); // it may be admitted already
  CHECK(node::check_named_files(settings)->back().starts_with("join_token_file: WARNING: "));
  std::filesystem::remove_all(folder);
}

TEST_CASE(
    "each file that the settings name is looked for, and one that is not there is a warning with a remedy") {
  const auto folder = std::filesystem::temp_directory_path() / ("muster-look-" + std::to_string(::getpid()));
  std::filesystem::create_directory(folder);
  settings::node_settings settings;
  settings.state = (folder / "state").string();
  settings.platform = {(folder / "boot_id").string(), (folder / "boot").string(), (folder / "ima").string(),
                       (folder / "policy").string(), (folder / "facts").string()};
  settings.tpm = "swtpm:path=" + (folder / "tpm").string();
  const auto warnings = [&] {
    return std::ranges::count_if(node::look_around(settings), [](const auto& line) {
      return line.find(": WARNING: ") != std::string::npos;
    });
  };
  CHECK(warnings() == 6);
  for (const auto& line : node::look_around(settings))
    CHECK_MESSAGE(line.find(folder.string()) != std::string::npos, line);
  for (const auto* name : {"boot_id", "boot", "ima", "policy", "facts", "tpm"})
    std::ofstream{folder / name} << "x";
  CHECK(warnings() == 0);
  CHECK(node::look_around(settings).front().find("the first start makes it") != std::string::npos);
  settings.state = (folder / "none" / "state").string();
  CHECK(warnings() == 1);
  settings.state = (folder / "boot").string();
  CHECK(warnings() == 1);
  std::filesystem::remove_all(folder);
}
