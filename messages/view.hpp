// A Cap'n Proto message that has been checked once, as a whole, and is safe to read from then on.
#pragma once

#include "messages/frame.hpp"
#include "messages/shape.hpp"
#include "messages/vocabulary/result.hpp"

#include <capnp/message.h>
#include <capnp/schema.h>
#include <capnp/serialize.h>

#include <utility>

namespace muster {

/// Bounds for one message. The work of the check is at most `traversal` times the size of the message,
/// however its pointers overlap.
struct view_limits {
  std::size_t bytes = std::size_t{16} << 20U; ///< largest message that is checked at all
  unsigned traversal = 4;                     ///< how often each word may be visited, on average
  int nesting = 16;                           ///< depth of pointers
};

namespace detail {
template <class T> const shape& shape_of() {
  static const shape known{capnp::Schema::from<T>()};
  return known;
}
status check_message(byte_view message, const shape& root, const view_limits& limits);
kj::ArrayPtr<const capnp::word> words_of(byte_view message) noexcept;
} // namespace detail

template <class T> class view;

/// Checks `message` as a flat message (Cap'n Proto encoding, "Serialization Over a Stream") with root `T`. It
/// must have one segment of exactly the stated length. A walk along the schema then touches each pointer,
/// text and list within `limits`. Text must be UTF-8 without NUL. Costs about 1 us for each KB.
/// Errors: `limit` for a message over `limits.bytes`, else `malformed`. Never throws.
/// The caller still checks the meaning: lengths of Data, enum values that this version does not know, and
/// `which()` before it reads a member of a union.
template <class T> result<view<T>> parse_view(frame message, const view_limits& limits = {});

/// A checked message with root `T`. Shares the buffer, reads in place, copies nothing. Safe to copy and to
/// read from several threads at once, because each `read` makes its own reader on the stack.
template <class T> class view {
public:
  /// Calls `body(T::Reader)` and returns its result. Readers, and the Text, Data and List values that they
  /// return, must not outlive the call; copy what is needed longer. Bytes of `content()` live as long as the
  /// frame. The only getter that throws is that of an inactive union member.
  template <class Body> decltype(auto) read(Body&& body) const {
    // The check bounded the work of one pass over the message. A limit here would only break a second pass.
    capnp::ReaderOptions options;
    options.traversalLimitInWords = ~std::uint64_t{0};
    options.nestingLimit = 64;
    capnp::FlatArrayMessageReader reader{detail::words_of(message_.view()), options};
    return std::forward<Body>(body)(reader.getRoot<T>());
  }

  /// The bytes as received, for digests and for forwarding.
  const frame& message() const noexcept { return message_; }
  byte_view content() const noexcept { return message_.view(); }

private:
  template <class U> friend result<view<U>> parse_view(frame, const view_limits&);
  explicit view(frame checked) noexcept : message_{std::move(checked)} {}

  frame message_;
};

template <class T> result<view<T>> parse_view(frame message, const view_limits& limits) {
  if (const auto checked = detail::check_message(message.view(), detail::shape_of<T>(), limits); !checked)
    return checked.fault();
  return view<T>{std::move(message)};
}

/// Text and Data of a reader as standard views, valid as long as the reader's message.
inline std::string_view text_of(capnp::Text::Reader text) noexcept { return {text.begin(), text.size()}; }
inline byte_view bytes_of(capnp::Data::Reader data) noexcept { return {data.begin(), data.size()}; }

} // namespace muster
