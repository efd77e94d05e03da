// The logs for one piece of evidence, read part by part after the quote. Adapter.
#pragma once

#include "actors/node/evidence.hpp"
#include "messages/frame.hpp"
#include "node/rac_tools/ima_walker.hpp"
#include "node/rac_tools/kernel_file.hpp"

namespace muster::node {

class evidence_logs {
public:
  /// `boot_log`: as hashed into the manifest; empty if it is not wanted or absent. `ima_log`: opened after
  /// the quote; empty if there is none. `places` outlives this object.
  evidence_logs(attestation_number number, frame boot_log, std::optional<kernel_file> ima_log,
                std::uint64_t ima_first, ima_bookmarks& places);

  attestation_number number() const noexcept { return number_; }
  /// No part is left.
  bool over() const noexcept { return over_; }
  /// The next part, at most `max_log_part` bytes. The IMA list is read to its end at that moment, so it may
  /// run ahead of the quote. A list shorter than what was asked for gives an empty last part.
  result<log_part> next();

private:
  log_part next_boot_part();
  result<log_part> next_ima_part();
  status find_first();
  void remember(byte_view part);

  attestation_number number_;
  frame boot_log_;
  std::size_t boot_sent_ = 0;
  std::optional<kernel_file> ima_log_;
  std::uint64_t ima_first_;
  ima_bookmarks& places_;
  std::optional<ima_walker> walker_; // set once the first wanted entry is found
  std::uint64_t offset_ = 0;
  std::uint64_t ima_sent_ = 0;
  bool over_;
};

} // namespace muster::node
