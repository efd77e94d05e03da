// The outstanding commands of one machine (docs/protocol.md 3). Pure: each step says what must be stored.
#pragma once

#include "records/command_record.hpp"
#include "standing/lease.hpp"

#include <vector>

namespace muster::service {

/// Holds what is open. Every change is returned as records to store; a command may be sent only after the
/// record that says `sent` is durable, else "not run" could be said of one that ran.
class command_queue {
public:
  /// Takes back what was open when the service stopped. Another boot of the service's machine ends deadlines:
  /// those commands settle at the next `expire`.
  explicit command_queue(std::vector<command_record> open = {});

  /// Adds `wanted`. Of attest, renew and reconfigure one is open at a time:
  ///   - an open attest or renew takes the waiter in: nothing is added, its id is returned
  ///   - an open reconfigure that was never sent is replaced; one that was sent settles as unknown
  struct added {
    command_id id;
    std::vector<command_record> to_store;
  };
  added add(command_record wanted);

  /// What may go out with the next reply: those never sent, and those sent on an earlier session, in the
  /// order of their numbers. Marks them sent and returns the records to store first.
  std::vector<command_record> take_unsent(const moment& now);
  /// A session is gone: what it carried is sent again by the next one.
  void session_lost();

  /// A machine says how it went. Unknown ids and settled commands change nothing. `accepted` settles nothing,
  /// and is said of `unregister` only: whether the machine left is still to come.
  std::vector<command_record> report(command_id id, command_outcome outcome, std::string text);
  /// An attestation has been decided: an attest that was sent before its challenge is done.
  std::vector<command_record> settle_attest(boot_time challenged);

  /// Past the deadline: `expired` if it was never sent, else `unknown`. Of a machine that accepted to leave
  /// the last word may be on its way: it has `last_word` more.
  static constexpr std::chrono::seconds last_word{10};
  std::vector<command_record> expire(const moment& now);
  /// Ends all: `expired` what was never sent, else `unknown`.
  std::vector<command_record> end(std::string_view why);

  const std::vector<command_record>& open() const noexcept { return open_; }

private:
  std::vector<command_record> settle(std::size_t at, command_outcome outcome, std::string text);

  std::vector<command_record> open_;
  struct delivery {
    command_id id;
    boot_time at;
  };
  std::vector<delivery> with_session_; ///< delivered on the present session
};

} // namespace muster::service
