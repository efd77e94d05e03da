// The open commands of one machine (docs/protocol.md 3). Pure: each step says what must be stored.
#pragma once

#include "records/command_record.hpp"
#include "standing/lease.hpp"

#include <vector>

namespace muster::service {

/// Every change is returned as records to store. A command may be sent only after the record that says `sent`
/// is durable; else "not run" could be said of a command that ran.
class command_queue {
public:
  /// Restores what was open when the service stopped. A reboot of the service's machine ends the deadlines:
  /// those commands settle at the next `expire`.
  explicit command_queue(std::vector<command_record> open = {});

  /// Adds `wanted`. Of attest, renew and reconfigure one each is open at a time:
  ///   - an open attest or renew is joined: nothing is added, and its id is returned
  ///   - an open reconfigure is settled first: as replaced if it was never sent, else as unknown
  struct added {
    command_id id;
    std::vector<command_record> to_store;
  };
  added add(command_record wanted);

  /// What may go out with the next reply: commands that were never sent, and those sent in an earlier
  /// session, in the order of their numbers. Marks them sent, and returns the records to store first.
  std::vector<command_record> take_unsent(const moment& now);
  /// The session is gone: the next one sends again what it carried.
  void session_lost();

  /// The machine reports how a command went. Unknown ids and settled commands change nothing. `accepted` is
  /// taken for `unregister` only, and settles nothing: whether the machine left is still to come.
  std::vector<command_record> report(command_id id, command_outcome outcome, std::string text);
  /// An attestation was decided. It completes an attest command that was sent before the challenge.
  std::vector<command_record> settle_attest(boot_time challenged);

  /// Ends commands past their deadline: `expired` if never sent, else `unknown`. The last report of a machine
  /// that accepted to leave may be on its way: that command has `last_word` more.
  static constexpr std::chrono::seconds last_word{10};
  std::vector<command_record> expire(const moment& now);
  /// Ends all commands: `expired` if never sent, else `unknown`.
  std::vector<command_record> end(std::string_view why);

  const std::vector<command_record>& open() const noexcept { return open_; }

private:
  std::vector<command_record> settle(std::size_t at, command_outcome outcome, std::string text);

  std::vector<command_record> open_;
  struct delivery {
    command_id id;
    boot_time at;
  };
  std::vector<delivery> with_session_; ///< sent in the present session
};

} // namespace muster::service
