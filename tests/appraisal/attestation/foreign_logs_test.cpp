// KunpengSecL's sample logs with their violations, which its own verifier ignores: from text to findings.
#include "appraisal/attestation/boot_evidence.hpp"
#include "appraisal/files/appraise_files.hpp"
#include "tests/appraisal/samples.hpp"
#include "tests/tpm/evidence/ima_machine.hpp"
#include "tpm/format/ima_ascii.hpp"

#include <set>

using namespace muster;
using namespace muster::appraisal;
using namespace muster::testing;

namespace {

struct sample_log {
  const char* name;
  std::size_t entries;
  std::size_t violations;
};

constexpr sample_log sample_logs[] = {
    {"ascii_runtime_measurements_orig", 5566, 14},
    {"ascii_runtime_measurements_ima-ng_sha1_orig", 2349, 1},
    {"ascii_runtime_measurements_ima-ng_sha256_orig", 2514, 3},
    {"ascii_runtime_measurements", 5553, 0},
    {"ascii_runtime_measurements_ima-ng_sha1", 2347, 0},
    {"ascii_runtime_measurements_ima-ng_sha256", 2510, 0},
};

/// The value that the kernel extended into the SHA-1 bank, from the column that it printed; our replay
/// computes it.
bytes pcr10_by_column(std::string_view text) {
  bytes value(20, 0);
  while (!text.empty()) {
    const auto line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(text.size(), line.size() + 1));
    auto column = from_hex(line.substr(line.find(' ') + 1, 40)).value();
    if (column == bytes(20, 0)) column.assign(20, 0xff);
    value = to_bytes(crypto::hash(hash_algorithm::sha1, {value, column}).view());
  }
  return value;
}

} // namespace

TEST_CASE(
    "check 19: KunpengSecL's logs replay with their violations, and each violation is reported by its path") {
  for (const auto& sample : sample_logs) {
    CAPTURE(sample.name);
    const auto text = read_shared(std::string{"kunpengsecl/"} + sample.name);
    if (!text) {
      MESSAGE("skipped: no ../shared/testdata/kunpengsecl");
      return;
    }
    const auto log = tpm::ima_log_from_ascii(as_text(*text));
    REQUIRE_MESSAGE(log.ok(), log.fault().check);
    tpm::pcr_values values;
    REQUIRE(values.set(hash_algorithm::sha1, 10, pcr10_by_column(as_text(*text))).ok());
    const quoting_tpm chip;
    const auto ima = verify_ima(*log, values, chip.quote(values));
    REQUIRE_MESSAGE(ima.ok(), ima.fault().check);
    CHECK(ima->size() == sample.entries);

    file_claims files;
    REQUIRE(append_claims(files, *ima));
    std::set<std::string> paths;
    std::size_t violations = 0;
    for (std::size_t i = 0; i < files.size(); ++i)
      if (files[i].kind == file_kind::violation) {
        ++violations;
        paths.insert(std::string{files[i].path});
      }
    CHECK(violations == sample.violations);

    policy strict;
    strict.exclude.clear();
    const auto found = appraise_files(files, nullptr, strict);
    CHECK(found.total == paths.size()); // one for each path, not one for each entry
    for (const auto& f : found.findings) {
      CHECK(f.check == "ima.violation");
      CHECK(paths.contains(f.subject));
    }
    strict.violations = violation_rule::count;
    CHECK(appraise_files(files, nullptr, strict).skipped == sample.violations);
  }
}
