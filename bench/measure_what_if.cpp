#include "bench/measurements.hpp"
#include "bench/service.hpp"
#include "bench/signature_verify.hpp"
#include "records/record_codec.hpp"
#include "service/store/database.hpp"
#include "service/survey/fleet_look.hpp"

#include <iostream>

namespace muster::bench {

namespace {

constexpr std::size_t fleet_nodes = 400;
constexpr std::size_t fleet_files = 50'000;  // that the whole fleet uses
constexpr std::size_t files_of_node = 5'000; // distinct files, different ones on each node
constexpr std::size_t nodes_in_batch = 8;
constexpr std::size_t upgraded_every = 1'000; // one file in so many has another version in the new set

std::string fleet_path(std::size_t file) { return "/usr/lib/package/library-" + std::to_string(file); }
bytes fleet_digest(std::size_t file) { return to_bytes(crypto::sha256(as_bytes(fleet_path(file)))); }

appraisal::boot_content fleet_boot() {
  appraisal::boot_content out;
  for (const auto index : appraisal::equal_pcrs)
    out.pcrs.push_back({hash_algorithm::sha256, index, crypto::digest{crypto::sha256(as_bytes("firmware"))}});
  return out;
}

/// The set that is tried: all files of the fleet, some of them in a version that no machine has.
result<muster::service::context_ptr> next_context() {
  appraisal::reference_content content;
  content.pcrs = fleet_boot().pcrs;
  for (std::size_t i = 0; i < fleet_files; ++i) {
    const auto digest = fleet_digest(i % upgraded_every == 0 ? fleet_files + i : i);
    if (!content.files.push({appraisal::file_kind::file, hash_algorithm::sha256, digest, fleet_path(i)}))
      return fault{errc::limit, "reference: too many files"};
  }
  content.files.make_distinct();
  auto set = appraisal::reference_set::make(std::move(content));
  if (!set) return set.fault();
  auto out = std::make_shared<muster::service::appraisal_context>();
  out->group = "bench";
  out->reference = std::move(*set);
  out->policy = std::make_shared<const appraisal::policy>();
  return muster::service::context_ptr{out};
}

void add_node(muster::service::write_batch& batch, std::size_t number) {
  muster::service::node_record node;
  node.id.raw[0] = static_cast<std::uint8_t>(number >> 8U);
  node.id.raw[1] = static_cast<std::uint8_t>(number);
  node.standing = standing::enrolled;
  node.level = endorsement::inventory;
  node.group = "bench";
  muster::service::node_state state;
  state.verdict = verdict::affirming;
  state.boot_claims = batch.add_boot(muster::service::to_record(fleet_boot())).raw;
  batch.put<muster::service::tables::nodes>(node.id, muster::service::to_record(node));
  batch.put<muster::service::tables::states>(node.id, muster::service::to_record(state));
  std::vector<muster::service::file_claim> files;
  for (std::size_t i = 0; i < files_of_node; ++i) {
    const auto file = (number * 97 + i * 7) % fleet_files; // 7 and the number of files are coprime
    files.push_back({fleet_path(file), hash_algorithm::sha256, fleet_digest(file)});
  }
  batch.add_claims(node.id, std::move(files));
}

status fill(muster::service::database& store) {
  for (std::size_t i = 0; i < fleet_nodes;) {
    muster::service::write_batch batch;
    for (std::size_t n = 0; n < nodes_in_batch && i < fleet_nodes; ++n)
      add_node(batch, i++);
    const auto sealed = std::move(batch).seal();
    if (const auto done = store.writer->commit({&sealed, 1}).front(); !done) return done.fault();
  }
  return {};
}

} // namespace

status measure_what_if(const options& how, report& out) {
  std::cerr << "bench: what a set would change for " << fleet_nodes << " nodes" << std::endl;
  const auto folder = scratch_folder::make();
  if (!folder) return folder.fault();
  auto store = muster::service::open_database({folder->path() / "store"});
  if (!store) return store.fault();
  if (const auto filled = fill(*store); !filled) return filled.fault();
  const auto context = next_context();
  if (!context) return context.fault();
  const muster::service::survey_deps deps{
      store->reader, std::make_shared<std::atomic<bool>>(false),
      runtime::log::to([](std::string_view) {}, runtime::log_level::error)};
  std::vector<double> rates;
  for (unsigned round = 0; round < how.rounds; ++round) {
    const auto start = thread_time();
    const auto tried = muster::service::try_context(deps, *context);
    if (!tried) return tried.fault();
    rates.push_back(fleet_nodes / (static_cast<double>((thread_time() - start).count()) / 1e9));
    if ((*tried)->machines != fleet_nodes || (*tried)->turning_bad == 0)
      return fault{errc::internal, "what-if: it did not see what it should"};
  }
  out.push_back({"whatif_nodes_per_s", "nodes of 5,000 distinct files tried under another set", median(rates),
                 "/s", budget_kind::none, 0});
  return {};
}

} // namespace muster::bench
