#include "appraisal/files/other_content.hpp"

#include "appraisal/policy/kernel_name.hpp"
#include "appraisal/reference/path_spelling.hpp"
#include "appraisal/verdict/findings_mark.hpp"

#include <algorithm>

namespace muster::appraisal {

namespace {

constexpr std::string_view program_folders[] = {
    "/usr/bin", "/usr/sbin", "/usr/lib", "/usr/lib32", "/usr/lib64", "/usr/libexec", "/usr/local",
    "/bin",     "/sbin",     "/lib",     "/lib32",     "/lib64",     "/opt",         "/boot"};

/// Only machines that run containers have these. The paths of files in a container look like paths of the
/// host.
constexpr std::string_view stores_of_containers[] = {"/var/lib/docker", "/var/lib/containers",
                                                     "/var/lib/containerd", "/run/containerd"};
constexpr std::string_view container_programs[] = {"/usr/bin/runc",
                                                   "/usr/sbin/runc",
                                                   "/usr/bin/crun",
                                                   "/usr/bin/conmon",
                                                   "/usr/libexec/podman/conmon",
                                                   "/usr/bin/containerd-shim-runc-v2"};

bool is_program(std::string_view path) {
  return std::ranges::any_of(program_folders, [&](auto place) { return under(path, place); });
}

bool same_name(std::string_view logged, std::string_view known) noexcept {
  return is_kernel_name(last_component(logged), last_component(known));
}

/// Sets made by `muster reference make` name their sources.
bool has_image(const reference_set& set) {
  return set.content().origin.find("; image ") != std::string::npos;
}

bool has_containers(const reference_set& set) {
  return std::ranges::any_of(container_programs, [&](auto path) { return set.holds(path); })
         || std::ranges::any_of(stores_of_containers, [&](auto place) { return set.holds_below(place); });
}

} // namespace

other_content::other_content(const reference_choice& reference, const policy& p)
    : set_{reference.current}, policy_{p} {
  if (!reference.present() || reference.staged()) return;
  // With packages, `replaces` tells the sources apart.
  applies_ = !set_->content().packages.empty() || (!has_image(*set_) && !has_containers(*set_));
}

bool other_content::replaces(const file_claim& claim, const file_claim& known) const {
  if (!is_program(claim.path) || same_name(claim.path, known.path)) return false;
  const auto own = set_->sole_at(claim.path, claim.algorithm);
  return own && !same(own->file.digest, claim.digest) && own->source == set_->source_of(known);
}

finding other_content::about(const file_claim& claim, const file_claim& known) const {
  finding f;
  f.kind = finding_kind::claim;
  f.level = policy_.of(judged_check::other_content);
  f.check = name_of(judged_check::other_content);
  f.subject = printable(claim.path);
  const auto own = set_->sole_at(claim.path, claim.algorithm);
  f.expected = own ? digest_text(own->file) : std::string{};
  f.found = digest_text(claim);
  f.sentence = f.subject + " was used on this machine with the content of another known file, "
               + printable(known.path) + ".";
  f.remedy = "if that was done on purpose, accept this content under this path: " + std::string{amend_command}
             + "; otherwise restore the file and reboot";
  return f;
}

} // namespace muster::appraisal
