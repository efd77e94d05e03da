#include "service/state_folder.hpp"

#include "service/privacy_ca/coming_trust.hpp"
#include "service/privacy_ca/trust_record.hpp"
#include "service/store/database.hpp"
#include "service/vendor_trust_files.hpp"

#include <filesystem>

namespace muster::service {

namespace {

namespace fs = std::filesystem;

/// For the key that is derived from the key for log heads: only someone who can forge the log's heads can
/// forge these records.
constexpr std::string_view record_seal_label = "muster/record seal/1";

/// The file by which an operator allows the service, once, to begin with an empty record.
fs::path empty_record_permit(const fs::path& state) { return state / "begin_empty_record"; }

/// Whether a CA was made here before: its folder is not empty, or the anchor is there.
bool ca_exists(const fs::path& state) {
  std::error_code ignored;
  return fs::exists(state / "anchor.pem", ignored)
         || fs::directory_iterator{state / "ca", ignored} != fs::directory_iterator{};
}

bool has_record(const fs::path& state) {
  const auto database = state / "store" / "data.mdb";
  std::error_code ignored;
  return fs::exists(database, ignored) && fs::file_size(database, ignored) != 0;
}

/// A service whose record is gone does not start by itself: its revocations and names would be lost
/// unnoticed. `begun`: a CA was here before this start.
status check_record(const fs::path& state, bool begun) {
  const auto database = state / "store" / "data.mdb";
  const auto word = empty_record_permit(state);
  std::error_code ignored;
  if (has_record(state) || !begun || fs::exists(word, ignored)) return {};
  return fault{
      errc::not_found,
      printable(database.string())
          + ": it is gone, and the CA of an earlier record is here; restore the whole state folder "
            "from a backup. To begin with an empty record, in which nobody is revoked and no machine "
            "is known, make an empty file "
          + printable(word.string()) + " and start again"};
}

/// Settles a rotation that was cut off between its record and its list. True: another list is in force.
result<bool> settle_rotation(const fs::path& ca, const authorities& keys, const store_reader& store,
                             const runtime::log& log) {
  using outcome = settled_trust::outcome;
  const auto settled = settle_coming(ca, keys.in_force, [&](std::uint64_t number, byte_view list) {
    return is_on_record(store, number, list);
  });
  if (!settled) return settled.fault();
  if (settled->what == outcome::dropped)
    log.warning("trust_list.dropped", {{"list", settled->number},
                                       {"what", "its rotation was interrupted before it was recorded: the "
                                                "list never was in force, and can be handed in again"}});
  if (settled->what == outcome::in_force)
    log.warning("trust_list.rotated", {{"list", settled->number},
                                       {"what", "its rotation was interrupted; the list is in force now"}});
  return settled->what == outcome::in_force;
}

} // namespace

result<core_ports> open_state(const settings::service_settings& in, const runtime::log& log) {
  core_ports out;
  out.log = log;
  auto clock = runtime::make_machine_clock();
  if (!clock) return clock.fault();
  out.clock = std::move(*clock);
  const fs::path state{in.state};
  std::error_code error;
  fs::create_directories(state, error);
  if (error) return fault{errc::io, "state: " + printable(in.state) + ": " + error.message()};
  const bool begun = ca_exists(state);
  const auto load_keys = [&] {
    auto made = load_authorities(state / "ca", state / "anchor.pem", in.name, out.clock->wall());
    if (made && !made->note.empty())
      log.warning("ca.certificate_made", {{"certificate", "service"}, {"why", made->note}});
    return made;
  };
  auto keys = load_keys();
  if (!keys) return keys.fault();
  const auto seal_key = keys->log_heads.secret_for(record_seal_label);
  if (!seal_key) return seal_key.fault();
  if (const auto good = check_record(state, begun); !good) return good.fault();
  const bool recorded = has_record(state);
  database_options options{state / "store"};
  options.seal_key = *seal_key;
  auto opened = open_database(options);
  if (!opened) return opened.fault();
  if (!recorded && fs::exists(empty_record_permit(state), error))
    log.warning("record.word_used",
                {{"file", empty_record_permit(state).string()},
                 {"what", "an empty record was started, as begin_empty_record allows; returning agents show "
                          "heads of the old record, and then no machine is trusted or admitted until an "
                          "operator acknowledges that: muster log head"}});
  // There is a record now. The file is removed even if it was not needed: it must not excuse the next loss.
  fs::remove(empty_record_permit(state), error);
  if (error) return fault{errc::io, printable(empty_record_permit(state).string()) + ": " + error.message()};
  out.reader = opened->reader;
  out.writer = std::move(opened->writer);
  const auto rotated = settle_rotation(state / "ca", *keys, *out.reader, log);
  if (!rotated) return rotated.fault();
  if (*rotated) keys = load_keys();
  if (!keys) return keys.fault();
  if (keys->root_key_here)
    log.info("ca.root_key", {{"what", "ca/root.key is on this machine, which does not need it: keep the key "
                                      "and a copy of it offline, for `ras ca sign`"}});
  out.keys = std::make_shared<const authorities>(std::move(*keys));
  auto trusted = load_vendor_trust(in, out.clock->wall(), log);
  if (!trusted) return trusted.fault();
  out.vendors = std::move(*trusted);
  out.heads = head_file{in.head_file};
  return out;
}

} // namespace muster::service
