// Which policy and set a group is appraised with, and when its version rises: over a real database.
#include "appraisal/policy/policy_codec.hpp"
#include "records/record_codec.hpp"
#include "service/references/contexts.hpp"
#include "standing/recorded_claims.hpp"
#include "tests/service/store/fixture.hpp"

using namespace muster;
using namespace muster::service;
using namespace muster::service::store_test;

namespace {

using policy_ptr = std::shared_ptr<const appraisal::policy>;

policy_ptr policy_of_entries(std::uint64_t dbx_entries) {
  appraisal::policy out;
  out.require.dbx_entries = dbx_entries;
  return std::make_shared<const appraisal::policy>(std::move(out));
}

const policy_ptr base = policy_of_entries(0);
const policy_ptr other_base = policy_of_entries(1);
const policy_ptr for_web = policy_of_entries(2);
const policy_ptr for_db = policy_of_entries(3);

std::shared_ptr<const appraisal::reference_set> a_set() {
  appraisal::reference_content content;
  content.pcrs = {{hash_algorithm::sha256, 0, crypto::digest{bytes32{1}}}};
  return appraisal::reference_set::make(std::move(content)).value();
}

/// A service that stops and starts over one database.
class house {
public:
  house() : opened_{open_database(folder_.options()).value()} {}

  contexts start(const policies_in_force& policies) {
    auto got = contexts::load(*opened_.reader, policies);
    REQUIRE(got.ok());
    store(*got);
    return *std::move(got);
  }
  void store(contexts& in) {
    write_batch batch;
    batch.put<tables::settings>(settings_key(), in.settings_record());
    REQUIRE(commit(opened_, std::move(batch)).ok());
    in.stored();
  }

private:
  temporary_folder folder_;
  database opened_;
};

} // namespace

TEST_CASE("only groups whose policy changed get a new version, at once and after a restart") {
  house store;
  auto in = store.start({base, {}});
  CHECK(in.version() == 1);
  CHECK(in.of("web")->policy == base);
  CHECK(in.of("web")->version == 1);

  in.change({base, {{"web", for_web}}});
  REQUIRE(in.policy_changes().size() == 1);
  CHECK(in.policy_changes()[0].group == "web");
  CHECK(in.of("web")->policy == for_web);
  CHECK(in.of("web")->policy_digest == appraisal::digest_of(*for_web));
  CHECK(in.of("web")->version == 2);
  CHECK(in.of("db")->version == 1);
  store.store(in);

  auto again = store.start({base, {{"web", for_web}}});
  CHECK(again.version() == 2);
  CHECK(again.of("web")->version == 2);
  CHECK(again.of("db")->version == 1);

  auto changed = store.start({base, {{"web", for_web}, {"db", for_db}}});
  CHECK(changed.of("web")->version == 2);
  CHECK(changed.of("db")->version == 3);
}

TEST_CASE("without a change nothing is stored and nothing is appraised again") {
  house store;
  auto in = store.start({base, {{"web", for_web}}});
  const auto before = in.version();
  in.change({policy_of_entries(0), {{"web", policy_of_entries(2)}}}); // equal, not the same
  CHECK(in.policy_changes().empty());
  CHECK(in.version() == before);
}

TEST_CASE("a new base leaves groups with their own policy unchanged") {
  house store;
  auto in = store.start({base, {{"web", for_web}}});
  const auto web = in.of("web")->version;
  in.change({other_base, {{"web", for_web}}});
  CHECK(in.of("web")->version == web);
  CHECK(in.of("db")->policy == other_base);
  CHECK(in.of("db")->version > web);
}

TEST_CASE("a group that loses its policy is judged by the base, under a version that is not lower") {
  house store;
  auto in = store.start({base, {{"web", for_web}}});
  const auto own = in.of("web")->version;
  in.change({base, {}});
  CHECK(in.of("web")->policy == base);
  CHECK(in.of("web")->version > own);
  const auto lost = in.of("web")->version;
  store.store(in);
  auto again = store.start({base, {}});
  CHECK(again.of("web")->version == lost);
  again.change({other_base, {}});
  CHECK(again.of("web")->policy == other_base);
  CHECK(again.of("web")->version > lost);
  // A caller that got the group's context gets the next one, although the group is not special any more.
  bool told = false;
  for (const auto& context : again.all())
    told = told || context->group == "web";
  CHECK(told);
}

