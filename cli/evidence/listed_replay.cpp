#include "cli/evidence/listed_replay.hpp"

#include "messages/vocabulary/bytes.hpp"

namespace muster::cli {

namespace {

/// The bank that has digests of this length. 32 bytes are taken for SHA-256.
hash_algorithm bank_of(std::size_t size) noexcept {
  for (const auto bank : {hash_algorithm::sha256, hash_algorithm::sha384, hash_algorithm::sha512})
    if (digest_size(bank) == size) return bank;
  return hash_algorithm::sha1;
}

} // namespace

listed_replay::listed_replay(const tpm::ascii_ima_beginning& text)
    : text_{text}, hash_{bank_of(text.hash_size)} {}

void listed_replay::extend(const tpm::ima_entry& entry) {
  const auto size = digest_size(bank());
  auto measured = to_bytes(byte_view{text_.template_hashes}.subspan(size * read_++, size));
  if (entry.violation()) measured.assign(size, 0xff);
  auto [value, begun] = values_.try_emplace(entry.pcr, crypto::digest{bytes(size, 0)});
  hash_.extend(value->second, measured);
}

std::string listed_replay::why_no_other_bank() const {
  return "the other banks cannot be replayed from this text: line " + std::to_string(text_.lost.value_or(0))
         + " does not give the data that was measured. Use the binary list (binary_runtime_measurements)";
}

} // namespace muster::cli
