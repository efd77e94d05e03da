// What every source of files needs: which files to learn, in which algorithms, into which set, and where to
// report progress.
#pragma once

#include "appraisal/reference/extraction_rules.hpp"
#include "appraisal/reference/reference_files.hpp"
#include "crypto/running_digest.hpp"
#include "extraction/source_report.hpp"

#include <functional>
#include <optional>

namespace muster::extraction {

/// Called after every file with the totals of all sources so far.
using progress = std::function<void(std::uint64_t files, std::uint64_t bytes)>;

/// Hashes the content of one file in every wanted algorithm.
class file_hasher {
public:
  enum class md5_too { no, yes };

  static result<file_hasher> make(const std::vector<hash_algorithm>& algorithms, md5_too with_md5);
  void update(byte_view more);

  struct digests {
    std::vector<std::pair<hash_algorithm, crypto::digest>> of;
    crypto::digest md5; ///< empty unless wanted
    std::uint64_t bytes = 0;

    const crypto::digest* find(hash_algorithm algorithm) const noexcept;
  };
  digests finish();

private:
  std::vector<std::pair<hash_algorithm, crypto::running_digest>> running_;
  std::optional<crypto::running_digest> md5_;
  std::uint64_t bytes_ = 0;
};

/// Whether the mode of a file lets anyone execute it.
enum class executable : std::uint8_t { no, yes };

/// Whether documentation of packages is learnt (`appraisal::is_documentation`).
enum class documentation : std::uint8_t { learn, leave_out };

/// The state of one `muster reference make`.
struct learning {
  const appraisal::extraction_rules& rules;
  std::vector<hash_algorithm> algorithms; ///< the algorithms that IMA uses on the machines; not empty
  appraisal::reference_files& out;
  progress tell = [](std::uint64_t, std::uint64_t) {};
  documentation of_packages = documentation::learn;
  std::uint64_t files = 0;
  std::uint64_t bytes = 0;

  /// Why the file of a package is not wanted: by the rules, or as documentation. Nothing that has a bit of
  /// execution in its mode is documentation. Empty: it is wanted.
  std::optional<loss> unwanted(std::string_view path, executable mode) const;

  /// Puts a hashed file into the set and counts it. `owner` may be null.
  status take(std::string_view path, const file_hasher::digests& digests, const appraisal::package* owner,
              source_report& report);
};

} // namespace muster::extraction
