// The layout of an IMA entry's data: the fields that the template names.
#pragma once

#include "messages/vocabulary/result.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace muster::tpm {

/// The kernel's fields (Documentation/security/IMA-templates.rst). Each is stored as UINT32 length and bytes,
/// except in template `ima`.
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
  iuid,         ///< owner, 4 bytes (2 for old kernels), or empty if there is no inode: boot_aggregate
  igid,         ///< group, likewise
  imode,        ///< mode, 2 bytes, or empty likewise
  xattrnames,   ///< names of extended attributes, '|' between them; may be empty
  xattrlengths, ///< 4 bytes each
  xattrvalues   ///< their values
};

/// How the fields are stored: as in all templates of today, or as in the kernel's first one.
enum class ima_layout : std::uint8_t {
  fields,  ///< UINT32 length of all data, then each field with its length; the hash is over the data as
           ///< stored
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

/// The template with that name: one of the kernel's own, or a format of `ima_template_fmt`, whose name in the
/// log is the format itself ("d-ng|n-ng|iuid"). The template hash does not cover the name: it only says how
/// to read the data, and data that does not fit exactly is malformed. The only digest must be first and the
/// only name second, as in all of the kernel's templates; in another order an attribute could pass for the
/// digest. fault unsupported, naming the template: fail closed.
result<ima_template> ima_template_named(std::string_view name);

} // namespace muster::tpm
