#include "appraisal/reference/reference_set.hpp"

#include "appraisal/reference/path_spelling.hpp"

#include <algorithm>
#include <bit>
#include <cstring>
#include <numeric>

namespace muster::appraisal {

namespace {

// A digest is its own hash. Its first four bytes choose the slot and the next four are the tag, so a slot
// with another digest is nearly always recognised without reading that digest.
std::size_t home_of(byte_view digest) noexcept {
  std::uint32_t word = 0;
  if (digest.size() >= 4) std::memcpy(&word, digest.data(), 4);
  return word;
}

std::uint32_t tag_of(byte_view digest) noexcept {
  std::uint32_t word = 0;
  if (digest.size() >= 8) std::memcpy(&word, digest.data() + 4, 4);
  return word;
}

bool same_content(const file_claim& claim, file_kind kind, hash_algorithm algorithm,
                  byte_view digest) noexcept {
  return claim.algorithm == algorithm && claim.kind == kind && same(claim.digest, digest);
}

bool is_reference(const file_claim& claim) noexcept {
  return names_content(claim.kind) && claim.digest.size() == digest_size(claim.algorithm)
         && !claim.digest.empty()
         && std::ranges::any_of(claim.digest, [](std::uint8_t byte) { return byte != 0; });
}

bool has_required_pcr(const reference_content& content) noexcept {
  return std::ranges::any_of(content.pcrs, [](const pcr_claim& p) {
    return std::ranges::find(equal_pcrs, p.index) != std::end(equal_pcrs);
  });
}

/// A PCR with events left out must have a list of the others, which may be empty, and no value.
bool compares_rest(const reference_content& content, std::uint8_t pcr) noexcept {
  const auto is_it = [pcr](const auto& one) { return one == pcr; };
  return std::ranges::any_of(content.events, is_it, &reference_pcr_events::pcr)
         && std::ranges::none_of(content.pcrs, is_it, &pcr_claim::index);
}

/// Packages are found by a file's index, so the table must already be in its final order.
status check_packages(const reference_content& content) {
  const auto& files = content.files;
  if (content.package_of.empty() && content.packages.empty()) return {};
  if (content.package_of.size() != files.size())
    return fault{errc::malformed, "reference: not every file says whether it is of a package"};
  for (const auto own : content.package_of)
    if (own != no_package && own >= content.packages.size())
      return fault{errc::malformed, "reference: a file is of a package that is not in the set"};
  for (std::size_t i = 1; i < files.size(); ++i)
    if (!(files[i - 1] < files[i]))
      return fault{errc::malformed, "reference: files with packages are not in their order"};
  for (const auto& one : content.packages)
    if (one.name.empty()) return fault{errc::malformed, "reference: a package without a name"};
  for (std::size_t i = 1; i < content.packages.size(); ++i)
    if (!(content.packages[i - 1] < content.packages[i]))
      return fault{errc::malformed, "reference: packages are not in their order"};
  return {};
}

status check(const reference_content& content) {
  if (!has_required_pcr(content))
    return fault{errc::denied, "reference: the set is empty, and everything would pass it"};
  if (content.files.size() > reference_set::max_files)
    return fault{errc::limit, "reference: more files than a set may have"};
  for (const auto& p : content.pcrs)
    if (p.algorithm != hash_algorithm::sha256 || p.value.size() != digest_size(p.algorithm))
      return fault{errc::malformed, "reference: a PCR value is not SHA-256"};
  for (const auto& pcr : content.events)
    for (const auto& event : pcr.events)
      if (event.digest.size() != digest_size(pcr.algorithm))
        return fault{errc::malformed, "reference: an event's digest does not have the length of its bank"};
  for (const auto& rule : content.left_out)
    if (!compares_rest(content, rule.pcr))
      return fault{errc::malformed, "reference: PCR " + std::to_string(rule.pcr)
                                        + " has a value or no list, though events of it are left out"};
  for (std::size_t i = 0; i < content.files.size(); ++i)
    if (!is_reference(content.files[i]))
      return fault{errc::malformed, "reference: an entry of the file table is not a file's digest"};
  return check_packages(content);
}

/// With at least eight places for each name, at most one unknown name in eight is searched for in vain.
constexpr unsigned filter_bits = 3;

/// The hash of the last component of a path, in its plain spelling.
std::uint64_t hash_of_name(std::string_view path) {
  const std::hash<std::string_view> hash;
  return is_plain_path(path) ? hash(last_component(path)) : hash(last_component(plain_path(path)));
}

} // namespace

reference_set::reference_set(reference_content content) : content_{std::move(content)} {
  content_.files.make_distinct();
  const auto& files = content_.files;
  slots_.resize(std::bit_ceil(std::max<std::size_t>(files.size() * 2, 16)));
  mask_ = slots_.size() - 1;
  for (std::size_t i = 0; i < files.size(); ++i) {
    const auto claim = files[i];
    if (known_as(claim.kind, claim.algorithm, claim.digest)) continue; // there under another path
    auto at = home_of(claim.digest) & mask_;
    while (slots_[at].offset_plus_one != 0)
      at = (at + 1) & mask_;
    slots_[at] = {tag_of(claim.digest), files.offset(i) + 1};
  }
  for (std::size_t i = 0; i < files.size(); ++i)
    if (!is_plain_path(files[i].path))
      respelled_.emplace_back(plain_path(files[i].path), static_cast<std::uint32_t>(i));
  std::ranges::sort(respelled_);
  names_.reserve(files.size());
  for (std::size_t i = 0; i < files.size(); ++i)
    names_.push_back(hash_of_name(files[i].path));
  std::ranges::sort(names_);
  names_.erase(std::unique(names_.begin(), names_.end()), names_.end());
  const auto bits = std::max(static_cast<unsigned>(std::bit_width(names_.size())), 1U);
  name_shift_ = 64 - bits;
  name_ranges_.assign((std::size_t{1} << bits) + 1, 0);
  for (const auto name : names_)
    ++name_ranges_[(name >> name_shift_) + 1];
  std::partial_sum(name_ranges_.begin(), name_ranges_.end(), name_ranges_.begin());
  may_have_name_.resize(std::size_t{1} << (bits + filter_bits));
  for (const auto name : names_)
    may_have_name_[name >> (name_shift_ - filter_bits)] = true;
}

result<std::shared_ptr<const reference_set>> reference_set::make(reference_content content) {
  if (auto ok = check(content); !ok) return ok.fault();
  return std::shared_ptr<const reference_set>{new reference_set{std::move(content)}};
}

std::optional<file_claim> reference_set::known_as(file_kind kind, hash_algorithm algorithm,
                                                  byte_view digest) const noexcept {
  const auto tag = tag_of(digest);
  for (auto at = home_of(digest) & mask_; slots_[at].offset_plus_one != 0; at = (at + 1) & mask_) {
    if (slots_[at].tag != tag) continue;
    const auto claim = content_.files.at(slots_[at].offset_plus_one - 1);
    if (same_content(claim, kind, algorithm, digest)) return claim;
  }
  return std::nullopt; // at most half of the slots are taken, so the loop ends at a free one
}

void reference_set::prefetch_slot(byte_view digest) const noexcept {
  prefetch(&slots_[home_of(digest) & mask_]);
}

void reference_set::prefetch_file(byte_view digest) const noexcept {
  const auto tag = tag_of(digest);
  for (auto at = home_of(digest) & mask_; slots_[at].offset_plus_one != 0; at = (at + 1) & mask_)
    if (slots_[at].tag == tag) return content_.files.prefetch(slots_[at].offset_plus_one - 1);
}

/// The table is in canonical order, that is by path first.
std::size_t reference_set::first_at(std::string_view path) const noexcept {
  const auto& files = content_.files;
  std::size_t low = 0;
  for (auto high = files.size(); low < high;) {
    const auto middle = low + (high - low) / 2;
    if (files[middle].path < path)
      low = middle + 1;
    else
      high = middle;
  }
  return low;
}

template <class Visit> void reference_set::at_each(std::string_view path, Visit&& visit) const {
  const auto& files = content_.files;
  const bool is_plain = is_plain_path(path); // nearly always, and then nothing is allocated
  const auto respelt = is_plain ? std::string{} : plain_path(path);
  const auto plain = is_plain ? path : std::string_view{respelt};
  for (auto i = first_at(plain); i < files.size() && files[i].path == plain; ++i)
    if (!visit(i)) return;
  const auto respelled = std::ranges::lower_bound(
      respelled_, plain, {}, [](const auto& one) -> const auto& { return one.first; });
  for (auto at = respelled; at != respelled_.end() && at->first == plain; ++at)
    if (!visit(std::size_t{at->second})) return;
}

std::vector<file_claim> reference_set::at_path(std::string_view path, std::size_t at_most) const {
  std::vector<file_claim> out;
  at_each(path, [&](std::size_t i) {
    if (out.size() < at_most) out.push_back(content_.files[i]);
    return out.size() < at_most;
  });
  return out;
}

std::optional<reference_set::sole_file> reference_set::sole_at(std::string_view path,
                                                               hash_algorithm algorithm) const {
  std::optional<sole_file> out;
  bool sole = true;
  at_each(path, [&](std::size_t i) {
    const auto one = content_.files[i];
    if (one.algorithm != algorithm) return true;
    sole = !out.has_value();
    out = {one, source_at(i)};
    return sole;
  });
  return sole ? out : std::nullopt;
}

bool reference_set::holds(std::string_view path) const noexcept {
  const auto at = first_at(path);
  return at < content_.files.size() && content_.files[at].path == path;
}

bool reference_set::holds_below(std::string_view folder) const {
  const auto below = std::string{folder} + '/';
  const auto at = first_at(below);
  return at < content_.files.size() && content_.files[at].path.starts_with(below);
}

std::optional<package_source> reference_set::source_at(std::size_t index) const noexcept {
  const auto own = index < content_.package_of.size() ? content_.package_of[index] : no_package;
  if (own == no_package) return std::nullopt;
  return content_.packages[own].source;
}

std::optional<package_source> reference_set::source_of(const file_claim& entry) const noexcept {
  const auto& files = content_.files;
  if (content_.package_of.empty()) return std::nullopt; // no search needed
  for (auto i = first_at(entry.path); i < files.size() && files[i].path == entry.path; ++i)
    if (files[i] == entry) return source_at(i);
  return std::nullopt;
}

bool reference_set::has_name(std::string_view name) const {
  const auto wanted = hash_of_name(name);
  if (!may_have_name_[wanted >> (name_shift_ - filter_bits)]) return false;
  const auto range = name_ranges_.begin() + static_cast<std::ptrdiff_t>(wanted >> name_shift_);
  return std::binary_search(names_.begin() + range[0], names_.begin() + range[1], wanted);
}

std::vector<const package*> reference_set::packages_at(std::string_view path) const {
  std::vector<const package*> out;
  at_each(path, [&](std::size_t i) {
    if (i >= content_.package_of.size()) return false;
    if (const auto own = content_.package_of[i]; own != no_package) out.push_back(&content_.packages[own]);
    return true;
  });
  std::ranges::sort(out); // by place: they are in one sorted table
  out.erase(std::unique(out.begin(), out.end()), out.end());
  return out;
}

const crypto::digest* reference_set::pcr(unsigned index) const noexcept {
  const auto found =
      std::ranges::find_if(content_.pcrs, [&](const pcr_claim& p) { return p.index == index; });
  return found == content_.pcrs.end() ? nullptr : &found->value;
}

const reference_pcr_events* reference_set::events(unsigned pcr) const noexcept {
  const auto found = std::ranges::find_if(content_.events, [&](const auto& e) { return e.pcr == pcr; });
  return found == content_.events.end() ? nullptr : &*found;
}

std::size_t reference_set::memory() const noexcept {
  return content_.files.memory() + content_.package_of.capacity() * 4 + slots_.capacity() * sizeof(slot)
         + names_.capacity() * sizeof names_.front() + name_ranges_.capacity() * sizeof name_ranges_.front()
         + may_have_name_.capacity() / 8;
}

} // namespace muster::appraisal
