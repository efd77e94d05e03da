#include "cli/evidence/finding_json.hpp"

namespace muster::cli {

void add_findings(json_text& json, std::string_view name, const std::vector<finding>& findings) {
  json.key(name).open_array();
  for (const auto& f : findings)
    json.open_object()
        .member("level", to_string(f.level))
        .member("check", f.check)
        .member("subject", f.subject)
        .member("expected", f.expected)
        .member("found", f.found)
        .member("sentence", f.sentence)
        .member("remedy", f.remedy)
        .close_object();
  json.close_array();
}

} // namespace muster::cli
