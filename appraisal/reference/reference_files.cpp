#include "appraisal/reference/reference_files.hpp"

#include <algorithm>
#include <numeric>

namespace muster::appraisal {

status reference_files::add(const file_claim& file, const package* owner) {
  auto number = no_package;
  if (owner != nullptr) {
    const auto known = packages_.try_emplace(*owner, static_cast<std::uint32_t>(packages_.size())).first;
    if (packages_.size() > max_packages)
      return fault{errc::limit, "reference: more packages than fit into one set"};
    number = known->second;
  }
  if (files_.size() >= reference_set::max_files || !files_.push(file))
    return fault{errc::limit, "reference: more files than fit into one set"};
  owners_.push_back(number);
  return {};
}

status reference_files::add(const reference_content& other) {
  for (std::size_t i = 0; i < other.files.size(); ++i) {
    const auto own = i < other.package_of.size() ? other.package_of[i] : no_package;
    if (auto ok = add(other.files[i], own == no_package ? nullptr : &other.packages[own]); !ok) return ok;
  }
  return {};
}

void reference_files::move_into(reference_content& out) && {
  std::vector<std::uint32_t> order(files_.size());
  std::iota(order.begin(), order.end(), 0U);
  // Of equal files one with a package comes first, and otherwise the one that was added first.
  std::ranges::sort(order, [this](std::uint32_t a, std::uint32_t b) {
    const auto by_file = files_[a] <=> files_[b];
    if (by_file != std::strong_ordering::equal) return by_file == std::strong_ordering::less;
    const bool nameless_a = owners_[a] == no_package;
    const bool nameless_b = owners_[b] == no_package;
    return nameless_a != nameless_b ? nameless_b : a < b;
  });
  const auto last = std::unique(order.begin(), order.end(),
                                [this](std::uint32_t a, std::uint32_t b) { return files_[a] == files_[b]; });
  order.erase(last, order.end());

  std::vector<bool> used(packages_.size());
  for (const auto i : order)
    if (owners_[i] != no_package) used[owners_[i]] = true;
  std::vector<std::uint32_t> place(packages_.size(), no_package);
  out.packages.clear();
  for (const auto& [one, number] : packages_)
    if (used[number]) {
      place[number] = static_cast<std::uint32_t>(out.packages.size());
      out.packages.push_back(one);
    }
  out.files = {};
  out.package_of.clear();
  for (const auto i : order) {
    (void)out.files.push(files_[i]); // never larger than the table it comes from
    if (!out.packages.empty())
      out.package_of.push_back(owners_[i] == no_package ? no_package : place[owners_[i]]);
  }
}

} // namespace muster::appraisal
