// An open TPM 2.0, and a key that it holds.
#pragma once

#include "messages/vocabulary/bytes.hpp"
#include "messages/vocabulary/result.hpp"
#include "tpm/device/address.hpp"

#include <chrono>
#include <memory>

namespace muster::tpm {

class connection; // the tpm2-tss context; private to this folder

/// An open TPM, for use by one thread at a time. Its operations are in the other headers of this folder, as
/// functions that take a `chip&`. All of them block. If the TPM refuses, they return fault `io` or `denied`
/// with the TPM's own words. They leave nothing in the TPM.
///
/// A software TPM has one user at a time. Until the chip and its keys are destroyed, every other process that
/// uses this library waits (`exclusive_use`; a TPM reached by host and port has no such guard). So open the
/// chip, do one errand, and destroy it. For a device, the kernel's resource manager keeps users apart.
class chip {
public:
  static constexpr std::chrono::milliseconds default_patience{10000};

  /// Opens the TPM. Firmware, or whatever started the software TPM, must have run TPM2_Startup. For a
  /// software TPM, this flushes the objects and sessions that the last client left: it has only three slots
  /// for each. fault io: no such device or socket, no permission, or not a TPM 2.0; busy: another user held
  /// the software TPM for longer than `patience`.
  static result<chip> open(const chip_address& address,
                           std::chrono::milliseconds patience = default_patience);

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

/// A place in the TPM that holds a key. On destruction, a transient key is flushed, and a persistent one only
/// forgotten. The slot shares the connection: the TPM is closed when the chip and all its slots are gone.
class key_slot {
public:
  /// `handle` is tpm2-tss' own handle; `persistent` is the TPM's, or 0 for a transient key.
  key_slot(std::shared_ptr<connection> open, std::uint32_t handle, std::uint32_t persistent) noexcept;
  ~key_slot();
  key_slot(key_slot&& other) noexcept;
  key_slot& operator=(key_slot&& other) noexcept;
  key_slot(const key_slot&) = delete;
  key_slot& operator=(const key_slot&) = delete;

  std::uint32_t native() const noexcept { return handle_; }
  std::uint32_t persistent() const noexcept { return persistent_; }

private:
  void release() noexcept;

  std::shared_ptr<connection> connection_; // null: moved from
  std::uint32_t handle_ = 0;
  std::uint32_t persistent_ = 0;
};

/// A key that the TPM has loaded, with its public half as the TPM wrote it.
class loaded_key {
public:
  loaded_key(key_slot slot, bytes public_area, bytes name) noexcept
      : slot_{std::move(slot)}, public_area_{std::move(public_area)}, name_{std::move(name)} {}

  /// TPMT_PUBLIC without size prefix: the bytes that a node id hashes.
  byte_view public_area() const noexcept { return public_area_; }
  /// nameAlg || H(TPMT_PUBLIC).
  byte_view name() const noexcept { return name_; }
  /// The TPM's handle of a persistent key; 0 for a transient key.
  std::uint32_t persistent_handle() const noexcept { return slot_.persistent(); }
  /// tpm2-tss' own handle; it has a meaning only within this folder.
  std::uint32_t native() const noexcept { return slot_.native(); }

private:
  key_slot slot_;
  bytes public_area_;
  bytes name_;
};

} // namespace muster::tpm
