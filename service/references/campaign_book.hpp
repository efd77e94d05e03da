// The campaigns of all groups: the newest of each, read at the start.
#pragma once

#include "records/campaign.hpp"
#include "records/store_port.hpp"

#include <map>

namespace muster::service {

class campaign_book {
public:
  /// fault malformed: a record is damaged. Going on without it could let a retired set pass, or a staged one
  /// for ever.
  static result<campaign_book> load(const store_reader& store);

  /// The newest of the group; null if it never had one.
  const campaign* of(const std::string& group) const noexcept;
  const std::map<std::string, campaign>& all() const noexcept { return newest_; }
  campaign_number next_number() const noexcept { return {last_.value + 1}; }
  void lay(campaign one);

private:
  std::map<std::string, campaign> newest_;
  campaign_number last_;
};

} // namespace muster::service
