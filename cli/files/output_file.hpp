// The one way in which a command writes a file that a user named.
#pragma once

#include "messages/vocabulary/result.hpp"

#include <iosfwd>
#include <string>
#include <string_view>

namespace muster::cli {

/// What the path names decides:
///   - nothing, or a regular file, through links: the content is written to a file next to it. `finish` puts
///     it in place once all of it is on disk. Until then, and after any failure, the old file stays, and
///     nothing is left next to it. A replaced file keeps its mode, and its owner if the caller may give files
///     away; a new file has 0644 less the umask. Links stay links. Hard links to the old content keep that
///     content.
///   - "-", or the file that is our standard output: standard output, which is never truncated.
///   - anything else that can be written, for example a device, a FIFO, a descriptor under /dev/fd: written
///     directly.
/// Faults are sentences that begin with the path, made printable: "FILE: no space left on device".
class output_file {
public:
  /// Changes nothing yet. Refuses a file that may not be written, even if its folder would let it be
  /// replaced. Waits for the reader of a FIFO. fault io, denied, not_found.
  static result<output_file> open(const std::string& path, std::ostream& standard_output);

  output_file(output_file&& other) noexcept;
  output_file& operator=(output_file&&) = delete;
  output_file(const output_file&) = delete;
  output_file& operator=(const output_file&) = delete;
  /// Removes an unfinished file.
  ~output_file();

  /// After a fault, every further call returns that fault again.
  status write(std::string_view more);

  /// Makes the content durable and puts it in place. Call it once.
  status finish();

  /// True: standard output carries the content, so messages to the user must go elsewhere.
  bool is_standard_output() const noexcept { return standard_output_ != nullptr; }

private:
  output_file(std::string path, int fd) : path_{std::move(path)}, fd_{fd} {}

  static result<output_file> beside(const std::string& path, const std::string& target);
  status flush();
  status written(std::string_view all);
  fault failed(int error);
  void close() noexcept;

  std::string path_;       ///< as the user named it
  std::string target_;     ///< the file to replace; empty: written directly
  std::string unfinished_; ///< the temporary file next to it; empty: there is none any more
  int fd_ = -1;
  std::ostream* standard_output_ = nullptr;
  std::string waiting_; ///< not yet given to the system
  status so_far_;
};

} // namespace muster::cli
