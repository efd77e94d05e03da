#include "bench/load.hpp"

#include "lab/files.hpp"

#include <array>
#include <iostream>
#include <sstream>

namespace muster::bench {

namespace {

struct task_word {
  task what;
  std::string_view word;
};
constexpr std::array words{task_word{task::enrol, "enrol"},    task_word{task::connect, "connect"},
                           task_word{task::attest, "attest"},  task_word{task::hold, "hold"},
                           task_word{task::beat, "beat"},      task_word{task::release, "release"},
                           task_word{task::hang_up, "hang-up"}};

result<fleet> make_fleet(const load_plan& plan, const lab::vendor& vendor) {
  const auto pem = lab::read_file(plan.anchor);
  if (!pem) return pem.fault();
  auto anchor = crypto::certificate::from_pem(as_text(*pem));
  if (!anchor) return anchor.fault();
  auto software = load_software(plan.evidence);
  if (!software) return software.fault();
  return fleet::make({{"127.0.0.1", plan.port},
                      plan.service_name,
                      std::move(*anchor),
                      plan.machines,
                      plan.in_flight,
                      plan.rsa},
                     vendor, std::move(*software));
}

status carry_out(fleet& machines, const std::string& line) {
  std::istringstream in{line};
  std::string word;
  std::size_t times = 0;
  in >> word >> times;
  for (const auto& one : words)
    if (one.word == word) return machines.run(one.what, times);
  return fault{errc::malformed, "load: unknown order"};
}

int refuse(const fault& why) {
  std::cout << "fault load: " << why.check << std::endl;
  return 1;
}

} // namespace

int serve_load(const load_plan& plan) {
  const auto vendor = lab::vendor::open(plan.vendor);
  if (!vendor) return refuse(vendor.fault());
  auto machines = make_fleet(plan, *vendor);
  if (!machines) return refuse(machines.fault());
  std::cout << "ready " << to_string(machines->id(0)) << std::endl;
  for (std::string line; std::getline(std::cin, line);) {
    if (const auto done = carry_out(*machines, line); !done) return refuse(done.fault());
    std::cout << "done " << machines->unchallenged() << std::endl;
  }
  return 0;
}

result<load> load::start(const load_plan& plan) {
  std::vector<std::string> command{"/proc/self/exe", "load",
                                   "--port",         std::to_string(plan.port),
                                   "--service",      plan.service_name,
                                   "--anchor",       plan.anchor.string(),
                                   "--vendor",       plan.vendor.string(),
                                   "--evidence",     plan.evidence.string(),
                                   "--machines",     std::to_string(plan.machines),
                                   "--in-flight",    std::to_string(plan.in_flight)};
  if (plan.rsa) command.emplace_back("--rsa");
  auto started = process::start({std::move(command), {}, true});
  if (!started) return started.fault();
  auto ready = started->read_line();
  if (!ready) return ready.fault();
  return load{std::move(*started), ready->substr(ready->find(' ') + 1)};
}

status load::begin(task what, std::size_t times) {
  for (const auto& one : words)
    if (one.what == what) return process_.send_line(std::string{one.word} + " " + std::to_string(times));
  return fault{errc::internal, "load: unknown task"};
}

bool load::busy(std::chrono::milliseconds look_for) { return !process_.answered(look_for); }

status load::finish() {
  const auto answer = process_.read_line();
  if (!answer) return answer.fault();
  return {};
}

status load::run(task what, std::size_t times) {
  if (auto begun = begin(what, times); !begun) return begun;
  return finish();
}

} // namespace muster::bench
