#include "actors/runtime/log.hpp"

#include "actors/runtime/line_ration.hpp"
#include "actors/runtime/stderr_sink.hpp"

#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/base_sink.h>
#include <spdlog/spdlog.h>

#include <array>
#include <mutex>
#include <vector>

namespace muster::runtime {

namespace {

constexpr std::array<std::string_view, 4> level_names{"debug", "info", "warning", "error"};
constexpr std::array<spdlog::level::level_enum, 4> spdlog_levels{spdlog::level::debug, spdlog::level::info,
                                                                 spdlog::level::warn, spdlog::level::err};

spdlog::level::level_enum native(log_level level) noexcept {
  return spdlog_levels[static_cast<std::size_t>(level)];
}

class line_sink final : public spdlog::sinks::base_sink<std::mutex> {
public:
  explicit line_sink(log::sink out) : out_{std::move(out)} {}

private:
  void sink_it_(const spdlog::details::log_msg& message) override {
    out_({message.payload.data(), message.payload.size()});
  }
  void flush_() override {}

  log::sink out_;
};

} // namespace

struct log::state {
  std::shared_ptr<spdlog::logger> logger;
  mutable std::mutex mutex;
  mutable line_ration of_peers; ///< shared by all copies
};

std::string_view to_string(log_level level) noexcept { return level_names[static_cast<std::size_t>(level)]; }

std::optional<log_level> log_level_from(std::string_view name) noexcept {
  for (std::size_t i = 0; i < level_names.size(); ++i)
    if (level_names[i] == name) return static_cast<log_level>(i);
  return std::nullopt;
}

std::string log_field::quoted(std::string_view text) {
  constexpr std::size_t longest = 1024;
  std::string escaped;
  for (const char c : text.substr(0, longest)) {
    if (c == '"' || c == '\\') escaped += '\\';
    escaped += c;
  }
  return '"' + printable(escaped, 2 * longest) + (text.size() > longest ? "...\"" : "\"");
}

log log::to_stderr(log_level from) {
  auto logger = std::make_shared<spdlog::logger>("muster", std::make_shared<stderr_sink>());
  // The time is the only part that spdlog adds: our lines already carry level and event.
  logger->set_formatter(std::make_unique<spdlog::pattern_formatter>("%Y-%m-%dT%H:%M:%S.%eZ %v",
                                                                    spdlog::pattern_time_type::utc));
  logger->set_level(native(from));
  logger->flush_on(spdlog::level::debug);
  auto made = std::make_shared<state>();
  made->logger = std::move(logger);
  return log{std::move(made)};
}

log log::to(sink out, log_level from) {
  auto logger = std::make_shared<spdlog::logger>("muster", std::make_shared<line_sink>(std::move(out)));
  logger->set_level(native(from));
  auto made = std::make_shared<state>();
  made->logger = std::move(logger);
  return log{std::move(made)};
}

void log::write(log_level level, std::string_view event, std::span<const log_field> fields) const {
  if (!enabled(level)) return;
  std::string line{"level="};
  line += to_string(level);
  line += " event=";
  line += event;
  for (const auto& field : fields) {
    line += ' ';
    line += field.key();
    line += '=';
    line += field.value();
  }
  state_->logger->log(native(level), spdlog::string_view_t{line.data(), line.size()});
}

void log::of_peer(log_level level, std::string_view event, std::string_view subject,
                  std::initializer_list<log_field> fields) const {
  if (!enabled(level)) return;
  std::optional<std::uint64_t> left_out;
  {
    const std::lock_guard lock{state_->mutex};
    left_out = state_->of_peers.admit(event, subject, std::chrono::steady_clock::now());
  }
  if (!left_out) return;
  if (*left_out == 0) return write(level, event, fields);
  std::vector<log_field> all{fields};
  all.emplace_back("left_out", *left_out);
  write(level, event, all);
}

bool log::enabled(log_level level) const noexcept {
  return state_ && state_->logger->should_log(native(level));
}

void log::set_level(log_level from) const noexcept {
  if (state_) state_->logger->set_level(native(from));
}

} // namespace muster::runtime
