#include "tpm/device/connection.hpp"

#include <tss2/tss2_mu.h>
#include <tss2/tss2_rc.h>
#include <tss2/tss2_tctildr.h>

namespace muster::tpm {

connection::~connection() {
  Esys_Finalize(&context_);
  Tss2_TctiLdr_Finalize(&transport_);
}

TSS2_RC format_one(TSS2_RC rc) noexcept {
  const auto layer = rc & TSS2_RC_LAYER_MASK;
  if (layer != TSS2_TPM_RC_LAYER && layer != TSS2_RESMGR_TPM_RC_LAYER) return 0;
  if ((rc & TPM2_RC_FMT1) == 0) return 0;
  return rc & (TPM2_RC_FMT1 | 0x3fU);
}

fault refused(std::string_view command, TSS2_RC rc) {
  const auto error = format_one(rc);
  const bool authorisation = error == TPM2_RC_BAD_AUTH || error == TPM2_RC_AUTH_FAIL;
  return fault{authorisation ? errc::denied : errc::io,
               "tpm: " + std::string{command} + ": " + Tss2_RC_Decode(rc)};
}

result<esys_ptr<TPMS_CAPABILITY_DATA>> get_capability(const chip& tpm, TPM2_CAP what, std::uint32_t first,
                                                      std::uint32_t count) {
  esys_ptr<TPMS_CAPABILITY_DATA> answer;
  TPMI_YES_NO more = TPM2_NO;
  if (auto done =
          check("GetCapability", Esys_GetCapability(esys(tpm), ESYS_TR_NONE, ESYS_TR_NONE, ESYS_TR_NONE, what,
                                                    first, count, &more, out(answer)));
      !done)
    return done.fault();
  if (answer->capability != what) return fault{errc::malformed, "tpm: GetCapability: answers something else"};
  return answer;
}

result<std::vector<std::uint32_t>> handles_from(const chip& tpm, std::uint32_t first) {
  auto answer = get_capability(tpm, TPM2_CAP_HANDLES, first, TPM2_MAX_CAP_HANDLES);
  if (!answer) return answer.fault();
  const auto& list = (*answer)->data.handles;
  std::vector<std::uint32_t> found;
  for (std::uint32_t i = 0; i < list.count && i < TPM2_MAX_CAP_HANDLES; ++i)
    found.push_back(list.handle[i]);
  return found;
}

namespace {

result<bytes> marshal(const TPMT_PUBLIC& area) {
  bytes raw(sizeof(TPMT_PUBLIC));
  std::size_t used = 0;
  if (auto done = check("marshal", Tss2_MU_TPMT_PUBLIC_Marshal(&area, raw.data(), raw.size(), &used)); !done)
    return done.fault();
  raw.resize(used);
  return raw;
}

result<loaded_key> describe(const chip& tpm, key_slot slot, const TPMT_PUBLIC& area) {
  auto raw = marshal(area);
  if (!raw) return raw.fault();
  esys_ptr<TPM2B_NAME> name;
  if (auto done = check("Name", Esys_TR_GetName(esys(tpm), slot.native(), out(name))); !done)
    return done.fault();
  return loaded_key{std::move(slot), std::move(*raw), to_bytes({name->name, name->size})};
}

} // namespace

result<loaded_key> create_endorsement_primary(const chip& tpm, byte_view area) {
  TPM2B_PUBLIC wanted{};
  std::size_t used = 0;
  if (auto done = check("template",
                        Tss2_MU_TPMT_PUBLIC_Unmarshal(area.data(), area.size(), &used, &wanted.publicArea));
      !done)
    return done.fault();
  if (used != area.size()) return fault{errc::malformed, "tpm: bytes after the template of a key"};
  const TPM2B_SENSITIVE_CREATE sensitive{};
  const TPM2B_DATA outside{};
  const TPML_PCR_SELECTION creation{};
  ESYS_TR handle = ESYS_TR_NONE;
  esys_ptr<TPM2B_PUBLIC> made;
  if (auto done = check("CreatePrimary",
                        Esys_CreatePrimary(esys(tpm), ESYS_TR_RH_ENDORSEMENT, ESYS_TR_PASSWORD, ESYS_TR_NONE,
                                           ESYS_TR_NONE, &sensitive, &wanted, &outside, &creation, &handle,
                                           out(made), nullptr, nullptr, nullptr));
      !done)
    return done.fault();
  return describe(tpm, key_slot{tpm.native(), handle, 0}, made->publicArea);
}

result<loaded_key> load_persistent(const chip& tpm, std::uint32_t handle) {
  auto there = handles_from(tpm, handle);
  if (!there) return there.fault();
  if (there->empty() || there->front() != handle)
    return fault{errc::not_found, "tpm: there is no key at that handle"};
  ESYS_TR key = ESYS_TR_NONE;
  if (auto done = check("ReadPublic", Esys_TR_FromTPMPublic(esys(tpm), handle, ESYS_TR_NONE, ESYS_TR_NONE,
                                                            ESYS_TR_NONE, &key));
      !done)
    return done.fault();
  key_slot slot{tpm.native(), key, handle};
  esys_ptr<TPM2B_PUBLIC> area;
  if (auto done = check("ReadPublic", Esys_ReadPublic(esys(tpm), key, ESYS_TR_NONE, ESYS_TR_NONE,
                                                      ESYS_TR_NONE, out(area), nullptr, nullptr));
      !done)
    return done.fault();
  return describe(tpm, std::move(slot), area->publicArea);
}

result<TPML_PCR_SELECTION> to_tss(const pcr_selection& selection) {
  writer laid_out;
  write_pcr_selection(laid_out, selection);
  TPML_PCR_SELECTION made{};
  std::size_t used = 0;
  if (auto done = check("selection", Tss2_MU_TPML_PCR_SELECTION_Unmarshal(
                                         laid_out.view().data(), laid_out.view().size(), &used, &made));
      !done)
    return done.fault();
  return made;
}

} // namespace muster::tpm
