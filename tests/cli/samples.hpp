// Nodes to print.
#pragma once

#include "messages/build.hpp"
#include "schemas/rest.capnp.h"

#include <string>

namespace muster::cli::cli_test {

inline const std::string an_id = "3f9c52d1" + std::string(56, '0');

inline bool holds(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

struct sample {
  std::string name = "web-1";
  std::string shown = "trusted";
  std::string verdict = "affirming";
  std::string standing = "enrolled";
  std::string group = "web";
  std::string until = "2026-11-22T03:32:00Z";
  std::string fingerprint{};
};

inline void put_sample(rest::Node::Builder out, const sample& in) {
  out.setId(text_of(an_id));
  out.setName(text_of(in.name));
  out.setGroup(text_of(in.group));
  out.setShown(text_of(in.shown));
  out.setVerdict(text_of(in.verdict));
  out.setStanding(text_of(in.standing));
  if (in.verdict != "none") out.setSince("2026-11-22T03:29:00Z");
  if (in.verdict != "none") out.setAttested("2026-11-22T03:29:00Z");
  out.setValidUntil(text_of(in.until));
  out.setConnected(in.shown != "stale");
  out.setEndorsement("vendor");
  out.setAdmittedBy("vendor");
  out.setFingerprint(text_of(in.fingerprint));
}

/// A node's detail, with what `more(NodeDetail::Builder)` adds.
template <class More> view<rest::NodeDetail> detail_of(const sample& in, More&& more) {
  return make_record<rest::NodeDetail>([&](rest::NodeDetail::Builder out) {
           put_sample(out.initNode(), in);
           more(out);
         })
      .read_back();
}

inline view<rest::NodeDetail> detail_of(const sample& in) {
  return detail_of(in, [](rest::NodeDetail::Builder) {});
}

} // namespace muster::cli::cli_test