TEST_CASE("a group that keeps the former base policy is left alone, even by a restart, until it accepts the "
          "new one") {
  house store;
  auto in = store.start({base, {}});
  REQUIRE(in.accept("web", {a_set(), bytes32{7}}).ok());
  const auto kept = in.of("web")->version;
  in.change({other_base, {{"web", base}}});
  REQUIRE(in.policy_changes().size() == 1); // only for all other groups
  CHECK(in.policy_changes()[0].group.empty());
  CHECK(in.of("web")->policy == base);
  CHECK(in.of("web")->version == kept);
  CHECK(in.of("db")->policy == other_base);
  store.store(in);
  auto again = store.start({other_base, {{"web", base}}});
  CHECK(again.policy_changes().empty());
  CHECK(again.of("web")->policy_digest == appraisal::digest_of(*base));
  again.change({other_base, {}});
  REQUIRE(again.policy_changes().size() == 1);
  CHECK(again.policy_changes()[0].group == "web");
  CHECK(again.of("web")->policy == other_base);
  CHECK(again.of("web")->version > kept);
}

TEST_CASE("a file that repeats the base changes nothing") {
  house store;
  auto in = store.start({base, {}});
  in.change({base, {{"web", policy_of_entries(0)}}});
  CHECK(in.policy_changes().empty());
  CHECK(in.of("web")->version == in.base()->version);
}

TEST_CASE("an accepted set keeps its group's policy, and a policy keeps its group's set") {
  house store;
  auto in = store.start({base, {{"web", for_web}}});
  const auto accepted = in.accept("web", {a_set(), bytes32{7}}).value();
  CHECK(accepted->policy == for_web);
  CHECK(accepted->version == in.version());
  in.change({base, {{"web", for_db}}});
  CHECK(in.of("web")->reference == accepted->reference);
  CHECK(in.of("web")->reference_digest == bytes32{7});
  CHECK(in.of("web")->version > accepted->version);
  CHECK(in.all().front() == in.base());
}

TEST_CASE("recorded claims keep entries that are not files, and the key that signed each file") {
  temporary_folder folder;
  auto opened = open_database(folder.options()).value();
  const auto node = node_number(1);
  const bytes signer(32, 9);
  const std::vector<file_claim> stored{{"/a", hash_algorithm::sha256, bytes(32, 5)},
                                       {"/a", hash_algorithm::sha256, bytes(32, 5), 0, 4, signer},
                                       {".ima", hash_algorithm::sha256, bytes(32, 6), 4},
                                       {"kexec-cmdline", hash_algorithm::sha256, bytes(32, 7), 200, 200}};
  write_batch batch;
  const auto boot = batch.add_boot(to_record(appraisal::boot_content{}));
  batch.add_claims(node, stored);
  REQUIRE(commit(opened, std::move(batch)).ok());
  node_state state;
  state.boot_claims = boot.raw;
  const auto claims = read_recorded_claims(*opened.reader, node, state);
  REQUIRE(claims.ok());
  const auto& files = claims->files;
  REQUIRE(files.size() == 4); // one content, judged twice, is two claims
  CHECK(files[0].signature == appraisal::file_signature::unchecked);
  CHECK(files[1].signature == appraisal::file_signature::holds);
  CHECK(same(files[1].signer, signer));
  CHECK(files[2].kind == appraisal::file_kind::key);
  // Values that no version of ours wrote are never good news.
  CHECK(files[3].kind == appraisal::file_kind::other);
  CHECK(files[3].signature == appraisal::file_signature::wrong);
}

TEST_CASE("recorded claims keep violations, so that another policy can weigh them") {
  temporary_folder folder;
  auto opened = open_database(folder.options()).value();
  const auto node = node_number(1);
  write_batch batch;
  const auto boot = batch.add_boot(to_record(appraisal::boot_content{}));
  file_claim violation{"/a", hash_algorithm::sha256, bytes(32, 0)};
  violation.kind = static_cast<std::uint8_t>(appraisal::file_kind::violation);
  batch.add_claims(node, {violation, {"/b", hash_algorithm::sha256, bytes(32, 5)}});
  REQUIRE(commit(opened, std::move(batch)).ok());
  node_state state;
  state.boot_claims = boot.raw;
  const auto claims = read_recorded_claims(*opened.reader, node, state);
  REQUIRE(claims.ok());
  REQUIRE(claims->files.size() == 2);
  for (std::size_t i = 0; i < 2; ++i)
    CHECK((claims->files[i].kind == appraisal::file_kind::violation) == (claims->files[i].path == "/a"));
}
