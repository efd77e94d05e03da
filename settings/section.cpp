#include "settings/section.hpp"

#include "messages/vocabulary/bytes.hpp"

#include <algorithm>
#include <limits>

namespace muster::settings {
namespace {

constexpr std::size_t max_problems = 20;

std::string found(const entry& at) {
  switch (at.is) {
  case entry::shape::nothing: return "found nothing";
  case entry::shape::list: return "found a list";
  case entry::shape::mapping: return "found a mapping";
  case entry::shape::text: break;
  }
  return "found \"" + printable(at.text, 64) + '"';
}

// Whether other YAML readers would take the text for a boolean or a number. Such text has to be quoted, so
// operators need not know by which YAML rules we read.
bool looks_typed(std::string_view text) {
  static constexpr std::string_view words[] = {"true", "false", "yes", "no", "on", "off", "y", "n"};
  std::string lower;
  for (const auto c : text.substr(0, 8))
    lower += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  if (text.size() <= 8 && std::ranges::find(words, lower) != std::end(words)) return true;
  const auto numeric = [](char c) {
    return (c >= '0' && c <= '9') || c == '.' || c == '_' || c == '+' || c == '-';
  };
  return !text.empty() && std::ranges::all_of(text, numeric) && std::ranges::count(text, '.') <= 1;
}

result<std::string> parse_text(std::string_view text) {
  const auto unprintable = [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; };
  if (text.empty() || text.size() > 4096 || std::ranges::any_of(text, unprintable))
    return fault{errc::malformed, "expected one line of text"};
  return std::string{text};
}

template <class T>
std::function<result<T>(std::string_view)> within(result<T> (*parse)(std::string_view), range<T> allowed,
                                                  std::string (*say)(T)) {
  return [=](std::string_view text) -> result<T> {
    auto value = parse(text);
    if (value && (*value < allowed.low || *value > allowed.high))
      return fault{errc::malformed, "expected " + say(allowed.low) + " to " + say(allowed.high)};
    return value;
  };
}

std::string say_duration(milliseconds value) { return to_string(value); }
std::string say_integer(std::uint64_t value) { return std::to_string(value); }
std::string say_rate(std::uint64_t value) { return size_to_string(value) + "/s"; }

} // namespace

void problems::add(unsigned line, std::string_view path, std::string_view sentence) {
  if (lines_.size() == max_problems) {
    ++unsaid_;
    return;
  }
  auto said = file_ + ':' + std::to_string(line) + ": ";
  if (!path.empty()) said.append(path).append(": ");
  lines_.push_back(said.append(sentence));
}

status problems::outcome() const {
  if (lines_.empty()) return {};
  std::string all;
  for (const auto& line : lines_)
    all += (all.empty() ? "" : "\n") + line;
  if (unsaid_ > 0) all += "\nand " + std::to_string(unsaid_) + " more";
  return fault{errc::malformed, std::move(all)};
}

section::section(const entry& at, std::string path, problems& found_problems)
    : at_{&at}, path_{std::move(path)}, problems_{&found_problems} {
  if (at.is != entry::shape::mapping)
    problems_->add(at.line, path_, "expected keys and values, " + found(at));
}

std::string section::path_of(std::string_view key) const {
  auto out = path_;
  if (!out.empty()) out += '.';
  return out += printable(key, 64);
}

const entry* section::find(std::string_view key, presence need) {
  asked_.emplace_back(key);
  if (at_->is != entry::shape::mapping) return nullptr;
  const auto at = std::ranges::find(at_->children, key, &entry::key);
  if (at != at_->children.end()) return &*at;
  if (need == presence::required) problems_->add(at_->line, path_of(key), "missing; it has no default");
  return nullptr;
}

const entry* section::scalar(std::string_view key, presence need, std::string_view expected) {
  const auto* at = find(key, need);
  if (at == nullptr || at->is == entry::shape::text) return at;
  problems_->add(at->line, path_of(key), "expected " + std::string{expected} + ", " + found(*at));
  return nullptr;
}

const entry* section::list(std::string_view key, presence need, std::string_view expected) {
  const auto* at = find(key, need);
  if (at == nullptr) return nullptr;
  const bool empty = at->is == entry::shape::list && at->children.empty() && need == presence::required;
  if (at->is == entry::shape::list && !empty) return at;
  problems_->add(at->line, path_of(key),
                 "expected a list of " + std::string{expected} + ", " + (empty ? "found none" : found(*at)));
  return nullptr;
}

template <class T>
void section::take(std::string_view key, T& out, presence need, std::string_view expected,
                   const std::function<result<T>(std::string_view)>& parse) {
  const auto* at = scalar(key, need, expected);
  if (at == nullptr) return;
  auto value = parse(at->text);
  if (value)
    out = std::move(*value);
  else
    problems_->add(at->line, path_of(key), value.fault().check + ", " + found(*at));
}

template <class T>
void section::take_all(std::string_view key, std::vector<T>& out, presence need, std::string_view expected,
                       const std::function<result<T>(std::string_view)>& parse) {
  const auto* at = list(key, need, expected);
  if (at == nullptr) return;
  std::vector<T> read;
  for (std::size_t i = 0; i < at->children.size(); ++i) {
    const auto& child = at->children[i];
    const auto path = path_of(key) + '[' + std::to_string(i) + ']';
    if (child.is != entry::shape::text) {
      problems_->add(child.line, path, "expected " + std::string{expected} + ", " + found(child));
      continue;
    }
    auto value = parse(child.text);
    if (!value)
      problems_->add(child.line, path, value.fault().check + ", " + found(child));
    else if (std::ranges::find(read, *value) != read.end())
      problems_->add(child.line, path, "is in the list twice; keep one");
    else
      read.push_back(std::move(*value));
  }
  out = std::move(read);
}

void section::text(std::string_view key, std::string& out, presence need) {
  const auto* at = scalar(key, need, "text");
  if (at == nullptr) return;
  auto value = parse_text(at->text);
  if (!value)
    problems_->add(at->line, path_of(key), value.fault().check + ", " + found(*at));
  else if (at->quotes == entry::quoting::plain && looks_typed(at->text))
    problems_->add(at->line, path_of(key), "expected text; put it in quotes if it is, " + found(*at));
  else
    out = std::move(*value);
}

void section::name(std::string_view key, std::string& out, std::size_t limit, presence need) {
  std::string read = out;
  text(key, read, need);
  if (read == out) return;
  take<std::string>(key, out, presence::optional, "a name",
                    [limit](std::string_view each) { return parse_name(each, limit); });
}

void section::path(std::string_view key, std::string& out, presence need) {
  take<std::string>(key, out, need, "an absolute path", parse_path);
}

void section::tpm(std::string_view key, std::string& out) {
  take<std::string>(key, out, presence::optional, tpm_forms, parse_tpm);
}

void section::proxy(std::string_view key, std::optional<proxy_endpoint>& out) {
  const auto* at = scalar(key, presence::optional, proxy_forms);
  if (at == nullptr) return;
  auto value = parse_proxy(at->text);
  if (value) {
    out = std::move(*value);
    return;
  }
  // A text with an "@" may hold a password, and problems are logged.
  const bool secret = at->text.find('@') != std::string::npos;
  problems_->add(at->line, path_of(key), value.fault().check + (secret ? "" : ", " + found(*at)));
}

void section::integer(std::string_view key, std::uint64_t& out, range<std::uint64_t> allowed) {
  const auto* at = scalar(key, presence::optional, "a whole number");
  if (at == nullptr) return;
  if (at->quotes == entry::quoting::quoted)
    problems_->add(at->line, path_of(key), "expected a whole number without quotes, " + found(*at));
  else
    take<std::uint64_t>(key, out, presence::optional, "a whole number",
                        within<std::uint64_t>(parse_integer, allowed, say_integer));
}

void section::format(std::string_view key, std::uint64_t only) {
  const auto known = std::to_string(only);
  auto read = only;
  integer(key, read, {0, std::numeric_limits<std::uint64_t>::max()});
  if (!has(key))
    refuse(key, "missing; write " + std::string{key} + ": " + known + ", the format of this file");
  else if (read != only)
    refuse(key,
           "expected " + known + ", the one format that this release reads, found " + std::to_string(read));
}

void section::duration(std::string_view key, milliseconds& out, range<milliseconds> allowed) {
  take<milliseconds>(key, out, presence::optional, duration_forms,
                     within<milliseconds>(parse_duration, allowed, say_duration));
}

void section::size(std::string_view key, std::uint64_t& out, range<std::uint64_t> allowed) {
  take<std::uint64_t>(key, out, presence::optional, size_forms,
                      within<std::uint64_t>(parse_size, allowed, size_to_string));
}

void section::rate(std::string_view key, std::uint64_t& out, range<std::uint64_t> allowed) {
  take<std::uint64_t>(key, out, presence::optional, rate_forms,
                      within<std::uint64_t>(parse_rate, allowed, say_rate));
}

void section::paths(std::string_view key, std::vector<std::string>& out) {
  take_all<std::string>(key, out, presence::optional, "absolute paths", parse_path);
}

void section::addresses(std::string_view key, std::vector<endpoint>& out, presence need) {
  take_all<endpoint>(key, out, need, endpoint_forms, parse_endpoint);
}

void section::address_or_list(std::string_view key, std::vector<endpoint>& out) {
  const auto at = std::ranges::find(at_->children, key, &entry::key);
  if (at != at_->children.end() && at->is == entry::shape::list)
    return take_all<endpoint>(key, out, presence::required, endpoint_forms, parse_endpoint);
  std::vector<endpoint> one;
  take<std::vector<endpoint>>(key, one, presence::optional, endpoint_forms,
                              [](std::string_view text) -> result<std::vector<endpoint>> {
                                auto read = parse_endpoint(text);
                                if (!read) return read.fault();
                                return std::vector<endpoint>{std::move(*read)};
                              });
  if (!one.empty()) out = std::move(one);
}

void section::texts(std::string_view key, std::vector<std::string>& out,
                    const std::function<result<std::string>(std::string_view)>& parse) {
  take_all<std::string>(key, out, presence::optional, "texts", parse);
}

void section::parsed(std::string_view key, std::optional<std::string>& out, std::string_view expected,
                     const std::function<result<std::string>(std::string_view)>& parse) {
  take<std::optional<std::string>>(key, out, presence::optional, expected,
                                   [&](std::string_view text) -> result<std::optional<std::string>> {
                                     auto value = parse(text);
                                     if (!value) return value.fault();
                                     return std::optional{*std::move(value)};
                                   });
}

bool section::has(std::string_view key) const noexcept {
  return at_->is == entry::shape::mapping
         && std::ranges::find(at_->children, key, &entry::key) != at_->children.end();
}

unsigned section::line_of(std::string_view key) const noexcept {
  const auto at = std::ranges::find(at_->children, key, &entry::key);
  return at == at_->children.end() ? at_->line : at->line;
}

std::size_t section::word_of(std::string_view key, const std::vector<std::string_view>& names) {
  std::string expected;
  for (const auto& name : names)
    expected.append(expected.empty() ? "" : " or ").append(name);
  const auto* at = scalar(key, presence::optional, expected);
  if (at == nullptr) return names.size();
  const auto word = std::ranges::find(names, std::string_view{at->text});
  if (word == names.end()) problems_->add(at->line, path_of(key), "expected " + expected + ", " + found(*at));
  return static_cast<std::size_t>(word - names.begin());
}

void section::inside(std::string_view key, const std::function<void(section&)>& read) {
  entry absent;
  absent.is = entry::shape::mapping;
  absent.line = at_->line;
  const auto* at = find(key, presence::optional);
  section within_key{at == nullptr ? absent : *at, path_of(key), *problems_};
  read(within_key);
  within_key.finish();
}

void section::each(std::string_view key, std::size_t at_most, const std::function<void(section&)>& read) {
  const auto* at = list(key, presence::optional, "mappings");
  if (at == nullptr) return;
  if (at->children.size() > at_most)
    return problems_->add(at->line, path_of(key), "expected at most " + std::to_string(at_most) + " entries");
  for (std::size_t i = 0; i < at->children.size(); ++i) {
    section one{at->children[i], path_of(key) + '[' + std::to_string(i) + ']', *problems_};
    if (at->children[i].is != entry::shape::mapping) continue;
    read(one);
    one.finish();
  }
}

void section::refuse(std::string_view key, std::string_view sentence) {
  problems_->add(line_of(key), path_of(key), sentence);
}

std::string section::known() const {
  auto keys = asked_;
  std::ranges::sort(keys);
  keys.erase(std::unique(keys.begin(), keys.end()), keys.end());
  std::string out;
  for (const auto& key : keys)
    out.append(out.empty() ? "" : ", ").append(key);
  return out;
}

void section::replaced(std::string_view key, std::string_view by) {
  gone_.emplace_back(key);
  if (has(key)) refuse(key, "is no longer read; write " + std::string{by});
}

void section::finish() {
  if (at_->is != entry::shape::mapping) return;
  for (const auto& child : at_->children)
    if (std::ranges::find(asked_, child.key) == asked_.end()
        && std::ranges::find(gone_, child.key) == gone_.end())
      problems_->add(child.line, path_of(child.key), "unknown key; known here: " + known());
}

void read_log_level(section& in, log_level& out) {
  in.choice("level", out,
            {{"error", log_level::error},
             {"warning", log_level::warning},
             {"info", log_level::info},
             {"debug", log_level::debug}});
}

status read_settings(std::string_view file, std::string_view text,
                     const std::function<void(section&)>& read) {
  const auto root = parse_document(file, text);
  if (!root) return root.fault();
  problems found_problems{file};
  section all{*root, "", found_problems};
  read(all);
  all.finish();
  return found_problems.outcome();
}

} // namespace muster::settings
