#include "tpm/device/address.hpp"

#include <doctest/doctest.h>

using namespace muster;
using namespace muster::tpm;

TEST_CASE("an address of a TPM is a device or a software TPM, and reads back as it was written") {
  for (const auto* text :
       {"device:/dev/tpmrm0", "swtpm:path=/run/m/tpm.sock", "swtpm:host=127.0.0.1,port=2321"}) {
    CAPTURE(text);
    const auto read = parse_chip_address(text);
    REQUIRE(read.ok());
    CHECK(to_string(*read) == text);
  }
}

TEST_CASE("a transport that would load a library or run a command is refused by its name") {
  for (const auto* text :
       {"", "tpmrm0", "/dev/tpmrm0", "cmd:sh -c true", "mssim:host=h,port=1", "pcap:device:/x",
        "libtss2-tcti-device.so.0:/dev/tpm0", "tabrmd", "Device:/dev/tpmrm0"}) {
    CAPTURE(text);
    const auto read = parse_chip_address(text);
    REQUIRE_FALSE(read.ok());
    CHECK(read.fault().code == errc::unsupported);
  }
}

TEST_CASE("the text after the transport is checked before tpm2-tss splits it") {
  const std::string fits(max_socket_path - 1, 'x');
  CHECK(parse_chip_address("swtpm:path=/" + fits).ok());
  const auto too_long = parse_chip_address("swtpm:path=/" + fits + "x");
  REQUIRE_FALSE(too_long.ok());
  CHECK(too_long.fault().code == errc::limit);

  for (const auto* text : {"device:", "device:tpmrm0", "device:/dev/x,path=/y", "swtpm:", "swtpm:path=",
                           "swtpm:path=relative", "swtpm:path=/a b", "swtpm:path=/a,port=1", "swtpm:host=h",
                           "swtpm:host=,port=1", "swtpm:host=h,port=0", "swtpm:host=h,port=65535",
                           "swtpm:host=h,port=1x", "swtpm:host=h,port=", "swtpm:port=1,host=h"}) {
    CAPTURE(text);
    const auto read = parse_chip_address(text);
    REQUIRE_FALSE(read.ok());
    CHECK(read.fault().code == errc::malformed);
  }
}
