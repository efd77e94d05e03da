#include "crypto/log_incarnations.hpp"

#include <charconv>

namespace muster::crypto {

namespace {

/// Reads a text from its beginning. After the first mismatch every later read fails, too.
class words {
public:
  explicit words(std::string_view text) noexcept : rest_{text} {}
  void expect(std::string_view word) noexcept {
    good_ = good_ && rest_.starts_with(word);
    if (good_) rest_.remove_prefix(word.size());
  }
  std::uint64_t number() noexcept {
    std::uint64_t out = 0;
    const auto [end, error] = std::from_chars(rest_.data(), rest_.data() + rest_.size(), out);
    good_ = good_ && error == std::errc{};
    if (good_) rest_.remove_prefix(static_cast<std::size_t>(end - rest_.data()));
    return out;
  }
  bytes hex(std::size_t digits) {
    auto out = good_ ? from_hex(rest_.substr(0, digits)) : std::nullopt;
    good_ = out.has_value();
    if (good_) rest_.remove_prefix(std::min(digits, rest_.size()));
    return out ? *std::move(out) : bytes{};
  }
  std::size_t left() const noexcept { return rest_.size(); }
  bool done() const noexcept { return good_ && rest_.empty(); }

private:
  std::string_view rest_;
  bool good_ = true;
};

} // namespace

std::optional<log_loss> log_incarnations::loss_of(const log_head& head, std::uint64_t leaves) const {
  const auto next = firsts_.upper_bound(head.incarnation);
  const auto own = firsts_.find(head.incarnation);
  const auto end = next == firsts_.end() ? leaves : next->second;
  const bool has = own != firsts_.end() && head.log == log_;
  if (has && head.size > own->second && head.size <= end) return log_loss{};
  if (next == firsts_.end()) return std::nullopt;
  return log_loss{next->first};
}

std::string incarnation_text(const log_name& log, incarnation which) {
  return "incarnation " + std::to_string(which.value) + " of log " + to_string(log);
}

std::optional<std::pair<log_name, incarnation>> incarnation_from(std::string_view text) {
  words in{text};
  log_name log;
  in.expect("incarnation ");
  const incarnation which{in.number()};
  in.expect(" of log ");
  const auto id = in.hex(2 * log.id.size());
  if (in.left() != 0) {
    in.expect(".");
    log.part = static_cast<std::uint16_t>(in.number());
  }
  if (!in.done() || id.size() != log.id.size() || which > max_incarnation) return std::nullopt;
  std::ranges::copy(id, log.id.begin());
  if (text != incarnation_text(log, which)) return std::nullopt; // not spelled as we write it
  return std::pair{log, which};
}

std::string acknowledgement_text(const log_acknowledgement& what, byte_view signature) {
  return "before " + std::to_string(what.loss.before.value) + " at " + std::to_string(what.size) + ':'
         + to_hex(what.root) + ' ' + to_hex(signature);
}

std::optional<std::pair<log_acknowledgement, bytes>> acknowledgement_from(std::string_view text) {
  words in{text};
  log_acknowledgement out;
  in.expect("before ");
  out.loss.before = {in.number()};
  in.expect(" at ");
  out.size = in.number();
  in.expect(":");
  const auto root = in.hex(2 * out.root.size());
  in.expect(" ");
  auto signature = in.hex(in.left());
  if (!in.done() || root.size() != out.root.size() || signature.empty()) return std::nullopt;
  std::ranges::copy(root, out.root.begin());
  return std::pair{std::move(out), std::move(signature)};
}

} // namespace muster::crypto
