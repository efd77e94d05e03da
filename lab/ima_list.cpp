#include "lab/ima_list.hpp"

#include "messages/vocabulary/writer.hpp"

#include <algorithm>
#include <string>

namespace muster::lab {

bytes ima_data(std::string_view path, byte_view file_digest) {
  constexpr std::string_view algorithm = "sha256:";
  std::string name{path};
  std::ranges::replace(name, ' ', '_');
  writer out;
  // The lengths count the NUL after the algorithm and the NUL after the path.
  out.u32_le(static_cast<std::uint32_t>(algorithm.size() + 1 + file_digest.size())).label(algorithm);
  out.put(file_digest);
  out.u32_le(static_cast<std::uint32_t>(name.size() + 1)).label(name);
  return out.take();
}

bytes ima_entry(byte_view data) {
  constexpr std::string_view name = "ima-ng";
  writer out;
  out.u32_le(ima_pcr).put(crypto::hash(hash_algorithm::sha1, data).view());
  out.u32_le(static_cast<std::uint32_t>(name.size())).put(as_bytes(name));
  return out.u32_le(static_cast<std::uint32_t>(data.size())).put(data).take();
}

} // namespace muster::lab
