// The one error channel.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

namespace muster {

/// The kind of error, for code that must decide what to do next.
enum class errc {
  malformed,   ///< bytes do not follow their grammar
  unsupported, ///< well-formed, but an algorithm, version or format that we do not support
  limit,       ///< over a bound that we set
  mismatch,    ///< a cryptographic check or a comparison failed
  untrusted,   ///< no chain to a trust anchor, or the anchor does not allow this
  expired,     ///< outside its validity, or after its deadline
  denied,      ///< policy or standing forbids it
  not_found,
  conflict, ///< contradicts what is recorded
  busy,     ///< come back later
  timeout,
  io,      ///< the operating system, a disk, a socket or a TPM refused
  internal ///< our own code broke an invariant
};

/// The reason why there is no value. `check` names the check or field and says in one sentence what is wrong
/// with it, for example "pcr-selection: bank count is 0". It never holds raw foreign text: see `printable`.
struct fault {
  errc code = errc::internal;
  std::string check;

  friend bool operator==(const fault&, const fault&) = default;
};

/// The name of the code, as used in logs and problem documents.
std::string_view to_string(errc code) noexcept;

/// A value or the fault that prevented it.
template <class T> class [[nodiscard]] result {
public:
  using value_type = T;

  result(T value) : state_{std::in_place_index<0>, std::move(value)} {}
  result(muster::fault why) : state_{std::in_place_index<1>, std::move(why)} {}

  bool ok() const noexcept { return state_.index() == 0; }
  explicit operator bool() const noexcept { return ok(); }

  T& value() & { return std::get<0>(state_); }
  const T& value() const& { return std::get<0>(state_); }
  T&& value() && { return std::get<0>(std::move(state_)); }
  T& operator*() & { return value(); }
  const T& operator*() const& { return value(); }
  T&& operator*() && { return std::move(*this).value(); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }

  const muster::fault& fault() const { return std::get<1>(state_); }

private:
  std::variant<T, muster::fault> state_;
};

/// Success without a value.
template <> class [[nodiscard]] result<void> {
public:
  result() = default;
  result(muster::fault why) : fault_{std::move(why)} {}

  bool ok() const noexcept { return !fault_; }
  explicit operator bool() const noexcept { return ok(); }
  const muster::fault& fault() const { return *fault_; }

private:
  std::optional<muster::fault> fault_;
};

using status = result<void>;

} // namespace muster
