// What breaks if these fail: an operator's order reaches a machine other than the one named.
#include "records/record_codec.hpp"
#include "service/cache/find_node.hpp"
#include "tests/service/store/fixture.hpp"

using namespace muster;
using namespace muster::service;
using namespace muster::service::store_test;

namespace {

node_id id_of(const std::string& hex) { return *node_id_from(hex + std::string(64 - hex.size(), '0')); }

/// Machines on record, whose names change.
class fleet {
public:
  fleet() : opened_{open_database(folder_.options()).value()} {}

  void record(const node_id& id, const std::string& name) {
    service::node_record node;
    node.id = id;
    node.name = name;
    write_batch batch;
    batch.put<tables::nodes>(id, to_record(node));
    commit(std::move(batch));
  }
  void forget(const node_id& id) {
    write_batch batch;
    batch.erase<tables::nodes>(id);
    commit(std::move(batch));
  }
  std::shared_ptr<const store_reader> reader() const { return opened_.reader; }

private:
  void commit(write_batch batch) {
    const std::vector<shared_batch> group{std::move(batch).seal()};
    REQUIRE(opened_.writer->commit(group).front().ok());
  }
  temporary_folder folder_;
  database opened_;
};

} // namespace

TEST_CASE("a remembered name is useless once another machine has it") {
  fleet all;
  const auto first = id_of("10");
  const auto second = id_of("20");
  all.record(first, "web-1");
  all.record(second, "web-2");
  node_finder finder{all.reader()};
  CHECK(finder.find("web-1").value() == first);
  all.record(first, "old");
  CHECK(finder.find("web-1").fault().code == errc::not_found);
  all.record(second, "web-1");
  CHECK(finder.find("web-1").value() == second);
  CHECK(finder.find("old").value() == first);
  all.forget(first);
  CHECK(finder.find("old").fault().code == errc::not_found);
}

TEST_CASE("the beginning of an id finds one machine, or the answer is that there are several") {
  fleet all;
  const auto zero = node_id{};
  const auto low = id_of("00000000ff");
  const auto a = id_of("abcdef0012");
  const auto b = id_of("abcdef0013");
  const auto high = id_of("ffffffffff");
  for (const auto& each : {low, a, b, high})
    all.record(each, "");
  node_finder finder{all.reader()};
  struct {
    const char* typed;
    const node_id& meant;
  } const found[] = {{"00000000", low}, {"00000000f", low}, {"abcdef0012", a},
                     {"ABCDEF0013", b}, {"ffffffff", high}, {"ffffffffff0", high}};
  for (const auto& each : found) {
    CAPTURE(std::string{each.typed});
    const auto answer = finder.find(each.typed);
    REQUIRE(answer.ok());
    CHECK(*answer == each.meant);
  }
  CHECK(finder.find("abcdef00").fault().code == errc::conflict);
  for (const auto* nobody : {"abcdef0011", "abcdef00120000001", "ffffffffffffffff1", "00000001", "abcdef"}) {
    CAPTURE(std::string{nobody});
    CHECK(finder.find(nobody).fault().code == errc::not_found);
  }
  all.record(zero, "");
  CHECK(finder.find("00000000").fault().code == errc::conflict);
  CHECK(finder.find("000000000").value() == zero);
}

TEST_CASE("digits that begin an id never mean a machine with that name") {
  fleet all;
  all.record(id_of("abcdef0012"), "");
  all.record(id_of("20"), "abcdef00");
  node_finder finder{all.reader()};
  CHECK(finder.find("abcdef00").value() == id_of("abcdef0012"));
  all.forget(id_of("abcdef0012"));
  CHECK(finder.find("abcdef00").value() == id_of("20"));
}
