#include "lab/files.hpp"
#include "messages/vocabulary/writer.hpp"
#include "node/rac_tools/evidence_logs.hpp"
#include "node/rac_tools/ima_walker.hpp"
#include "tests/lab/workshop.hpp"
#include "tpm/format/ima_log.hpp"

using namespace muster;
using namespace muster::node;
using namespace muster::test;

namespace {

bytes entry(std::string_view template_name, std::size_t data) {
  writer out;
  out.u32_le(10)
      .put(bytes(20, 1))
      .u32_le(static_cast<std::uint32_t>(template_name.size()))
      .put(as_bytes(template_name));
  if (template_name == "ima") out.put(bytes(20, 2));
  out.u32_le(static_cast<std::uint32_t>(data)).put(bytes(data, 3));
  return out.take();
}

/// Where entries begin, according to the parser that reads whole entries.
std::vector<std::uint64_t> boundaries(byte_view list) {
  tpm::ima_log_reader reader;
  tpm::ima_entry read;
  std::vector<std::uint64_t> out{0};
  for (std::size_t at = 0; at < list.size();) {
    const auto size = must(reader.read(list.subspan(at), read));
    REQUIRE(size > 0);
    out.push_back(at += size);
  }
  return out;
}

/// All parts of an IMA list, joined.
struct sent {
  bytes body;
  std::size_t parts = 0;
};
sent send(const std::filesystem::path& list, std::uint64_t first, ima_bookmarks& places) {
  evidence_logs logs{{1}, {}, must(kernel_file::open(list.string())), first, places};
  sent out;
  while (!logs.over()) {
    const auto part = must(logs.next());
    CHECK(part.log == log_kind::ima);
    CHECK(part.body.size() <= max_log_part);
    CHECK(part.last == logs.over());
    append(out.body, part.body);
    ++out.parts;
  }
  return out;
}

} // namespace

TEST_CASE("the walker finds the same boundaries as the parser, however the bytes are split") {
  for (const char* machine : {"grub-sb", "bank-sha256-only"}) {
    const auto list = must(lab::read_file(std::filesystem::path{MUSTER_SOURCE_DIR "/tests/data/vm"} / machine
                                          / "binary_runtime_measurements"));
    const auto expected = boundaries(list);
    for (const std::size_t block : {1UL, 7UL, 64UL, 4096UL, list.size()}) {
      CAPTURE(block);
      ima_walker walker{{}};
      for (std::size_t at = 0; at < list.size(); at += block)
        must(walker.walk(byte_view{list}.subspan(at, std::min(block, list.size() - at))));
      CHECK(walker.at() == ima_place{expected.size() - 1, list.size()});
    }
    for (std::uint64_t wanted = 0; wanted < expected.size(); ++wanted) {
      ima_walker walker{{}};
      CHECK(must(walker.walk(list, wanted)) == expected[wanted]);
      CHECK(walker.at() == ima_place{wanted, expected[wanted]});
    }
  }
}

TEST_CASE("the walker finds the boundaries of a list in big-endian order") {
  auto list = must(lab::read_file(MUSTER_SOURCE_DIR "/tests/data/ima-odd/big-endian.bin"));
  writer original;
  original.u32_be(10).put(bytes(20, 1)).u32_be(3).put(as_bytes("ima")).put(bytes(20, 2)).u32_be(2);
  append(list, original.put(as_bytes("/a")).view());
  const auto expected = boundaries(list);
  CHECK(expected.size() == 4);
  for (const std::size_t block : {1UL, 7UL, list.size()}) {
    ima_walker walker{{}};
    for (std::size_t at = 0; at < list.size(); at += block)
      must(walker.walk(byte_view{list}.subspan(at, std::min(block, list.size() - at))));
    CHECK(walker.at() == ima_place{expected.size() - 1, list.size()});
  }
}

TEST_CASE("an entry of the oldest template has no data length") {
  bytes list = entry("ima", 30);
  const auto first = list.size();
  append(list, entry("ima-ng", 100));
  ima_walker walker{{}};
  CHECK(must(walker.walk(list, 1)) == first);
  CHECK(must(walker.walk(byte_view{list}.subspan(first))) == list.size() - first);
  CHECK(walker.at() == ima_place{2, list.size()});
}

