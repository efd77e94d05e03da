// An IMA list as lines that can be changed, and written in the form that Linux shows.
#pragma once

#include "messages/vocabulary/bytes.hpp"
#include "tests/liar/measurement.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace muster::liar {

struct ima_line {
  std::uint32_t pcr = 10;
  std::string layout = "ima-ng"; ///< name of the template
  bytes data;
  measurement digests; ///< as extended by the kernel: of `data`, or 0xff for a violation
  bytes column;        ///< the digest as listed, 20 bytes; zeros for a violation
};

using ima_story = std::vector<ima_line>;

ima_line line_of(std::string layout, bytes data);
/// A file, template ima-ng with SHA-256.
ima_line file_line(std::string_view path, std::string_view content);
/// A file with `signature` as its security.ima, template ima-sig.
ima_line signed_line(std::string_view path, std::string_view content, byte_view signature);
/// A file whose security.selinux is `attribute`, template evm-sig.
ima_line attribute_line(std::string_view path, std::string_view content, byte_view attribute);
/// A buffer, template ima-buf.
ima_line buffer_line(std::string_view name, byte_view buffer);
/// A violation. No digest covers its data.
ima_line violation_line(std::string_view path, byte_view digest = {});
/// boot_aggregate over `pcrs`.
ima_line aggregate_line(byte_view sha256_of_pcrs);
ima_line aggregate_line(hash_algorithm by, const crypto::digest& of_pcrs);

/// "sha256:" NUL digest, as a field of d-ng holds it.
bytes digest_field(hash_algorithm algorithm, byte_view digest);

/// The path or name of a line of the kernel's own templates; empty if it has none.
std::string path_of(const ima_line& line);
/// The SHA-256 digest in a line of ima-ng or ima-sig; empty if it has none.
byte_view digest_in(const ima_line& line);
/// Index of the first line of that path; the number of lines if there is none.
std::size_t find(const ima_story& story, std::string_view path);

ima_story read_ima_story(byte_view log);
bytes to_bytes(const ima_story& story, std::size_t from = 0);

} // namespace muster::liar
