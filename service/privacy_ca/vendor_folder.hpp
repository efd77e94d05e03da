// The folders in which an operator pins the certificates of TPM vendors.
#pragma once

#include "crypto/vendor_store.hpp"

#include <string>
#include <vector>

namespace muster::service {

/// Reads all regular files of `folders` and of `crls/` in each (not below them; at most 4,096 of at most 1
/// MiB each in a folder) into a store. fault io names the folder or file that cannot be read; what is in a
/// file and is no certificate is among `refused()` of the store and ends nothing.
result<crypto::vendor_store> load_vendor_folders(const std::vector<std::string>& folders);

/// Why `next` is not taken in the place of `before` while folders are still named: all roots, or all
/// revocation lists, are gone, as where a mount is missing. Taken, it would vouch for nobody, or un-revoke
/// everybody. Empty: nothing speaks against it.
std::string loss_between(const crypto::vendor_store& before, const crypto::vendor_store& next);

/// A sentence for each revocation list whose next one is due: what it revokes stays revoked, and what was
/// revoked since nobody here knows.
std::vector<std::string> overdue_lists(const crypto::vendor_store& store, wall_time now);

} // namespace muster::service