TEST_CASE("bytes that are not a list end the walk permanently") {
  for (auto broken :
       {entry("", 5), entry(std::string(256, 'x'), 5), entry("ima-ng", ima_walker::max_data + 1)}) {
    ima_walker walker{{}};
    CHECK_FALSE(walker.walk(broken).ok());
    CHECK_FALSE(walker.walk(entry("ima-ng", 5)).ok());
  }
}

TEST_CASE("bookmarks are spaced, and belong to one boot") {
  ima_bookmarks places;
  places.begin({{1}});
  for (std::uint64_t i = 0; i <= 5000; i += 10)
    places.note({i, i * 100});
  CHECK(places.nearest(0) == ima_place{});
  CHECK(places.nearest(1029) == ima_place{});
  CHECK(places.nearest(1030) == ima_place{1030, 103'000});
  CHECK(places.nearest(1'000'000).entry <= 5000);
  places.begin({{1}});
  CHECK(places.nearest(2000).entry > 0);
  places.begin({{2}});
  CHECK(places.nearest(2000) == ima_place{});
}

TEST_CASE("a list is sent from the requested entry, with and without bookmarks, and as it grows") {
  workshop place;
  const auto path = place.folder() / "list";
  bytes list;
  std::vector<std::size_t> at{0};
  for (std::size_t i = 0; i < 6000; ++i) {
    append(list, entry(i % 3 == 0 ? "ima-ng" : "ima-sig", 40 + i % 100));
    at.push_back(list.size());
  }
  must(lab::replace_file(path, list));
  ima_bookmarks kept;
  kept.begin({{1}});
  const auto whole = send(path, 0, kept);
  CHECK(whole.body == list);
  CHECK(whole.parts == list.size() / max_log_part + 1);
  for (const std::uint64_t first : {1UL, 1023UL, 1024UL, 1025UL, 4000UL, 5999UL, 6000UL}) {
    CAPTURE(first);
    ima_bookmarks none;
    CHECK(same(send(path, first, none).body, byte_view{list}.subspan(at[first])));
    CHECK(same(send(path, first, kept).body, byte_view{list}.subspan(at[first])));
  }
  append(list, entry("ima-ng", 77));
  must(lab::replace_file(path, list));
  CHECK(same(send(path, 6000, kept).body, byte_view{list}.subspan(at[6000])));
}

TEST_CASE("a list that is shorter than requested, or missing, gives an empty last part") {
  workshop place;
  const auto path = place.folder() / "list";
  ima_bookmarks none;
  must(lab::replace_file(path, entry("ima-ng", 50)));
  CHECK(send(path, 7, none).body.empty());
  must(lab::replace_file(path, {}));
  CHECK(send(path, 0, none).body.empty());
  must(lab::replace_file(path, bytes(1000, 0xff)));
  CHECK(send(path, 3, none).body.empty());
  // If all of it is asked for, it is sent as it is: the service judges it.
  CHECK(send(path, 0, none).body.size() == 1000);
}

TEST_CASE("a part that is exactly full is followed by an empty one") {
  workshop place;
  const auto path = place.folder() / "list";
  must(lab::replace_file(path, bytes(max_log_part, 1)));
  ima_bookmarks none;
  const auto all = send(path, 0, none);
  CHECK(all.parts == 2);
  CHECK(all.body.size() == max_log_part);
}

TEST_CASE("the boot log comes first; without any log there are no parts") {
  ima_bookmarks none;
  evidence_logs nothing{{1}, {}, std::nullopt, 0, none};
  CHECK(nothing.over());
  CHECK(nothing.next().fault().code == errc::conflict);
  workshop place;
  const auto path = place.folder() / "list";
  must(lab::replace_file(path, entry("ima-ng", 50)));
  evidence_logs both{
      {1}, frame::adopt(bytes(max_log_part + 5, 7)), must(kernel_file::open(path.string())), 0, none};
  CHECK(must(both.next()).log == log_kind::boot);
  const auto second = must(both.next());
  CHECK(second.log == log_kind::boot);
  CHECK(second.body.size() == 5);
  CHECK_FALSE(second.last);
  CHECK(must(both.next()).last);
}
