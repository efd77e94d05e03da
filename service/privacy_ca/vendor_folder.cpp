#include "service/privacy_ca/vendor_folder.hpp"

#include "messages/time_text.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>

namespace muster::service {

namespace {

namespace fs = std::filesystem;

constexpr std::uintmax_t max_vendor_file = 1024 * 1024;

struct file_content {
  std::string name;
  bytes content;
};

result<std::vector<fs::path>> files_of(const std::string& folder) {
  std::error_code error;
  std::vector<fs::path> out;
  for (fs::directory_iterator entry{folder, error}, end; !error && entry != end; entry.increment(error)) {
    if (!entry->is_regular_file(error)) continue;
    if (out.size() == crypto::max_vendor_certificates)
      return fault{errc::limit, "admission.vendor_roots: " + printable(folder) + ": more than 4096 files"};
    out.push_back(entry->path());
  }
  if (error)
    return fault{errc::io,
                 "admission.vendor_roots: " + printable(folder) + ": " + error.message()
                     + ": make the folder and put the vendors' certificates into it, or take it out "
                       "of the list"};
  std::ranges::sort(out);
  return out;
}

result<bytes> content_of(const fs::path& file) {
  std::error_code error;
  const auto size = fs::file_size(file, error);
  if (error || size > max_vendor_file)
    return fault{errc::io, "admission.vendor_roots: " + printable(file.string()) + ": "
                               + (error ? error.message() : "is over 1 MiB")};
  std::ifstream in{file, std::ios::binary};
  bytes out(size);
  in.read(reinterpret_cast<char*>(out.data()), static_cast<std::streamsize>(size));
  if (!in) return fault{errc::io, "admission.vendor_roots: " + printable(file.string()) + ": cannot be read"};
  return out;
}

} // namespace

result<crypto::vendor_store> load_vendor_folders(const std::vector<std::string>& folders) {
  std::vector<file_content> loaded;
  std::vector<std::string> all;
  for (const auto& folder : folders) {
    all.push_back(folder);
    std::error_code ignored;
    const auto lists = fs::path{folder} / "crls";
    if (fs::is_directory(lists, ignored)) all.push_back(lists.string());
  }
  for (const auto& folder : all) {
    const auto files = files_of(folder);
    if (!files) return files.fault();
    for (const auto& file : *files) {
      auto content = content_of(file);
      if (!content) return content.fault();
      loaded.push_back({file.string(), std::move(*content)});
    }
  }
  std::vector<crypto::named_bytes> named;
  named.reserve(loaded.size());
  for (const auto& one : loaded)
    named.push_back({one.name, one.content});
  return crypto::vendor_store::make(named);
}

std::string loss_between(const crypto::vendor_store& before, const crypto::vendor_store& next) {
  const auto lost = [](std::string_view what, std::size_t was) {
    return "admission.vendor_roots: 0 " + std::string{what} + " (" + std::to_string(was)
           + " before): is a folder not mounted? The whole configuration of before stays in force; if they "
             "are "
             "meant to be gone, restart ras, or take the folders out of admission.vendor_roots";
  };
  if (next.roots().empty() && !before.roots().empty()) return lost("roots", before.roots().size());
  if (next.revocations().empty() && !before.revocations().empty())
    return lost("CRLs", before.revocations().size());
  return {};
}

std::vector<std::string> overdue_lists(const crypto::vendor_store& store, wall_time now) {
  std::vector<std::string> out;
  for (const auto& one : store.revocations())
    if (one.next_update() < now)
      out.push_back(
          "the CRL of " + one.issuer() + " was due " + rfc3339(one.next_update())
          + ": what it revokes stays revoked, but later revocations are not known here; fetch a new one");
  return out;
}

} // namespace muster::service
