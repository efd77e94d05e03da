// What breaks if this fails: a misspelt option is called a command, or an error of the command line does not say which
// option it is about.
#include "cli/words/option_error.hpp"
#include "cli/words/unknown_command.hpp"
#include "tests/cli/typed_commands.hpp"

#include <CLI/CLI.hpp>
#include <doctest/doctest.h>

#include <sstream>

using namespace muster;
using muster::cli::cli_test::holds;
using namespace muster::cli::cli_test::typed;

namespace {

/// A program as `ras` is: options, and commands that may be left out.
struct program {
  CLI::App app{"", "prog"};
  std::string config;
  std::string key;
  bool check = false;
  bool json = false;
  int count = 0;

  program() {
    app.fallthrough();
    app.add_option("--config", config);
    auto* checking = app.add_flag("--check", check);
    app.add_flag("--json", json)->needs(checking);
    auto* ca = app.add_subcommand("ca", "");
    ca->require_subcommand(1);
    auto* sign = ca->add_subcommand("sign", "");
    sign->add_option("--root-key", key)->required();
    auto* days = sign->add_option("--days", count)->check(CLI::Range(1, 730));
    sign->add_flag("--forever")->excludes(days);
  }

  std::string error(std::vector<std::string> words) {
    if (auto unknown = cli::unknown_command(app, words); !unknown.empty()) return unknown;
    try {
      std::ranges::reverse(words);
      app.parse(std::move(words));
    } catch (const CLI::ParseError& why) {
      std::ostringstream out;
      std::ostringstream err;
      const int status = cli::explain(app, why, out, err);
      CHECK(status == (why.get_exit_code() == 0 ? 0 : 2));
      CHECK(out.str().empty() == (status == 2));
      return err.str();
    }
    return {};
  }
};

} // namespace

TEST_CASE("a misspelt option is named, with the one that was probably meant") {
  struct {
    std::vector<std::string> typed;
    const char* says;
  } const table[] = {
      {{"--conf", "/etc/x.yaml"}, "no option \"--conf\" of prog; is it --config?"},
      {{"--conf=/etc/x.yaml"}, "no option \"--conf\" of prog; is it --config?"},
      {{"--cehck"}, "no option \"--cehck\" of prog; is it --check?"},
      {{"--frobnicate", "ca"}, "no option \"--frobnicate\" of prog; prog --help lists them"},
      {{"ca", "sign", "--rootkey", "x"}, "no option \"--rootkey\" of prog ca sign; is it --root-key?"},
      {{"ca", "--confg", "x", "sign"}, "no option \"--confg\" of prog ca; is it --config?"},
      {{"--config", "x", "cs"}, "no command \"cs\" of prog; is it ca?"},
      {{"--config=x", "cs"}, "no command \"cs\" of prog; is it ca?"},
      {{"ca", "--config", "sing", "sing"}, "no command \"sing\" of prog ca; is it sign?"},
  };
  for (const auto& one : table)
    CHECK(program{}.error(one.typed) == one.says);
  CHECK(program{}.error({"--config", "--check"}).find("no option") == std::string::npos);
  CHECK(program{}.error({"ca", "sign", "--root-key", "k", "--config", "x", "--days", "7"}).empty());
}

TEST_CASE("errors of options have our form: the option, a sentence, and whose help explains it") {
  struct {
    std::vector<std::string> typed;
    const char* says;
  } const table[] = {
      {{"ca", "sign"},
       "prog: --root-key: it has to be given\n      prog ca sign --help explains the options\n"},
      {{"ca"}, "prog: a command is missing; there are sign\n      prog ca --help explains the options\n"},
      {{"--json"},
       "prog: --json: it is good only together with --check\n      prog --help explains the options\n"},
      {{"--config"},
       "prog: --config: a value is missing, or one too many is given\n      prog --help explains the "
       "options\n"},
      {{"ca", "sign", "--root-key", "k", "x"},
       "prog: x: it is not expected here\n      prog --help explains the options\n"},
  };
  for (const auto& one : table) {
    CAPTURE(one.says);
    const auto got = program{}.error(one.typed);
    CHECK(got.substr(0, got.find('\n'))
          == std::string{one.says}.substr(0, std::string_view{one.says}.find('\n')));
    CHECK(holds(got, "--help explains the options\n"));
  }
  CHECK(holds(program{}.error({"ca", "sign", "--root-key", "k", "--days", "0"}), "prog: --days: "));
  CHECK(holds(program{}.error({"ca", "sign", "--root-key", "k", "--days", "x"}), "--days"));
  CHECK(holds(program{}.error({"ca", "sign", "--root-key", "k", "--days", "3", "--forever"}),
              "it cannot be given together with"));
  // Foreign text is made printable.
  CHECK(holds(program{}.error({"ca", "sign", "--root-key", "k", "\x1b[2J"}), "\\x1b[2J"));
  CHECK(program{}.error({"--help"}).empty());
}

TEST_CASE("muster itself says so, with status 2") {
  const auto misspelt = type("/nowhere", {"nodes", "--show", "untrusted"});
  CHECK(misspelt.status == 2);
  CHECK(holds(misspelt.err, "muster: no option \"--show\" of muster nodes; is it --shown?"));
  const auto missing = type("/nowhere", {"node", "approve", "web-1"});
  CHECK(missing.status == 2);
  CHECK(holds(missing.err, "muster node approve --help explains the options"));
}
