#include "net/io_config.hpp"

#include <caf/io/middleman.hpp>

namespace muster::net {

io_config::io_config(scheduler how) : system_config(how) { load<caf::io::middleman>(); }

} // namespace muster::net
