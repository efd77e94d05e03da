#include "tests/tpm/logs.hpp"
#include "tpm/format/ima_bank_list.hpp"
#include "tpm/format/ima_log.hpp"

#include <map>

using namespace muster;
using namespace muster::testing;
using tpm::ima_entry;
using tpm::ima_log_reader;

namespace {

struct read_log {
  std::map<std::string, int> templates;
  int violations = 0;
  std::size_t entries = 0;
  std::string first_path;
};

read_log read_all(byte_view log) {
  read_log out;
  ima_log_reader reader;
  while (!log.empty()) {
    ima_entry entry;
    const auto size = reader.read(log, entry);
    REQUIRE_MESSAGE(size.ok(), size.fault().check);
    REQUIRE(*size != 0);
    if (out.entries++ == 0) out.first_path = entry.path;
    ++out.templates[std::string{entry.template_name}];
    out.violations += entry.violation() ? 1 : 0;
    log = log.subspan(*size);
  }
  return out;
}

bytes field(std::string_view text) { return testing::ima_field(as_bytes(text)); }
bytes digest_field(std::string_view head, std::size_t size) {
  auto raw = to_bytes(as_bytes(head));
  raw.push_back(0);
  raw.resize(raw.size() + size, 0x5a);
  return testing::ima_field(raw);
}
bytes join(std::initializer_list<bytes> parts) {
  bytes out;
  for (const auto& part : parts)
    append(out, part);
  return out;
}
const std::string_view name_a{"/a\0", 3};

} // namespace

TEST_CASE("ima log: real lists in every template of the kernel are read to their end") {
  struct row {
    const char* folder;
    std::map<std::string, int> templates;
    int violations;
  };
  const row rows[] = {
      {"t-ima", {{"ima", 50}}, 2},
      {"t-ima-ng", {{"ima-ng", 50}}, 2},
      {"t-ima-ngv2", {{"ima-ngv2", 50}}, 2},
      {"t-ima-buf", {{"ima-buf", 50}}, 2},
      {"t-ima-modsig", {{"ima-modsig", 50}}, 2},
      {"t-evm-sig", {{"evm-sig", 50}}, 2},
      {"custom", {{"d-ng|n-ng|iuid|imode", 50}}, 2},
      {"sha512", {{"ima-ng", 50}}, 2},
      {"uefi", {{"ima-sig", 50}}, 2},
  };
  for (const auto& [folder, templates, violations] : rows) {
    CAPTURE(folder);
    const auto log = read_shared(std::string{"vm/"} + folder + "/ima.bin");
    if (!log) {
      MESSAGE("skipped: ../shared/testdata/vm/", folder, "/ima.bin is not there");
      continue;
    }
    const auto read = read_all(*log);
    CHECK(read.templates == templates);
    CHECK(read.violations == violations);
    CHECK(read.first_path == "boot_aggregate");
  }
  const auto ours = read_all(read_test_data("vm/grub-sb/binary_runtime_measurements"));
  CHECK(ours.entries == 74);
  CHECK(ours.templates == std::map<std::string, int>{{"ima-ng", 74}});
}

TEST_CASE("ima log: an entry that is cut anywhere waits for its rest") {
  writer original;
  original.u32_le(10).put(bytes(20, 1)).u32_le(3).put(as_bytes("ima")).put(bytes(20, 2)).u32_le(2);
  original.put(as_bytes("/a"));
  for (const auto& entry : {ima_record(10, "ima-ng", ima_ng_data("/bin/sh", "x")), original.view()}) {
    ima_log_reader reader;
    ima_entry out;
    for (std::size_t size = 0; size < entry.size(); ++size) {
      const auto read = reader.read(byte_view{entry}.first(size), out);
      REQUIRE(read.ok());
      CHECK(*read == 0);
    }
    const auto read = reader.read(entry, out);
    REQUIRE(read.ok());
    CHECK(*read == entry.size());
  }
}

