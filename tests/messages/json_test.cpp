#include "messages/json_read.hpp"
#include "messages/json_write.hpp"
#include "tests/messages/samples.hpp"

#include <capnp/compat/json.h>
#include <doctest/doctest.h>

using namespace muster;

namespace {

using maker = void (*)(rest::NodeDetail::Builder);

std::string detail_json(maker body) { return build_json<rest::NodeDetail>(body); }

void fill_detail(rest::NodeDetail::Builder detail) {
  auto node = detail.initNode();
  node.setName("rack-7 \"left\"\\\n\x01\x7f – µ");
  node.setConnected(true);
  node.setFindings(3);
  detail.setGeneration(2);
  detail.initPcrs(2)[1].setIndex(23);
  detail.initAdvice(2).set(1, "reboot");
  detail.setSequence((std::uint64_t{1} << 53U) - 1);
}

} // namespace

TEST_CASE("written JSON means the same as that of the library's own codec") {
  capnp::MallocMessageBuilder message;
  auto detail = message.initRoot<rest::NodeDetail>();
  fill_detail(detail);
  detail.getNode().setName("a \"b\"\\ \n\x01 – µ"); // without \x1f: the codec misreads hex digits above 9
  detail.initFindings(1)[0].setCheck("ima.unknown-file");
  detail.initTuning(); // the codec does not read null for a struct
  // The codec knows neither our names nor 64-bit integers as numbers. The message avoids such names, and the
  // codec's own reader is used.
  capnp::JsonCodec codec;
  auto written = to_json(detail.asReader());
  capnp::MallocMessageBuilder back;
  auto read = back.initRoot<rest::NodeDetail>();
  for (const auto& [ours, theirs] : {std::pair{"valid_until", "validUntil"}, {"admitted_by", "admittedBy"}})
    for (auto at = written.find(ours); at != std::string::npos; at = written.find(ours))
      written.replace(at, std::string_view{ours}.size(), theirs);
  codec.decode(kj::ArrayPtr<const char>(written.data(), written.size()), read);
  CHECK(text_of(read.asReader().getNode().getName()) == text_of(detail.asReader().getNode().getName()));
  CHECK(read.getNode().getConnected());
  CHECK(read.getNode().getFindings() == 3);
  CHECK(read.getGeneration() == 2);
  CHECK(read.getSequence() == (std::uint64_t{1} << 53U) - 1);
  CHECK(read.getPcrs().size() == 2);
  CHECK(read.getPcrs()[1].getIndex() == 23);
  CHECK(text_of(read.asReader().getAdvice()[1]) == "reboot");
  CHECK(text_of(read.asReader().getFindings()[0].getCheck()) == "ima.unknown-file");
}

TEST_CASE("each type has its form") {
  const auto problem = build_json<rest::Problem>([](rest::Problem::Builder out) {
    out.setTitle("no such node");
    out.setStatus(404);
  });
  CHECK(problem.starts_with(R"({"type":"","title":"no such node","status":404,"detail":"","field":"")"));

  // Data is hex, an enum is a word, and of a union only the set member is written.
  const auto part = build_json<wire::AgentFrame>([](wire::AgentFrame::Builder out) {
    auto log = out.initLogPart();
    log.setLog(wire::LogPart::Log::IMA);
    log.setBody(data_of(bytes{0x00, 0xab, 0xff}));
  });
  CHECK(part == R"({"log_part":{"number":0,"part":0,"log":"ima","body":"00abff","last":false}})");
  const auto command = build_json<wire::Command>([](wire::Command::Builder out) { out.setRenew(); });
  CHECK(command == R"({"id":0,"deadline_ms":0,"renew":null})");

  // An absent struct is null; a value that is not in the enum is a number.
  CHECK(detail_json([](rest::NodeDetail::Builder) {}).starts_with(R"({"node":null,"findings":[],)"));
  const auto unknown = build_json<wire::Fault>(
      [](wire::Fault::Builder out) { out.setCode(static_cast<wire::Fault::Code>(77)); });
  CHECK(unknown.starts_with(R"({"code":77,)"));
}

