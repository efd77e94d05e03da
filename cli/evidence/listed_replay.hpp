// PCR values from the template hashes that a list as text shows, where its words do not give the data.
#pragma once

#include "crypto/digest.hpp"
#include "tpm/format/ima_ascii.hpp"
#include "tpm/format/ima_log.hpp"

#include <map>

namespace muster::cli {

/// Replays in one bank what the text says that the kernel hashed. For people only: nothing says that a
/// template hash is of the words next to it (docs/checks.md 21).
class listed_replay {
public:
  /// `text` must outlive this object.
  explicit listed_replay(const tpm::ascii_ima_beginning& text);

  /// The next entry of the text. Caller: one call for each entry of `text.log`.
  void extend(const tpm::ima_entry& entry);

  hash_algorithm bank() const noexcept { return hash_.algorithm(); }
  const std::map<unsigned, crypto::digest>& values() const noexcept { return values_; }
  /// In one sentence, with the line.
  std::string why_no_other_bank() const;

private:
  const tpm::ascii_ima_beginning& text_;
  crypto::hasher hash_;
  std::map<unsigned, crypto::digest> values_;
  std::size_t read_ = 0;
};

} // namespace muster::cli
