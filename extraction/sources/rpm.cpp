#include "extraction/sources/rpm.hpp"

#include "extraction/rpm_listing.hpp"
#include "extraction/sources/machine_root.hpp"
#include "extraction/sources/rpm_copy.hpp"
#include "extraction/sources/rpm_database.hpp"

#include <array>
#include <csignal>
#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

namespace muster::extraction {

namespace {

constexpr std::size_t max_listing = std::size_t{1} << 30U;
constexpr const char* program = "/usr/bin/rpm";

/// Runs rpm with its output into a pipe. Returns the process and the read end of the pipe.
result<std::pair<pid_t, open_file>> start(const std::string& folder, rpm_database_kind of) {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) return fault{errc::io, "rpm: no pipe"};
  open_file from{ends[0]};
  const open_file to{ends[1]};
  const std::string format{rpm_query_format};
  const auto place = "--dbpath=" + folder;
  // If rpm were left to look for the kind, it would make an empty database beside one that it cannot
  // read, and list nothing.
  const std::string kind = "_db_backend " + std::string{to_string(of)};
  const char* arguments[] = {program, place.c_str(),   "--define",     kind.c_str(), "--query",
                             "--all", "--queryformat", format.c_str(), nullptr};
  const char* surroundings[] = {"PATH=/usr/bin:/bin", "LC_ALL=C", nullptr};
  posix_spawn_file_actions_t files;
  posix_spawn_file_actions_init(&files);
  posix_spawn_file_actions_addopen(&files, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_adddup2(&files, to.get(), STDOUT_FILENO);
  pid_t child = 0;
  const int failed = ::posix_spawn(&child, program, &files, nullptr, const_cast<char**>(arguments),
                                   const_cast<char**>(surroundings));
  posix_spawn_file_actions_destroy(&files);
  if (failed != 0) return fault{errc::not_found, "there is no /usr/bin/rpm on this machine"};
  return std::pair{child, std::move(from)};
}

result<std::string> listing_of(const rpm_database& database) {
  const auto copy = rpm_copy::make(database.folder);
  if (!copy) return copy.fault();
  const auto running = start(copy->folder(), database.kind);
  if (!running) return running.fault();
  std::string out;
  std::vector<char> block(std::size_t{256} << 10U);
  ::ssize_t got = 0;
  while (out.size() <= max_listing && (got = ::read(running->second.get(), block.data(), block.size())) > 0)
    out.append(block.data(), static_cast<std::size_t>(got));
  const bool over = out.size() > max_listing;
  if (over) ::kill(running->first, SIGKILL);
  int ended = 0;
  ::waitpid(running->first, &ended, 0);
  if (over) return fault{errc::limit, "rpm: it lists more than a machine may have"};
  if (got < 0 || !WIFEXITED(ended) || WEXITSTATUS(ended) != 0)
    return fault{errc::io, "rpm: it could not read the database; see what it said above"};
  if (out.empty())
    return fault{errc::unsupported, "rpm: it lists no file of the database in " + database.place
                                        + ", of kind " + to_string(database.kind)
                                        + "; if rpm --showrc does not name that kind as available, read it "
                                          "on a machine of the same distribution"};
  return out;
}

/// Learns the listed files. If the set does not use the algorithm of the list, a file is hashed by that one
/// too.
class rpm_source {
public:
  rpm_source(const machine_root& root, learning& into) : root_{root}, into_{into} {}

  status take(const rpm_file& file) {
    const auto found = root_.open_regular(file.path);
    const auto package = printable(file.package);
    // Nothing is lost of what has no content of its own, such as a log that is made when it is first written.
    if (file.digest.empty()) {
      if (found) report.leave_out(loss::no_digest, found->path, package);
      return {};
    }
    if (!found) {
      const auto code = found.fault().code;
      report.leave_out(code == errc::not_found     ? loss::missing
                       : code == errc::unsupported ? loss::not_regular
                                                   : loss::unreadable,
                       file.path, package + ": " + found.fault().check);
      return {};
    }
    if (const auto why = into_.unwanted(found->path, found->mode)) {
      report.leave_out(*why, found->path, package);
      return {};
    }
    if (!file.algorithm) {
      report.leave_out(loss::other_algorithm, found->path,
                       package + ": it is listed with MD5 or an unknown one");
      return {};
    }
    return compare(file, *found);
  }

  source_report report;

private:
  status compare(const rpm_file& file, const root_file& found) {
    auto algorithms = into_.algorithms;
    if (std::ranges::find(algorithms, *file.algorithm) == algorithms.end())
      algorithms.push_back(*file.algorithm);
    const auto digests = hash_file(found.content, algorithms, file_hasher::md5_too::no);
    const auto* own = digests ? digests->find(*file.algorithm) : nullptr;
    if (own != nullptr && same(own->view(), file.digest)) {
      const appraisal::package owner{file.package, file.version, appraisal::package_source::rpm};
      return into_.take(found.path, *digests, &owner, report);
    }
    if (!digests)
      report.leave_out(loss::unreadable, found.path, digests.fault().check);
    else
      report.leave_out(file.kind == rpm_file_kind::configuration ? loss::configured : loss::modified,
                       found.path,
                       "it is not the file of " + printable(file.package) + ' ' + printable(file.version));
    return {};
  }

  const machine_root& root_;
  learning& into_;
};

} // namespace

result<source_report> learn_rpm(const std::string& root, learning& into) {
  const auto folder = machine_root::open(root);
  if (!folder) return folder.fault();
  const auto database = find_rpm_database(*folder);
  if (!database) return database.fault();
  const auto text = listing_of(*database);
  if (!text) return text.fault();
  const auto files = parse_rpm_listing(*text);
  if (!files) return files.fault();
  rpm_source source{*folder, into};
  for (const auto& one : *files)
    if (auto ok = source.take(one); !ok) return ok.fault();
  for (const auto& place : database->others)
    source.report.note("the database in " + place + " is another one, and was not read");
  return std::move(source.report);
}

} // namespace muster::extraction
