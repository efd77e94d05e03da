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

result<std::shared_ptr<const store_reader>> inspect_database(const std::filesystem::path& folder) {
  database_options options{folder};
  options.access = database_access::inspect;
  auto opened = environment::open(options);
  if (!opened) return opened.fault();
  return std::shared_ptr<const store_reader>{std::make_shared<database_reader>(std::move(*opened))};
}

} // namespace muster::service
