// `muster reference make` with the event log that a manifest names: what breaks if these fail is that boot values
// of no manifest, or of two, come into a set.
#include "cli/files/reference_file.hpp"
#include "cli/references/reference_make.hpp"

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <sstream>

namespace support_rim_command_test {

using namespace muster;
using namespace muster::cli;

namespace {

namespace fs = std::filesystem;

std::string data(const std::string& name) { return std::string{MUSTER_SOURCE_DIR} + "/tests/data/" + name; }

/// A folder that is deleted after the test.
class workbench {
public:
  workbench() : path_{fs::path{MUSTER_BINARY_DIR} / "support-rim"} {
    fs::remove_all(path_);
    fs::create_directories(path_);
  }
  ~workbench() { fs::remove_all(path_); }
  workbench(const workbench&) = delete;
  workbench& operator=(const workbench&) = delete;

  std::string at(const std::string& name) const { return (path_ / name).string(); }
  make_options options() const {
    make_options out;
    out.to = at("made.set");
    out.rims = {data("rim-pc/lasting.xml")};
    out.rim_root = data("rim-pc/root.pem");
    out.support_rims = {data("vm/grub-sb/binary_bios_measurements")};
    return out;
  }

private:
  fs::path path_;
};

struct told {
  int status = 0;
  std::string out;
  std::string err;
};

told make(const make_options& options) {
  std::ostringstream out;
  std::ostringstream err;
  const int status = make_command(options, out, err);
  return {status, out.str(), err.str()};
}

bool says(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

} // namespace

TEST_CASE("a set is made from a manifest and its event log alone, and says what it does not compare") {
  const workbench bench;
  const auto made = make(bench.options());
  REQUIRE_MESSAGE(made.status == exit_genuine, made.err);
  CHECK(says(made.out, "support-rim"));
  CHECK(says(made.out, "PCR 0, 2, 3 of the boot"));
  CHECK(says(made.err, "without --base the set compares only PCRs that the firmware alone extends"));
  CHECK_FALSE(says(made.err, "gave no file"));
  const auto set = load_reference(bench.at("made.set"));
  REQUIRE_MESSAGE(set.ok(), set.fault().check);
  for (const unsigned pcr : {0U, 2U, 3U}) {
    CHECK(set->set->pcr(pcr) != nullptr);
    CHECK(set->set->events(pcr) != nullptr);
  }
  CHECK(set->set->pcr(4) == nullptr);
  CHECK(says(set->set->content().origin, "PCR 0, 2, 3 of rim/Example.com.BIOS.01.rimel (Example BIOS 01)"));
}

TEST_CASE("the event log's values replace those of the base, and the rules decide which are learnt") {
  const workbench bench;
  auto options = bench.options();
  appraisal::reference_content base;
  for (const auto index : appraisal::equal_pcrs)
    base.pcrs.push_back({hash_algorithm::sha256, index, crypto::digest{crypto::sha256(as_bytes("boot"))}});
  base.origin = "node 1";
  std::ostringstream unused;
  auto to = output_file::open(bench.at("base.set"), unused);
  REQUIRE(to);
  REQUIRE(store_reference(base, *to));
  options.base = bench.at("base.set");
  const auto made = make(options);
  REQUIRE_MESSAGE(made.status == exit_genuine, made.err);
  CHECK(says(made.out, "PCR 0 has another value in --base"));
  const auto set = load_reference(bench.at("made.set")).value().set;
  CHECK(*set->pcr(0) != base.pcrs[0].value);
  CHECK(*set->pcr(4) == crypto::digest{crypto::sha256(as_bytes("boot"))});
  CHECK(says(set->content().origin, "node 1; PCR 0, 2, 3 of"));

  std::ofstream{bench.at("rules.yaml")} << "version: 1\nboot:\n  pcrs: [0, 4]\n";
  options.rules = bench.at("rules.yaml");
  const auto narrow = make(options);
  REQUIRE_MESSAGE(narrow.status == exit_genuine, narrow.err);
  const auto less = load_reference(bench.at("made.set")).value().set;
  CHECK(less->pcr(0) != nullptr);
  CHECK(less->pcr(2) == nullptr);
}

TEST_CASE("an event log without its manifest, or of another one, gives nothing") {
  const workbench bench;
  auto options = bench.options();
  options.support_rims = {data("vm/direct-tis/binary_bios_measurements")};
  auto made = make(options);
  CHECK(made.status == exit_error);
  CHECK(says(made.err, "support-rim: no File of the manifest has its digest"));
  CHECK_FALSE(fs::exists(bench.at("made.set")));
  options = bench.options();
  options.rims.clear();
  options.directories = {data("rim-pc")};
  made = make(options);
  CHECK(made.status == exit_error);
  CHECK(says(made.err, "give --rim, the manifest that names it"));
  options = bench.options();
  options.support_rims.clear();
  CHECK(says(make(options).err, "give --base, the set that the boot values come from"));
}

} // namespace support_rim_command_test
