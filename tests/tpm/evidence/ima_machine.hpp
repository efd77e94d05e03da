// A machine whose kernel measures: its log, and the PCRs that the log was extended into.
#pragma once

#include "tests/tpm/evidence/quoting.hpp"
#include "tests/tpm/logs.hpp"
#include "tpm/evidence/ima_verifier.hpp"

namespace muster::testing {

enum class bank_feed : std::uint8_t { own, padded_sha1 };

struct fed_bank {
  hash_algorithm algorithm = hash_algorithm::sha256;
  bank_feed feed = bank_feed::own;
};

/// Extends PCRs with code of its own, so that a mistake in `ima_replay` cannot hide.
class ima_machine {
public:
  explicit ima_machine(std::vector<fed_bank> banks, std::vector<unsigned> others = {0, 7})
      : banks_{std::move(banks)} {
    for (const auto& bank : banks_) {
      const auto size = digest_size(bank.algorithm);
      for (const auto pcr : others)
        REQUIRE(values_.set(bank.algorithm, pcr, bytes(size, static_cast<std::uint8_t>(pcr + 1))).ok());
      REQUIRE(values_.set(bank.algorithm, 10, bytes(size, 0)).ok());
    }
    history_.push_back(values_);
  }

  /// Adds a PCR that the quote covers, with its start value.
  ima_machine& has_pcr(unsigned pcr) {
    for (const auto& bank : banks_)
      REQUIRE(values_.set(bank.algorithm, pcr, bytes(digest_size(bank.algorithm), 0)).ok());
    history_ = {values_};
    return *this;
  }

  ima_machine& measure(std::string_view path, std::string_view content, unsigned pcr = 10) {
    return measure_data(ima_ng_data(path, content), pcr);
  }
  /// Measures a file with a digest by another hash, like a kernel with ima_hash=.
  ima_machine& measure_digest(std::string_view path, hash_algorithm algorithm, byte_view digest) {
    bytes field = muster::to_bytes(as_bytes(std::string{to_string(algorithm)} + ":"));
    field.push_back(0);
    append(field, digest);
    bytes name = muster::to_bytes(as_bytes(path));
    name.push_back(0);
    auto data = ima_field(field);
    append(data, ima_field(name));
    return measure_data(data, 10);
  }
  ima_machine& measure_data(const bytes& data, unsigned pcr) {
    const auto sha1 = crypto::hash(hash_algorithm::sha1, data);
    for (const auto& bank : banks_) {
      auto measured = muster::to_bytes(crypto::hash(bank.algorithm, data).view());
      if (bank.feed == bank_feed::padded_sha1) {
        measured = muster::to_bytes(sha1.view());
        measured.resize(digest_size(bank.algorithm), 0);
      }
      extend(bank.algorithm, pcr, measured);
    }
    return logged(ima_record(pcr, "ima-ng", data));
  }
  ima_machine& measure_files(std::size_t count) {
    for (std::size_t i = 0; i < count; ++i)
      measure("/usr/bin/" + std::to_string(size()), std::to_string(size()));
    return *this;
  }

  ima_machine& violate(std::string_view path) {
    for (const auto& bank : banks_)
      extend(bank.algorithm, 10, bytes(digest_size(bank.algorithm), 0xff));
    return logged(ima_record(10, "ima-ng", ima_ng_data(path, "unknown"), bytes(20, 0)));
  }

  std::size_t size() const noexcept { return records_.size(); }
  /// The log from entry `from` up to `to`.
  bytes log(std::size_t from = 0, std::size_t to = ~std::size_t{0}) const {
    bytes out;
    for (std::size_t i = from; i < std::min(to, size()); ++i)
      append(out, records_[i]);
    return out;
  }
  std::vector<bytes>& records() noexcept { return records_; }
  /// The PCRs after `entries` entries.
  const tpm::pcr_values& at(std::size_t entries) const { return history_.at(entries); }
  const tpm::pcr_values& now() const { return history_.back(); }

private:
  void extend(hash_algorithm bank, unsigned pcr, byte_view measured) {
    const auto value = crypto::hash(bank, {values_.get(bank, pcr), measured});
    REQUIRE(values_.set(bank, pcr, value.view()).ok());
  }
  ima_machine& logged(bytes record) {
    records_.push_back(std::move(record));
    history_.push_back(values_);
    return *this;
  }

  std::vector<fed_bank> banks_;
  tpm::pcr_values values_;
  std::vector<tpm::pcr_values> history_;
  std::vector<bytes> records_;
};

/// Verifies a log in one step: from the start of the boot unless `start` is given, with the log in one part.
inline result<tpm::verified_ima> verify_ima(byte_view log, const tpm::pcr_values& claimed,
                                            const tpm::verified_quote& quote, tpm::ima_caps caps = {},
                                            std::optional<tpm::log_state> start = {}) {
  auto from = start ? result<tpm::log_state>{*start} : tpm::first_log_state(quote.selection());
  if (!from) return from.fault();
  auto verifier = tpm::ima_verifier::begin(*std::move(from), claimed, quote, caps);
  if (!verifier) return verifier.fault();
  if (auto fed = verifier->feed(log); !fed) return fed.fault();
  return std::move(*verifier).finish();
}

} // namespace muster::testing
