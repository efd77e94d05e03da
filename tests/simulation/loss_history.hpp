// What is known outside the service about records that a restore of an older database took away.
#pragma once

#include <cstdint>

namespace muster::simulation {

/// Follows a loss from the restore to its acknowledgement. Where a crash leaves open what became durable, it
/// claims less than it could.
class loss_history {
public:
  enum class state : std::uint8_t {
    none,         ///< no record was ever lost
    unnoticed,    ///< no machine has shown a head of the lost records yet
    noticed,      ///< a machine has shown one; no machine may look good from now on
    unclear,      ///< an acknowledgement was requested, or no machine has such a head
    acknowledged, ///< the acknowledgement was answered
  };

  /// The disk now has older records. `witnessed`: a machine, or the head file, has a head of the lost ones.
  void begin(bool witnessed) { now_ = witnessed ? state::unnoticed : state::unclear; }
  /// A machine has shown such a head, and the service answered its hello, so the service knows.
  void shown() { now_ = now_ == state::unnoticed ? state::noticed : now_; }
  void asked() { now_ = now_ == state::noticed || now_ == state::unnoticed ? state::unclear : now_; }
  void answered(bool done) { now_ = done && now_ != state::none ? state::acknowledged : now_; }
  /// The service died. `on_record`: an alarm that is not acknowledged is on record.
  void service_gone(bool on_record) {
    if (now_ == state::noticed && !on_record) now_ = state::unnoticed;
  }

  state now() const noexcept { return now_; }

private:
  state now_ = state::none;
};

} // namespace muster::simulation
