// The campaigns of all groups: the newest of each, read at the start.
#pragma once

#include "records/campaign.hpp"
#include "records/store_port.hpp"

#include <map>
#include <string>
#include <vector>

namespace muster::service {

class campaign_book {
public:
  /// A record that is damaged is passed over and told in `damaged`. The campaign that it was is over with
  /// that: a set that it staged belongs to no campaign, and References takes it away. fault: the store cannot
  /// be read.
  static result<campaign_book> load(const store_reader& store);

  /// Found by `load`: which, and why.
  const std::vector<std::string>& damaged() const noexcept { return damaged_; }

  /// The newest of the group; null if it never had one.
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
