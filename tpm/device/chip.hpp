// A TPM 2.0 that is open, and a key that it holds.
#pragma once

#include "messages/vocabulary/bytes.hpp"
#include "messages/vocabulary/result.hpp"
#include "tpm/device/address.hpp"

#include <memory>

namespace muster::tpm {

class connection; // the tpm2-tss context; private to this folder

/// An open TPM. One thread at a time. What it can do stands in the other headers of this folder, as functions
/// that take a `chip&`. All of them block, give fault `io` with the TPM's own words when the TPM refuses, and
/// leave nothing behind in it.
///
/// A software TPM serves one client at a time: a second one waits, without limit, in its first command until
/// the first has closed. So open, do one errand, and let the chip die.
class chip {
public:
  /// Opens the TPM. It must have been started (TPM2_Startup) by firmware or by whoever runs it. For a
  /// software TPM this flushes the objects and sessions that the last client left: it has three slots of
  /// each. fault io: no such device or socket, no permission, or not a TPM 2.0.
  static result<chip> open(const chip_address& address);

  ~chip();
  chip(chip&&) noexcept;
  chip& operator=(chip&&) noexcept;
  chip(const chip&) = delete;
  chip& operator=(const chip&) = delete;

  const std::shared_ptr<connection>& native() const noexcept { return connection_; }

private:
  explicit chip(std::shared_ptr<connection> open) noexcept;
  std::shared_ptr<connection> connection_;
};

/// A key in one of the TPM's slots, or a persistent one. A key in a slot is flushed when this dies. It holds
/// the connection: the TPM is closed when the chip and all keys are gone.
class loaded_key {
public:
  loaded_key(std::shared_ptr<connection> open, std::uint32_t handle, bytes public_area, bytes name,
             std::uint32_t persistent_handle) noexcept;
  ~loaded_key();
  loaded_key(loaded_key&&) noexcept;
  loaded_key& operator=(loaded_key&&) noexcept;
  loaded_key(const loaded_key&) = delete;
  loaded_key& operator=(const loaded_key&) = delete;

  /// TPMT_PUBLIC without size prefix, as the TPM wrote it: the bytes that a node id hashes.
  byte_view public_area() const noexcept { return public_area_; }
  /// nameAlg || H(TPMT_PUBLIC).
  byte_view name() const noexcept { return name_; }
  /// The handle at which the TPM keeps it for good; 0 for a key in a slot.
  std::uint32_t persistent_handle() const noexcept { return persistent_handle_; }
  /// tpm2-tss' own handle; means something only within this folder.
  std::uint32_t native() const noexcept { return handle_; }

private:
  void release() noexcept;

  std::shared_ptr<connection> connection_;
  std::uint32_t handle_ = 0;
  bytes public_area_;
  bytes name_;
  std::uint32_t persistent_handle_ = 0;
};

} // namespace muster::tpm
