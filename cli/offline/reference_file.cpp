#include "cli/offline/reference_file.hpp"

#include "appraisal/reference_record.hpp"
#include "cli/offline/output.hpp"

#include <fstream>

namespace muster::cli {

namespace {

/// A set of `reference_set::max_files` files with long names.
constexpr view_limits set_limits{std::size_t{512} << 20U, 4, 16};

} // namespace

result<named_reference> load_reference(const std::string& file) {
  auto content = read_file(file, set_limits.bytes);
  if (!content) return content.fault();
  const auto digest = crypto::sha256(*content);
  const auto stored = parse_view<records::ReferenceSet>(frame::adopt(*std::move(content)), set_limits);
  if (!stored) return fault{stored.fault().code, "it is no reference set: " + stored.fault().check};
  auto set = appraisal::reference_content_from(*stored);
  if (!set) return set.fault();
  auto made = appraisal::reference_set::make(*std::move(set));
  if (!made) return made.fault();
  // Else two files could be one set, and a digest would name no content.
  if (!same(appraisal::to_record((*made)->content()).content(), stored->content()))
    return fault{errc::malformed, "it is a reference set, but not in its canonical form"};
  return named_reference{*std::move(made), digest};
}

result<bytes32> store_reference(const appraisal::reference_content& set, const std::string& file) {
  const auto made = appraisal::to_record(set);
  std::ofstream out{file, std::ios::binary | std::ios::trunc};
  out.write(reinterpret_cast<const char*>(made.content().data()),
            static_cast<std::streamsize>(made.content().size()));
  out.close();
  if (!out) return fault{errc::io, "it cannot be written"};
  return crypto::sha256(made.content());
}

} // namespace muster::cli
