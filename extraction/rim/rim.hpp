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
  /// What the signature says of its time, for people; safe to print, may be empty.
  const std::string& time_note() const noexcept { return time_note_; }
  /// The name of the first File that has a digest of `content`, whatever its path; empty if none has. Each
  /// algorithm that the manifest uses is tried: all of them are strong.
  std::optional<std::string> name_of(byte_view content) const;
  /// The tag is a patch or a supplement of another one (attributes `patch`, `supplemental`).
  bool is_partial() const noexcept { return partial_; }

private:
  friend class rim_reader;
  struct relative_file {
    std::string name;
    hash_algorithm algorithm;
    bytes digest;
  };
  static constexpr std::size_t max_relative = 1024;

  appraisal::package product_;
  appraisal::file_claims files_;
  source_report report_;
  std::string signer_;
  std::string time_note_;
  std::vector<relative_file>
      relative_; ///< files without an absolute path, such as event logs; the first ones
  bool partial_ = false;
};

/// Verifies the signature (xml_signature.hpp), then reads the manifest. The root is a SoftwareIdentity with
/// at most one Payload. The path of a file is its `name` below the names of the Directory elements around it;
/// an absolute `root`, `location` or `name` starts a new path. Hashes are attributes `hash` in the namespace
/// of their algorithm, in hex or base64; SHA-1 and MD5 are ignored. `time_roots` are those of authorities that
/// stamp times, see `xml::verify_enveloped`. fault as that function; malformed, limit.
result<verified_rim> verify_rim(byte_view xml, std::span<const crypto::certificate> roots, wall_time at,
                                std::span<const crypto::certificate> time_roots = {});

} // namespace muster::extraction
