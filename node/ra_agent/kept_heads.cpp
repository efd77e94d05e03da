#include "node/ra_agent/kept_heads.hpp"

namespace muster::node {

namespace {

bool same_size_and_root(const crypto::signed_log_head& a, const crypto::signed_log_head& b) {
  return a.head.size == b.head.size && a.head.root == b.head.root;
}

} // namespace

kept_heads kept_heads::parse(byte_view kept) {
  kept_heads out;
  const auto heads = crypto::parse_log_heads(kept);
  if (!heads || heads->empty() || heads->size() > 2) return out;
  out.largest_ = heads->front();
  out.last_ = heads->back();
  return out;
}

bool kept_heads::take(byte_view head) {
  const auto came = crypto::parse_log_heads(head);
  if (!came || came->size() != 1 || (last_ && *last_ == came->front())) return false;
  last_ = came->front();
  // A head of the same size with the same root replaces ours. With another root it contradicts ours: both are
  // shown.
  if (!largest_ || last_->head.size > largest_->head.size || same_size_and_root(*last_, *largest_))
    largest_ = last_;
  return true;
}

bytes kept_heads::encode() const {
  bytes out;
  if (largest_) out = crypto::encode(*largest_);
  if (last_ && *last_ != *largest_) append(out, crypto::encode(*last_));
  return out;
}

} // namespace muster::node
