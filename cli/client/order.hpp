// What the commands that order something of a machine have in common.
#pragma once

#include "cli/client/ask.hpp"

#include <chrono>

namespace muster::cli {

/// "/attest", ...: asks, and waits until it is known what came of it, `timeout` for the machine and what the
/// service and its disk need beyond that.
result<answered<rest::CommandAnswer>> order(const surroundings& around, const std::string& node,
                                            std::string_view verb, std::string body,
                                            std::chrono::seconds timeout);

/// The body of one that needs nothing but a timeout.
std::string order_body(std::chrono::seconds timeout);

/// Why it did not happen, in words: "it did not come for the command in time (...)"; `may_still` is what may
/// happen all the same. Empty if it was done.
std::string not_done(rest::CommandAnswer::Reader answer, std::string_view may_still);

/// Prints `done`, or the answer as JSON; that it failed with `failed` and why.
int tell_order(const surroundings& around, const answered<rest::CommandAnswer>& answer, std::string_view done,
               std::string_view failed, std::string_view may_still);

} // namespace muster::cli
