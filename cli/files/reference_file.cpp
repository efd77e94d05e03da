#include "cli/files/reference_file.hpp"

#include "appraisal/reference/reference_codec.hpp"
#include "cli/files/file_role.hpp"
#include "cli/files/output.hpp"

namespace muster::cli {

namespace {

/// A set of `reference_set::max_files` files with long names.
constexpr view_limits set_limits{std::size_t{512} << 20U, 4, 16};

} // namespace

result<named_reference> load_reference(const std::string& file) {
  auto content = read_file(file, set_limits.bytes);
  if (!content) return content.fault();
  // The frame takes the bytes, so their kind is asked for before.
  if (auto kind = check_kind(*content, file_role::reference_set); !kind) return kind.fault();
  const auto digest = crypto::sha256(*content);
  auto made = appraisal::read_reference(frame::adopt(*std::move(content)), set_limits);
  if (!made) return made.fault();
  return named_reference{*std::move(made), digest};
}

result<bytes32> store_reference(const appraisal::reference_content& set, output_file& to) {
  const auto made = appraisal::to_record(set);
  if (auto written = to.write(as_text(made.content())); !written) return written.fault();
  if (auto finished = to.finish(); !finished) return finished.fault();
  return crypto::sha256(made.content());
}

} // namespace muster::cli
