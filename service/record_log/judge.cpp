#include "service/record_log/judge.hpp"

namespace muster::service {

result<head_judgement> judge_head(const crypto::signed_log_head& head, const crypto::public_key& key,
                                  const store_reader& store) {
  if (!crypto::verify_log_head(head, key)) return head_judgement::not_ours;
  const auto root = store.log_root(head.head.size);
  if (root) return *root == head.head.root ? head_judgement::agrees : head_judgement::contradicts;
  const auto code = root.fault().code;
  if (code == errc::not_found || code == errc::malformed) return head_judgement::contradicts;
  return root.fault();
}

bool begins_with(const head_name& whole, const store_reader& store) {
  const auto root = store.log_root(whole.size);
  return root && *root == whole.root;
}

} // namespace muster::service
