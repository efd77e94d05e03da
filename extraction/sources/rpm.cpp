#include "extraction/sources/rpm.hpp"

#include "extraction/rpm_listing.hpp"
#include "extraction/sources/machine_root.hpp"

#include <array>
#include <csignal>
#include <fcntl.h>
#include <spawn.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

namespace muster::extraction {

namespace {

constexpr std::size_t max_listing = std::size_t{1} << 30U;
constexpr const char* program = "/usr/bin/rpm";

/// The places where distributions keep the database, the newer place first.
constexpr std::string_view places[] = {"/usr/lib/sysimage/rpm", "/var/lib/rpm"};

/// The descriptor through which rpm finds the database. It was opened within the root, whatever links the
/// path has.
constexpr int database_descriptor = 3;

/// Links are resolved within the root, as on the machine itself; nothing outside the root is opened.
result<open_file> database_in(const machine_root& root) {
  for (const auto place : places) {
    auto folder = root.open_folder(std::string{place});
    if (folder || folder.fault().code == errc::io) return folder;
  }
  return fault{errc::not_found, "there is no RPM database (usr/lib/sysimage/rpm, var/lib/rpm)"};
}

/// rpm opens the files of the folder itself, and would follow links as this system resolves them.
status check_no_links(const open_file& database) {
  const auto names = names_in(database);
  if (!names) return fault{errc::io, "rpm: its database cannot be listed"};
  for (const auto& name : *names) {
    struct stat about {};
    if (::fstatat(database.get(), name.c_str(), &about, AT_SYMLINK_NOFOLLOW) != 0)
      return fault{errc::io, "rpm: its database changes while it is read"};
    if (!S_ISREG(about.st_mode) && !S_ISDIR(about.st_mode))
      return fault{errc::unsupported, "rpm: " + printable(name)
                                          + " in its database is a link or not a file, and may lead out of "
                                            "the root; put the file itself there"};
  }
  return {};
}

/// Runs rpm with its output into a pipe. Returns the process and the read end of the pipe.
result<std::pair<pid_t, open_file>> start(const open_file& database) {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) return fault{errc::io, "rpm: no pipe"};
  open_file from{ends[0]};
  const open_file to{ends[1]};
  // Above its final number, since dup2 onto the same number would keep the close-on-exec flag.
  const open_file inherited{::fcntl(database.get(), F_DUPFD_CLOEXEC, database_descriptor + 1)};
  if (!inherited) return fault{errc::io, "rpm: no descriptor"};
  const std::string format{rpm_query_format};
  const std::string place = "--dbpath=/proc/self/fd/" + std::to_string(database_descriptor);
  const char* arguments[] = {program,         place.c_str(),  "--query", "--all",
                             "--queryformat", format.c_str(), nullptr};
  const char* surroundings[] = {"PATH=/usr/bin:/bin", "LC_ALL=C", nullptr};
  posix_spawn_file_actions_t files;
  posix_spawn_file_actions_init(&files);
  posix_spawn_file_actions_addopen(&files, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_adddup2(&files, to.get(), STDOUT_FILENO); // before its number may be taken
  posix_spawn_file_actions_adddup2(&files, inherited.get(), database_descriptor);
  pid_t child = 0;
  const int failed = ::posix_spawn(&child, program, &files, nullptr, const_cast<char**>(arguments),
                                   const_cast<char**>(surroundings));
  posix_spawn_file_actions_destroy(&files);
  if (failed != 0) return fault{errc::not_found, "there is no /usr/bin/rpm on this machine"};
  return std::pair{child, std::move(from)};
}

result<std::string> listing_of(const open_file& database) {
  const auto running = start(database);
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
  return out;
}

/// Learns the listed files. If the set does not use the algorithm of the list, a file is hashed by that one
/// too.
class rpm_source {
public:
  rpm_source(const machine_root& root, learning& into) : root_{root}, into_{into} {}

  status take(const rpm_file& file) {
    if (!file.algorithm) {
      ++unproven_;
      ++report.left_out;
      return {};
    }
    const auto found = root_.open_regular(file.path);
    if (!found && found.fault().code == errc::not_found) {
      ++missing_;
      return {};
    }
    if (!found) {
      report.leave_out(file.path, found.fault().check + " (" + printable(file.package) + ')');
      return {};
    }
    if (!into_.rules.learns_file(found->path)) {
      ++report.skipped;
      return {};
    }
    return compare(file, *found);
  }

  void finish() {
    if (missing_ > 0) report.note_first(std::to_string(missing_) + " files that packages list are not there");
    if (unproven_ > 0)
      report.note_first(std::to_string(unproven_) + " files are listed with MD5 only and are not learnt");
    report.left_out += missing_;
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
    report.leave_out(found.path, !digests ? digests.fault().check
                                          : "it is not the file of " + printable(file.package) + ' '
                                                + printable(file.version)
                                                + ": its digest is another; it was modified or replaced");
    return {};
  }

  const machine_root& root_;
  learning& into_;
  std::uint64_t unproven_ = 0;
  std::uint64_t missing_ = 0;
};

} // namespace

result<source_report> learn_rpm(const std::string& root, learning& into) {
  const auto folder = machine_root::open(root);
  if (!folder) return folder.fault();
  const auto database = database_in(*folder);
  if (!database) return database.fault();
  if (auto ok = check_no_links(*database); !ok) return ok.fault();
  const auto text = listing_of(*database);
  if (!text) return text.fault();
  const auto files = parse_rpm_listing(*text);
  if (!files) return files.fault();
  rpm_source source{*folder, into};
  for (const auto& one : *files)
    if (auto ok = source.take(one); !ok) return ok.fault();
  source.finish();
  return std::move(source.report);
}

} // namespace muster::extraction
