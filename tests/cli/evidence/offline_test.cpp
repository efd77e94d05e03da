// The offline commands over real evidence, as a user would run them.
#include "cli/evidence/appraise.hpp"
#include "cli/evidence/eventlog.hpp"
#include "cli/evidence/imalog.hpp"
#include "cli/files/json_text.hpp"
#include "tests/tpm/logs.hpp"
#include "tpm/format/ima_log.hpp"

#include <doctest/doctest.h>

#include <filesystem>
#include <sstream>

using namespace muster;
using namespace muster::cli;

namespace {

struct outcome {
  int status = 0;
  std::string out;
  std::string err;
  bool says(std::string_view text) const { return out.find(text) != std::string::npos; }
};

template <class Command, class Options> outcome run(Command command, const Options& options) {
  std::ostringstream out;
  std::ostringstream err;
  const auto status = command(options, out, err);
  return {status, out.str(), err.str()};
}

std::string vm(const std::string& machine, const std::string& file) {
  return std::string{MUSTER_SOURCE_DIR} + "/tests/data/vm/" + machine + "/" + file;
}

appraise_options everything(const std::string& machine, const std::string& bank) {
  appraise_options out;
  out.ak = vm(machine, "ak.pub");
  out.quote = vm(machine, "quote-" + bank + ".msg");
  out.signature = vm(machine, "quote-" + bank + ".sig");
  out.pcrs = vm(machine, "quote-" + bank + ".pcrs");
  const auto hex = testing::read_test_data("vm/" + machine + "/nonce.hex");
  out.nonce = std::string{as_text(hex).substr(0, 64)};
  out.event_log = vm(machine, "binary_bios_measurements");
  out.ima_log = vm(machine, "binary_runtime_measurements");
  out.format = output_format::json;
  return out;
}

/// A file that is deleted after the test.
class scratch_file {
public:
  scratch_file(const std::string& name, byte_view content)
      : path_{(std::filesystem::path{MUSTER_BINARY_DIR} / ("offline-" + name)).string()} {
    std::ofstream{path_, std::ios::binary}.write(reinterpret_cast<const char*>(content.data()),
                                                 static_cast<std::streamsize>(content.size()));
  }
  ~scratch_file() { std::filesystem::remove(path_); }
  scratch_file(const scratch_file&) = delete;
  scratch_file& operator=(const scratch_file&) = delete;
  const std::string& path() const noexcept { return path_; }

private:
  std::string path_;
};

} // namespace

TEST_CASE("evidence of each real machine is genuine in each bank") {
  for (const auto& q : testing::all_quotes()) {
    CAPTURE(q.name);
    const auto machine = q.name.substr(0, q.name.find(' '));
    const auto got = run(appraise_command, everything(machine, std::string{to_string(q.bank)}));
    CHECK(got.status == exit_genuine);
    CHECK(got.says("\"genuine\":true"));
    CHECK(got.err.empty());
  }
}

TEST_CASE("a PEM key and a table work as well, and PCR values can come from the logs") {
  auto options = everything("grub-sb", "sha256");
  options.ak = vm("grub-sb", "ak.pem");
  options.pcrs.reset();
  options.format = output_format::table;
  const auto got = run(appraise_command, options);
  CHECK(got.status == exit_genuine);
  CHECK(got.says("genuine: made by the holder"));
  CHECK(got.says("secure boot on"));
  CHECK(got.says("ima_policy=tcb"));
  // The log of this machine runs ahead of its quote.
  auto ahead = everything("direct-log-ahead", "sha256");
  ahead.pcrs.reset();
  CHECK(run(appraise_command, ahead).status == exit_genuine);
}

TEST_CASE("changed evidence is not genuine, and the failed check is named") {
  const auto flipped = [](const std::string& path, std::size_t at) {
    auto content = read_file(path, 1U << 24U).value();
    content[std::min(at, content.size() - 1)] ^= 1;
    return content;
  };
  const auto good = everything("grub-sb", "sha256");
  {
    const scratch_file file{"quote", flipped(good.quote, 60)};
    auto options = good;
    options.quote = file.path();
    CHECK(run(appraise_command, options).status == exit_not_genuine);
  }
  {
    const scratch_file file{"signature", flipped(good.signature, 30)};
    auto options = good;
    options.signature = file.path();
    CHECK(run(appraise_command, options).status == exit_not_genuine);
  }
  {
    auto options = good;
    options.nonce[0] = options.nonce[0] == '0' ? '1' : '0';
    const auto got = run(appraise_command, options);
    CHECK(got.status == exit_not_genuine);
    CHECK(got.says("\"genuine\":false"));
    CHECK(got.says("nonce: signed by this AK, but over the nonce " + good.nonce));
  }
  {
    auto options = good;
    options.event_log = vm("grub-sb-cmdline", "binary_bios_measurements");
    const auto got = run(appraise_command, options);
    CHECK(got.status == exit_not_genuine);
    CHECK(got.says("PCR 8"));
  }
  {
    auto options = good;
    options.ima_log = vm("direct-tis", "binary_runtime_measurements");
    CHECK(run(appraise_command, options).status == exit_not_genuine);
  }
  {
    auto options = good;
    options.ak = vm("grub-sb-reboot", "ak.pub");
    options.pcrs = vm("grub-sb-reboot", "quote-sha256.pcrs");
    CHECK(run(appraise_command, options).status == exit_not_genuine);
  }
}