TEST_CASE("integers that a double cannot hold are strings, and read back") {
  const std::pair<std::uint64_t, std::string_view> rows[] = {
      {0, "0"},
      {9007199254740991U, "9007199254740991"},
      {9007199254740992U, R"("9007199254740992")"},
      {18446744073709551615U, R"("18446744073709551615")"}};
  for (const auto& [value, text] : rows) {
    const auto json = build_json<rest::Done>([&](rest::Done::Builder done) { done.setSequence(value); });
    CHECK(json == std::string{R"({"sequence":)"} + std::string{text} + R"(,"leaf":0,"entered":false})");
    const auto back = from_json<rest::Done>(json);
    REQUIRE(back.ok());
    CHECK(back->read([](rest::Done::Reader done) { return done.getSequence(); }) == value);
  }
}

TEST_CASE("strings: escapes that JSON requires, and text that is not UTF-8") {
  const std::pair<std::string_view, std::string_view> rows[] = {
      {"plain", R"("plain")"},
      {"a\"b\\c", R"("a\"b\\c")"},
      {std::string_view{"\0\x1f\x7f\n\r\t", 6}, R"("\u0000\u001f\u007f\n\r\t")"},
      {"gr\xc3\xbc\xc3\x9f", "\"gr\xc3\xbc\xc3\x9f\""},
      {"\xff\xc3(", R"("\ufffd\ufffd(")"},
      {"\xe2\x82", R"("\ufffd\ufffd")"}};
  for (const auto& [text, expected] : rows) {
    std::string out;
    append_json_string(out, text);
    CHECK(out == expected);
  }
}

TEST_CASE("requests are read strictly") {
  const auto accepted = [](std::string_view document) {
    return from_json<rest::ApproveRequest>(document).ok();
  };
  CHECK(accepted(R"({"fingerprint":"ab","group":"web","name":"x"})"));
  CHECK(accepted(" {\"group\":\"gr\\u00fcn \\ud83d\\ude00\"}\n"));
  CHECK(accepted("{}"));

  const std::string_view refused[] = {"",
                                      " ",
                                      "null",
                                      "[]",
                                      "3",
                                      "\"x\"",
                                      "{",
                                      "}",
                                      "{]",
                                      R"({"group":"a",})",
                                      R"({"group":"a"} x)",
                                      R"({"group":"a"}{})",
                                      R"({"bogus":1})",
                                      R"({"Group":"a"})",
                                      R"({"group":null})",
                                      R"({"group":1})",
                                      R"({"group":["a"]})",
                                      R"({"group":{}})",
                                      R"({"group":"a","group":"a"})",
                                      R"({"group":"a","gr\u006fup":"b"})",
                                      R"({"group":"a\u0000b"})",
                                      R"({"group":"\ud800"})",
                                      "{\"group\":\"\xff\"}",
                                      "{\"group\":\"\x01\"}",
                                      "\xef\xbb\xbf{}",
                                      R"({'group':'a'})",
                                      R"({group:"a"})",
                                      "{/* */}",
                                      R"({"group":NaN})"};
  for (const auto document : refused) {
    CAPTURE(document);
    CHECK_FALSE(accepted(document));
  }
  CHECK_FALSE(accepted(std::string_view{"{}\0", 3}));
  CHECK_FALSE(accepted(std::string_view{"{}\0{}", 5}));
}

TEST_CASE("numbers: no fraction, no exponent, no text for small fields, nothing out of range") {
  const auto timeout = [](std::string_view number) {
    return from_json<rest::OrderRequest>(R"({"timeout_seconds":)" + std::string{number} + "}");
  };
  REQUIRE(timeout("4294967295").ok());
  CHECK(timeout("4294967295")->read([](auto root) { return root.getTimeoutSeconds(); }) == 4294967295U);
  for (const auto* bad : {"4294967296", "-1", "1.0", "1e2", "\"5\"", "true", "null", "01", "+1", "0x10",
                          "1e400", "99999999999999999999999", "-9223372036854775809"})
    CHECK_FALSE(timeout(bad).ok());
  const auto sequence = [](std::string_view text) {
    return from_json<rest::Done>(R"({"sequence":)" + std::string{text} + "}").ok();
  };
  CHECK(sequence("18446744073709551615"));
  CHECK(sequence(R"("18446744073709551615")"));
  for (const auto* bad : {R"("18446744073709551616")", R"("")", R"("-1")", R"("05")", R"(" 5")", R"("5 ")",
                          R"("5.0")", R"("0x5")", "18446744073709551616"})
    CHECK_FALSE(sequence(bad));
}

TEST_CASE("hex, enums and unions") {
  const auto accepted = [](std::string_view document) { return from_json<wire::AgentFrame>(document).ok(); };
  CHECK(accepted(R"({"log_part":{"log":"ima","body":"00ABff"}})"));
  for (const auto* bad :
       {R"({"log_part":{"body":"abc"}})", R"({"log_part":{"body":"zz"}})", R"({"log_part":{"body":"ab cd"}})",
        R"({"log_part":{"body":7}})", R"({"log_part":{"log":"tpm"}})", R"({"log_part":{"log":1}})",
        R"({"log_part":{"log":"IMA"}})", R"({"beat":{},"renew":{}})", R"({"beat":7})"})
    CHECK_FALSE(accepted(bad));
  CHECK(from_json<wire::Command>(R"({"id":"7","attest":null})").ok());
  CHECK_FALSE(from_json<wire::Command>(R"({"attest":{}})").ok());
}

TEST_CASE("a fault names its field") {
  const auto says = [](std::string_view document) {
    return from_json<rest::NodeDetail>(document).fault().check;
  };
  CHECK(says(R"({"node":{"findings":-1}})") == "node.findings: not a whole number in range");
  CHECK(says(R"({"pcrs":[{},{"index":256}]})") == "pcrs[1].index: not a whole number in range");
  CHECK(says("{\"ev\\u001b[1mil\":1}").find("\\x1b") != std::string::npos);
}

TEST_CASE("bounds: size, nesting, required fields, and a lenient reader for answers") {
  std::string longest = R"({"group":")" + std::string(65536 - 12, 'a') + R"("})";
  REQUIRE(longest.size() == 65536);
  CHECK(from_json<rest::ApproveRequest>(longest).ok());
  longest.insert(1, " ");
  CHECK(from_json<rest::ApproveRequest>(longest).fault().code == errc::limit);

  const auto nested = [](std::size_t depth) {
    return R"({"later":)" + std::string(depth, '[') + std::string(depth, ']') + "}";
  };
  CHECK(from_json<rest::Done>(nested(15), answer_limits).ok());
  CHECK(from_json<rest::Done>(nested(16), answer_limits).fault().code == errc::limit);
  CHECK(from_json<rest::Done>(nested(30000), answer_limits).fault().code == errc::limit);

  CHECK(from_json<rest::Done>(R"({"later":{"x":[1.5,null]},"sequence":3})", answer_limits).ok());
  CHECK_FALSE(from_json<rest::Done>(R"({"sequence":1.5})", answer_limits).ok());
  CHECK_FALSE(from_json<rest::Done>(R"({"later":1,"later":2})", answer_limits).ok());

  constexpr std::string_view required[] = {"fingerprint"};
  json_limits with_required;
  with_required.required = required;
  CHECK(from_json<rest::ApproveRequest>(R"({"fingerprint":""})", with_required).ok());
  CHECK(from_json<rest::ApproveRequest>(R"({"group":""})", with_required).fault().check
        == "fingerprint: missing");
}

TEST_CASE("written JSON can be read again, and is the same") {
  const auto json = detail_json(fill_detail);
  const auto back = from_json<rest::NodeDetail>(json);
  REQUIRE_MESSAGE(back.ok(), back.fault().check);
  CHECK(back->read([](rest::NodeDetail::Reader detail) { return to_json(detail); }) == json);
}

TEST_CASE(
    "check 38: text that changes direction or hides is escaped in JSON, and is the same text for a parser") {
  struct row {
    std::string_view in, out;
  };
  for (const auto& r : {row{"a\xe2\x80\xaegnp.", "\"a\\u202egnp.\""}, row{"\xc2\x85", "\"\\u0085\""},
                        row{"a\xc2\xa0z", "\"a\\u00a0z\""}, row{"\xf3\xa0\x81\x81", "\"\\udb40\\udc41\""},
                        row{"\xf4\x8f\xbf\xbf", "\"\\udbff\\udfff\""}, row{"caf\xc3\xa9", "\"caf\xc3\xa9\""},
                        row{"\xf0\x9f\x98\x80", "\"\xf0\x9f\x98\x80\""}}) {
    std::string out;
    append_json_string(out, r.in);
    CHECK(out == r.out);
  }
}
