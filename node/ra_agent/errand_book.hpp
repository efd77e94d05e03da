// Which commands were started, and what came of them: at most once, also over a restart. Pure.
#pragma once

#include "actors/node/errand.hpp"
#include "messages/vocabulary/result.hpp"

#include <array>
#include <optional>
#include <vector>

namespace muster::node {

/// What a command, or the end of an errand, leads to.
struct errand_step {
  std::vector<command> start;         ///< write `text()` to the disk first, then begin
  std::vector<errand_report> answers; ///< of commands that are not run, or were before
};

/// Remembers each started id with its outcome until the command's time is up; those of `unregister` for good
/// (docs/protocol.md 3). Of one kind, a lower number than one that was started is not started, a newer one
/// waits for the errand that runs, and only the newest waits. The text outlives the process: what was started
/// and has no outcome when it is read back is `interrupted`, and is never run again.
class errand_book {
public:
  /// Remembered ids. A command beyond that is refused: it could not be run at most once.
  static constexpr std::size_t max_errands = 256;
  static constexpr std::size_t max_text = 64 * 1024;

  explicit errand_book(const boot_id& boot) : boot_{boot} {}

  /// What `text` gave. Under another boot id the times start anew: rather too long than too short.
  /// fault malformed: not such a text. Nothing may be started then: what was started is not known.
  static result<errand_book> parse(std::string_view text, const boot_id& boot, boot_time now);
  std::string text() const;

  errand_step on_command(const command& what, boot_time now);
  /// The errand's end, whatever it is; `accepted` is none.
  errand_step on_end(const errand_report& report, boot_time now);
  void on_delivered(command_id id);

  /// Outcomes that the service is not known to have.
  std::vector<errand_report> undelivered() const;

private:
  enum class stage : std::uint8_t { started, ended, delivered };
  struct errand {
    command_id id;
    command_kind kind = command_kind::attest;
    boot_time until;        ///< of `boot_`
    std::uint64_t span = 0; ///< from receipt to `until`, in milliseconds
    stage at = stage::started;
    command_outcome how = command_outcome::interrupted;
    std::string text;
  };

  static std::optional<errand> parse_errand(std::string_view line);
  status read_line(std::string_view line, bool same_boot, boot_time now);
  errand* find(command_id id);
  bool runs(command_kind kind) const;
  void forget(boot_time now);
  void consider(const command& what, boot_time now, errand_step& out);
  void wait(const command& what, errand_step& out);

  boot_id boot_;
  std::vector<errand> errands_;
  std::array<command_id, command_kinds> highest_{}; ///< started, by kind
  std::array<std::optional<command>, command_kinds> waiting_;
};

} // namespace muster::node
