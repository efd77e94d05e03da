#include "standing/wrong_tokens.hpp"

#include "standing/waiting.hpp"

#include <algorithm>

namespace muster::service {

namespace {

constexpr std::uint64_t every_ms = 60'000;
constexpr std::uint64_t burst_ms = 16 * every_ms;

} // namespace

wrong_tokens::bucket& wrong_tokens::bucket_of(std::string_view peer, boot_time now) {
  auto source = source_of(peer);
  if (sources_.contains(source) || sources_.size() < most_sources) return sources_[std::move(source)];
  // Those that have been quiet for long make room; their wrong ones stay in the total.
  std::erase_if(sources_, [&](const auto& one) { return one.second.full_at <= now.milliseconds; });
  return sources_[sources_.size() < most_sources ? std::move(source) : std::string{}];
}

status wrong_tokens::count(std::string_view peer, boot_time now) {
  ++total_;
  auto& one = bucket_of(peer, now);
  ++one.wrong;
  const auto spent = std::max(one.full_at, now.milliseconds) + every_ms;
  if (spent > now.milliseconds + burst_ms)
    return fault{errc::limit, "admission: too many join tokens that are not accepted came from this address; "
                              "correct or remove the agents' join_token_file"};
  one.full_at = spent;
  return {};
}

std::vector<wrong_tokens::source> wrong_tokens::worst(std::size_t most) const {
  std::vector<source> out;
  out.reserve(sources_.size());
  for (const auto& [where, one] : sources_)
    out.push_back({where, one.wrong});
  std::ranges::stable_sort(out, [](const auto& a, const auto& b) { return a.wrong > b.wrong; });
  out.resize(std::min(out.size(), most));
  return out;
}

} // namespace muster::service
