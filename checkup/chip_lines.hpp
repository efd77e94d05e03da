// Whether the TPM can be used, and who vouches for it. Pure.
#pragma once

#include "checkup/line.hpp"
#include "crypto/certificate.hpp"
#include "messages/vocabulary/hash_algorithm.hpp"
#include "messages/vocabulary/result.hpp"

namespace muster::checkup {

/// How the TPM is reached.
enum class chip_transport : std::uint8_t { device, software };

/// What the TPM says of itself.
struct chip_identity {
  std::string manufacturer; ///< printable; as the TPM says
  std::string vendor;       ///< printable
  std::vector<hash_algorithm> banks;
};

/// One EK certificate in the TPM's NV, or the reason why it is of no use.
struct ek_seen {
  std::string where; ///< "NV index 0x01c00002"
  result<crypto::certificate> certificate = fault{};
};

struct chip_facts {
  std::string address; ///< as configured
  chip_transport kind = chip_transport::device;
  std::string path; ///< of the device node or socket; empty: neither
  bool there = false;
  bool usable = false;     ///< this user may read and write the path
  std::string permissions; ///< "0660 tss:tss" of the device node
  std::string user;        ///< who looks
  result<chip_identity> chip = fault{};
};
/// The device, the TPM itself, and its SHA-256 bank: one to three lines.
lines judge_chip(const chip_facts& seen);

struct ek_facts {
  std::vector<ek_seen> certificates;
  std::vector<crypto::certificate> chain; ///< CA certificates from NV; nobody vouches for them
  std::string chain_problem;              ///< why `chain` could not be read; empty: it was
  wall_time now;
};
/// A line for each EK certificate: from whom it is, who issued it, and where that CA's certificate can be
/// found. It says nothing of whether the service accepts it; `judge_vendor_roots` does. One line if there is
/// none.
lines judge_ek(const ek_facts& seen);

} // namespace muster::checkup
