// A log of records as an export, to be cut, edited and signed again.
#pragma once

#include "cli/log/log_check.hpp"
#include "cli/log/log_verify.hpp"
#include "messages/json_read.hpp"
#include "messages/json_write.hpp"
#include "messages/record_text.hpp"
#include "messages/time_text.hpp"
#include "schemas/records.capnp.h"

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <unistd.h>

namespace muster::cli::log_test {

inline bytes record_of(const std::string& text, const std::string& action = "test", std::uint64_t when = 1) {
  return to_bytes(make_record<records::AuditEntry>([&](records::AuditEntry::Builder out) {
                    out.setVersion(1);
                    out.setWhenMs(when);
                    out.setActor("uid=0 pid=1");
                    out.setAction(text_of(action));
                    out.setText(text_of(text));
                  }).content());
}

inline std::string entry_line(std::uint64_t leaf, const bytes& record, const bytes32& hash) {
  return build_json<rest::LogLine>([&](rest::LogLine::Builder line) {
    auto out = line.initEntry();
    out.setLeaf(leaf);
    out.setSequence(leaf + 1);
    out.setRecord(text_of(to_hex(record)));
    out.setLeafHash(text_of(to_hex(hash)));
    if (record.empty()) return out.setProblem("store: reading: MDB_NOTFOUND");
    const auto read = parse_view<records::AuditEntry>(frame::copy_of(record));
    REQUIRE(read);
    read->read([&](records::AuditEntry::Reader in) { put_readable(out, in); });
  });
}

inline std::string exported_head(const crypto::signed_log_head& head) {
  return build_json<rest::LogLine>([&](rest::LogLine::Builder line) {
    auto out = line.initHead();
    out.setSize(head.head.size);
    out.setRoot(text_of(to_hex(head.head.root)));
    out.setWhen(text_of(rfc3339(head.head.time)));
    out.setHead(text_of(to_hex(crypto::encode(head))));
    out.setLog(text_of(to_string(head.head.log)));
    out.setIncarnation(head.head.incarnation.value);
  });
}

inline std::string head_json(const crypto::signed_log_head& head) {
  return build_json<rest::LogHead>(
      [&](rest::LogHead::Builder out) { out.setHead(text_of(to_hex(crypto::encode(head)))); });
}

inline const crypto::private_key& log_key() {
  static const auto key = crypto::private_key::make_ec(crypto::curve::p256);
  return key;
}

/// A log of twelve records, with a head after each third record.
struct sample_log {
  std::vector<bytes> records;
  std::vector<bytes32> hashes;
  std::vector<crypto::signed_log_head> heads;
  std::uint64_t unentered = 0;

  sample_log() {
    crypto::merkle_frontier tree;
    for (std::uint64_t i = 0; i < 12; ++i) {
      records.push_back(record_of("record " + std::to_string(i)));
      hashes.push_back(crypto::merkle_leaf(records.back()));
      (void)tree.append(hashes.back());
      if (i % 3 == 2) heads.push_back(sign(tree.size(), tree.root()));
    }
  }
  static crypto::signed_log_head sign(std::uint64_t size, const bytes32& root, std::uint64_t time = 1000,
                                      incarnation of = {}) {
    return crypto::sign_log_head({size, root, {time}, {}, of}, log_key()).value();
  }
  std::vector<std::string> lines() const {
    std::vector<std::string> out;
    for (std::size_t i = 0; i < records.size(); ++i)
      out.push_back(entry_line(i, records[i], hashes[i]));
    out.push_back(build_json<rest::LogLine>([&](rest::LogLine::Builder line) {
      auto total = line.initTotal();
      total.setLeaves(records.size());
      total.setUnentered(unentered);
    }));
    return out;
  }
};

inline std::string head_file_of(const std::vector<crypto::signed_log_head>& heads) {
  std::string out;
  for (const auto& one : heads)
    out += head_json(one) + '\n';
  return out;
}

inline log_judgement judged(const sample_log& log, bool with_key = true) {
  log_check check{with_key ? std::optional{log_key().pub()} : std::nullopt};
  for (const auto& line : log.lines())
    REQUIRE(check.add_line(line).ok());
  REQUIRE(check.add_heads(as_bytes(head_file_of(log.heads)), "heads").ok());
  return check.conclude();
}

inline bool tells(const log_judgement& in, std::string_view what) {
  return std::ranges::any_of(in.problems,
                             [&](const auto& one) { return one.find(what) != std::string::npos; });
}

} // namespace muster::cli::log_test
