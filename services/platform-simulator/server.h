// The platform's HTTP side: notices in, receipts and levers for tests.
#pragma once

#include <memory>
#include <string>

#include "base/result.h"
#include "contract/contract.h"
#include "partner/directory.h"
#include "platform-simulator/levers.h"
#include "platform-simulator/receipts.h"
#include "runtime/config.h"

namespace guarantee::platform_simulator {

// A kept-alive connection keeps its thread, so this is also how many connections are served.
inline constexpr int kServerThreads = 1'024;
inline constexpr int kServerQueueMax = 256;

// POST <notice path>: checked, recorded, answered. GET /receipts?since=N, GET and POST /levers.
class PlatformServer {
 public:
  // `receipts` and `levers` outlive the server.
  [[nodiscard]] static Result<std::unique_ptr<PlatformServer>> Start(
      const runtime::Address& address, std::shared_ptr<const contract::Contract> contract,
      std::shared_ptr<const partner::PartnerDirectory> partners, ReceiptLog& receipts,
      Levers& levers);
  virtual ~PlatformServer() = default;
  // The one it listens on, also where port 0 was asked for.
  [[nodiscard]] virtual std::uint16_t port() const = 0;
};

}  // namespace guarantee::platform_simulator