TEST_CASE("check 20: a reader's memory of the last entry does not affect the next") {
  const auto d_ng = digest_field("sha256:", 32);
  const auto name = field(name_a);
  const auto last = field("\x03last");
  const bytes entries[] = {
      ima_record(10, "ima-ng", join({d_ng, name})),
      ima_record(11, "ima-ng", join({digest_field("sha1:", 20), name})),
      ima_record(10, "ima-ng", join({d_ng, name}), bytes(20, 0)), // a violation
      ima_record(10, "ima-sig", join({d_ng, name, last})),
      ima_record(10, "ima-sig", join({d_ng, name, last}), bytes(20, 0)),
      ima_record(10, "ima-buf", join({d_ng, name, last})),
      ima_record(10, "ima-buf", join({d_ng, name, last, last})), // malformed from here on
      ima_record(10, "ima-ng", join({d_ng, name, last})),
      ima_record(10, "ima-ng", join({d_ng, field("/a")})),
      ima_record(10, "ima-ng", join({d_ng})),
      ima_record(24, "ima-ng", join({d_ng, name})),
      ima_record(10, "ima-ngv2", join({d_ng, name})),
      ima_record(10, "ima-ngv2", join({digest_field("ima:sha256:", 32), name})), // right again
      ima_record(10, "ima-ngv2", join({digest_field("verity:sha256:", 32), name})),
      ima_record(10, "n-ng|d-ng", join({name, d_ng})),
      ima_record(10, "d-ng|n-ng|iuid", join({d_ng, name, field("1234")})),
      ima_record(10, "d-ng", join({d_ng})),
      ima_record(10, "n-ng", join({name})),
  };
  for (const auto& before : entries)
    for (const auto& next : entries) {
      ima_log_reader warm, cold;
      ima_entry read, expected;
      (void)warm.read(before, read);
      const auto a = warm.read(next, read);
      const auto b = cold.read(next, expected);
      REQUIRE(a.ok() == b.ok());
      if (!b.ok()) {
        CHECK(a.fault() == b.fault());
        continue;
      }
      CHECK(*a == *b);
      CHECK(read.pcr == expected.pcr);
      CHECK(same(read.column, expected.column));
      CHECK(read.template_name == expected.template_name);
      CHECK(read.subject == expected.subject);
      CHECK(read.algorithm == expected.algorithm);
      CHECK(read.path == expected.path);
      for (const auto view :
           {&ima_entry::data, &ima_entry::digest, &ima_entry::signature, &ima_entry::buffer})
        CHECK(same(read.*view, expected.*view));
      for (std::size_t size = 0; size < next.size(); ++size) {
        const auto cut = warm.read(byte_view{next}.first(size), read);
        CHECK((cut.ok() && *cut == 0));
      }
    }
}

TEST_CASE("ima log: fields are returned as they are stored") {
  ima_log_reader reader;
  ima_entry out;
  const auto verity = ima_record(11, "ima-sigv2",
                                 join({digest_field("verity:sha512:", 64), field(name_a), field("\x03sig")}));
  REQUIRE(reader.read(verity, out).ok());
  CHECK(out.pcr == 11);
  CHECK(out.subject == tpm::ima_subject::verity_root);
  CHECK(out.algorithm == hash_algorithm::sha512);
  CHECK(out.digest.size() == 64);
  CHECK(out.path == "/a");
  CHECK(as_text(out.signature) == "\x03sig");

  // With another template, the same reader keeps nothing of the last entry.
  const auto buffer =
      ima_record(10, "ima-buf", join({digest_field("sm3-256:", 32), field(name_a), field("b")}));
  REQUIRE(reader.read(buffer, out).ok());
  CHECK(out.subject == tpm::ima_subject::file);
  CHECK(out.algorithm == hash_algorithm::sm3_256);
  CHECK(as_text(out.buffer) == "b");
  CHECK(out.signature.empty());

  const auto violation = ima_record(10, "ima-ng", ima_ng_data("/a", ""), bytes(20, 0));
  REQUIRE(reader.read(violation, out).ok());
  CHECK(out.violation());
}

