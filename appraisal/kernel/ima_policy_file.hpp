// What an IMA list proves about the file of IMA's policy, which systemd hands to the kernel.
#pragma once

#include "appraisal/claims/claims.hpp"
#include "tpm/format/ima_log.hpp"

namespace muster::appraisal {

/// Where systemd looks for a policy (src/core/ima-setup.c).
inline constexpr std::string_view ima_policy_path = "/etc/ima/ima-policy";
/// Programs that load it: those with another path do not. The kernel shows paths without links.
inline constexpr std::string_view init_paths[] = {"/usr/lib/systemd/systemd", "/lib/systemd/systemd"};

/// Looks at the entries of a list from entry 0 on, in their order. A policy that somebody writes as text is
/// not measured, and reading the file makes the same entry as loading it. So the entry says which policy was
/// loaded only if all that can have been at work is known: `initial`, since the boot loader measured the
/// initial RAM disk as a whole. `first` says where it was read, and no more: the machine's disk decides what
/// init reads there, and whether it finds IMA at all. For it, behind boot_aggregate stands init, or the /init
/// of an initial RAM disk and all that it ran, with init behind the first program that gives over to it; from
/// that program on nothing but libraries and the linker's cache, which it and init map. Names are the
/// kernel's, under the digest of the entry, and whoever owns the disk chooses what has them: what init was is
/// in the claim, for the reference to know. An entry of another PCR than 10 has no place in that order: as
/// the file of the policy it only makes things worse, and as anything else it is not seen.
class ima_policy_watch {
public:
  /// `aggregate`: a genuine boot_aggregate, with which the list of each kernel begins.
  void see(const tpm::ima_entry& entry, bool aggregate);
  ima_policy_claim claim() const noexcept { return claim_; }

private:
  enum class phase : std::uint8_t { begin, initrd, handing_over, init, others };
  phase after(const tpm::ima_entry& entry) const noexcept;
  void see_policy(const tpm::ima_entry& entry, bool in_place);

  phase phase_ = phase::begin;
  bool begun_ = false; // an entry of PCR 10 was seen
  ima_policy_claim claim_;
};

/// Whether the boot log names a kernel that is known to take one policy of IMA and no second one
/// (CONFIG_IMA_WRITE_POLICY is off in its configuration). By the SHA-256 of its file, as GRUB measures it
/// into PCR 9.
bool kernel_takes_one_policy(const boot_content& boot) noexcept;

} // namespace muster::appraisal
