// What the world outside knows of records that a restore of an older database took away.
#pragma once

#include <cstdint>

namespace muster::simulation {

/// From a restore to the acknowledgement of its loss. Claims less than it could where a crash leaves open
/// what became durable.
class loss_history {
public:
  enum class state : std::uint8_t {
    none,         ///< no record was ever lost
    unnoticed,    ///< nobody has shown a head of what is gone
    noticed,      ///< and nothing may look good from now on
    unclear,      ///< an acknowledgement was asked for, or nobody has such a head
    acknowledged, ///< and it was answered
  };

  /// The disk has older records; whether any machine has a head of what is gone.
  void begin(bool witnessed) { now_ = witnessed ? state::unnoticed : state::unclear; }
  /// A machine has shown such a head, and the service said hello: it knows.
  void shown() { now_ = now_ == state::unnoticed ? state::noticed : now_; }
  void asked() { now_ = now_ == state::noticed || now_ == state::unnoticed ? state::unclear : now_; }
  void answered(bool done) { now_ = done && now_ != state::none ? state::acknowledged : now_; }
  /// The service died; whether an alarm that stands is on record.
  void service_gone(bool on_record) {
    if (now_ == state::noticed && !on_record) now_ = state::unnoticed;
  }

  state now() const noexcept { return now_; }

private:
  state now_ = state::none;
};

} // namespace muster::simulation
