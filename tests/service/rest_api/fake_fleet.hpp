// The machines that the fake actors know, and the requests that they got.
#pragma once

#include "messages/build.hpp"
#include "schemas/rest.capnp.h"
#include "service/rest_api/rest_server.hpp"

#include <algorithm>
#include <atomic>
#include <mutex>
#include <vector>

namespace muster::service::rest_test {

/// One machine of the fake fleet.
struct machine {
  node_id id;
  std::string name;
  std::string shown = "trusted";
  std::string group = "demo";
  std::string fingerprint{};
  std::vector<finding> findings{};
};

inline node_id id_of(std::uint8_t first) {
  node_id out;
  out.raw.fill(0xab);
  out.raw[0] = first;
  return out;
}

/// What the fakes reply, and what they were asked. Shared by their threads and the test's.
class fleet {
public:
  std::vector<machine> machines() const {
    const std::lock_guard guard{lock_};
    return machines_;
  }
  void add(machine one) {
    const std::lock_guard guard{lock_};
    machines_.push_back(std::move(one));
  }
  void note(std::string what) {
    const std::lock_guard guard{lock_};
    told_.push_back(std::move(what));
  }
  std::vector<std::string> told() const {
    const std::lock_guard guard{lock_};
    return told_;
  }
  /// Requests that get no reply wait here.
  void keep(caf::typed_response_promise<command_reply> promise) {
    const std::lock_guard guard{lock_};
    kept_.push_back(std::move(promise));
  }
  void keep_change(caf::typed_response_promise<change_reply> promise) {
    const std::lock_guard guard{lock_};
    kept_changes_.push_back(std::move(promise));
  }
  std::size_t kept() const {
    const std::lock_guard guard{lock_};
    return kept_.size();
  }
  void drop_kept() {
    const std::lock_guard guard{lock_};
    kept_.clear();
    kept_changes_.clear();
  }

  std::atomic<bool> rolled_back = false;
  std::atomic<bool> storing = true; ///< decisions become durable

private:
  mutable std::mutex lock_;
  std::vector<machine> machines_;
  std::vector<std::string> told_;
  std::vector<caf::typed_response_promise<command_reply>> kept_;
  std::vector<caf::typed_response_promise<change_reply>> kept_changes_;
};
using fleet_ptr = std::shared_ptr<fleet>;

inline std::string verdict_for(const std::string& shown) {
  if (shown == "trusted" || shown == "stale") return "affirming";
  if (shown == "warning") return "warning";
  return shown == "untrusted" ? "contraindicated" : "none";
}

inline void put(rest::Node::Builder out, const machine& in) {
  out.setId(text_of(to_string(in.id)));
  out.setName(text_of(in.name));
  out.setGroup(text_of(in.group));
  out.setShown(text_of(in.shown));
  out.setVerdict(text_of(verdict_for(in.shown)));
  out.setStanding(
      text_of(std::string{in.shown == "pending" || in.shown == "revoked" ? in.shown : "enrolled"}));
  out.setSince("2026-11-22T03:29:00Z");
  out.setAttested("2026-11-22T03:30:00Z");
  if (in.shown == "trusted" || in.shown == "warning") out.setValidUntil("2026-11-22T03:33:00Z");
  out.setConnected(true);
  out.setFindings(static_cast<std::uint32_t>(in.findings.size()));
  out.setEndorsement("vendor");
  out.setAdmittedBy("vendor");
  out.setHostname("host");
  out.setFingerprint(text_of(in.fingerprint));
}

inline frame detail_of(const machine& in) {
  return frame::adopt(build<rest::NodeDetail>([&](rest::NodeDetail::Builder out) {
    put(out.initNode(), in);
    auto findings = out.initFindings(static_cast<unsigned>(in.findings.size()));
    for (unsigned i = 0; i < in.findings.size(); ++i) {
      findings[i].setKind("claim");
      findings[i].setLevel("failure");
      findings[i].setCheck(text_of(in.findings[i].check));
      findings[i].setSubject(text_of(in.findings[i].subject));
      findings[i].setExpected(text_of(in.findings[i].expected));
      findings[i].setFound(text_of(in.findings[i].found));
      findings[i].setSentence(text_of(in.findings[i].sentence));
      findings[i].setRemedy(text_of(in.findings[i].remedy));
    }
    out.setFindingsTotal(static_cast<std::uint32_t>(in.findings.size()));
    out.setAttestation(17);
    out.setSequence(99);
  }));
}

} // namespace muster::service::rest_test