TEST_CASE("input that cannot be read gives an error that names the file or option") {
  struct row {
    const char* what;
    void (*spoil)(appraise_options&);
    const char* named;
  };
  const row rows[] = {
      {"no file", [](appraise_options& o) { o.quote = "/no/such/file"; }, "/no/such/file"},
      {"odd nonce", [](appraise_options& o) { o.nonce = "abc"; }, "--nonce"},
      {"long nonce", [](appraise_options& o) { o.nonce = std::string(134, '0'); }, "--nonce"},
      {"ak is a log", [](appraise_options& o) { o.ak = *o.event_log; }, "binary_bios_measurements"},
      {"pcrs is a log", [](appraise_options& o) { o.pcrs = o.event_log; }, "binary_bios_measurements"},
      {"empty quote", [](appraise_options& o) { o.quote = "/dev/null"; }, "--quote is empty"},
      {"empty signature", [](appraise_options& o) { o.signature = "/dev/null"; }, "--signature is empty"},
      {"swapped", [](appraise_options& o) { std::swap(o.quote, o.signature); }, "swapped?"},
      {"quote is a log", [](appraise_options& o) { o.quote = *o.ima_log; }, "this is an IMA list"},
      {"nothing quoted", [](appraise_options& o) { o.pcrs.reset(), o.event_log.reset(), o.ima_log.reset(); },
       "--pcrs"},
  };
  for (const auto& r : rows) {
    CAPTURE(r.what);
    auto options = everything("grub-sb", "sha256");
    r.spoil(options);
    const auto got = run(appraise_command, options);
    CHECK(got.status == exit_error);
    CHECK(got.err.find(r.named) != std::string::npos);
    CHECK(got.out.empty());
  }
}

TEST_CASE("without the IMA log, the output says why the boot log's claims are not shown") {
  auto options = everything("grub-sb", "sha256");
  options.format = output_format::table;
  CHECK_FALSE(run(appraise_command, options).says("give --ima-log"));
  options.ima_log.reset();
  const auto got = run(appraise_command, options);
  CHECK(got.status == exit_genuine);
  CHECK(got.says("proven"));
  CHECK(got.says("give --ima-log"));
}

TEST_CASE("a boot log is printed with what its digests prove, and with the resulting PCR values") {
  eventlog_options options{vm("grub-sb", "binary_bios_measurements"), output_format::table};
  auto got = run(eventlog_command, options);
  CHECK(got.status == 0);
  CHECK(got.says("kernel_cmdline: /vmlinuz console=ttyS0 quiet"));
  CHECK(got.says("unmeasured"));
  // PCR 4 of the machine, from its pcrread.txt.
  const auto read = testing::read_test_data("vm/grub-sb/pcrread.txt");
  const auto text = as_text(read);
  const auto bank = text.find("sha256:");
  auto value = std::string{text.substr(text.find("0x", text.find("4 :", bank)) + 2, 64)};
  for (auto& c : value)
    c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  CHECK(got.says(value));
  options.format = output_format::json;
  got = run(eventlog_command, options);
  CHECK(got.says("\"text_is\":\"proven\""));
  CHECK(got.says(value));
}

TEST_CASE("an IMA log is printed and replayed, including padded banks") {
  imalog_options options{vm("grub-sb", "binary_runtime_measurements"), output_format::table};
  auto got = run(imalog_command, options);
  CHECK(got.status == 0);
  CHECK(got.says("74 entries, 0 violations"));
  CHECK(got.says("boot_aggregate"));
  CHECK(got.says("a5da43de0559e64d7e89ada612e585f1b3e60a7c")); // PCR 10, sha1
  options.format = output_format::json;
  got = run(imalog_command, options);
  CHECK(got.says("\"replayed_padded_sha1\""));
}

