// A database in a folder of its own, and records to put into it.
#pragma once

#include "records/record_codec.hpp"
#include "service/store/database.hpp"
#include "tests/temporary_folder.hpp"

#include <doctest/doctest.h>

#include <cstdlib>
#include <filesystem>
#include <string>

namespace muster::service::store_test {

class temporary_folder : public testing::temporary_folder {
public:
  database_options options(std::uint64_t map_bytes = std::uint64_t{1} << 40U) const {
    return {path() / "db", map_bytes};
  }
};

inline node_id node_number(std::uint64_t n) {
  node_id out;
  for (unsigned i = 0; i < 8; ++i) // sorts as the numbers do
    out.raw[i] = static_cast<std::uint8_t>(n >> (56 - 8 * i));
  return out;
}

inline record<records::Node> named_node(const std::string& name, std::uint64_t generation = 1) {
  return make_record<records::Node>([&](records::Node::Builder node) {
    node.setVersion(1);
    node.setName(text_of(name));
    node.setGeneration(generation);
  });
}

inline std::shared_ptr<const node_state> state_number(std::uint64_t number) {
  node_state out;
  out.number = {number};
  out.generation = {number};
  return std::make_shared<const node_state>(std::move(out));
}

/// A state that no store takes.
inline std::shared_ptr<const node_state> too_large_state() {
  node_state out;
  out.findings.emplace_back().sentence.assign(write_batch::max_record, 'x');
  return std::make_shared<const node_state>(std::move(out));
}

inline record<records::Result> result_record(const node_id& id, std::uint64_t number,
                                             std::size_t evidence = 0) {
  return make_record<records::Result>([&](records::Result::Builder result) {
    result.setVersion(1);
    result.setNode(data_of(id.raw));
    result.setNumber(number);
    if (evidence > 0) result.initEvidence().setAttest(data_of(bytes(evidence, 0x5a)));
  });
}

inline record<records::AuditEntry> audit_record(const std::string& text) {
  return make_record<records::AuditEntry>(
      [&](records::AuditEntry::Builder entry) { entry.setText(text_of(text)); });
}

inline file_claim file_number_of(std::uint64_t n) {
  bytes digest(32, 0);
  std::memcpy(digest.data(), &n, sizeof n);
  return {"/usr/bin/program-" + std::to_string(n), hash_algorithm::sha256, digest};
}

inline commit_outcome commit(database& in, write_batch batch) {
  const shared_batch sealed = std::move(batch).seal();
  auto outcomes = in.writer->commit({&sealed, 1});
  REQUIRE(outcomes.size() == 1);
  return outcomes.front();
}

inline std::string name_of(const result<view<records::Node>>& node) {
  if (!node) return "fault: " + node.fault().check;
  return node->read([](records::Node::Reader in) { return std::string{text_of(in.getName())}; });
}

} // namespace muster::service::store_test
