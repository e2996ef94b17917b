// Where a server of ours listens.
#pragma once

#include <Poco/Net/ServerSocket.h>

#include "runtime/config.h"

namespace guarantee::platform_simulator {

// Throws Poco::Exception when somebody listens there: Poco would share the port with another
// process, which then gets a part of the connections.
[[nodiscard]] inline Poco::Net::ServerSocket BindAlone(const runtime::Address& address) {
  constexpr int kBacklog = 64;
  Poco::Net::ServerSocket socket;
  socket.bind(Poco::Net::SocketAddress(address.host, address.port), true, false);
  socket.listen(kBacklog);
  return socket;
}

}  // namespace guarantee::platform_simulator
