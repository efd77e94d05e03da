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

status listed_replay::extend(const tpm::ima_entry& entry) {
  const byte_view hashes{text_.template_hashes};
  const auto size = digest_size(bank());
  if (text_.hash_size != size || (read_ + 1) * size > hashes.size())
    return fault{errc::unsupported, "ima-ascii: its template digests are not of the length of a bank"};
  auto measured = to_bytes(hashes.subspan(size * read_++, size));
  if (entry.violation()) measured.assign(size, 0xff);
  auto [value, begun] = values_.try_emplace(entry.pcr, crypto::digest{bytes(size, 0)});
  hash_.extend(value->second, measured);
  return {};
}

std::string listed_replay::why_no_other_bank() const {
  return "the other banks cannot be replayed from this text: line " + std::to_string(text_.lost.value_or(0))
         + " does not give the data that was measured. Use the binary list (binary_runtime_measurements)";
}

} // namespace muster::cli
