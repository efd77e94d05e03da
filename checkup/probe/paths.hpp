// What this user sees of files, folders and disks. Reads only.
#pragma once

#include "checkup/path_lines.hpp"
#include "messages/vocabulary/bytes.hpp"
#include "messages/vocabulary/result.hpp"

namespace muster::checkup {

path_facts look_at(const std::string& path);

/// The name of the user that this process runs as, or its number.
std::string this_user();

/// `path` as the socket of the REST interface.
socket_facts look_at_socket(const std::string& path);

/// The file system of `path`, or of the nearest folder above it that is there.
space_facts look_at_space(const std::string& path);

/// The first `most` bytes of a file, or all of it. fault not_found, denied, io: the operating system's
/// words, without the path.
result<bytes> read_front(const std::string& path, std::size_t most);

} // namespace muster::checkup
