// A real `ras` on loopback, with its own configuration and folder.
#pragma once

#include "bench/load.hpp"
#include "bench/process.hpp"

#include <filesystem>

namespace muster::bench {

/// A folder below the system's folder for temporary files, deleted with this object.
class scratch_folder {
public:
  static result<scratch_folder> make();
  ~scratch_folder();
  scratch_folder(scratch_folder&& other) noexcept : path_{std::exchange(other.path_, {})} {}
  scratch_folder& operator=(scratch_folder&&) = delete;
  scratch_folder(const scratch_folder&) = delete;
  scratch_folder& operator=(const scratch_folder&) = delete;
  const std::filesystem::path& path() const noexcept { return path_; }

private:
  explicit scratch_folder(std::filesystem::path path) : path_{std::move(path)} {}
  std::filesystem::path path_;
};

/// How long a machine may take from its first connection to its first verdict.
inline constexpr std::chrono::seconds trusted_within{60};

/// The folder of this program; the other programs are in the same folder.
std::filesystem::path program_folder();

/// The measured service. Its configuration: the shortest legal attestation interval, so that each beat of a
/// busy fleet brings a challenge; admission by the lab vendor's certificate; everything else as shipped.
class service {
public:
  static constexpr std::string_view group = "bench";
  static constexpr std::string_view name = "bench.muster.test";

  /// How often agents are told to beat.
  enum class pace {
    of_a_load,   ///< hardly ever: the load beats when it wants to, and no session times out
    of_an_agent, ///< as in the demo
    of_a_story   ///< a session is challenged once, unless the service asks for whole logs
  };

  /// Makes vendor and configuration in `folder` and picks a free port. `policy`: the group's policy, in YAML;
  /// empty: as shipped.
  static result<service> prepare(const std::filesystem::path& folder, std::size_t machines,
                                 pace how = pace::of_a_load, std::string_view policy = {});

  /// Starts it and waits until it answers.
  status start();
  /// Stops it in an orderly way; its state stays.
  void stop() { process_.reset(); }
  const process& running() const { return *process_; }

  /// One REST request. fault denied: the service refused; the text has its words.
  result<std::string> request(std::string_view method, const std::string& target, byte_view body = {},
                              std::string_view type = "application/json");

  std::uint16_t port() const noexcept { return port_; }
  std::filesystem::path anchor() const { return folder_ / "ras" / "anchor.pem"; }
  std::filesystem::path policies() const { return folder_ / "policies"; }
  std::filesystem::path vendor() const { return folder_ / "vendor"; }
  /// The service's log, for finding out why something went wrong.
  std::filesystem::path log() const { return folder_ / "ras.log"; }

  /// `muster reference accept GROUP --from NODE`.
  status accept_reference(const std::string& node);
  /// Gives each machine a name: the service's lookups by name then have the size of a fleet.
  status name_all();
  /// Waits until that many nodes are trusted. fault: how many are, after 60 s.
  status wait_for_trusted(std::size_t machines);
  /// How many nodes have attested.
  result<std::size_t> count_attested();

private:
  service(std::filesystem::path folder, std::uint16_t port) : folder_{std::move(folder)}, port_{port} {}
  result<std::size_t> count_nodes(const std::string& query, std::string_view word);

  std::filesystem::path folder_;
  std::uint16_t port_;
  std::optional<process> process_;
};

} // namespace muster::bench
