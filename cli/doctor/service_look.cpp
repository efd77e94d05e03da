#include "cli/doctor/service_look.hpp"

#include "appraisal/policy/policy_family.hpp"
#include "checkup/probe/clock.hpp"
#include "checkup/probe/paths.hpp"
#include "cli/client/ask.hpp"
#include "crypto/digest.hpp"
#include "crypto/log_head.hpp"
#include "settings/document.hpp"
#include "standing/admission_policy.hpp"
#include "tpm/files/file_kind.hpp"

#include <algorithm>
#include <filesystem>

namespace muster::cli {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t max_vendor_file = 1024UL * 1024;
constexpr std::size_t max_ek_file = 64UL * 1024;

wall_time signed_at(rest::LogHead::Reader head) {
  const auto raw = from_hex(text_of(head.getHead()));
  if (!raw) return {};
  const auto heads = crypto::parse_log_heads(*raw);
  return heads && heads->size() == 1 ? heads->front().head.time : wall_time{};
}

void take_log(rest::LogStatus::Reader in, rest_look& out) {
  out.log.records = in.getSize();
  out.log.unentered = in.getUnentered();
  out.log.rolled_back = in.getRolledBack();
  if (!in.hasHead()) return;
  out.log.signed_at = printable(text_of(in.getHead().getWhen()), 64);
  out.newest_head = signed_at(in.getHead());
}

struct vendor_file {
  std::string name;
  bytes content;
};

/// The regular files of a folder, as service/privacy_ca/vendor_folder takes them.
status read_folder(const std::string& folder, std::vector<vendor_file>& out) {
  std::error_code error;
  for (fs::directory_iterator entry{folder, error}, end; !error && entry != end; entry.increment(error)) {
    if (!entry->is_regular_file(error)) continue;
    if (out.size() == crypto::max_vendor_certificates)
      return fault{errc::limit, printable(folder) + ": more than 4096 files"};
    const auto name = entry->path().string();
    auto content = checkup::read_front(name, max_vendor_file + 1);
    if (!content) return fault{content.fault().code, printable(name) + ": " + content.fault().check};
    if (content->size() > max_vendor_file) return fault{errc::limit, printable(name) + ": is over 1 MiB"};
    out.push_back({name, std::move(*content)});
  }
  if (!error) return {};
  const auto code = error == std::errc::permission_denied           ? errc::denied
                    : error == std::errc::no_such_file_or_directory ? errc::not_found
                                                                    : errc::io;
  return fault{code, printable(folder) + ": " + error.message()};
}

result<std::vector<vendor_file>> read_folders(const std::vector<std::string>& folders) {
  std::vector<vendor_file> out;
  for (const auto& folder : folders) {
    if (auto read = read_folder(folder, out); !read) return read.fault();
    std::error_code ignored;
    const auto lists = fs::path{folder} / "crls";
    if (!fs::is_directory(lists, ignored)) continue;
    if (auto read = read_folder(lists.string(), out); !read) return read.fault();
  }
  std::ranges::sort(out, {}, &vendor_file::name);
  return out;
}

/// Names what the content is if that is no certificate. A TPM without one often has an NV index that was never
/// written.
fault not_certificate(byte_view content, fault why) {
  const auto kind = tpm::kind_of(content);
  if (kind == tpm::file_kind::unknown || kind == tpm::file_kind::der_certificate
      || kind == tpm::file_kind::pem_certificate)
    return why;
  auto out = "this is " + std::string{to_string(kind)} + ", not a certificate";
  if (kind == tpm::file_kind::filler) out += ": an NV index that was erased or never written reads like that";
  return {errc::malformed, std::move(out)};
}

/// DER with or without padding, or PEM.
result<crypto::certificate> read_ek(const std::string& file) {
  const auto content = checkup::read_front(file, max_ek_file);
  if (!content) return content.fault();
  if (as_text(*content).find("-----BEGIN") == std::string_view::npos) {
    auto one = crypto::certificate::from_padded_der(*content);
    return one ? std::move(one) : not_certificate(*content, one.fault());
  }
  auto all = crypto::certificate::from_file(*content);
  if (!all) return not_certificate(*content, all.fault());
  if (all->empty()) return fault{errc::malformed, "it holds no certificate"};
  return std::move(all->front());
}

} // namespace

