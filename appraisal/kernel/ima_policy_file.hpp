// What an IMA list proves about the file with IMA's policy, which systemd hands to the kernel.
#pragma once

#include "appraisal/claims/claims.hpp"
#include "tpm/format/ima_log.hpp"

namespace muster::appraisal {

/// Where systemd looks for a policy (src/core/ima-setup.c).
inline constexpr std::string_view ima_policy_path = "/etc/ima/ima-policy";
/// The programs that load it; programs at other paths do not. The kernel shows paths without links.
inline constexpr std::string_view init_paths[] = {"/usr/lib/systemd/systemd", "/lib/systemd/systemd"};

/// Reads the entries of a list in order, from entry 0. A policy that is written to the kernel as text is not
/// measured, and reading the file makes the same entry as loading it. So an entry proves which policy was
/// loaded only if everything that could have run until then is known. That is `initial`, since the boot
/// loader measured the initial RAM disk as a whole.
///
/// `first` says where the file was read, and no more: the machine's disk decides what init reads there, and
/// whether init finds IMA at all. It needs this order after boot_aggregate: either init comes next; or /init
/// of an initial RAM disk and all that it ran, then the program that hands over to the disk's init, then
/// init. From that program on, nothing else may appear but libraries and the linker's cache, which it and
/// init map.
///
/// Names are the kernel's, under the digest of the entry, and the owner of the disk chooses which file has
/// them. So the claim says what init was, for comparison with the reference. An entry of a PCR other than 10
/// has no place in that order: if it is the policy's file it can only make the claim worse, and otherwise it
/// is ignored.
class ima_policy_watch {
public:
  /// `aggregate`: the entry is a genuine boot_aggregate, with which the list of each kernel begins.
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

/// Whether the boot log shows a kernel that is known to take one IMA policy and no second one (its
/// configuration has CONFIG_IMA_WRITE_POLICY off). It is recognised by the SHA-256 of its file, which GRUB
/// measures into PCR 9.
bool kernel_takes_one_policy(const boot_content& boot) noexcept;

} // namespace muster::appraisal
