#include "node/checkup/state_look.hpp"

#include "checkup/probe/clock.hpp"
#include "checkup/probe/paths.hpp"
#include "crypto/digest.hpp"
#include "crypto/log_head.hpp"
#include "crypto/pem.hpp"
#include "node/ra_agent/join_token_file.hpp"
#include "node/ra_agent/trust_delivery.hpp"

#include <algorithm>

namespace muster::node {

namespace {

constexpr std::size_t max_file = 1024UL * 1024;

/// The agent does not start with a key that is empty or unreadable, and cannot use the certificate with another one.
void look_at_key(const std::string& folder, const crypto::public_key& certified,
                 checkup::identity_facts& out) {
  const auto path = folder + "/node.key";
  const auto content = checkup::read_front(path, max_file);
  if (!content) {
    out.problem = printable(path) + ": " + content.fault().check;
    return;
  }
  const auto key = crypto::private_key::from_pem(as_text(*content));
  if (!key)
    out.problem = printable(path) + ": " + (content->empty() ? "it is empty" : key.fault().check);
  else if (key->pub().spki() != certified.spki())
    out.problem = printable(path) + ": it is not the key of node.crt";
}

void look_at_certificate(const std::string& folder, checkup::identity_facts& out) {
  const auto content = checkup::read_front(folder + "/node.crt", max_file);
  if (!content) {
    if (content.fault().code != errc::not_found)
      out.problem = printable(folder) + "/node.crt: " + content.fault().check;
    return;
  }
  const auto found = crypto::certificate::from_file(*content);
  if (!found || found->empty()) {
    out.problem = printable(folder) + "/node.crt: " + (found ? "it is empty" : found.fault().check);
    return;
  }
  out.enrolled = true;
  out.not_after = found->front().fields().not_after;
  look_at_key(folder, found->front().key(), out);
}

void look_at_heads(const std::string& folder, checkup::kept_head_facts& out) {
  const auto content =
      checkup::read_front(folder + "/log_head", crypto::max_log_heads * crypto::max_log_head);
  if (!content) return;
  const auto heads = crypto::parse_log_heads(*content);
  if (!heads) return;
  for (const auto& one : *heads)
    if (!out.size || one.head.size >= *out.size) {
      out.size = one.head.size;
      out.signed_at = one.head.time;
    }
}

void look_at_trust(const std::string& folder, state_look& out) {
  const auto content = checkup::read_front(folder + "/trust", crypto::max_trust_list + 64);
  if (!content && content.fault().code == errc::not_found) return;
  auto list = content ? read_trust_file(*content) : result<crypto::signed_trust_list>{content.fault()};
  if (list)
    out.trust = std::move(list->list);
  else
    out.trust_problem = printable(folder) + "/trust: " + list.fault().check;
}

} // namespace

checkup::join_token_facts look_at_join_token(const std::string& path, const state_look& state) {
  checkup::join_token_facts out{printable(path), {}, state.identity.enrolled};
  if (const auto token = load_join_token(path); !token) out.problem = token.fault();
  return out;
}

state_look look_at_state(const std::string& folder) {
  state_look out;
  out.folder = {checkup::look_at(folder), checkup::this_user(), "raagent", "muster-raagent", false};
  out.space = checkup::look_at_space(folder);
  out.identity.state = printable(folder);
  out.identity.now = checkup::wall_now();
  const auto& seen = out.folder.folder;
  // Before the first start there is nothing in it.
  const bool visible =
      seen.kind == checkup::path_kind::absent || (seen.kind == checkup::path_kind::folder && seen.readable);
  out.identity.seen = visible;
  out.head.seen = visible;
  if (!visible) return out;
  out.identity.unregistered = checkup::look_at(folder + "/unregistered").kind != checkup::path_kind::absent;
  look_at_certificate(folder, out.identity);
  look_at_heads(folder, out.head);
  look_at_trust(folder, out);
  return out;
}

anchor_look look_at_anchor(const std::string& path, const state_look& state) {
  anchor_look out;
  out.facts.path = printable(path);
  out.facts.now = checkup::wall_now();
  const auto fail = [&out](const fault& why) {
    out.facts.problem = why.check;
    out.facts.why = why.code;
    return out;
  };
  const auto content = checkup::read_front(path, max_file);
  if (!content) return fail(content.fault());
  const auto found = crypto::certificate::from_file(*content);
  if (!found) return fail(found.fault());
  if (found->empty()) return fail({errc::malformed, "it holds no certificate"});
  for (const auto& one : *found) {
    out.facts.keys.push_back(to_hex(crypto::sha256(one.der())).substr(0, 16));
    out.facts.ends = std::max(out.facts.ends, one.fields().not_after);
  }
  out.trust.anchors = *found;
  if (state.trust) {
    out.facts.trust = state.trust->number;
    out.facts.trust_ends = state.trust->not_after;
    out.trust = {state.trust->anchors, state.trust->issuers, state.trust->number};
  }
  return out;
}

} // namespace muster::node
