#include "actors/runtime/guard.hpp"

#include <caf/scheduled_actor.hpp>
#include <caf/sec.hpp>

#include <exception>

namespace muster::runtime {

namespace {

std::string what_of(const std::exception_ptr& thrown) {
  try {
    std::rethrow_exception(thrown);
  } catch (const std::exception& e) {
    return e.what();
  } catch (...) {
    return "not a std::exception";
  }
}

std::string first_type_of(const caf::type_erased_tuple& content) {
  if (content.empty()) return "nothing";
  const auto* type = content.type(0).second;
  return type != nullptr ? type->name() : "a type built into CAF";
}

} // namespace

void guard(caf::scheduled_actor& self, const log& out, std::string_view actor_name) {
  self.set_exception_handler(
      [out, actor_name](caf::scheduled_actor*, std::exception_ptr& thrown) -> caf::error {
        out.error("actor.exception", {{"actor", actor_name}, {"what", what_of(thrown)}});
        return caf::exit_reason::unhandled_exception;
      });
  self.set_default_handler(
      [out, actor_name](caf::scheduled_actor*, caf::message_view& message) -> caf::result<caf::message> {
        out.warning("actor.unexpected", {{"actor", actor_name}, {"type", first_type_of(message.content())}});
        return caf::sec::unexpected_message;
      });
}

} // namespace muster::runtime
