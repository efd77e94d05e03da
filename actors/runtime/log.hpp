// Logging: one line for each event, `key=value`, to standard error.
#pragma once

#include "messages/vocabulary/bytes.hpp"
#include "messages/vocabulary/result.hpp"

#include <concepts>
#include <functional>
#include <initializer_list>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace muster::runtime {

enum class log_level : std::uint8_t { debug, info, warning, error };

std::string_view to_string(log_level level) noexcept;
std::optional<log_level> log_level_from(std::string_view name) noexcept;

/// One `key=value` of a line. Text is quoted and made printable, so no value can forge a line, a field or a
/// terminal sequence; numbers are not quoted. Never pass a secret, a nonce or the body of evidence.
class log_field {
public:
  log_field(std::string_view key, std::string_view text) : key_{key}, value_{quoted(text)} {}
  log_field(std::string_view key, const char* text) : log_field(key, std::string_view{text}) {}
  log_field(std::string_view key, const std::string& text) : log_field(key, std::string_view{text}) {}
  log_field(std::string_view key, std::integral auto n) : key_{key}, value_{std::to_string(n)} {}

  std::string_view key() const noexcept { return key_; }
  const std::string& value() const noexcept { return value_; }

private:
  static std::string quoted(std::string_view text);

  std::string_view key_;
  std::string value_;
};

/// A handle to the program's log. Copies share it; any thread may use it. `main` makes it and hands it over.
class log {
public:
  /// Receives each finished line, without a line feed, one at a time, on the thread that logged it.
  using sink = std::function<void(std::string_view line)>;

  /// Drops everything. For dependency structs that are not filled yet.
  log() noexcept = default;
  static log to_stderr(log_level from);
  static log to(sink out, log_level from);

  /// `event` and the keys are our own literals: lower case, words joined by dots or underscores.
  void write(log_level level, std::string_view event, std::span<const log_field> fields) const;
  void write(log_level level, std::string_view event, std::initializer_list<log_field> fields = {}) const {
    write(level, event, std::span<const log_field>{fields.begin(), fields.size()});
  }
  void debug(std::string_view event, std::initializer_list<log_field> fields = {}) const {
    write(log_level::debug, event, fields);
  }
  void info(std::string_view event, std::initializer_list<log_field> fields = {}) const {
    write(log_level::info, event, fields);
  }
  void warning(std::string_view event, std::initializer_list<log_field> fields = {}) const {
    write(log_level::warning, event, fields);
  }
  void error(std::string_view event, std::initializer_list<log_field> fields = {}) const {
    write(log_level::error, event, fields);
  }

  /// Writes a line that an outside party can cause again and again: `subject` names the party (a machine, an
  /// address). Only some lines are written (`line_ration`); the field `left_out` says how many were not.
  void of_peer(log_level level, std::string_view event, std::string_view subject,
               std::initializer_list<log_field> fields) const;

  /// Whether lines of this level are written. Ask before preparing a costly line.
  bool enabled(log_level level) const noexcept;
  /// Takes effect at once, for all copies.
  void set_level(log_level from) const noexcept;

private:
  struct state;
  explicit log(std::shared_ptr<const state> shared) noexcept : state_{std::move(shared)} {}
  std::shared_ptr<const state> state_;
};

/// The two fields of a fault: `fault=code check="..."`.
inline log_field fault_code(const fault& why) { return {"fault", to_string(why.code)}; }
inline log_field fault_check(const fault& why) { return {"check", why.check}; }

} // namespace muster::runtime
