#include "extraction/sources/learning.hpp"

#include "appraisal/reference/documentation.hpp"

namespace muster::extraction {

result<file_hasher> file_hasher::make(const std::vector<hash_algorithm>& algorithms, md5_too with_md5) {
  file_hasher out;
  for (const auto algorithm : algorithms) {
    auto one = crypto::running_digest::make(algorithm);
    if (!one) return one.fault();
    out.running_.emplace_back(algorithm, *std::move(one));
  }
  if (with_md5 == md5_too::yes) {
    auto md5 = crypto::running_digest::make_md5();
    if (!md5) return md5.fault();
    out.md5_ = *std::move(md5);
  }
  return out;
}

void file_hasher::update(byte_view more) {
  for (auto& [algorithm, digest] : running_)
    digest.update(more);
  if (md5_) md5_->update(more);
  bytes_ += more.size();
}

file_hasher::digests file_hasher::finish() {
  digests out;
  for (auto& [algorithm, digest] : running_)
    out.of.emplace_back(algorithm, digest.finish());
  if (md5_) out.md5 = md5_->finish();
  out.bytes = bytes_;
  return out;
}

const crypto::digest* file_hasher::digests::find(hash_algorithm algorithm) const noexcept {
  for (const auto& [own, digest] : of)
    if (own == algorithm) return &digest;
  return nullptr;
}

std::optional<loss> learning::unwanted(std::string_view path, executable mode) const {
  if (!rules.learns_file(path)) return loss::excluded;
  if (of_packages == documentation::leave_out && mode == executable::no && appraisal::is_documentation(path))
    return loss::documentation;
  return std::nullopt;
}

status learning::take(std::string_view path, const file_hasher::digests& digests,
                      const appraisal::package* owner, source_report& report) {
  for (const auto& [algorithm, digest] : digests.of)
    if (std::ranges::find(algorithms, algorithm) != algorithms.end())
      if (auto ok = out.add({appraisal::file_kind::file, algorithm, digest.view(), path}, owner); !ok)
        return ok;
  ++report.learnt;
  ++files;
  bytes += digests.bytes;
  tell(files, bytes);
  return {};
}

} // namespace muster::extraction
