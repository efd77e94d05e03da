#include "standing/join_register.hpp"

#include <algorithm>
#include <array>

namespace muster::service {

std::string_view to_string(join_state s) noexcept {
  constexpr std::array<std::string_view, 5> words{"usable", "used up", "expired", "revoked", "void"};
  return words.at(static_cast<std::size_t>(s));
}

join_state join_register::state_of(const entry& one, wall_time now, std::uint64_t after_loss) noexcept {
  if (one.token.revoked.milliseconds != 0) return join_state::revoked;
  if (one.nodes.size() + one.held >= one.token.uses) return join_state::used_up;
  if (now >= one.token.expires) return join_state::expired;
  return one.token.after_loss == after_loss ? join_state::usable : join_state::lost;
}

wall_time join_register::end_of(const entry& one) noexcept {
  auto out = one.token.expires;
  if (one.token.revoked.milliseconds != 0) out = std::min(out, one.token.revoked);
  if (one.nodes.size() >= one.token.uses) out = std::min(out, one.newest_use);
  return out;
}

void join_register::settle(join_token token) {
  auto& one = tokens_[token.digest];
  one.token = std::move(token);
}

void join_register::note(const node_id& node, const join_use& use) {
  const auto found = tokens_.find(use.token);
  if (found == tokens_.end()) return left_over_.push_back(node);
  found->second.nodes.push_back(node);
  found->second.newest_use = std::max(found->second.newest_use, use.at);
}

void join_register::note_unreadable() {
  for (auto& [digest, one] : tokens_)
    ++one.held;
}

status join_register::room(wall_time now, std::uint64_t after_loss) const {
  const auto live = std::ranges::count_if(
      tokens_, [&](const auto& one) { return state_of(one.second, now, after_loss) == join_state::usable; });
  if (static_cast<std::size_t>(live) >= most_live)
    return fault{errc::limit, "join token: 256 are in use; revoke one that is not needed any more"};
  if (tokens_.size() >= most_recorded)
    return fault{errc::limit,
                 "join token: 1024 are on record; each is dropped 7 days after it ended: try again later"};
  return {};
}

const join_token* join_register::find(std::string_view id) const {
  const auto found =
      std::ranges::find_if(tokens_, [&](const auto& one) { return join_token_id(one.first) == id; });
  return found == tokens_.end() ? nullptr : &found->second.token;
}

const join_token* join_register::usable(const bytes32& digest, wall_time now,
                                        std::uint64_t after_loss) const {
  const auto found = tokens_.find(digest);
  if (found == tokens_.end()) return nullptr;
  const auto& one = found->second;
  if (one.token.role != join_role::agent) return nullptr;
  return state_of(one, now, after_loss) == join_state::usable ? &one.token : nullptr;
}

void join_register::hold(const bytes32& digest) {
  if (const auto found = tokens_.find(digest); found != tokens_.end()) ++found->second.held;
}

void join_register::give_back(const bytes32& digest) {
  if (const auto found = tokens_.find(digest); found != tokens_.end() && found->second.held != 0)
    --found->second.held;
}

void join_register::keep(const node_id& node, const join_use& use) {
  give_back(use.token);
  note(node, use);
}

std::vector<join_token_line> join_register::lines(wall_time now, std::uint64_t after_loss) const {
  std::vector<join_token_line> out;
  out.reserve(tokens_.size());
  for (const auto& [digest, one] : tokens_) {
    join_token_line line{one.token,
                         state_of(one, now, after_loss),
                         static_cast<std::uint32_t>(one.nodes.size() + one.held),
                         {}};
    const auto shown = std::min(one.nodes.size(), most_nodes_shown);
    line.nodes.assign(one.nodes.rbegin(), one.nodes.rbegin() + static_cast<std::ptrdiff_t>(shown));
    out.push_back(std::move(line));
  }
  std::ranges::stable_sort(out, [](const auto& a, const auto& b) { return b.token.made < a.token.made; });
  return out;
}

std::optional<bytes32> join_register::overdue(wall_time now) const {
  for (const auto& [digest, one] : tokens_)
    if (one.held == 0
        && now.milliseconds >= end_of(one).milliseconds + static_cast<std::uint64_t>(kept_for.count()))
      return digest;
  return std::nullopt;
}

void join_register::erase(const bytes32& digest) {
  const auto found = tokens_.find(digest);
  if (found == tokens_.end()) return;
  left_over_.insert(left_over_.end(), found->second.nodes.begin(), found->second.nodes.end());
  tokens_.erase(found);
}

std::vector<node_id> join_register::left_over(std::size_t most) const {
  return {left_over_.begin(),
          left_over_.begin() + static_cast<std::ptrdiff_t>(std::min(left_over_.size(), most))};
}

void join_register::erase_left_over(std::size_t count) {
  left_over_.erase(left_over_.begin(),
                   left_over_.begin() + static_cast<std::ptrdiff_t>(std::min(left_over_.size(), count)));
}

} // namespace muster::service