TEST_CASE("check 44: lists of each form and template are replayed to the machine's PCR 10") {
  for (const std::string folder : {"t-evm-sig", "t-ima", "t-ima-buf", "t-ima-modsig", "t-ima-ng",
                                   "t-ima-ngv2", "custom", "sha512", "uefi"})
    for (const auto* form : {"/ima.bin", "/ima.txt"}) {
      CAPTURE(folder);
      CAPTURE(form);
      const auto pcrs = testing::read_shared("vm/" + folder + "/pcrs");
      if (!pcrs) {
        MESSAGE("skipped: ../shared/testdata/vm is not there");
        continue;
      }
      const auto got = run(imalog_command, imalog_options{std::string{MUSTER_SOURCE_DIR}
                                                          + "/../shared/testdata/vm/" + folder + form});
      CHECK_MESSAGE(got.status == 0, got.err);
      const auto values = testing::parse_pcr_lines(*pcrs);
      for (const auto bank :
           {hash_algorithm::sha1, hash_algorithm::sha256, hash_algorithm::sha384, hash_algorithm::sha512})
        if (const auto value = values.get(bank, 10); !value.empty()) CHECK(got.says(to_hex(value)));
    }
}

TEST_CASE("check 44: a list with a file by an unknown hash is shown with the log's own name and digest") {
  const auto file = std::string{MUSTER_SOURCE_DIR} + "/tests/data/ima-odd/one-streebog.bin";
  auto got = run(imalog_command, imalog_options{file});
  CHECK(got.status == 0);
  CHECK(got.says("streebog256:1111111111111111"));
  CHECK(got.says("/usr/bin/gost"));
  CHECK(got.says("3 entries, 0 violations"));
  got = run(imalog_command, imalog_options{file, output_format::json});
  CHECK(got.says("\"algorithm\":\"streebog256\""));
  CHECK(got.says("\"digest\":\"" + std::string(64, '1') + "\""));
  got = run(imalog_command,
            imalog_options{std::string{MUSTER_SOURCE_DIR} + "/tests/data/ima-odd/big-endian.bin"});
  CHECK(got.status == 0);
  CHECK(got.says("07507adcbd8e9f7728677e5b21ccb87d8ccaae8c380f02915322e33de1740aec"));
}

TEST_CASE(
    "check 44: a text that does not give what was measured is shown for its own bank, and judged never") {
  const std::string zeros(64, '0');
  const auto line = "10 " + std::string(40, '1') + " ima-ng sha256:" + zeros + " ";
  const auto text = line + "boot_aggregate\n" + line + "/usr/bin/ls\n";
  const scratch_file list{"lost-ascii", as_bytes(text)};
  auto value = crypto::digest{bytes(20, 0)};
  crypto::hasher sha1{hash_algorithm::sha1};
  for (int i = 0; i < 2; ++i)
    sha1.extend(value, bytes(20, 0x11));
  auto got = run(imalog_command, imalog_options{list.path()});
  CHECK(got.status == 0);
  CHECK(got.says("PCR 10 sha1    " + to_hex(value.view())));
  CHECK_FALSE(got.says("sha384"));
  CHECK(got.says("the other banks cannot be replayed from this text: line 1 does not give the data"));
  got = run(imalog_command, imalog_options{list.path(), output_format::json});
  CHECK(got.says("\"replayed\":{\"sha1\":{\"10\":\"" + to_hex(value.view()) + "\"}}"));
  CHECK(got.says("\"not_replayed\":\"the other banks"));
  // Evidence would be a lie: an error, and no verdict.
  auto options = everything("grub-sb", "sha256");
  options.ima_log = list.path();
  const auto judged = run(appraise_command, options);
  CHECK(judged.status == exit_error);
  CHECK(judged.out.empty());
  CHECK(judged.err.find("line 1: ima-ascii: its template digest is not that of its fields")
        != std::string::npos);
}

TEST_CASE("check 44: evidence with the list as text is judged like evidence with the binary list") {
  // What ima_ascii_measurements_show prints.
  const auto log = testing::read_test_data("vm/grub-sb/binary_runtime_measurements");
  std::string text;
  tpm::ima_log_reader reader;
  for (byte_view rest{log}; !rest.empty();) {
    tpm::ima_entry entry;
    rest = rest.subspan(reader.read(rest, entry).value());
    text += "10 " + to_hex(entry.column) + " ima-ng sha256:" + to_hex(entry.digest) + " "
            + std::string{entry.path} + "\n";
  }
  auto options = everything("grub-sb", "sha256");
  const auto binary = run(appraise_command, options);
  const scratch_file list{"ascii", as_bytes(text)};
  options.ima_log = list.path();
  const auto ascii = run(appraise_command, options);
  CHECK(ascii.status == exit_genuine);
  CHECK(ascii.out == binary.out);
  // A path in the text is covered like one in the binary list.
  const auto at = text.rfind("/usr/");
  REQUIRE(at != std::string::npos);
  text[at + 1] = 'x';
  const scratch_file changed{"ascii-changed", as_bytes(text)};
  options.ima_log = changed.path();
  CHECK(run(appraise_command, options).status == exit_error);
}

