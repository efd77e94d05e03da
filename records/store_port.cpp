#include "records/store_port.hpp"

#include "records/command_record.hpp"

namespace muster::service {

result<std::vector<stored<tables::commands>>> open_commands(const store_reader& store) {
  std::vector<stored<tables::commands>> out;
  std::optional<command_id> after;
  for (;;) {
    auto page = store.page<tables::commands>(after, store_reader::max_page);
    if (!page) return page.fault();
    for (auto& one : *page) {
      after = one.key;
      const bool settled = one.record && one.record->read([](records::Command::Reader command) {
        return !is_open(static_cast<command_outcome>(command.getOutcome()));
      });
      if (!settled) out.push_back(std::move(one));
    }
    if (page->size() < store_reader::max_page) return out;
  }
}

} // namespace muster::service