TEST_CASE("check 20: an entry that does not match its template exactly is refused") {
  const auto sha256 = digest_field("sha256:", 32);
  struct row {
    const char* what;
    bytes entry;
    errc code;
  };
  const std::string_view inner_nul{"/a\0b\0", 5};
  auto behind = join({sha256, field(name_a)});
  behind.push_back(0);
  auto mixed_order = ima_record(10, "ima-ng", ima_ng_data("/a", "x"));
  std::reverse(mixed_order.begin(), mixed_order.begin() + 4);
  auto no_order = ima_record(0, "ima-ng", ima_ng_data("/a", "x"));
  std::fill_n(no_order.begin() + 24, 4, std::uint8_t{1});
  writer name_bomb;
  name_bomb.u32_le(10).put(bytes(20, 1)).u32_le(256);
  writer data_bomb;
  data_bomb.u32_le(10).put(bytes(20, 1)).u32_le(6).put(as_bytes("ima-ng")).u32_le(0xffffffff);
  writer original_bomb;
  original_bomb.u32_le(10).put(bytes(20, 1)).u32_le(3).put(as_bytes("ima")).put(bytes(20, 2)).u32_le(256);
  writer original_nul;
  original_nul.u32_le(10).put(bytes(20, 1)).u32_le(3).put(as_bytes("ima")).put(bytes(20, 2)).u32_le(3);
  original_nul.put(as_bytes(name_a));
  const row rows[] = {
      {"unknown template", ima_record(10, "ima-new", ima_ng_data("/a", "x")), errc::unsupported},
      {"empty template name", ima_record(10, "", ima_ng_data("/a", "x")), errc::unsupported},
      {"unknown field in a format", ima_record(10, "d-ng|n-ng|x", ima_ng_data("/a", "x")), errc::unsupported},
      {"format without a name", ima_record(10, "d-ng", sha256), errc::unsupported},
      {"format with two digests", ima_record(10, "d-ng|d-ng|n-ng", {}), errc::unsupported},
      {"format of 17 fields",
       ima_record(10, "d-ng|n-ng|sig|sig|sig|sig|sig|sig|sig|sig|sig|sig|sig|sig|sig|sig|sig", {}),
       errc::unsupported},
      {"another template's data", ima_record(10, "ima-sig", ima_ng_data("/a", "x")), errc::malformed},
      {"data behind the last field", ima_record(10, "ima-ng", behind), errc::malformed},
      {"a field longer than the data", ima_record(10, "ima-ng", from_hex("ffffffff61").value()),
       errc::malformed},
      {"digest too short", ima_record(10, "ima-ng", join({digest_field("sha256:", 31), field(name_a)})),
       errc::malformed},
      {"digest too long", ima_record(10, "ima-ng", join({digest_field("sha256:", 33), field(name_a)})),
       errc::malformed},
      {"digest of another algorithm's length",
       ima_record(10, "ima-ng", join({digest_field("sha1:", 32), field(name_a)})), errc::malformed},
      {"no digest", ima_record(10, "ima-ng", join({field(""), field(name_a)})), errc::malformed},
      {"algorithm without a colon",
       ima_record(10, "ima-ng", join({digest_field("sha256", 32), field(name_a)})), errc::malformed},
      {"unknown algorithm without a digest",
       ima_record(10, "ima-ng", join({digest_field("md5:", 0), field(name_a)})), errc::malformed},
      {"unknown algorithm with a digest of 65 bytes",
       ima_record(10, "ima-ng", join({digest_field("md5:", 65), field(name_a)})), errc::malformed},
      {"algorithm with a blank", ima_record(10, "ima-ng", join({digest_field("md 5:", 16), field(name_a)})),
       errc::malformed},
      {"algorithm with a sign of no name",
       ima_record(10, "ima-ng", join({digest_field("md5\x1b:", 16), field(name_a)})), errc::malformed},
      {"algorithm without a name", ima_record(10, "ima-ng", join({digest_field(":", 16), field(name_a)})),
       errc::malformed},
      {"algorithm with too long a name",
       ima_record(10, "ima-ng",
                  join({digest_field(std::string(ima_log_reader::max_unknown_name + 1, 'a') + ":", 16),
                        field(name_a)})),
       errc::malformed},
      {"no type of digest in a template with one",
       ima_record(10, "ima-ngv2", join({digest_field("sha256:", 32), field(name_a)})), errc::malformed},
      {"name without a NUL", ima_record(10, "ima-ng", join({sha256, field("/a")})), errc::malformed},
      {"name with a NUL inside", ima_record(10, "ima-ng", join({sha256, field(inner_nul)})), errc::malformed},
      {"empty name", ima_record(10, "ima-ng", join({sha256, field("")})), errc::malformed},
      {"name longer than a path",
       ima_record(
           10, "ima-ng",
           join({sha256, field(std::string(ima_log_reader::max_path + 1, 'a') + std::string(1, '\0'))})),
       errc::limit},
      {"PCR 24", ima_record(24, "ima-ng", ima_ng_data("/a", "x")), errc::malformed},
      {"PCR in one byte order, the rest in the other", mixed_order, errc::malformed},
      {"no byte order at all", no_order, errc::malformed},
      {"template name of 256 bytes", name_bomb.view(), errc::malformed},
      {"data bomb", data_bomb.view(), errc::limit},
      {"name bomb in the first template", original_bomb.view(), errc::malformed},
      {"NUL in the first template's name", original_nul.view(), errc::malformed},
      {"mode of 3 bytes", ima_record(10, "d-ng|n-ng|imode", join({sha256, field(name_a), field("abc")})),
       errc::malformed},
      {"modsig digest of the wrong length",
       ima_record(10, "ima-modsig",
                  join({sha256, field(name_a), field(""), digest_field("sha256:", 31), field("")})),
       errc::malformed},
  };
  for (const auto& row : rows) {
    CAPTURE(row.what);
    ima_log_reader reader;
    ima_entry out;
    const auto read = reader.read(row.entry, out);
    REQUIRE_FALSE(read.ok());
    CHECK_MESSAGE(read.fault().code == row.code, read.fault().check);
  }
}

