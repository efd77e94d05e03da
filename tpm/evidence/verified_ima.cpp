#include "tpm/evidence/verified_ima.hpp"

namespace muster::tpm {

const ima_entry* ima_walk::next() {
  while (run_ < runs_.size() && offset_ == runs_[run_].bytes.size()) {
    ++run_;
    offset_ = 0;
  }
  if (run_ == runs_.size()) return nullptr;
  const auto size = reader_.read(runs_[run_].bytes.subspan(offset_), entry_);
  if (!size || *size == 0) return nullptr; // never: the entry was read once, so it can be read again
  offset_ += *size;
  return &entry_;
}

ima_entry verified_ima::operator[](std::size_t i) const {
  ima_walk walk{*this};
  for (const auto* entry = walk.next(); entry != nullptr; entry = walk.next())
    if (i-- == 0) return *entry;
  return {};
}

void verified_ima::for_each(const std::function<void(const ima_entry&)>& visit) const {
  ima_walk walk{*this};
  for (const auto* entry = walk.next(); entry != nullptr; entry = walk.next())
    visit(*entry);
}

std::vector<byte_view> verified_ima::runs() const {
  std::vector<byte_view> out;
  for (const auto& run : entries_.list())
    out.push_back(run.bytes);
  return out;
}

} // namespace muster::tpm
