// How many large bodies are read at once. For the thread of the event loop only.
#pragma once

#include <cstddef>
#include <memory>

namespace muster::service::rest_api {

/// A set is up to `max_set` bytes and lies in memory whole until it was judged; so the memory for all of them
/// together is what has an end, not their number.
class upload_room {
public:
  explicit upload_room(std::size_t most) noexcept : free_{most} {}
  upload_room(const upload_room&) = delete;
  upload_room& operator=(const upload_room&) = delete;

  struct leaving {
    void operator()(upload_room* room) const noexcept { ++room->free_; }
  };
  /// A place for one body, given back when it is destroyed. Must not outlive the room.
  using place = std::unique_ptr<upload_room, leaving>;

  /// Null if there is none.
  place enter() noexcept {
    if (free_ == 0) return nullptr;
    --free_;
    return place{this};
  }

private:
  std::size_t free_;
};

} // namespace muster::service::rest_api
