#include "service/config/load_policies.hpp"

#include "appraisal/policy/policy_family.hpp"
#include "messages/vocabulary/bytes.hpp"
#include "service/config/read_text.hpp"
#include "settings/scalar.hpp"

#include <algorithm>
#include <filesystem>

namespace muster::service {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t max_group_name = 64;

/// Sorted by name, so that the same mistakes are reported in the same order.
result<std::vector<fs::path>> policy_files(const std::string& folder) {
  std::vector<fs::path> out;
  std::error_code error;
  fs::directory_iterator at{folder, error};
  for (; !error && at != fs::directory_iterator{}; at.increment(error)) {
    const auto& path = at->path();
    if (path.extension() != ".yaml" || path.filename().string().starts_with('.')) continue;
    if (out.size() == max_policies)
      return fault{errc::limit,
                   printable(folder) + ": more than " + std::to_string(max_policies) + " policies"};
    out.push_back(path);
  }
  if (error)
    return fault{errc::io, "policies: " + printable(folder) + ": " + error.message()
                               + ": make the folder, or take the key policies out"};
  std::ranges::sort(out);
  return out;
}

result<appraisal::named_document> read_policy(const fs::path& path) {
  const auto file = path.string();
  auto name = settings::parse_name(path.stem().string(), max_group_name);
  if (!name) return fault{errc::malformed, printable(file) + ": the file's name: " + name.fault().check};
  const auto text = read_text(file);
  if (!text) return text.fault();
  auto document = settings::parse_policy_document(file, *text, appraisal::policy_grammar(keys_beside(file)));
  if (!document) return document.fault();
  return appraisal::named_document{*std::move(name), *std::move(document)};
}

} // namespace

appraisal::key_reader keys_beside(const std::string& file) {
  return [folder = fs::path{file}.parent_path()](std::string_view key) -> result<bytes> {
    const auto content = read_text((folder / key).string());
    if (!content) return content.fault();
    return to_bytes(as_bytes(*content));
  };
}

result<std::map<std::string, appraisal::policy>> load_policies(const std::string& folder) {
  if (folder.empty()) return std::map<std::string, appraisal::policy>{};
  const auto files = policy_files(folder);
  if (!files) return files.fault();
  std::vector<appraisal::named_document> documents;
  std::string problems;
  for (const auto& path : *files) {
    auto read = read_policy(path);
    if (read)
      documents.push_back(*std::move(read));
    else
      problems += (problems.empty() ? "" : "\n") + read.fault().check;
  }
  if (!problems.empty()) return fault{errc::malformed, std::move(problems)};
  return appraisal::resolve_policies(documents);
}

} // namespace muster::service
