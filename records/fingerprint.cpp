#include "records/node_record.hpp"

namespace muster::service {

bytes32 fingerprint_of(byte_view ek_public, byte_view ak_public, byte_view node_spki) {
  return crypto::sha256({ek_public, ak_public, node_spki});
}

} // namespace muster::service
