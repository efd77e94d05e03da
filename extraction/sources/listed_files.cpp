#include "extraction/sources/listed_files.hpp"

#include <algorithm>

namespace muster::extraction {

namespace {

/// The digests of one path, which are [first, last) of the list.
status take(const appraisal::file_claims& files, std::size_t first, std::size_t last,
            const appraisal::package* owner, learning& into, source_report& report) {
  const auto path = files[first].path;
  if (!into.rules.learns_file(path)) {
    report.leave_out(loss::excluded, path);
    return {};
  }
  bool any = false;
  std::string others;
  for (auto i = first; i < last; ++i) {
    const auto one = files[i];
    if (std::ranges::find(into.algorithms, one.algorithm) != into.algorithms.end()) {
      if (auto ok = into.out.add(one, owner); !ok) return ok;
      any = true;
    } else
      others += (others.empty() ? "" : ", ") + std::string{to_string(one.algorithm)};
  }
  if (any)
    ++report.learnt;
  else
    report.leave_out(loss::other_algorithm, path, others + "; give one of them to --hash");
  return {};
}

} // namespace

status learn_listed(const appraisal::file_claims& files, const appraisal::package* owner, learning& into,
                    source_report& report) {
  for (std::size_t i = 0; i < files.size();) {
    auto last = i;
    while (last < files.size() && files[last].path == files[i].path)
      ++last;
    if (auto ok = take(files, i, last, owner, into, report); !ok) return ok;
    i = last;
  }
  return {};
}

} // namespace muster::extraction
