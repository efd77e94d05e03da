// tpm2-tss as this folder uses it. For the sources of this folder only: no other folder sees <tss2/*>.
#pragma once

#include "messages/vocabulary/bytes.hpp"
#include "messages/vocabulary/result.hpp"
#include "tpm/device/chip.hpp"
#include "tpm/device/exclusive_use.hpp"
#include "tpm/format/pcr_selection.hpp"

#include <tss2/tss2_esys.h>

#include <cstring>
#include <memory>

namespace muster::tpm {

/// One open TPM: exclusive use, transport and ESAPI context, closed in the reverse of this order.
class connection {
public:
  connection(exclusive_use use, TSS2_TCTI_CONTEXT* transport, ESYS_CONTEXT* context) noexcept
      : use_{std::move(use)}, transport_{transport}, context_{context} {}
  ~connection();
  connection(const connection&) = delete;
  connection& operator=(const connection&) = delete;

  ESYS_CONTEXT* context() const noexcept { return context_; }
  TSS2_TCTI_CONTEXT* transport() const noexcept { return transport_; }

private:
  exclusive_use use_;
  TSS2_TCTI_CONTEXT* transport_;
  ESYS_CONTEXT* context_;
};

inline ESYS_CONTEXT* esys(const chip& tpm) noexcept { return tpm.native()->context(); }

/// Frees what ESAPI allocated.
template <class T> struct esys_free {
  void operator()(T* value) const noexcept { Esys_Free(value); }
};
template <class T> using esys_ptr = std::unique_ptr<T, esys_free<T>>;

/// An output argument that becomes an `esys_ptr` when the call returns: `Esys_X(..., out(value))`.
template <class T> class esys_out {
public:
  explicit esys_out(esys_ptr<T>& target) noexcept : target_{target} {}
  ~esys_out() { target_.reset(raw_); }
  esys_out(const esys_out&) = delete;
  esys_out& operator=(const esys_out&) = delete;
  operator T**() noexcept { return &raw_; }

private:
  esys_ptr<T>& target_;
  T* raw_ = nullptr;
};
template <class T> esys_out<T> out(esys_ptr<T>& target) noexcept { return esys_out<T>{target}; }

/// An ESAPI handle of an object that must not be flushed (an NV index, a persistent key). On destruction, it
/// is only closed.
class esys_handle {
public:
  explicit esys_handle(ESYS_CONTEXT* context) noexcept : context_{context} {}
  ~esys_handle() {
    if (value != ESYS_TR_NONE) Esys_TR_Close(context_, &value);
  }
  esys_handle(const esys_handle&) = delete;
  esys_handle& operator=(const esys_handle&) = delete;

  ESYS_TR value = ESYS_TR_NONE;

private:
  ESYS_CONTEXT* context_;
};

/// The error number of a TPM's format-one response code, without the bits that name the parameter, handle or
/// session (TPM 2.0 Part 2, 6.6.3); 0 for any other code.
TSS2_RC format_one(TSS2_RC rc) noexcept;

/// "tpm: COMMAND: what tpm2-tss says": denied if the TPM rejected the authorisation, else io.
fault refused(std::string_view command, TSS2_RC rc);

inline status check(std::string_view command, TSS2_RC rc) {
  if (rc != TSS2_RC_SUCCESS) return refused(command, rc);
  return {};
}

/// TPM2_GetCapability, in one call.
result<esys_ptr<TPMS_CAPABILITY_DATA>> get_capability(const chip& tpm, TPM2_CAP what, std::uint32_t first,
                                                      std::uint32_t count);

/// The TPM's handles from `first` upwards, of the same type as `first`; at most 254.
result<std::vector<std::uint32_t>> handles_from(const chip& tpm, std::uint32_t first);

/// TPM2_CreatePrimary in the endorsement hierarchy from a TPMT_PUBLIC.
result<loaded_key> create_endorsement_primary(const chip& tpm, byte_view area);

/// The key at a persistent handle. fault not_found: there is none.
result<loaded_key> load_persistent(const chip& tpm, std::uint32_t handle);

result<TPML_PCR_SELECTION> to_tss(const pcr_selection& selection);

/// Copies `content` into a TPM2B whose member `buffer` is an array. fault limit: it does not fit.
template <class Sized>
status fill(Sized& target, std::uint8_t* buffer, std::size_t capacity, byte_view content) {
  if (content.size() > capacity) return fault{errc::limit, "tpm: a parameter is too long"};
  target.size = static_cast<std::uint16_t>(content.size());
  if (!content.empty()) std::memcpy(buffer, content.data(), content.size());
  return {};
}

} // namespace muster::tpm
