#include "tpm/evidence/binding.hpp"

#include "crypto/digest.hpp"
#include "messages/vocabulary/writer.hpp"

namespace muster::tpm {

binding quote_binding(const quote_context& context) {
  writer out;
  out.label("muster/quote/1");
  out.put(context.nonce).put(context.node.raw).put(context.exporter);
  out.put(context.node_spki).put(context.manifest_digest);
  return binding{crypto::sha256(out.view())};
}

} // namespace muster::tpm
