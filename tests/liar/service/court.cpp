#include "tests/liar/service/court.hpp"

#include "appraisal/policy/policy_record.hpp"
#include "appraisal/reference/reference_record.hpp"
#include "lab/files.hpp"
#include "messages/json_write.hpp"
#include "records/rest_words.hpp"

#include <algorithm>
#include <thread>

namespace muster::liar {

namespace {

constexpr std::chrono::seconds judged_within{60};
constexpr std::chrono::milliseconds look_again{20};

/// The letters and digits of `text`, with a '-' for each run of other characters.
std::string slug(std::string_view text) {
  std::string out;
  for (const auto c : text)
    if (std::isalnum(static_cast<unsigned char>(c)) != 0)
      out += c;
    else if (!out.empty() && out.back() != '-')
      out += '-';
  return out;
}

std::string name_of(const stage& on, const group& which) {
  return slug(on.good(which.cast).name) + "." + slug(laws()[which.law].name)
         + (which.number == 0 ? std::string{} : "." + std::to_string(which.number));
}

/// The first value of that field in an answer of the service; empty if there is none.
std::string field_of(const std::string& answer, std::string_view name) {
  const auto mark = "\"" + std::string{name} + "\":\"";
  const auto at = answer.find(mark);
  if (at == std::string::npos) return {};
  const auto begin = at + mark.size();
  return answer.substr(begin, answer.find('"', begin) - begin);
}

/// The list of findings in an answer of the service.
std::string findings_of(const std::string& answer) {
  const auto begin = answer.find("\"findings\":[");
  const auto end = answer.find(",\"findings_total\":");
  return begin < end && end != std::string::npos ? answer.substr(begin, end - begin) : std::string{};
}

std::string path_of(const wired_machine& who) { return "/v1/nodes/" + who.id(); }

/// Repeats `ask` until `done` accepts the answer.
template <class Ask, class Done> result<std::string> ask_until(const Ask& ask, const Done& done) {
  const auto last = std::chrono::steady_clock::now() + judged_within;
  for (;;) {
    auto answer = ask();
    if (!answer || done(*answer)) return answer;
    if (std::chrono::steady_clock::now() > last)
      return fault{errc::timeout, "ras does not come to " + printable(*answer, 600)};
    std::this_thread::sleep_for(look_again);
  }
}

} // namespace

sight sight_of(const judge& by) {
  const auto state = by.state();
  return {by.shown(), findings_of(build_json<rest::NodeDetail>([&](rest::NodeDetail::Builder out) {
            auto findings = out.initFindings(static_cast<unsigned>(state.findings.size()));
            for (unsigned i = 0; i < state.findings.size(); ++i)
              service::put_finding(findings[i], state.findings[i]);
          }))};
}

result<std::unique_ptr<court>> court::open(const std::filesystem::path& folder, stage& on,
                                           const std::vector<group>& groups) {
  auto made = bench::service::prepare(folder, 64, bench::service::pace::of_a_story, "version: 1\n");
  if (!made) return made.fault();
  auto vendor = lab::vendor::open(made->vendor());
  if (!vendor) return vendor.fault();
  std::unique_ptr<court> out{new court{*std::move(made), *std::move(vendor)}};
  if (auto begun = out->service_.start(); !begun) return begun.fault();
  for (const auto& one : groups)
    if (auto good = out->make_group(on, one); !good) return good.fault();
  if (auto written = out->write_policies(on); !written) return written.fault();
  if (auto begun = out->restart(); !begun) return begun.fault();
  if (auto good = out->wait_for_policies(); !good) return good.fault();
  return out;
}

status court::make_group(stage& on, const group& which) {
  if (groups_.contains(which)) return {};
  const auto& context = on.context(which.cast, which.law);
  const auto set = appraisal::to_record(context->reference->content());
  const in_force what{name_of(on, which), to_hex(crypto::sha256(set.content())),
                      to_hex(appraisal::digest_of(*context->policy))};
  const auto kept =
      service_.request("PUT", "/v1/sets/" + what.reference, set.content(), "application/octet-stream");
  if (!kept) return kept.fault();
  const auto wanted = R"({"group":")" + what.name + R"(","set":")" + what.reference + R"("})";
  const auto accepted = service_.request("POST", "/v1/references", as_bytes(wanted));
  if (!accepted) return accepted.fault();
  groups_.emplace(which, what);
  return {};
}

status court::write_policies(stage& on) {
  for (const auto& [which, what] : groups_) {
    const auto text = policy_text(laws()[which.law], on.good(which.cast));
    const auto file = service_.policies() / (what.name + ".yaml");
    if (auto kept = lab::replace_file(file, as_bytes(text)); !kept) return kept;
  }
  return lab::replace_file(service_.policies() / key_name, key_content());
}

status court::wait_for_policies() {
  const auto judged_by = [](const std::string& answer, const in_force& what) {
    const auto at = answer.find(R"("group":")" + what.name + '"');
    return at != std::string::npos && field_of(answer.substr(at, 1000), "policy") == what.policy;
  };
  const auto seen = ask_until([&] { return service_.request("GET", "/v1/groups"); },
                              [&](const std::string& answer) {
                                return std::ranges::all_of(
                                    groups_, [&](const auto& one) { return judged_by(answer, one.second); });
                              });
  return seen ? status{} : seen.fault();
}

result<std::unique_ptr<wired_machine>> court::enrol(const group& into) {
  auto out = wired_machine::enrol(service_, vendor_);
  if (!out) return out;
  if (auto moved = move(**out, into); !moved) return moved.fault();
  return out;
}

status court::move(const wired_machine& who, const group& to) {
  const auto wanted = R"({"group":")" + groups_.at(to).name + R"("})";
  const auto done = service_.request("PUT", path_of(who) + "/group", as_bytes(wanted));
  return done ? status{} : done.fault();
}

result<sight> court::look(const wired_machine& who, const group& in) {
  const auto& by = groups_.at(in);
  const auto seen = ask_until([&] { return service_.request("GET", path_of(who)); },
                              [&](const std::string& answer) {
                                return field_of(answer, "reference") == by.reference
                                       && field_of(answer, "policy") == by.policy;
                              });
  if (!seen) return seen.fault();
  const auto shown = display_from(field_of(*seen, "shown"));
  if (!shown) return fault{errc::malformed, "no \"shown\" in " + printable(*seen, 600)};
  return sight{level_of(*shown), findings_of(*seen)};
}

status court::learn(const group& in, const wired_machine& from) {
  auto& what = groups_.at(in);
  const auto wanted = R"({"group":")" + what.name + R"(","from":")" + from.id() + R"(","force":true})";
  const auto done = service_.request("POST", "/v1/references", as_bytes(wanted));
  if (!done) return done.fault();
  what.reference = field_of(*done, "digest");
  return {};
}

status court::restart() {
  service_.stop();
  return service_.start();
}

std::string court::words_of(const wired_machine& who) {
  const auto seen = service_.request("GET", path_of(who));
  if (!seen) return seen.fault().check;
  return seen->substr(std::min(seen->size(), seen->find("\r\n\r\n")));
}

} // namespace muster::liar
