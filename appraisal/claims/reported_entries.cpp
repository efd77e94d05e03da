#include "appraisal/claims/reported_entries.hpp"

#include <utility>

namespace muster::appraisal {

const tpm::ima_entry* reported_entries::next() {
  for (;;) {
    const auto size = reader_.read(byte_view{joined_}.subspan(read_), entry_);
    if (!size) return nullptr;
    if (*size != 0) {
      read_ += *size;
      return &entry_;
    }
    if (runs_.empty()) return nullptr;
    joined_.erase(joined_.begin(), joined_.begin() + static_cast<std::ptrdiff_t>(std::exchange(read_, 0)));
    append(joined_, runs_.front().bytes);
    runs_ = runs_.subspan(1);
  }
}

} // namespace muster::appraisal
