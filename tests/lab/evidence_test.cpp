// Machines that boot from the logs of real machines.
#include "tests/lab/attested.hpp"

#include <sstream>

using namespace muster;
using namespace muster::test;

namespace {

struct sample {
  const char* name;
  std::size_t entries;
};

void check_sample(const std::filesystem::path& folder, std::size_t entries) {
  workshop place;
  auto& machine = place.create("m");
  lab::software what;
  what.evidence = folder.string();
  must(machine.boot(what));
  const auto evidence = attest(machine);
  CHECK(evidence.boot.contradicted() == 0);
  CHECK(evidence.boot.unlogged() == 0);
  CHECK(evidence.ima.size() == entries);
  CHECK(tpm::compare_boot_aggregate(evidence.ima) == tpm::aggregate_outcome::bound);
  CHECK(must(lab::read_file(machine.boot_log()))
        == must(lab::read_file(folder / "binary_bios_measurements")));
  must(machine.run("/tmp/implant", "evil"));
  CHECK(attest(machine).ima.size() == entries + 1);
  must(machine.reboot());
  CHECK(attest(machine).ima.size() == entries);
  CHECK(machine.reboot("debug").fault().code == errc::unsupported);
}

} // namespace

TEST_CASE("a machine boots from the logs of a real one, whichever banks it had") {
  const std::filesystem::path samples{MUSTER_SOURCE_DIR "/tests/data/vm"};
  for (const auto& [name, entries] : {sample{"grub-sb", 74}, sample{"bank-sha256-only", 74}}) {
    CAPTURE(name);
    REQUIRE(std::filesystem::exists(samples / name));
    check_sample(samples / name, entries);
  }
}

TEST_CASE("a machine that boots from recorded logs can go back to a simulated boot") {
  workshop place;
  auto& machine = place.create("m");
  lab::software recorded;
  recorded.evidence = MUSTER_SOURCE_DIR "/tests/data/vm/bank-sha256-only";
  must(machine.boot(recorded));
  must(machine.boot({}));
  const auto evidence = attest(machine);
  CHECK(evidence.boot.contradicted() == 0);
  CHECK(evidence.ima.size() == 201);
}

TEST_CASE("without logs the boot fails, and the machine stays as it was") {
  workshop place;
  auto& machine = place.create("m");
  must(machine.boot({}));
  lab::software nothing;
  nothing.evidence = (place.folder() / "nothing").string();
  CHECK(machine.boot(nothing).fault().code == errc::not_found);
  CHECK(machine.on());
  CHECK(attest(machine).ima.size() == 201);
}
