// Reference integrity manifests: SWID tags (ISO/IEC 19770-2:2015) with files and their hashes, signed by the
// creator of the files (TCG Reference Integrity Manifest Information Model).
#pragma once

#include "appraisal/claims/file_claims.hpp"
#include "appraisal/reference/reference_set.hpp"
#include "crypto/certificate.hpp"
#include "extraction/source_report.hpp"

#include <span>

namespace muster::extraction {

inline constexpr std::size_t max_rim_bytes = std::size_t{16} << 20U;

/// A manifest whose signature holds. Only `verify_rim` makes one.
class verified_rim {
public:
  /// The product that the tag describes.
  const appraisal::package& product() const noexcept { return product_; }
  /// One entry for each hash of each file, by SHA-256, SHA-384 or SHA-512.
  const appraisal::file_claims& files() const noexcept { return files_; }
  /// Counts the files without an absolute path or without an accepted hash.
  const source_report& report() const noexcept { return report_; }
  /// Subject of the signer's certificate, safe to print.
  const std::string& signer() const noexcept { return signer_; }

private:
  friend class rim_reader;
  appraisal::package product_;
  appraisal::file_claims files_;
  source_report report_;
  std::string signer_;
};

/// Verifies the signature (xml_signature.hpp), then reads the manifest. The root is a SoftwareIdentity with
/// at most one Payload. The path of a file is its `name` below the names of the Directory elements around it;
/// an absolute `root`, `location` or `name` starts a new path. Hashes are attributes `hash` in the namespace
/// of their algorithm, in hex or base64; SHA-1 and MD5 are ignored. fault as `xml::verify_enveloped`;
/// malformed, limit.
result<verified_rim> verify_rim(byte_view xml, std::span<const crypto::certificate> roots, wall_time at);

} // namespace muster::extraction
