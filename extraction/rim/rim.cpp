#include "extraction/rim/rim.hpp"

#include "crypto/digest.hpp"
#include "extraction/rim/xml_signature.hpp"

#include <map>

namespace muster::extraction {

namespace {

constexpr std::string_view swid = "http://standards.iso.org/iso/19770/-2/";
constexpr std::size_t max_path = 4095;

constexpr std::pair<hash_algorithm, std::string_view> hash_spaces[] = {
    {hash_algorithm::sha256, "http://www.w3.org/2001/04/xmlenc#sha256"},
    {hash_algorithm::sha384, "http://www.w3.org/2001/04/xmldsig-more#sha384"},
    {hash_algorithm::sha512, "http://www.w3.org/2001/04/xmlenc#sha512"},
};

std::string attribute_of(const xmlNode* node, std::string_view name) {
  return xml::attribute(node, "", name).value_or(std::string{});
}

/// `name` below `folder`, or `name` itself if it is absolute.
std::string joined(const std::string& folder, const std::string& name) {
  if (name.empty() || name.starts_with('/')) return name.empty() ? folder : name;
  return folder.empty() ? name : folder.ends_with('/') ? folder + name : folder + '/' + name;
}

/// The attributes `root`, `location` and `name`, each below the one before it.
std::string place_of(const xmlNode* node, const std::string& around) {
  auto out = joined(around, attribute_of(node, "root"));
  out = joined(out, attribute_of(node, "location"));
  return joined(out, attribute_of(node, "name"));
}

/// Whether the path is absolute and in its one spelling.
bool is_plain_path(std::string_view path) {
  return path.starts_with('/') && path.size() > 1 && path.size() <= max_path && !path.ends_with('/')
         && path.find("//") == path.npos && path.find("/./") == path.npos && path.find("/../") == path.npos
         && !path.ends_with("/.") && !path.ends_with("/..");
}

bool is_true(std::string_view text) noexcept { return text == "true" || text == "1"; } // xs:boolean

std::optional<bytes> digest_from(std::string_view text, hash_algorithm algorithm) {
  const auto size = digest_size(algorithm);
  auto out = text.size() == 2 * size ? from_hex(text) : xml::from_base64(text);
  return out && out->size() == size ? out : std::nullopt;
}

} // namespace

/// The friend of `verified_rim` that may construct it.
class rim_reader {
public:
  static result<verified_rim> read(const xmlNode* root, xml::verified_signature signature) {
    rim_reader one;
    one.space_ = xml::text_of(root->ns == nullptr ? nullptr : root->ns->href);
    if (!one.space_.starts_with(swid) || !xml::is(root, one.space_, "SoftwareIdentity"))
      return fault{errc::malformed, "rim: expected a SoftwareIdentity of ISO/IEC 19770-2"};
    one.out_.signer_ = signature.signer.fields().subject;
    one.out_.time_note_ = std::move(signature.time_note);
    one.out_.partial_ = is_true(attribute_of(root, "patch")) || is_true(attribute_of(root, "supplemental"));
    one.out_.product_ = {attribute_of(root, "name"), attribute_of(root, "version"),
                         appraisal::package_source::rim};
    if (one.out_.product_.name.empty())
      return fault{errc::malformed, "rim: the SoftwareIdentity has no name"};
    const xmlNode* payload = nullptr;
    for (const auto* child : xml::elements_of(root)) {
      if (!xml::is(child, one.space_, "Payload")) continue;
      if (payload != nullptr) return fault{errc::malformed, "rim: more than one Payload"};
      payload = child;
    }
    if (payload != nullptr)
      if (auto ok = one.enter(payload, place_of(payload, {})); !ok) return ok.fault();
    return std::move(one.out_);
  }

private:
  /// Recursive: the XML parser has bounded the depth.
  status enter(const xmlNode* folder, const std::string& path) {
    for (const auto* child : xml::elements_of(folder)) {
      const auto here = place_of(child, path);
      if (here.size() > 2 * max_path) return fault{errc::limit, "rim: a path is over 4,095 bytes"};
      if (xml::is(child, space_, "Directory"))
        if (auto ok = enter(child, here); !ok) return ok;
      if (xml::is(child, space_, "File"))
        if (auto ok = take(child, here); !ok) return ok;
    }
    return {};
  }

  /// Not a file of a machine, but perhaps one that comes with the manifest.
  void keep_relative(const xmlNode* file, const std::string& path) {
    out_.report_.leave_out(loss::outside, path);
    for (const auto& [algorithm, space] : hash_spaces) {
      const auto text = xml::attribute(file, space, "hash");
      auto digest = text ? digest_from(*text, algorithm) : std::nullopt;
      if (digest && out_.relative_.size() < verified_rim::max_relative)
        out_.relative_.push_back({path, algorithm, *std::move(digest)});
    }
  }

  status take(const xmlNode* file, const std::string& path) {
    if (!is_plain_path(path)) {
      keep_relative(file, path);
      return {};
    }
    bool any = false;
    for (const auto& [algorithm, space] : hash_spaces) {
      const auto text = xml::attribute(file, space, "hash");
      if (!text) continue;
      const auto digest = digest_from(*text, algorithm);
      if (!digest) return fault{errc::malformed, "rim: " + printable(path) + ": its hash is not valid"};
      if (!out_.files_.push({appraisal::file_kind::file, algorithm, *digest, path}))
        return fault{errc::limit, "rim: more files than fit into one set"};
      any = true;
    }
    if (!any)
      out_.report_.leave_out(loss::other_algorithm, path, "it has no hash of SHA-256, SHA-384 or SHA-512");
    return {};
  }

  std::string_view space_;
  verified_rim out_;
};

std::optional<std::string> verified_rim::name_of(byte_view content) const {
  std::map<hash_algorithm, crypto::digest> digests;
  const auto is_it = [&](hash_algorithm algorithm, byte_view stated) {
    auto known = digests.find(algorithm);
    if (known == digests.end()) known = digests.emplace(algorithm, crypto::hash(algorithm, content)).first;
    return same(stated, known->second.view());
  };
  for (const auto& one : relative_)
    if (is_it(one.algorithm, one.digest)) return one.name;
  for (std::size_t i = 0; i < files_.size(); ++i)
    if (is_it(files_[i].algorithm, files_[i].digest)) return std::string{files_[i].path};
  return std::nullopt;
}

result<verified_rim> verify_rim(byte_view text, std::span<const crypto::certificate> roots, wall_time at,
                                std::span<const crypto::certificate> time_roots) {
  auto document = xml::parse(text);
  if (!document) return document.fault();
  auto signature = xml::verify_enveloped(document->get(), {roots, time_roots, at});
  if (!signature) return signature.fault();
  return rim_reader::read(xmlDocGetRootElement(document->get()), *std::move(signature));
}

} // namespace muster::extraction
