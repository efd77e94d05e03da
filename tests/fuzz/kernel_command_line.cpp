// Kernel command lines: any text is parsed as Linux parses it, and no query about it fails.
#include "appraisal/kernel/kernel_command_line.hpp"

#include "messages/vocabulary/bytes.hpp"
#include "tests/appraisal/next_arg.hpp"

#include <algorithm>
#include <cstdlib>

namespace {

bool alike(const std::vector<muster::appraisal::kernel_parameter>& found,
           const std::vector<muster::testing::linux_argument>& expected) {
  if (found.size() != expected.size()) return false;
  for (std::size_t i = 0; i < found.size(); ++i)
    if (found[i].name != expected[i].param || found[i].value != expected[i].val) return false;
  return true;
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace muster::appraisal;
  static const auto anything = pattern::make("(.* )?init=.*").value();
  const std::string text{muster::as_text({data, size})};
  const auto found = parse_kernel_command_line(text);
  const auto expected = muster::testing::linux_parse_args(text);
  if (!alike(found.kernel, expected.kernel) || !alike(found.init, expected.init)) std::abort();
  // A pattern treats a blank as the border of a parameter, so no name or value may contain one.
  const auto form = normal_form(found.kernel);
  if (!found.kernel.empty()
      && static_cast<std::size_t>(std::count(form.begin(), form.end(), ' ')) + 1 != found.kernel.size())
    std::abort();
  const std::vector<std::string> once{muster::printable(text)};
  const known_command_line line{once};
  static_cast<void>(line.may_have(anything));
  if (!line.known() && (line.has(anything) || measures_files(line.parameters()))) std::abort();
  return 0;
}
