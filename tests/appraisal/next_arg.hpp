// What Linux does with its command line, step by step as in lib/cmdline.c (next_arg) and kernel/params.c
// (parse_args), which overwrite a buffer. This is the oracle for the parser, so it shares no code with it.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace muster::testing {

struct linux_argument {
  std::string param;
  std::optional<std::string> val;

  friend bool operator==(const linux_argument&, const linux_argument&) = default;
};

struct linux_arguments {
  std::vector<linux_argument> kernel;
  std::vector<linux_argument> init;
};

/// The characters that _ctype in lib/ctype.c marks as space.
inline bool linux_isspace(char c) {
  switch (static_cast<unsigned char>(c)) {
  case '\t':
  case '\n':
  case '\v':
  case '\f':
  case '\r':
  case ' ':
  case 0xa0: return true;
  default: return false;
  }
}

inline char* linux_skip_spaces(char* at) {
  while (linux_isspace(*at))
    ++at;
  return at;
}

inline char* linux_next_arg(char* args, char** param, char** val) {
  unsigned i = 0;
  unsigned equals = 0;
  int in_quote = 0;
  int quoted = 0;
  if (*args == '"') {
    args++;
    in_quote = 1;
    quoted = 1;
  }
  for (i = 0; args[i] != 0; i++) {
    if (linux_isspace(args[i]) && in_quote == 0) break;
    if (equals == 0 && args[i] == '=') equals = i;
    if (args[i] == '"') in_quote = in_quote == 0 ? 1 : 0;
  }
  *param = args;
  if (equals == 0) {
    *val = nullptr;
  } else {
    args[equals] = 0;
    *val = args + equals + 1;
    if (**val == '"') {
      (*val)++;
      if (args[i - 1] == '"') args[i - 1] = 0;
    }
  }
  if (quoted != 0 && i > 0 && args[i - 1] == '"') args[i - 1] = 0;
  if (args[i] != 0) {
    args[i] = 0;
    args += i + 1;
  } else {
    args += i;
  }
  return linux_skip_spaces(args);
}

inline linux_arguments linux_parse_args(const std::string& text) {
  linux_arguments out;
  auto* to = &out.kernel;
  std::vector<char> buffer(text.begin(), text.end());
  buffer.push_back(0);
  char* args = linux_skip_spaces(buffer.data());
  while (*args != 0) {
    char* param = nullptr;
    char* val = nullptr;
    args = linux_next_arg(args, &param, &val);
    if (to == &out.kernel && val == nullptr && std::string{param} == "--") {
      to = &out.init;
      continue;
    }
    linux_argument one{param, std::nullopt};
    if (val != nullptr) one.val = val;
    to->push_back(std::move(one));
  }
  return out;
}

} // namespace muster::testing
