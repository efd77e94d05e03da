#include "service/ca_lines.hpp"

#include "service/ca_commands.hpp"
#include "service/config/load_configuration.hpp"
#include "service/privacy_ca/key_files.hpp"

#include <CLI/CLI.hpp>

#include <chrono>
#include <iostream>

namespace muster::service {

namespace {

constexpr int ceremony_failed = 2; // as of every command (docs/operating.md 3)

wall_time now() {
  const auto since = std::chrono::system_clock::now().time_since_epoch();
  return {static_cast<std::uint64_t>(std::chrono::floor<std::chrono::milliseconds>(since).count())};
}

/// Writes the input of the next step to `file` or standard output, and the text for a person to standard
/// error.
int finish(const result<ceremony_text>& made, const std::string& file) {
  auto done = made ? status{} : status{made.fault()};
  if (made && file == "-") {
    std::cout << made->file << std::flush;
    if (!std::cout) done = fault{errc::io, "standard output: cannot be written"};
  } else if (made)
    done = store_file(file, made->file, 0644);
  if (!done) {
    std::cerr << "ras: " << done.fault().check << '\n';
    return ceremony_failed;
  }
  std::cerr << made->told;
  return 0;
}

struct typed_ca {
  export_request_options request;
  bool withdraw = false;
  bool keep = false;
  sign_request_options sign;
  std::string request_file;
  std::string root_name;
  std::string root_key;
  std::uint32_t years = 20;
  std::string out = "-";
};

int run_export(typed_ca& in, const std::string& config) {
  const auto configured = load_configuration(config);
  if (!configured) {
    std::cerr << configured.fault().check << '\n';
    return ceremony_failed;
  }
  in.request.state = configured->settings.state;
  in.request.service = configured->settings.name;
  if (in.withdraw) in.request.issuer = issuer_change::withdraw;
  if (in.keep) in.request.issuer = issuer_change::keep;
  return finish(export_request(in.request), in.out);
}

int run_sign(typed_ca& in) {
  auto text = load_file(in.request_file);
  if (text) in.sign.request = std::move(*text);
  in.sign.file = in.request_file;
  return finish(text ? sign_request(in.sign, now()) : result<ceremony_text>{text.fault()}, in.out);
}

} // namespace

void add_ca_commands(CLI::App& app, const std::string& config, std::function<int()>& chosen) {
  const auto in = std::make_shared<typed_ca>();
  auto* ca = app.add_subcommand("ca", "Change the trust list of machines");
  ca->require_subcommand(1);
  ca->footer("A list takes three steps; the service runs meanwhile, and root.key stays where the root is:\n"
             "  ras ca export-request -o request       where the service is, as its user\n"
             "  ras ca sign --root-key root.key -o signed request\n"
             "  muster ca rotate --signed signed       where the service is\n"
             "Every machine then has it with its next beat; `muster ca status` counts them.");
  auto* request = ca->add_subcommand("export-request", "Ask the root for the next list, with a new issuer");
  request->add_option("-o,--out", in->out, "File to write; - for standard output")->capture_default_str();
  auto* withdraw = request->add_flag("--withdraw", in->withdraw,
                                     "The present issuer is stolen: no machine trusts it any more");
  request->add_flag("--keep-issuer", in->keep, "No new issuer: only the anchors, or the date, change")
      ->excludes(withdraw);
  request->add_option("--add-anchor", in->request.add_anchors, "Certificate of an additional root");
  request->add_option("--drop-anchor", in->request.drop_anchors,
                      "Certificate of a root that is no longer trusted; another root then signs the request");
  request
      ->add_option("--above", in->request.above,
                   "Number of a list that machines have already, where `muster ca status` says so; there is "
                   "no way back from a number, so take none that only a compromised machine may report")
      ->check(CLI::Range(std::uint64_t{0}, max_above));
  request->footer(
      "The key of the new issuer is made in the CA's folder and stays there.\n"
      "To replace the root: make-root; export-request --add-anchor NEW, signed by the old one; when\n"
      "all machines have that list, export-request --drop-anchor OLD, signed by the new one.");
  request->callback([in, &config, &chosen] { chosen = [in, &config] { return run_export(*in, config); }; });
  auto* sign = ca->add_subcommand("sign", "Where the root is: sign a request; needs no configuration");
  sign->add_option("--root-key", in->sign.root_key, "The root's private key, mode 0600")->required();
  sign->add_option("REQUEST", in->request_file, "File that export-request wrote")->required();
  sign->add_option("--days", in->sign.days, "How long the list and the new issuer count")
      ->check(CLI::Range(1, 730))
      ->capture_default_str();
  sign->add_option("-o,--out", in->out, "File to write; - for standard output")->capture_default_str();
  sign->callback([in, &chosen] { chosen = [in] { return run_sign(*in); }; });
  auto* root = ca->add_subcommand("make-root", "Make another root, to follow the present one");
  root->add_option("NAME", in->root_name, "Its name")->required();
  root->add_option("--key", in->root_key, "File for its private key; is not replaced")->required();
  root->add_option("-o,--out", in->out, "File for its certificate; - for standard output")
      ->capture_default_str();
  root->add_option("--years", in->years, "How long it holds")
      ->check(CLI::Range(1, 50))
      ->capture_default_str();
  root->callback([in, &chosen] {
    chosen = [in] { return finish(make_root(in->root_name, in->root_key, in->years, now()), in->out); };
  });
}

} // namespace muster::service