result<settings::service_settings> read_configuration(const std::string& file) {
  const auto content = checkup::read_front(file, settings::max_document_bytes + 1);
  if (!content)
    return fault{content.fault().code == errc::denied ? errc::denied : errc::io,
                 printable(file) + ": " + content.fault().check};
  const auto beside = fs::path{file}.parent_path();
  const auto grammar = appraisal::policy_grammar([&beside](std::string_view key) -> result<bytes> {
    auto key_file = checkup::read_front((beside / key).string(), appraisal::pinned_key::max_file + 1);
    if (key_file && key_file->size() > appraisal::pinned_key::max_file)
      return fault{errc::limit, "the file is too long"};
    return key_file;
  });
  return settings::parse_service_settings(file, as_text(*content), grammar);
}

rest_look ask_service(const std::string& socket, std::chrono::milliseconds limit) {
  rest_look out;
  const auto ready = exchange(socket, {http_method::get, "/readyz", {}, limit});
  if (!ready) {
    out.ready = ready.fault();
    out.log.records = ready.fault();
    return out;
  }
  out.ready = ready->status;
  out.said = printable(std::string_view{ready->body}.substr(0, ready->body.find('\n')), 256);
  const auto log = exchange(socket, {http_method::get, "/v1/log/head", {}, limit});
  if (!log || log->status != 200) {
    out.log.records = log ? refusal(*log) : log.fault();
    return out;
  }
  const auto read = from_json<rest::LogStatus>(log->body, answer_limits);
  if (!read)
    out.log.records = fault{errc::malformed, "the answer of ras cannot be read: " + read.fault().check};
  else
    read->read([&out](rest::LogStatus::Reader in) { take_log(in, out); });
  return out;
}

state_look look_at_state(const std::string& folder) {
  state_look out;
  out.folder = {checkup::look_at(folder), checkup::this_user(), "ras", "muster-ras", true};
  for (const auto* name : {"/ca", "/store"})
    out.closed.push_back({checkup::look_at(folder + name), out.folder.user, "ras", "muster-ras", false});
  out.space = checkup::look_at_space(folder);
  const auto file = folder + "/anchor.pem";
  out.anchor.path = printable(file);
  out.anchor.now = checkup::wall_now();
  const auto fail = [&out](const fault& why) {
    out.anchor.problem = why.check;
    out.anchor.why = why.code;
    return out;
  };
  const auto content = checkup::read_front(file, settings::max_document_bytes);
  if (!content) return fail(content.fault());
  auto found = crypto::certificate::from_file(*content);
  if (!found) return fail(found.fault());
  if (found->empty()) return fail({errc::malformed, "it holds no certificate"});
  for (const auto& one : *found) {
    out.anchor.keys.push_back(to_hex(crypto::sha256(one.der())).substr(0, 16));
    out.anchor.ends = std::max(out.anchor.ends, one.fields().not_after);
  }
  out.trust.anchors = std::move(*found);
  return out;
}

endpoint own_address(const endpoint& listen) {
  const auto* tcp = listen.tcp();
  if (tcp != nullptr && tcp->host == "0.0.0.0") return {"127.0.0.1", tcp->port};
  if (tcp != nullptr && tcp->host == "::") return {"::1", tcp->port};
  return listen;
}

bool is_loopback(const endpoint& listen) {
  const auto* tcp = listen.tcp();
  return tcp != nullptr && (tcp->host.starts_with("127.") || tcp->host == "::1" || tcp->host == "localhost");
}

checkup::vendor_facts look_at_vendor_roots(const settings::admission_settings& admission,
                                           const std::vector<std::string>& eks) {
  checkup::vendor_facts out;
  for (const auto& one : admission.vendor_roots)
    out.folders.push_back(printable(one));
  out.now = checkup::wall_now();
  auto policy = service::ek_policy_of(admission);
  if (!policy) {
    out.problem = policy.fault().check;
    out.why = policy.fault().code;
    return out;
  }
  out.policy = *std::move(policy);
  const auto files = read_folders(admission.vendor_roots);
  if (!files) {
    out.problem = files.fault().check;
    out.why = files.fault().code;
  } else {
    std::vector<crypto::named_bytes> named;
    for (const auto& one : *files)
      named.push_back({one.name, one.content});
    out.store = crypto::vendor_store::make(named);
  }
  for (const auto& file : eks)
    out.eks.push_back({printable(file), read_ek(file)});
  return out;
}

} // namespace muster::cli
