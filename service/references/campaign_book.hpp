// The campaigns of all groups: for each group the newest one, read at the start.
#pragma once

#include "records/campaign.hpp"
#include "records/store_port.hpp"

#include <map>
#include <string>
#include <vector>

namespace muster::service {

class campaign_book {
public:
  /// A damaged record is skipped and reported in `damaged`. Its campaign is over: a set that it staged
  /// belongs to no campaign, and References removes it. fault: the store cannot be read.
  static result<campaign_book> load(const store_reader& store);

  /// The campaigns that `load` found damaged, each with the reason.
  const std::vector<std::string>& damaged() const noexcept { return damaged_; }

  /// The newest campaign of the group; null if it never had one.
  const campaign* of(const std::string& group) const noexcept;
  const std::map<std::string, campaign>& all() const noexcept { return newest_; }
  campaign_number next_number() const noexcept { return {last_.value + 1}; }
  void lay(campaign one);

private:
  std::map<std::string, campaign> newest_;
  campaign_number last_;
  std::vector<std::string> damaged_;
};

} // namespace muster::service
