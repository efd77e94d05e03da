// The one way in which a command writes a file that somebody named.
#pragma once

#include "messages/vocabulary/result.hpp"

#include <iosfwd>
#include <string>
#include <string_view>

namespace muster::cli {

/// What the path names decides:
///   - nothing, or a regular file, through links: the content is written beside it and put in its place by
///     `finish`, when all of it is on the disk. Until then, and after any failure, what was there is there,
///     and nothing is left beside it. A file keeps its mode, and its owner where the caller may give files
///     away; a new one has 0644 less the umask. Links stay. Hard links to the old content keep that.
///   - "-", or what standard output is: standard output, which is never emptied.
///   - anything else that can be written, for example a device, a FIFO, a descriptor under /dev/fd: straight.
/// Faults are sentences that begin with the path, made printable: "FILE: no space left on device".
class output_file {
public:
  /// Nothing is changed yet. A file that may not be written is refused, also where its folder would let it be
  /// replaced. Waits for the reader of a FIFO. fault io, denied, not_found.
  static result<output_file> open(const std::string& path, std::ostream& standard_output);

  output_file(output_file&& other) noexcept;
  output_file& operator=(output_file&&) = delete;
  output_file(const output_file&) = delete;
  output_file& operator=(const output_file&) = delete;
  /// What was not finished never was.
  ~output_file();

  /// After a fault every further call gives it again.
  status write(std::string_view more);

  /// Makes the content durable, and visible where it was written beside. Called once.
  status finish();

  /// Content is all that may go to standard output then: what people are told belongs elsewhere.
  bool is_standard_output() const noexcept { return standard_output_ != nullptr; }

private:
  output_file(std::string path, int fd) : path_{std::move(path)}, fd_{fd} {}

  static result<output_file> beside(const std::string& path, const std::string& target);
  status flush();
  status written(std::string_view all);
  fault failed(int error);
  void close() noexcept;

  std::string path_;       ///< as it was named, for people
  std::string target_;     ///< what is replaced; empty: written straight
  std::string unfinished_; ///< beside it; empty: nothing is there any more
  int fd_ = -1;
  std::ostream* standard_output_ = nullptr;
  std::string waiting_; ///< not yet given to the system
  status so_far_;
};

} // namespace muster::cli
