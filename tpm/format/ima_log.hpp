// The kernel's list of what it measured, in binary (binary_runtime_measurements).
#pragma once

#include "messages/vocabulary/bytes.hpp"
#include "messages/vocabulary/hash_algorithm.hpp"
#include "messages/vocabulary/result.hpp"
#include "tpm/format/ima_template.hpp"

#include <string>

namespace muster::tpm {

/// What the digest of an entry is of.
enum class ima_subject : std::uint8_t {
  file,       ///< a file's content
  violation,  ///< nothing: somebody wrote while somebody read. No field of such an entry is covered at all
  verity_root ///< a file's fs-verity digest, not that of its content
};

/// One entry: views into the bytes that were read. Nothing here is believed until it was replayed
/// (`ima_verifier`); the template's name, `pcr` and `column` are never covered.
struct ima_entry {
  std::uint32_t pcr = 0; ///< below `pcr_count`
  byte_view column;      ///< the log's own template digest, SHA-1: never extended (docs/checks.md 21)
  std::string_view template_name;
  ima_layout layout = ima_layout::fields;
  byte_view
      data; ///< what the template hash is over; with `ima_layout::original` the name is yet to be padded

  ima_subject subject = ima_subject::file;
  hash_algorithm algorithm = hash_algorithm::sha1;
  byte_view digest;      ///< of `algorithm`'s length
  std::string_view path; ///< no NUL; spaces became `_`. Foreign text and weak evidence (docs/checks.md 23)
  byte_view signature;   ///< security.ima; may be empty
  byte_view buffer;      ///< what was measured instead of a file; may be empty
  byte_view appended;    ///< PKCS#7 at the file's end; may be empty
  hash_algorithm appended_algorithm = hash_algorithm::sha1;
  byte_view appended_digest; ///< of the file without it; empty where `appended` is

  bool violation() const noexcept { return subject == ima_subject::violation; }
  bool boot_aggregate() const noexcept { return path == "boot_aggregate"; }
};

/// Reads entries one by one from bytes that arrive in parts. Remembers only how the last entry was made:
/// nearly all entries of a log are made alike.
class ima_log_reader {
public:
  static constexpr std::size_t max_data = 1U << 20U; ///< of one entry's template data
  static constexpr std::size_t max_path = 4096;      ///< PATH_MAX of Linux, without the NUL
  /// The longest entry: how much of a log may have to wait for its rest.
  static constexpr std::size_t max_entry = max_data + ima_template::max_name + 64;

  /// Reads the entry at the front of `input` into `out`. Gives the bytes it took, 0 if the entry is not
  /// complete yet; only else `out` is an entry. Strict (docs/checks.md 20):
  ///   - a known template (else unsupported), whose fields consume the data exactly
  ///   - a digest has the length of its algorithm; names end with their only NUL; PCR below 24
  ///   - little-endian: other byte orders are unsupported
  ///   - lengths are below their caps, else fault limit, and nothing waits for such an entry
  /// Other faults: malformed. They name the field; the caller knows the number of the entry.
  result<std::size_t> read(byte_view input, ima_entry& out);

private:
  /// The bytes that entries have in common which have the template of the last one, beginning with a digest,
  /// and a digest by the same algorithm.
  struct form {
    bytes name; ///< UINT32 length; CHAR template[]
    bytes head; ///< UINT32 length of the first field; what stands in it before the digest. Empty: no form
    ima_subject subject = ima_subject::file;
    hash_algorithm algorithm = hash_algorithm::sha1;
  };

  status find_template(std::string_view name);
  std::size_t read_alike(byte_view input, ima_entry& out) const;
  void remember(byte_view input, const ima_entry& entry);

  std::string last_name_;
  ima_template last_;
  form last_form_;
};

} // namespace muster::tpm