TEST_CASE("check 44: a file by an unknown hash is an entry with the log's own name and digest of it") {
  struct row {
    std::string_view head;
    std::size_t size;
    std::string_view name;
    std::string_view layout;
  };
  for (const auto& r :
       {row{"md5:", 16, "md5", "ima-ng"}, row{"streebog512:", 64, "streebog512", "ima-ng"},
        row{"sha3-256:", 32, "sha3-256", "ima-ng"}, row{"rmd160:", 20, "rmd160", "ima-ng"},
        row{"SHA256:", 32, "SHA256", "ima-ng"}, row{"ima:wp512:", 64, "wp512", "ima-ngv2"},
        row{"verity:wp512:", 64, "verity:wp512", "ima-ngv2"},
        row{"new:sha256:", 32, "new:sha256", "ima-ngv2"}, row{"ima:sha256:", 32, "ima:sha256", "ima-ng"}}) {
    CAPTURE(r.head);
    ima_log_reader reader;
    ima_entry out;
    const auto before = ima_record(10, "ima-ng", ima_ng_data("/b", "x"));
    REQUIRE(reader.read(before, out).ok());
    const auto entry = ima_record(10, r.layout, join({digest_field(r.head, r.size), field(name_a)}));
    const auto read = reader.read(entry, out);
    REQUIRE_MESSAGE(read.ok(), read.fault().check);
    CHECK(out.subject == tpm::ima_subject::unknown_hash);
    CHECK(out.unknown_algorithm == r.name);
    CHECK(same(out.unknown_digest, bytes(r.size, 0x5a)));
    CHECK(out.digest.empty()); // nothing can be compared by mistake
    CHECK(out.path == "/a");
    REQUIRE(reader.read(before, out).ok());
    CHECK(out.subject == tpm::ima_subject::file);
    CHECK(out.unknown_algorithm.empty());
    // A violation has no digest, by whatever hash.
    auto violation = entry;
    std::fill_n(violation.begin() + 4, 20, std::uint8_t{0});
    REQUIRE(reader.read(violation, out).ok());
    CHECK(out.violation());
    CHECK(out.unknown_algorithm.empty());
  }
}

