// Limits how many large bodies are read at once. Only for the thread of the event loop.
#pragma once

#include <cstddef>
#include <memory>

namespace muster::service::rest_api {

/// A set has up to `max_set` bytes and is in memory as a whole until it is judged. The number of places
/// bounds the memory for all of them together.
class upload_room {
public:
  explicit upload_room(std::size_t most) noexcept : free_{most} {}
  upload_room(const upload_room&) = delete;
  upload_room& operator=(const upload_room&) = delete;

  struct leaving {
    void operator()(upload_room* room) const noexcept { ++room->free_; }
  };
  /// A place for one body, given back when destroyed. Must not outlive the room.
  using place = std::unique_ptr<upload_room, leaving>;

  /// Null if no place is free.
  place enter() noexcept {
    if (free_ == 0) return nullptr;
    --free_;
    return place{this};
  }

private:
  std::size_t free_;
};

} // namespace muster::service::rest_api
