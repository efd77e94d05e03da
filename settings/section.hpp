// Reads the keys of one mapping into a struct that already holds the defaults.
#pragma once

#include "settings/document.hpp"
#include "settings/log_level.hpp"
#include "settings/scalar.hpp"

#include <cstdint>
#include <functional>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace muster::settings {

enum class presence : std::uint8_t { optional, required };

/// A range of values, including both ends.
template <class T> struct range {
  T low;
  T high;
};

/// All problems of one file, in the order in which they were found.
class problems {
public:
  explicit problems(std::string_view file) : file_{file} {}

  /// Adds "file:line: path: sentence", or "file:line: sentence" if `path` is empty. Problems beyond the first
  /// twenty are only counted.
  void add(unsigned line, std::string_view path, std::string_view sentence);

  /// One fault malformed with a line for each problem, or success.
  status outcome() const;

private:
  std::string file_;
  std::vector<std::string> lines_;
  std::size_t unsaid_ = 0;
};

/// Reads one mapping. A missing key leaves `out` as it is. A wrong key leaves it too, and adds a problem
/// (lists: their wrong elements are dropped). The owner of a section calls `finish` after the last key: keys
/// that it did not ask for are unknown.
class section {
public:
  /// `at` and `found` must outlive the section. If `at` is not a mapping, that is a problem, and the section
  /// is empty.
  section(const entry& at, std::string path, problems& found);

  void text(std::string_view key, std::string& out, presence need = presence::optional);
  void name(std::string_view key, std::string& out, std::size_t limit, presence need = presence::optional);
  void path(std::string_view key, std::string& out, presence need = presence::optional);
  void tpm(std::string_view key, std::string& out);
  void proxy(std::string_view key, std::optional<proxy_endpoint>& out);
  void integer(std::string_view key, std::uint64_t& out, range<std::uint64_t> allowed);
  /// The number of the file's format. The file must state it, and `only` is the one that is accepted.
  void format(std::string_view key, std::uint64_t only);
  void duration(std::string_view key, milliseconds& out, range<milliseconds> allowed);
  void size(std::string_view key, std::uint64_t& out, range<std::uint64_t> allowed);
  void rate(std::string_view key, std::uint64_t& out, range<std::uint64_t> allowed);

  /// Lists replace the default as a whole. A list may be empty (`[]`) unless it is required. No element may
  /// occur twice.
  void paths(std::string_view key, std::vector<std::string>& out);
  void addresses(std::string_view key, std::vector<endpoint>& out, presence need = presence::optional);
  /// One address without a list, or a list that is not empty.
  void address_or_list(std::string_view key, std::vector<endpoint>& out);
  /// Texts that `parse` accepts and may rewrite.
  void texts(std::string_view key, std::vector<std::string>& out,
             const std::function<result<std::string>(std::string_view)>& parse);

  /// Text that `parse` accepts and may rewrite; `expected` says what it accepts.
  void parsed(std::string_view key, std::optional<std::string>& out, std::string_view expected,
              const std::function<result<std::string>(std::string_view)>& parse);

  /// Whether the key is present, right or wrong.
  bool has(std::string_view key) const noexcept;
  /// The line of the key, or of the section if the key is missing.
  unsigned line_of(std::string_view key) const noexcept;

  /// One of a closed list of words.
  template <class E>
  void choice(std::string_view key, E& out, std::initializer_list<std::pair<std::string_view, E>> words) {
    std::vector<std::string_view> names;
    for (const auto& word : words)
      names.push_back(word.first);
    if (const auto at = word_of(key, names); at < names.size()) out = words.begin()[at].second;
  }

  /// A mapping inside this one. `read` is called even if the mapping is missing, so its required keys are
  /// reported.
  void inside(std::string_view key, const std::function<void(section&)>& read);

  /// A list of at most `at_most` mappings; `read` is called for each of them.
  void each(std::string_view key, std::size_t at_most, const std::function<void(section&)>& read);

  /// Adds a problem with a rule over several keys, at the line of `key`, or of the section if `key` is
  /// missing.
  void refuse(std::string_view key, std::string_view sentence);

  /// Refuses a key that older files may still have, and says what to write in its place.
  void replaced(std::string_view key, std::string_view by);

  /// Adds a problem for each key that nothing asked for.
  void finish();

private:
  const entry* find(std::string_view key, presence need);
  const entry* scalar(std::string_view key, presence need, std::string_view expected);
  const entry* list(std::string_view key, presence need, std::string_view expected);
  std::size_t word_of(std::string_view key, const std::vector<std::string_view>& names);
  std::string path_of(std::string_view key) const;
  std::string known() const;
  template <class T>
  void take(std::string_view key, T& out, presence need, std::string_view expected,
            const std::function<result<T>(std::string_view)>& parse);
  template <class T>
  void take_all(std::string_view key, std::vector<T>& out, presence need, std::string_view expected,
                const std::function<result<T>(std::string_view)>& parse);

  const entry* at_;
  std::string path_;
  problems* problems_;
  std::vector<std::string> asked_;
  std::vector<std::string> gone_; ///< keys that `replaced` refuses
};

/// The key `level` of a section `log`, which every program has.
void read_log_level(section& in, log_level& out);

/// Reads a whole file: document, root section, nothing left over. The fault has one line for each problem:
/// "file:line: key.path: sentence".
status read_settings(std::string_view file, std::string_view text, const std::function<void(section&)>& read);

} // namespace muster::settings
