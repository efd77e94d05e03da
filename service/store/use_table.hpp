// Counts how many records refer to a shared content.
#pragma once

#include "service/store/environment.hpp"

namespace muster::service {

/// Counts one more reference to `address`; stores `content` in `table` (blobs or boots) if it is not there.
status add_use(const environment& env, const transaction& in, store_table table,
               const content_address& address, byte_view content);

/// Counts one reference less. Without references a content is loose: it stays until `sweep_loose`, which
/// takes a few at a time. Does nothing for a content without a count.
status drop_use(const environment& env, const transaction& in, const content_address& address);

/// Erases up to `limit` loose contents. A content that is referred to again is not loose any more.
status sweep_loose(const environment& env, const transaction& in, std::size_t limit);

} // namespace muster::service
