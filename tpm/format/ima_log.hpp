// The kernel's measurement list in binary form (binary_runtime_measurements).
#pragma once

#include "messages/vocabulary/bytes.hpp"
#include "messages/vocabulary/hash_algorithm.hpp"
#include "messages/vocabulary/result.hpp"
#include "tpm/format/ima_template.hpp"

#include <bit>
#include <string>

namespace muster::tpm {

/// What the digest of an entry covers.
enum class ima_subject : std::uint8_t {
  file,        ///< a file's content
  violation,   ///< nothing: the file was open for reading and writing at once. No digest covers any field
  verity_root, ///< a file's fs-verity digest, not that of its content
  unknown_hash ///< a file, by an algorithm that we do not know: nothing shows which content it had
};

/// One entry, as views into the bytes that were read. Nothing here is believed until it is replayed
/// (`ima_verifier`). No digest ever covers the template's name, `pcr` and `column`.
struct ima_entry {
  std::uint32_t pcr = 0; ///< below `pcr_count`
  byte_view column;      ///< the log's own template digest, SHA-1 or of the log's bank: never extended
                         ///< (docs/checks.md 21)
  std::string_view template_name;
  ima_layout layout = ima_layout::fields;
  byte_view
      data; ///< what the template hash is over; with `ima_layout::original` the name still has to be padded
  std::endian order = std::endian::little; ///< of the lengths in `data`

  ima_subject subject = ima_subject::file;
  hash_algorithm algorithm = hash_algorithm::sha1;
  byte_view digest; ///< of `algorithm`'s length; empty if `subject` is `unknown_hash`
  /// The log's name of an algorithm that we do not know, at most `max_unknown_name` graphic characters, and
  /// its digest of 1 to 64 bytes. Both are empty unless `subject` is `unknown_hash`.
  std::string_view unknown_algorithm;
  byte_view unknown_digest;
  std::string_view path; ///< no NUL; spaces became `_`. Foreign text and weak evidence (docs/checks.md 23)
  byte_view signature;   ///< security.ima; may be empty
  byte_view buffer;      ///< what was measured instead of a file; may be empty
  byte_view appended;    ///< PKCS#7 at the file's end; may be empty
  hash_algorithm appended_algorithm = hash_algorithm::sha1;
  byte_view appended_digest; ///< of the file without the signature; empty where `appended` is, or if we do
                             ///< not know its algorithm

  bool violation() const noexcept { return subject == ima_subject::violation; }
  bool boot_aggregate() const noexcept { return path == "boot_aggregate"; }
};

/// Reads entries one by one from bytes that arrive in parts. It remembers only the form of the last entry,
/// because nearly all entries of a log have the same form.
class ima_log_reader {
public:
  static constexpr std::size_t usual_column = 20;     ///< SHA-1
  static constexpr std::size_t max_data = 1U << 20U;  ///< of one entry's template data
  static constexpr std::size_t max_path = 4096;       ///< PATH_MAX of Linux, without the NUL
  static constexpr std::size_t max_unknown_name = 62; ///< of an algorithm that we do not know
  /// The longest entry, and so the most bytes of a log that have to wait for the rest of an entry.
  static constexpr std::size_t max_entry = max_data + ima_template::max_name + 128;

  /// `column`: the length of the template digests. Newer kernels also have a list for each bank
  /// (binary_runtime_measurements_sha256), with digests of that bank.
  explicit ima_log_reader(std::size_t column = usual_column) noexcept : column_{column} {}

  /// Reads the entry at the beginning of `input` into `out`. Returns the number of bytes read. If the entry
  /// is not complete yet, it returns 0 and `out` is not an entry. Strict (docs/checks.md 20):
  ///   - the template is known (else unsupported), and its fields consume the data exactly
  ///   - a digest has the length of its algorithm; the only NUL of a name is at its end; PCR below 24
  ///   - integers are in the machine's byte order (ima_fs.c; little-endian with `ima_canonical_fmt`). The
  ///     length of the template's name, 1 to 255, says which: no entry can be read in both orders
  ///   - lengths are below their caps, else fault limit; an entry over a cap is refused before it is complete
  /// Other faults: malformed. They name the field; the caller knows the number of the entry.
  result<std::size_t> read(byte_view input, ima_entry& out);

private:
  /// The bytes shared by entries that have the last entry's template, begin with a digest, and use the same
  /// digest algorithm.
  struct form {
    std::endian order = std::endian::little;
    bytes name; ///< UINT32 length; CHAR template[]
    bytes head; ///< UINT32 length of the first field, and its bytes before the digest. Empty: no form
    ima_subject subject = ima_subject::file;
    hash_algorithm algorithm = hash_algorithm::sha1;
  };

  /// The bytes before the template's name.
  std::size_t fixed_size() const noexcept { return 4 + column_; }
  status find_template(std::string_view name);
  std::size_t read_alike(byte_view input, ima_entry& out) const;
  void remember(byte_view input, const ima_entry& entry);

  std::size_t column_;
  std::string last_name_;
  ima_template last_;
  form last_form_;
};

} // namespace muster::tpm
