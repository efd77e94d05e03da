// The common part of the commands that order something of a machine.
#pragma once

#include "cli/client/ask.hpp"

#include <chrono>

namespace muster::cli {

/// `verb` is "/attest", ... Sends the order and waits for its outcome: `timeout` for the machine, plus what
/// the service and its disk need.
result<answered<rest::CommandAnswer>> order(const surroundings& around, const std::string& node,
                                            std::string_view verb, std::string body,
                                            std::chrono::seconds timeout);

/// The body of an order that has no other parameter than a timeout.
std::string order_body(std::chrono::seconds timeout);

/// Why the order was not carried out, in words: "it did not come for the command in time (...)". `may_still`
/// names what may happen all the same; `when_expired` says what follows when the deadline passed. Empty if it was
/// done.
std::string not_done(rest::CommandAnswer::Reader answer, std::string_view may_still,
                     std::string_view when_expired = "it was not done in time, and will not be done");

/// Prints `done`, or the answer as JSON. For an order that failed, prints `failed` and why.
int tell_order(const surroundings& around, const answered<rest::CommandAnswer>& answer, std::string_view done,
               std::string_view failed, std::string_view may_still,
               std::string_view when_expired = "it was not done in time, and will not be done");

} // namespace muster::cli