TEST_CASE("check 44: a list in big-endian order has the same entries") {
  const auto list = read_test_data("ima-odd/big-endian.bin");
  ima_log_reader reader;
  ima_entry out;
  const auto first = reader.read(list, out);
  REQUIRE(first.ok());
  CHECK(out.order == std::endian::big);
  CHECK(out.pcr == 10);
  CHECK(out.boot_aggregate());
  CHECK(same(crypto::hash(hash_algorithm::sha1, out.data).view(), out.column));
  const auto second = reader.read(byte_view{list}.subspan(*first), out);
  REQUIRE(second.ok());
  CHECK(out.path == "/usr/bin/ls");
  CHECK(*first + *second == list.size());
  for (std::size_t size = 0; size < *first; ++size) { // cut anywhere, it waits
    ima_log_reader fresh;
    const auto read = fresh.read(byte_view{list}.first(size), out);
    REQUIRE(read.ok());
    CHECK(*read == 0);
  }
  // The reader's memory of an order does not affect the next entry, and PCR 0 has an order, too.
  const auto little = ima_record(0, "ima-ng", ima_ng_data("/a", "x"));
  auto big = list;
  big[3] = 0;
  for (int i = 0; i < 2; ++i) {
    REQUIRE(reader.read(little, out).ok());
    CHECK(out.order == std::endian::little);
    REQUIRE(reader.read(big, out).ok());
    CHECK(out.order == std::endian::big);
    CHECK(out.pcr == 0);
  }
  // The first template has no lengths of fields.
  writer original;
  original.u32_be(10).put(bytes(20, 1)).u32_be(3).put(as_bytes("ima")).put(bytes(20, 2)).u32_be(2);
  original.put(as_bytes("/a"));
  CHECK(reader.read(original.view(), out).value() == original.view().size());
  CHECK(out.path == "/a");
}

TEST_CASE("check 44: the list of one bank is the usual list with other template digests") {
  const auto usual = read_test_data("vm/grub-sb/binary_runtime_measurements");
  CHECK(tpm::ima_column_of(usual) == 20);
  CHECK(tpm::with_usual_columns(usual).log == usual);
  for (const auto bank : {hash_algorithm::sha256, hash_algorithm::sha384, hash_algorithm::sha512}) {
    CAPTURE(to_string(bank));
    bytes list;
    ima_log_reader reader;
    for (byte_view rest{usual}; !rest.empty();) {
      ima_entry entry;
      const auto size = reader.read(rest, entry).value();
      append(list, rest.first(4));
      append(list, crypto::hash(bank, entry.data).view());
      append(list, rest.first(size).subspan(24));
      rest = rest.subspan(size);
    }
    CHECK(tpm::ima_column_of(list) == digest_size(bank));
    const auto made = tpm::with_usual_columns(list);
    CHECK(made.ended.ok());
    REQUIRE(made.log.size() == usual.size());
    ima_log_reader again;
    ima_entry entry;
    ima_entry expected;
    for (std::size_t at = 0; at < usual.size();) {
      REQUIRE(reader.read(byte_view{usual}.subspan(at), expected).ok());
      const auto size = again.read(byte_view{made.log}.subspan(at), entry).value();
      CHECK(same(entry.data, expected.data));
      at += size;
    }
    list.pop_back();
    const auto cut = tpm::with_usual_columns(list);
    CHECK_FALSE(cut.ended.ok());
    CHECK(cut.ended.fault().check.starts_with("entry 73 at offset "));
  }
  for (const auto& other : {bytes{}, bytes(100, 0xff), read_test_data("ima-odd/big-endian.bin")})
    CHECK(tpm::ima_column_of(other) == 20);
}

TEST_CASE("check 20: an unknown template is named in the fault, safe to print") {
  ima_log_reader reader;
  ima_entry out;
  const auto read = reader.read(ima_record(10, "x\x1b[2J", {}), out);
  REQUIRE_FALSE(read.ok());
  CHECK(read.fault().check == "ima-log: unknown template \"x\\x1b[2J\"");
}
