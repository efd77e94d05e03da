#include "messages/vocabulary/writer.hpp"
#include "tests/lab/workshop.hpp"
#include "tpm/device/attestation.hpp"
#include "tpm/device/endorsement.hpp"
#include "tpm/device/identity.hpp"

#include <cstring>
#include <future>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

using namespace muster;
using namespace muster::tpm;
using namespace muster::test;

namespace {

/// A badly behaved client of the TPM: sends commands, and leaves the objects that they create.
class careless_client {
public:
  explicit careless_client(const std::filesystem::path& socket) : fd_{::socket(AF_UNIX, SOCK_STREAM, 0)} {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::strncpy(address.sun_path, socket.c_str(), sizeof address.sun_path - 1);
    REQUIRE(::connect(fd_, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
  }
  ~careless_client() { ::close(fd_); }
  careless_client(const careless_client&) = delete;
  careless_client& operator=(const careless_client&) = delete;

  /// The response code of a command without sessions.
  std::uint32_t send(std::uint32_t command, byte_view parameters) {
    writer out;
    out.u16_be(0x8001)
        .u32_be(static_cast<std::uint32_t>(10 + parameters.size()))
        .u32_be(command)
        .put(parameters);
    REQUIRE(::write(fd_, out.view().data(), out.view().size()) == static_cast<ssize_t>(out.view().size()));
    std::array<std::uint8_t, 4096> answer{};
    REQUIRE(::read(fd_, answer.data(), answer.size()) >= 10);
    return std::uint32_t{answer[6]} << 24U | std::uint32_t{answer[7]} << 16U | std::uint32_t{answer[8]} << 8U
           | answer[9];
  }

private:
  int fd_;
};

constexpr std::uint32_t rh_null = 0x40000007;

bytes start_session() {
  writer out;
  out.u32_be(rh_null).u32_be(rh_null).sized16(bytes(16, 1)).sized16({});
  return out.u8(1).u16_be(0x0010).u16_be(0x000b).take();
}

bytes load_external(byte_view area) {
  writer out;
  return out.u16_be(0).sized16(area).u32_be(rh_null).take();
}

} // namespace

TEST_CASE("a TPM reports its maker and its banks") {
  workshop place;
  auto& machine = place.create("m");
  must(machine.boot({}));
  auto chip = open_chip(machine);
  const auto identity = must(read_identity(chip));
  CHECK(identity.manufacturer == "IBM");
  CHECK(identity.vendor == "SW   TPM");
  CHECK(identity.firmware != 0);
  CHECK(identity.banks == std::vector{hash_algorithm::sha1, hash_algorithm::sha256, hash_algorithm::sha384});
}

TEST_CASE("an address without a TPM gives a fault that names it") {
  workshop place;
  for (const auto& address :
       {"swtpm:path=" + (place.folder() / "nobody").string(), std::string{"device:/dev/null"},
        std::string{"device:/dev/there-is-no-such-tpm"}}) {
    CAPTURE(address);
    const auto opened = chip::open(*parse_chip_address(address));
    REQUIRE_FALSE(opened.ok());
    CHECK(opened.fault().code == errc::io);
    CHECK(opened.fault().check.find("tpm: ") == 0);
  }
}

TEST_CASE("a missing TPM is an error that says what is missing and what to do") {
  workshop place;
  const auto told = [](const std::string& address) {
    const auto opened = chip::open(*parse_chip_address(address));
    REQUIRE_FALSE(opened.ok());
    return opened.fault().check;
  };
  const auto device = told("device:/dev/there-is-no-such-tpm");
  CHECK(device.starts_with("tpm: /dev/there-is-no-such-tpm is not there: switch the TPM on"));
  const auto socket = (place.folder() / "nobody").string();
  CHECK(
      told("swtpm:path=" + socket).starts_with("tpm: " + socket + ": no software TPM is there: start swtpm"));
}

TEST_CASE("sessions and objects that the last client left are flushed, because there are only three slots of "
          "each") {
  workshop place;
  auto& machine = place.create("m");
  must(machine.boot({}));
  bytes area;
  {
    auto chip = open_chip(machine);
    area = to_bytes(must(load_attestation_key(chip)).public_area());
  }
  {
    careless_client left{machine.socket()};
    for (int i = 0; i < 3; ++i) {
      CHECK(left.send(0x176, start_session()) == 0);
      CHECK(left.send(0x167, load_external(area)) == 0);
    }
    CHECK(left.send(0x167, load_external(area)) == 0x902); // TPM_RC_OBJECT_MEMORY
  }
  auto chip = open_chip(machine);
  const auto ek = must(load_endorsement_key(chip));
  const auto ak = must(load_attestation_key(chip));
  CHECK_FALSE(ek.key.public_area().empty());
  CHECK_FALSE(ak.public_area().empty());
}

TEST_CASE("keys release their slots, and keep the TPM open only as long as they live") {
  workshop place;
  auto& machine = place.create("m");
  must(machine.boot({}));
  for (int client = 0; client < 2; ++client) {
    auto chip = open_chip(machine);
    auto survivor = must(load_attestation_key(chip));
    for (int i = 0; i < 8; ++i)
      survivor = must(load_attestation_key(chip));
    const tpm::chip gone = std::move(chip);
    CHECK_FALSE(survivor.name().empty());
  }
}

TEST_CASE("a software TPM has one user at a time, so that no other user's keys are flushed") {
  using namespace std::chrono_literals;
  workshop place;
  auto& machine = place.create("m");
  must(machine.boot({}));
  const auto address = must(parse_chip_address(machine.tpm_address()));
  std::optional<chip> first{open_chip(machine)};
  std::optional<loaded_key> key{must(load_attestation_key(*first))};
  const auto impatient = chip::open(address, 0ms);
  REQUIRE_FALSE(impatient.ok());
  CHECK(impatient.fault().code == errc::busy);

  auto second = std::async(std::launch::async, [&] {
    auto chip = chip::open(address);
    return chip.ok() && load_attestation_key(*chip).ok();
  });
  first.reset();
  CHECK_FALSE(chip::open(address, 0ms).ok()); // the key keeps the TPM open as well
  key.reset();
  CHECK(second.get());
}

TEST_CASE("a power cycle raises the reset count and leaves the identity unchanged") {
  workshop place;
  auto& machine = place.create("m");
  must(machine.boot({}));
  bytes ek;
  bytes ak;
  clock_reading before;
  {
    auto chip = open_chip(machine);
    before = must(read_clock(chip));
    ek = to_bytes(must(load_endorsement_key(chip)).key.public_area());
    ak = to_bytes(must(load_attestation_key(chip)).public_area());
  }
  must(machine.reboot());
  auto chip = open_chip(machine);
  const auto after = must(read_clock(chip));
  CHECK(after.reset_count == before.reset_count + 1);
  CHECK(after.restart_count == 0);
  CHECK(after.safe); // because the lab shuts the TPM down in an orderly way
  CHECK(same(must(load_endorsement_key(chip)).key.public_area(), ek));
  CHECK(same(must(load_attestation_key(chip)).public_area(), ak));
}
