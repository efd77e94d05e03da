#include "tpm/device/chip.hpp"

#include "messages/vocabulary/cursor.hpp"
#include "messages/vocabulary/writer.hpp"
#include "tpm/device/connection.hpp"

#include <tss2/tss2_tctildr.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <unistd.h>

namespace muster::tpm {
namespace {

// tpm2-tss returns its errors and also writes them to standard error. This silences it unless the user has
// set TSS2_LOG. It happens before main, because setenv is not safe once there are threads, and tpm2-tss reads
// the variable at its first message.
[[maybe_unused]] const int tss_is_silent = ::setenv("TSS2_LOG", "all+NONE", 0);

// TPM2_FlushContext without ESAPI, which has no handles for what another client left.
status flush_raw(TSS2_TCTI_CONTEXT* transport, std::uint32_t handle) {
  constexpr std::uint32_t length = 14;
  writer command;
  command.u16_be(TPM2_ST_NO_SESSIONS).u32_be(length).u32_be(TPM2_CC_FlushContext).u32_be(handle);
  if (auto sent =
          check("FlushContext", Tss2_Tcti_Transmit(transport, command.view().size(), command.view().data()));
      !sent)
    return sent;
  std::array<std::uint8_t, TPM2_MAX_RESPONSE_SIZE> answer{};
  std::size_t size = answer.size();
  if (auto got =
          check("FlushContext", Tss2_Tcti_Receive(transport, &size, answer.data(), TSS2_TCTI_TIMEOUT_BLOCK));
      !got)
    return got;
  cursor in{{answer.data(), size}};
  in.u16_be();
  in.u32_be();
  const auto code = in.u32_be();
  if (!in.done()) return fault{errc::malformed, "tpm: FlushContext: the answer is not valid"};
  return check("FlushContext", code);
}

status flush_leftovers(const chip& tpm) {
  for (const std::uint32_t first :
       {TPM2_TRANSIENT_FIRST, TPM2_LOADED_SESSION_FIRST, TPM2_ACTIVE_SESSION_FIRST}) {
    const auto left = handles_from(tpm, first);
    if (!left) return left.fault();
    for (const auto handle : *left)
      if (auto flushed = flush_raw(tpm.native()->transport(), handle); !flushed) return flushed;
  }
  return {};
}

result<exclusive_use> reserve(const chip_address& address, std::chrono::milliseconds patience) {
  constexpr std::string_view path = "path=";
  const std::string_view where = address.where;
  if (address.kind != chip_address::transport::swtpm || !where.starts_with(path)) return exclusive_use{};
  return exclusive_use::take(std::string{where.substr(path.size())}, patience);
}

/// tpm2-tss says that an open failed, not why. What is missing is seen from outside.
fault cannot_open(const chip_address& address, const fault& why) {
  const auto is_device = address.kind == chip_address::transport::device;
  constexpr std::string_view path = "path=";
  std::string file = address.where;
  if (!is_device && !file.starts_with(path)) return why;
  if (!is_device) file.erase(0, path.size());
  const auto shown = printable(file);
  if (::access(file.c_str(), R_OK | W_OK) == 0) {
    if (is_device)
      return {why.code,
              why.check + " (it is there, but another program may hold it, or it is not a TPM 2.0)"};
    return {why.code,
            why.check + " (its socket is there, but no software TPM answers on it: start it again)"};
  }
  if (errno == EACCES)
    return {why.code,
            "tpm: " + shown
                + ": permission denied: add the agent's user to the group of the file (tss), or run "
                  "the agent as root"};
  if (!is_device)
    return {why.code, "tpm: " + shown
                          + ": no software TPM is there: start swtpm with --server type=unixio,path=" + shown
                          + " --ctrl type=unixio,path=" + shown + ".ctrl"};
  return {why.code,
          "tpm: " + shown
              + " is not there: switch the TPM on in the firmware, or give the virtual machine a virtual TPM "
                "2.0, and see that the kernel has its driver (tpm_tis, tpm_crb)"};
}

} // namespace

chip::chip(std::shared_ptr<connection> open) noexcept : connection_{std::move(open)} {}
chip::~chip() = default;
chip::chip(chip&&) noexcept = default;
chip& chip::operator=(chip&&) noexcept = default;

result<chip> chip::open(const chip_address& address, std::chrono::milliseconds patience) {
  auto use = reserve(address, patience);
  if (!use) return use.fault();
  const auto name = to_string(address);
  TSS2_TCTI_CONTEXT* transport = nullptr;
  if (auto done = check("open " + printable(name), Tss2_TctiLdr_Initialize(name.c_str(), &transport)); !done)
    return cannot_open(address, done.fault());
  ESYS_CONTEXT* context = nullptr;
  const auto begun = Esys_Initialize(&context, transport, nullptr);
  chip opened{std::make_shared<connection>(std::move(*use), transport, context)};
  if (auto done = check("open", begun); !done) return done.fault();
  if (address.kind == chip_address::transport::swtpm)
    if (auto done = flush_leftovers(opened); !done) return done.fault();
  return opened;
}

key_slot::key_slot(std::shared_ptr<connection> open, std::uint32_t handle, std::uint32_t persistent) noexcept
    : connection_{std::move(open)}, handle_{handle}, persistent_{persistent} {}

key_slot::~key_slot() { release(); }

key_slot::key_slot(key_slot&& other) noexcept = default;

key_slot& key_slot::operator=(key_slot&& other) noexcept {
  if (this != &other) {
    release();
    connection_ = std::move(other.connection_);
    handle_ = other.handle_;
    persistent_ = other.persistent_;
  }
  return *this;
}

void key_slot::release() noexcept {
  if (!connection_) return;
  ESYS_TR handle = handle_;
  // A failure cannot be handled here, and the next opener flushes what remains.
  if (persistent_ != 0)
    Esys_TR_Close(connection_->context(), &handle);
  else
    Esys_FlushContext(connection_->context(), handle);
  connection_.reset();
}

} // namespace muster::tpm
