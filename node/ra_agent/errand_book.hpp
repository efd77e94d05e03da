// Which commands were started, and with what outcome: each at most once, also across a restart. Pure.
#pragma once

#include "actors/node/errand.hpp"
#include "messages/vocabulary/result.hpp"

#include <array>
#include <optional>
#include <vector>

namespace muster::node {

/// The consequences of a command, or of an errand's end.
struct errand_step {
  std::vector<command> start;         ///< write `text()` to the disk first, then begin these
  std::vector<errand_report> answers; ///< for commands that are not run, or ran before
};

/// Remembers each started id with its outcome until the command's time is up, and those of `unregister` for
/// good (docs/protocol.md 3). Within one kind, a number lower than one already started is refused; a higher
/// number waits for the running errand, and only the highest waits. The text outlives the process. An errand
/// without an outcome when the text is read back counts as `interrupted` and is never run again.
class errand_book {
public:
  /// Remembered ids. A further command is refused, because the book could not ensure that it runs at most
  /// once.
  static constexpr std::size_t max_errands = 256;
  static constexpr std::size_t max_text = 64 * 1024;

  explicit errand_book(const boot_id& boot) : boot_{boot} {}

  /// Reads what `text` gave. Under another boot id the remaining times start again from `now`: rather too
  /// long than too short. fault malformed: not such a text. The caller must then start nothing, because it is
  /// not known what ran already.
  static result<errand_book> parse(std::string_view text, const boot_id& boot, boot_time now);
  std::string text() const;

  errand_step on_command(const command& what, boot_time now);
  /// The errand has ended with `report`; a report of `accepted` is not an end and is ignored.
  errand_step on_end(const errand_report& report, boot_time now);
  void on_delivered(command_id id);

  /// Outcomes that, as far as we know, the service does not have.
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
