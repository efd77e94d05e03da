// `muster appraise --bundle` with and without an anchor that vouches. What breaks if these fail: a script
// takes a forged bundle for the verdict on the machine that it names.
#include "appraisal/bundle/bundle_vouching.hpp"
#include "cli/evidence/appraise_bundle.hpp"
#include "tests/appraisal/samples.hpp"
#include "tests/appraisal/vouched.hpp"
#include "tests/temporary_folder.hpp"

#include <filesystem>
#include <fstream>
#include <sstream>
#include <unistd.h>

namespace bundle_anchor_test {

using namespace muster;
using namespace muster::testing;

namespace {

class place {
public:
  std::string put(const char* name, byte_view content) const {
    const auto file = folder_.file(name);
    std::ofstream{file, std::ios::binary}.write(reinterpret_cast<const char*>(content.data()),
                                                static_cast<std::streamsize>(content.size()));
    return file;
  }
  std::string put(const char* name, const bundled& in) const {
    const auto parts = parts_of(in);
    REQUIRE_MESSAGE(parts.ok(), parts.fault().check);
    return put(name, file_of(*parts));
  }

private:
  temporary_folder folder_;
};

struct said {
  int status = 0;
  std::string out;
  std::string err;
};

said appraised(const std::string& file, const std::optional<std::string>& anchor,
               cli::output_format format = cli::output_format::table) {
  std::ostringstream out;
  std::ostringstream err;
  cli::bundle_options options;
  options.file = file;
  options.anchor = anchor;
  options.format = format;
  const auto status = cli::appraise_bundle_command(options, out, err);
  return {status, out.str(), err.str()};
}

bool has(const std::string& text, std::string_view what) { return text.find(what) != std::string::npos; }

/// A machine that is its own reference, so that its verdict is good.
attesting_machine good_machine() {
  attesting_machine m{"grub-sb"};
  const auto in = challenge_of(m, appraisal::logs_wanted::whole);
  const auto out = appraise(in, m.answer(in));
  REQUIRE(out.end == appraisal::attestation_end::verified);
  m.reference = appraisal::samples::reference_of(*out.claims, out.files);
  return m;
}

} // namespace

TEST_CASE("check 02: without an anchor nothing vouches for the machine, whatever the verdict, and the status "
          "says so") {
  const place here;
  const certified_service service;
  auto victim = good_machine();
  const auto genuine = service.certify(bundle_of(victim));
  const auto anchor = here.put("anchor.pem", as_bytes(service.root.cert().pem()));
  const auto file = here.put("genuine", genuine);

  const auto vouched = appraised(file, anchor);
  CHECK_MESSAGE(vouched.status == 0, vouched.err);
  CHECK(has(vouched.out, "vouched for       by CN=ras.example root: the key is in the TPM of this node"));
  CHECK(has(vouched.out, "at an unknown time: --key was not given"));
  const auto unvouched = appraised(file, {});
  CHECK(unvouched.status == cli::exit_unvouched);
  CHECK(has(unvouched.out, "by NOBODY"));
  CHECK(has(unvouched.out, "trusted, of a key without a known origin"));

  auto forger = good_machine();
  const auto forged = here.put("forged", forged_bundle(forger, genuine.header));
  const auto believed = appraised(forged, {});
  CHECK(believed.status == cli::exit_unvouched);
  const auto name = appraisal::ak_name_of(forged_bundle(forger, genuine.header).header);
  REQUIRE(name.ok());
  CHECK(has(believed.out, to_hex(*name)));
  CHECK(has(appraised(forged, {}, cli::output_format::json).out,
            R"("attestation_key":{"name":")" + to_hex(*name) + R"(","vouched":false})"));
  const auto refused = appraised(forged, anchor);
  CHECK(refused.status == cli::exit_error);
  CHECK(refused.out.empty());
  CHECK(has(refused.err, "the bundle has no certificate"));

  CHECK(appraised(file, here.put("not-a-pem", as_bytes("hello"))).status == cli::exit_error);
  CHECK(appraised(file, std::string{"/no/such/anchor.pem"}).status == cli::exit_error);
  victim.run("/usr/bin/implant", "x");
  const auto bad = here.put("bad", service.certify(bundle_of(victim)));
  CHECK(appraised(bad, anchor).status == cli::exit_not_genuine);
  CHECK(appraised(bad, {}).status == cli::exit_unvouched);
}

} // namespace bundle_anchor_test
