// Building messages: flat frames for the wire, canonical records for the disk.
#pragma once

#include "messages/view.hpp"

#include <capnp/message.h>

#include <concepts>

namespace muster {

namespace detail {
bytes flatten(capnp::MessageBuilder& message);
bytes canonical(capnp::MessageBuilder& message);
} // namespace detail

/// Data and Text for setters; the setter copies the bytes into the message.
inline capnp::Data::Reader data_of(byte_view content) noexcept { return {content.data(), content.size()}; }
/// Takes a `std::string` because a Text must end in NUL.
inline capnp::Text::Reader text_of(const std::string& text) noexcept { return {text.c_str(), text.size()}; }

/// Builds the flat message, one segment, that `body(T::Builder)` fills in. The caller bounds its content: a
/// message over 2^29 words cannot be built.
template <class T, std::invocable<typename T::Builder> Body> bytes build(Body&& body) {
  capnp::MallocMessageBuilder message{256};
  std::forward<Body>(body)(message.initRoot<T>());
  return detail::flatten(message);
}

/// A canonical message with root `T`. Equal content gives equal bytes, so a record can be addressed by its
/// digest. Only `make_record` makes one.
template <class T> class record {
public:
  const frame& message() const noexcept { return message_; }
  byte_view content() const noexcept { return message_.view(); }

  /// The record as a view, for reading it back.
  view<T> read_back() const { return *parse_view<T>(message_); }

private:
  template <class U, class Body> friend record<U> make_record(Body&& body);
  explicit record(frame made) noexcept : message_{std::move(made)} {}

  frame message_;
};

/// Like `build`, but in canonical form (Cap'n Proto encoding, "Canonicalization").
template <class T, class Body> record<T> make_record(Body&& body) {
  capnp::MallocMessageBuilder message{256};
  std::forward<Body>(body)(message.initRoot<T>());
  return record<T>{frame::adopt(detail::canonical(message))};
}

} // namespace muster
