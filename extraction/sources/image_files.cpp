#include "extraction/sources/image_files.hpp"

namespace muster::extraction {

std::string path_in_image(std::string_view name) {
  std::string out;
  while (!name.empty()) {
    const auto end = std::min(name.find('/'), name.size());
    const auto part = name.substr(0, end);
    name.remove_prefix(std::min(end + 1, name.size()));
    if (part == "..") return {};
    if (!part.empty() && part != ".") out.append("/").append(part);
  }
  return out.size() > 4095 ? std::string{} : out;
}

status image_files::count_entry() {
  if (++entries_ > max_entries) return fault{errc::limit, "the image has over 4,000,000 entries"};
  return {};
}

status image_files::count_bytes(std::uint64_t more) {
  bytes_ += more;
  if (bytes_ > max_bytes) return fault{errc::limit, "the image has over 1 TiB of content"};
  return {};
}

status image_files::count_hole(std::uint64_t more) {
  if (more > max_holes - holes_)
    return fault{
        errc::limit,
        "the image has over 64 GiB of holes in sparse files; exclude those files with a rule (ima.exclude)"};
  holes_ += more;
  return {};
}

const file_hasher::digests* image_files::find(const std::string& path) const {
  const auto at = files_.find(path);
  return at == files_.end() ? nullptr : &at->second;
}

result<source_report> image_files::finish() && {
  for (const auto& [path, digests] : files_)
    if (auto ok = into_.take(path, digests, nullptr, report); !ok) return ok.fault();
  return std::move(report);
}

} // namespace muster::extraction