TEST_CASE("random bytes are said not to be a boot log, with what one is") {
  bytes mixed(5000);
  for (std::size_t i = 0; i < mixed.size(); ++i)
    mixed[i] = static_cast<std::uint8_t>(i * i * 37 + 211);
  const scratch_file random{"random", mixed};
  const auto got = run(eventlog_command, eventlog_options{random.path()});
  CHECK(got.status == exit_error);
  CHECK_MESSAGE(got.err.find(": this is not a boot log: ") != std::string::npos, got.err);
  CHECK(got.err.find("give binary_bios_measurements, from /sys/kernel/security/tpm0") != std::string::npos);
}

TEST_CASE("a long name of an algorithm does not run into the path") {
  const auto list =
      "10 " + std::string(40, '1') + " ima-ng streebog512:" + std::string(128, 'a') + " /usr/bin/ls\n";
  const scratch_file file{"streebog", as_bytes(list)};
  const auto got = run(imalog_command, imalog_options{file.path()});
  CHECK_MESSAGE(got.says("streebog512:aaaaaaaaaaaaaaaa /usr/bin/ls"), got.out);
}

TEST_CASE("for a log that is cut, both commands print what was read, and then the place") {
  const auto ima = testing::read_test_data("vm/grub-sb/binary_runtime_measurements");
  const auto boot = testing::read_test_data("vm/grub-sb/binary_bios_measurements");
  const auto line = "10 " + std::string(40, '1') + " ima-ng sha1:" + std::string(40, '0');
  const auto ascii = line + " boot_aggregate\n" + line + " /usr/bin/ls\n" + line;
  const scratch_file cut_ima{"cut-ima", byte_view{ima}.first(ima.size() - 3)};
  const scratch_file cut_boot{"cut-boot", byte_view{boot}.first(2000)};
  const scratch_file cut_ascii{"cut-ascii", as_bytes(ascii)};
  const auto check = [](const outcome& table, const outcome& json, std::string_view place) {
    CHECK(table.status == exit_error);
    CHECK(json.status == exit_error);
    CHECK_MESSAGE(table.err.find(place) != std::string::npos, table.err);
    CHECK(json.err == table.err);
    CHECK_FALSE(table.says("as replayed"));
    CHECK(json.says("\"error\":\""));
    CHECK(json.out.ends_with("}\n"));
  };
  const auto of_ima = [&](const std::string& file, std::string_view last, std::string_view place) {
    const auto table = run(imalog_command, imalog_options{file});
    CHECK(table.says("boot_aggregate"));
    CHECK(table.says(last));
    check(table, run(imalog_command, imalog_options{file, output_format::json}), place);
  };
  of_ima(cut_ima.path(), "\n72 ", "entry 73 at offset ");
  of_ima(cut_ascii.path(), "/usr/bin/ls\n", "line 3: ");
  const auto table = run(eventlog_command, eventlog_options{cut_boot.path()});
  CHECK(table.says("EV_S_CRTM_VERSION"));
  check(table, run(eventlog_command, eventlog_options{cut_boot.path(), output_format::json}), " at offset ");
}

TEST_CASE("a file that is not a log is an error, and so is an empty one") {
  const auto ima = testing::read_test_data("vm/grub-sb/binary_runtime_measurements");
  const scratch_file other{"other", ima};
  const scratch_file empty{"empty", {}};
  for (const auto& file : {empty.path(), std::string{"/no/such/file"}}) {
    CAPTURE(file);
    const auto boot = run(eventlog_command, eventlog_options{file});
    const auto files = run(imalog_command, imalog_options{file});
    CHECK(boot.status == exit_error);
    CHECK(files.status == exit_error);
    CHECK(boot.out.empty());
    CHECK(files.out.empty());
  }
  CHECK(run(eventlog_command, eventlog_options{empty.path()}).err.ends_with(": the log is empty\n"));
  CHECK(run(imalog_command, imalog_options{empty.path()}).err.ends_with(": the log is empty\n"));
  CHECK(run(eventlog_command, eventlog_options{other.path()}).status == exit_error);
}

TEST_CASE("JSON text is escaped and punctuated") {
  json_text json;
  json.open_object().member("a\"b", "c\\d\n").member("n", 7U).member("t", true).key("l").open_array();
  json.text("x").nothing().open_object().close_object().close_array().close_object();
  CHECK(json.view() == R"({"a\"b":"c\\d\\x0a","n":7,"t":true,"l":["x",null,{}]})");
}
