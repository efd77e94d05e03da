#include "tpm/device/non_volatile.hpp"

#include "tpm/device/connection.hpp"

#include <algorithm>

namespace muster::tpm {
namespace {

ESYS_TR hierarchy(nv_authority who) noexcept {
  return who == nv_authority::owner ? ESYS_TR_RH_OWNER : ESYS_TR_RH_PLATFORM;
}

TPMA_NV attributes(nv_authority who, nv_readers readers) noexcept {
  TPMA_NV out = TPMA_NV_OWNERREAD | TPMA_NV_NO_DA;
  if (readers == nv_readers::anybody) out |= TPMA_NV_AUTHREAD;
  if (who == nv_authority::owner) return out | TPMA_NV_OWNERWRITE;
  return out | TPMA_NV_PPWRITE | TPMA_NV_PPREAD | TPMA_NV_PLATFORMCREATE;
}

// How many bytes one NV_Read or NV_Write moves: the TPM's own limit, but at most what a TPM2B holds.
result<std::size_t> chunk_size(const chip& tpm) {
  auto answer = get_capability(tpm, TPM2_CAP_TPM_PROPERTIES, TPM2_PT_NV_BUFFER_MAX, 1);
  if (!answer) return answer.fault();
  const auto& list = (*answer)->data.tpmProperties;
  constexpr std::size_t modest = 512;
  if (list.count == 0 || list.tpmProperty[0].property != TPM2_PT_NV_BUFFER_MAX) return modest;
  return std::clamp<std::size_t>(list.tpmProperty[0].value, 1, TPM2_MAX_NV_BUFFER_SIZE);
}

status open_index(const chip& tpm, std::uint32_t index, esys_handle& handle) {
  const auto there = handles_from(tpm, index);
  if (!there) return there.fault();
  if (there->empty() || there->front() != index)
    return fault{errc::not_found, "tpm: this NV index is not defined"};
  return check("NV_ReadPublic", Esys_TR_FromTPMPublic(esys(tpm), index, ESYS_TR_NONE, ESYS_TR_NONE,
                                                      ESYS_TR_NONE, &handle.value));
}

// The authorisation that needs least: the index's own before the owner's, which may have a password.
result<ESYS_TR> reader_of(TPMA_NV attributes, ESYS_TR index) {
  if ((attributes & TPMA_NV_AUTHREAD) != 0) return index;
  if ((attributes & TPMA_NV_OWNERREAD) != 0) return ESYS_TR_RH_OWNER;
  return fault{errc::denied,
               "tpm: this NV index may be read by neither its own authorisation nor the owner's"};
}

// What the TPM says of this index alone. It is no reason to give up on the others.
fault unread(TSS2_RC rc) {
  switch (rc & ~static_cast<TSS2_RC>(TSS2_RC_LAYER_MASK)) {
  case TPM2_RC_NV_LOCKED:
    return {errc::denied, "tpm: this NV index is locked for reading; restart the machine"};
  case TPM2_RC_NV_AUTHORIZATION:
    return {errc::denied, "tpm: this NV index may not be read with the authorisation that it names"};
  case TPM2_RC_LOCKOUT:
    return {errc::denied,
            "tpm: the TPM is in lockout after wrong passwords; tpm2_dictionarylockout --clear-lockout "
            "ends it"};
  case TPM2_RC_NV_UNINITIALIZED: return {errc::not_found, "tpm: this NV index was never written"};
  default: return refused("NV_Read", rc);
  }
}

} // namespace

result<std::vector<std::uint32_t>> nv_indices(chip& tpm) { return handles_from(tpm, TPM2_NV_INDEX_FIRST); }

result<bool> nv_defined(chip& tpm, std::uint32_t index) {
  const auto there = handles_from(tpm, index);
  if (!there) return there.fault();
  return !there->empty() && there->front() == index;
}

result<bytes> nv_read(chip& tpm, std::uint32_t index) {
  esys_handle handle{esys(tpm)};
  if (auto opened = open_index(tpm, index, handle); !opened) return opened.fault();
  esys_ptr<TPM2B_NV_PUBLIC> about;
  if (auto done = check("NV_ReadPublic", Esys_NV_ReadPublic(esys(tpm), handle.value, ESYS_TR_NONE,
                                                            ESYS_TR_NONE, ESYS_TR_NONE, out(about), nullptr));
      !done)
    return done.fault();
  const std::size_t size = about->nvPublic.dataSize;
  if ((about->nvPublic.attributes & TPMA_NV_WRITTEN) == 0)
    return fault{errc::not_found, "tpm: this NV index was never written"};
  if (size > max_nv_size) return fault{errc::limit, "tpm: this NV index is too large"};
  const auto reader = reader_of(about->nvPublic.attributes, handle.value);
  if (!reader) return reader.fault();
  const auto chunk = chunk_size(tpm);
  if (!chunk) return chunk.fault();

  bytes content;
  while (content.size() < size) {
    const auto wanted = std::min(*chunk, size - content.size());
    esys_ptr<TPM2B_MAX_NV_BUFFER> part;
    if (const auto rc = Esys_NV_Read(esys(tpm), *reader, handle.value, ESYS_TR_PASSWORD, ESYS_TR_NONE,
                                     ESYS_TR_NONE, static_cast<std::uint16_t>(wanted),
                                     static_cast<std::uint16_t>(content.size()), out(part));
        rc != TSS2_RC_SUCCESS)
      return unread(rc);
    if (part->size != wanted)
      return fault{errc::malformed, "tpm: NV_Read: the answer has another length than asked for"};
    append(content, {part->buffer, part->size});
  }
  return content;
}

status nv_define(chip& tpm, nv_authority who, std::uint32_t index, nv_readers readers, std::size_t size) {
  if (size > max_nv_size) return fault{errc::limit, "tpm: an NV index of that size is not made"};
  const auto there = nv_defined(tpm, index);
  if (!there) return there.fault();
  if (*there) return fault{errc::conflict, "tpm: this NV index is defined already"};
  const TPM2B_AUTH no_password{};
  TPM2B_NV_PUBLIC about{};
  about.nvPublic.nvIndex = index;
  about.nvPublic.nameAlg = TPM2_ALG_SHA256;
  about.nvPublic.attributes = attributes(who, readers);
  about.nvPublic.dataSize = static_cast<std::uint16_t>(size);
  esys_handle handle{esys(tpm)};
  return check("NV_DefineSpace",
               Esys_NV_DefineSpace(esys(tpm), hierarchy(who), ESYS_TR_PASSWORD, ESYS_TR_NONE, ESYS_TR_NONE,
                                   &no_password, &about, &handle.value));
}

status nv_write(chip& tpm, nv_authority who, std::uint32_t index, byte_view content) {
  if (content.size() > max_nv_size) return fault{errc::limit, "tpm: it is more than an NV index holds"};
  esys_handle handle{esys(tpm)};
  if (auto opened = open_index(tpm, index, handle); !opened) return opened;
  const auto chunk = chunk_size(tpm);
  if (!chunk) return chunk.fault();
  for (std::size_t offset = 0; offset < content.size();) {
    const auto part = content.subspan(offset, std::min(*chunk, content.size() - offset));
    TPM2B_MAX_NV_BUFFER buffer{};
    if (auto filled = fill(buffer, buffer.buffer, sizeof buffer.buffer, part); !filled) return filled;
    const auto rc = Esys_NV_Write(esys(tpm), hierarchy(who), handle.value, ESYS_TR_PASSWORD, ESYS_TR_NONE,
                                  ESYS_TR_NONE, &buffer, static_cast<std::uint16_t>(offset));
    if (rc == TPM2_RC_NV_RANGE) return fault{errc::limit, "tpm: it is more than this NV index holds"};
    if (auto done = check("NV_Write", rc); !done) return done;
    offset += part.size();
  }
  return {};
}

status nv_undefine(chip& tpm, nv_authority who, std::uint32_t index) {
  esys_handle handle{esys(tpm)};
  if (auto opened = open_index(tpm, index, handle); !opened) return opened;
  const auto rc = Esys_NV_UndefineSpace(esys(tpm), hierarchy(who), handle.value, ESYS_TR_PASSWORD,
                                        ESYS_TR_NONE, ESYS_TR_NONE);
  // ESAPI has already forgotten the handle of a deleted index.
  if (rc == TSS2_RC_SUCCESS) handle.value = ESYS_TR_NONE;
  return check("NV_UndefineSpace", rc);
}

} // namespace muster::tpm
