// Contents that several records refer to, and how many do.
#pragma once

#include "service/store/environment.hpp"

namespace muster::service {

/// One who refers to `address` more; stores `content` in `table` (blobs or boots) if it is not there.
status add_use(const environment& env, const transaction& in, store_table table,
               const content_address& address, byte_view content);

/// One less. When nobody is left, the content is loose: it stays until `sweep_loose`, which takes few at a
/// time. A content that nobody counted is left alone.
status drop_use(const environment& env, const transaction& in, const content_address& address);

/// Erases up to `limit` loose contents. One to which somebody refers again is loose no more.
status sweep_loose(const environment& env, const transaction& in, std::size_t limit);

} // namespace muster::service
