// The folders in which an operator pins the certificates of TPM vendors.
#pragma once

#include "crypto/vendor_store.hpp"

#include <string>
#include <vector>

namespace muster::service {

/// Reads all regular files of `folders`, and of `crls/` in each, into a store; no deeper folders. A folder
/// may have at most 4,096 files of at most 1 MiB each. fault io: names the folder or file that cannot be
/// read; limit: too many files. Content that is not a certificate or CRL is in the store's `refused()` and is
/// not a fault.
result<crypto::vendor_store> load_vendor_folders(const std::vector<std::string>& folders);

/// Why `next` must not replace `before` while the configuration still names folders: all roots, or all
/// revocation lists, are gone, as if a mount were missing. If it did, no EK would be vouched for, or every
/// revocation would be lifted. Empty: `next` may replace it.
std::string loss_between(const crypto::vendor_store& before, const crypto::vendor_store& next);

/// A sentence for each revocation list whose successor is due: what it revokes stays revoked, but later
/// revocations are not known here.
std::vector<std::string> overdue_lists(const crypto::vendor_store& store, wall_time now);

} // namespace muster::service
