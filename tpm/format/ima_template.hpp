// How the data of an IMA entry is laid out: fields by the name of the template.
#pragma once

#include "messages/vocabulary/result.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace muster::tpm {

/// Fields of the kernel (Documentation/security/IMA-templates.rst). All but those of template `ima` stand as
/// UINT32 length and bytes.
enum class ima_field : std::uint8_t {
  d,            ///< SHA-1 or MD5 digest, 20 bytes
  n,            ///< name of at most 255 characters, and its NUL
  d_ng,         ///< "algorithm:" NUL digest
  d_ngv2,       ///< "ima:algorithm:" or "verity:algorithm:", NUL, digest
  n_ng,         ///< name, NUL
  sig,          ///< security.ima; may be empty
  buf,          ///< a buffer that was measured instead of a file
  d_modsig,     ///< as d_ng, or empty
  modsig,       ///< appended signature; may be empty
  evmsig,       ///< portable EVM signature; may be empty
  iuid,         ///< owner, 4 bytes (2 for old kernels), or empty where there is no inode: boot_aggregate
  igid,         ///< group, likewise
  imode,        ///< mode, 2 bytes, or empty likewise
  xattrnames,   ///< names of extended attributes, '|' between them; may be empty
  xattrlengths, ///< 4 bytes each
  xattrvalues   ///< their values
};

/// Whether the fields stand as the kernel's first template has them.
enum class ima_layout : std::uint8_t {
  fields,  ///< UINT32 length of all data, then each field with its length; the hash is over the data as it
           ///< stands
  original ///< template `ima`: digest[20], UINT32 length, name without NUL; the hash is over the digest and
           ///< the name padded with zeros to 256 bytes
};

struct ima_template {
  static constexpr std::size_t max_fields = 16;
  static constexpr std::size_t max_name = 255;

  ima_layout layout = ima_layout::fields;
  std::array<ima_field, max_fields> list{};
  std::size_t size = 0;

  std::span<const ima_field> fields() const noexcept { return {list.data(), size}; }
};

/// The template of that name: one of the kernel's own, or a format of `ima_template_fmt`, whose name in the
/// log is the format itself ("d-ng|n-ng|iuid"). The name is not covered by the template hash: it only says
/// how to read, and data that does not read so exactly is malformed. The one digest is first and the one name
/// second, as in all of the kernel's own: with another order an attribute could be called the digest.
/// fault unsupported, naming the template: fail closed.
result<ima_template> ima_template_named(std::string_view name);

} // namespace muster::tpm
