#include "service/store/database.hpp"

namespace muster::service {

result<database> open_database(const database_options& options) {
  auto opened = environment::open(options);
  if (!opened) return opened.fault();
  const std::shared_ptr<const environment> env = std::move(*opened);
  auto writer = database_writer::open(env);
  if (!writer) return writer.fault();
  return database{std::make_shared<database_reader>(env), std::move(*writer)};
}

} // namespace muster::service
