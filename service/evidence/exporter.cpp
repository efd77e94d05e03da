#include "service/evidence/exporter.hpp"

#include "actors/runtime/guard.hpp"
#include "service/evidence/kept_bundle.hpp"

#include <caf/all.hpp>

namespace muster::service {

namespace {

/// Bundles that are made but not fetched yet: each takes disk space.
constexpr std::size_t max_spooled = 4;

using spools = std::vector<std::weak_ptr<const spool_file>>;

exported_evidence make_bundle(const exporter_deps& deps, spools& made, const evidence_request& wanted) {
  std::erase_if(made, [](const auto& one) { return one.expired(); });
  if (made.size() >= max_spooled)
    return fault{errc::busy, "evidence: other bundles are being fetched; try again"};
  auto out = spool_file::make(deps.folder);
  if (!out) return out.fault();
  const auto& file = *out;
  const auto written = write_bundle(*deps.store, wanted.node, wanted.number, deps.clock->wall(),
                                    [&](byte_view more) { return file->write(more); });
  if (!written) return written.fault();
  if (written->recorded != written->concluded)
    deps.log.warning("evidence.differs", {{"node", to_string(wanted.node)},
                                          {"recorded", to_string(written->recorded)},
                                          {"evidence", to_string(written->concluded)}});
  made.push_back(file);
  return std::shared_ptr<const spool_file>{file};
}

exported_evidence answer(const exporter_deps& deps, spools& made, const evidence_request& wanted) {
  auto out = make_bundle(deps, made, wanted);
  // A new boot may have replaced the log while it was read.
  if (!out && out.fault().code == errc::conflict) out = make_bundle(deps, made, wanted);
  if (out)
    deps.log.info("evidence.exported",
                  {{"node", to_string(wanted.node)}, {"by", wanted.by}, {"bytes", (*out)->size()}});
  else
    deps.log.warning(
        "evidence.not_exported",
        {{"node", to_string(wanted.node)}, {"by", wanted.by}, runtime::fault_check(out.fault())});
  return out;
}

} // namespace

exporter_actor::behavior_type exporter(exporter_actor::pointer self, exporter_deps deps) {
  runtime::guard(*self, deps.log, "exporter");
  return {[deps = std::move(deps), made = spools{}](const evidence_request& wanted) mutable {
    return answer(deps, made, wanted);
  }};
}

exporter_actor spawn_exporter(caf::actor_system& system, exporter_deps deps) {
  return system.spawn<caf::detached>(exporter, std::move(deps));
}

} // namespace muster::service
