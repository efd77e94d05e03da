#include "messages/json_tree.hpp"

#include "messages/vocabulary/bytes.hpp"

#include <nlohmann/json.hpp>

#include <unordered_set>

namespace muster::detail {
namespace {

/// Builds the tree from the parser's events. An event handler that returns false ends the parse.
class tree_builder : public nlohmann::json_sax<nlohmann::json> {
public:
  explicit tree_builder(int nesting) : nesting_{nesting} {}

  bool null() override { return put({json_null{}}); }
  bool boolean(bool value) override { return put({value}); }
  bool number_integer(std::int64_t value) override { return put({value}); }
  bool number_unsigned(std::uint64_t value) override { return put({value}); }
  bool number_float(double, const std::string&) override { return put({json_real{}}); }
  bool string(std::string& value) override { return put({std::move(value)}); }
  bool binary(nlohmann::json::binary_t&) override { return fail(errc::malformed, "binary"); }
  bool start_object(std::size_t) override { return open({json_object{}}); }
  bool start_array(std::size_t) override { return open({json_array{}}); }
  bool end_object() override { return close(); }
  bool end_array() override { return close(); }

  bool key(std::string& name) override {
    if (!open_.back().names.insert(name).second)
      return fail(errc::malformed, printable(name, 64) + ": twice in one object");
    open_.back().key = std::move(name);
    return true;
  }

  bool parse_error(std::size_t position, const std::string&, const nlohmann::json::exception&) override {
    return fail(errc::malformed, "not JSON at byte " + std::to_string(position));
  }

  result<json_value> take() {
    if (fault_) return *fault_;
    return std::move(root_);
  }
  bool fail(errc code, std::string why) {
    if (!fault_) fault_ = fault{code, "json: " + std::move(why)};
    return false;
  }

private:
  struct level {
    json_value value;
    std::string key;                       // in an object, of the next member
    std::unordered_set<std::string> names; // of the members so far
  };

  bool put(json_value value) {
    if (open_.empty()) {
      root_ = std::move(value);
      return true;
    }
    auto& parent = open_.back();
    if (auto* object = std::get_if<json_object>(&parent.value.is))
      object->push_back({std::move(parent.key), std::move(value)});
    else
      std::get<json_array>(parent.value.is).push_back(std::move(value));
    return true;
  }

  bool open(json_value value) {
    if (open_.size() >= static_cast<std::size_t>(nesting_)) return fail(errc::limit, "nested too deeply");
    open_.push_back({std::move(value), {}, {}});
    return true;
  }

  bool close() {
    auto done = std::move(open_.back().value);
    open_.pop_back();
    return put(std::move(done));
  }

  int nesting_;
  std::vector<level> open_;
  json_value root_;
  std::optional<fault> fault_;
};

} // namespace

result<json_value> parse_json_tree(std::string_view document, int nesting) {
  tree_builder builder{nesting};
  // The library skips a byte order mark, which RFC 8259, 8.1, forbids.
  if (document.starts_with("\xef\xbb\xbf")) return fault{errc::malformed, "json: byte order mark"};
  // The library takes a NUL for the end of the document and would ignore the rest.
  if (document.find('\0') != std::string_view::npos) return fault{errc::malformed, "json: NUL"};
  try {
    (void)nlohmann::json::sax_parse(document.begin(), document.end(), &builder);
  } catch (const std::exception&) {
    builder.fail(errc::malformed, "not JSON");
  }
  return builder.take();
}

} // namespace muster::detail
