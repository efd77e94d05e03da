// Checks that every reader of a stored record makes on its fields. Only record codecs use it.
#pragma once

#include "crypto/digest.hpp"
#include "messages/view.hpp"

#include <algorithm>
#include <optional>

namespace muster::appraisal {

/// Keeps the first problem that is found while a record is read.
class field_check {
public:
  explicit field_check(std::string record) : record_{std::move(record)} {}

  void version(std::uint16_t found, std::uint16_t known) {
    if (found == 0 || found > known) fail("version", "unknown version");
  }

  /// An enumeration whose values run from 0 to `last_of(E)`, which its header has next to it.
  template <class E> E value(const char* field, std::uint8_t found) {
    if (found > static_cast<std::uint8_t>(last_of(E{}))) fail(field, "unknown value");
    return static_cast<E>(found);
  }

  /// Empty, or 32 bytes.
  std::optional<bytes32> digest32(const char* field, capnp::Data::Reader found) {
    bytes32 out{};
    if (found.size() == 0) return std::nullopt;
    if (found.size() != out.size()) {
      fail(field, "is not 32 bytes");
      return std::nullopt;
    }
    std::copy_n(found.begin(), out.size(), out.begin());
    return out;
  }

  hash_algorithm algorithm(const char* field, std::uint16_t found) {
    const auto known = hash_algorithm_from(found);
    if (!known) fail(field, "unknown hash algorithm");
    return known.value_or(hash_algorithm::sha256);
  }

  /// A digest of that algorithm.
  crypto::digest digest(const char* field, hash_algorithm of, capnp::Data::Reader found) {
    if (found.size() != digest_size(of)) fail(field, "is not as long as its algorithm's digests");
    return crypto::digest{bytes_of(found)};
  }

  void fail(const char* field, const char* what) {
    if (!fault_) fault_ = fault{errc::malformed, record_ + ": " + field + ": " + what};
  }

  template <class T> result<T> done(T value) const {
    if (fault_) return *fault_;
    return value;
  }

private:
  std::string record_;
  std::optional<fault> fault_;
};

} // namespace muster::appraisal
