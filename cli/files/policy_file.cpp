#include "cli/files/policy_file.hpp"

#include "appraisal/policy/policy_family.hpp"
#include "cli/files/output.hpp"
#include "settings/document.hpp"

#include <algorithm>
#include <filesystem>

namespace muster::cli {

namespace {

result<appraisal::named_document> read_policy(const std::string& name, const std::string& file) {
  // One byte more than the reader takes, so that the reader reports the excess in its own words.
  const auto content = read_file(file, settings::max_document_bytes + 1);
  if (!content) return fault{content.fault().code, printable(file) + ": " + content.fault().check};
  const auto folder = std::filesystem::path{file}.parent_path();
  const auto grammar = appraisal::policy_grammar([&folder](std::string_view key) {
    return read_file((folder / key).string(), appraisal::pinned_key::max_file);
  });
  auto document = settings::parse_policy_document(file, as_text(*content), grammar);
  if (!document) return document.fault();
  return appraisal::named_document{name, *std::move(document)};
}

} // namespace

result<appraisal::policy> load_policy(const std::string& file) {
  const std::filesystem::path path{file};
  const auto name = path.stem().string();
  auto youngest = read_policy(name, file);
  if (!youngest) return youngest.fault();
  std::vector<appraisal::named_document> family{*std::move(youngest)};
  // One ancestor more than allowed, so that the resolver sees that there are too many.
  while (family.back().document.parent && family.size() <= appraisal::max_generations) {
    const auto parent = *family.back().document.parent;
    if (std::ranges::find(family, parent, &appraisal::named_document::name) != family.end()) break; // a cycle
    const auto beside = (path.parent_path() / (parent + ".yaml")).string();
    if (!std::filesystem::exists(beside)) break; // the resolver names the line
    auto read = read_policy(parent, beside);
    if (!read) return read.fault();
    family.push_back(*std::move(read));
  }
  auto resolved = appraisal::resolve_policies(family);
  if (!resolved) return resolved.fault();
  return resolved->at(name);
}

} // namespace muster::cli
