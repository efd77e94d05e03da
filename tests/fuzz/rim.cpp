// Reference integrity manifests: the reader returns for any document, and accepts none that is not signed
// under the root.
#include "extraction/rim/rim.hpp"

#include "crypto/timestamp_token.hpp"
#include "extraction/rim/xml_signature.hpp"

#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace muster;
  if (extraction::verify_rim({data, size}, {}, wall_time{1'800'000'000'000})) std::abort();
  (void)extraction::xml::from_base64(as_text({data, size}));
  if (crypto::verify_timestamp({data, size}, {}, {}, wall_time{1'800'000'000'000})) std::abort();
  return 0;
}
