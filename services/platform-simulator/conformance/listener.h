// Where an institution under test sends its notices during a run.
#pragma once

#include <map>
#include <memory>
#include <string>

#include "base/result.h"
#include "contract/contract.h"
#include "platform-simulator/conformance/report.h"
#include "runtime/config.h"

namespace guarantee::platform_simulator::conformance {

// Sections with faults of theirs; the most kept of one section.
inline constexpr std::size_t kNoticeFaultsMax = 100;

// Thread-safe: notices come on the server's threads.
class Listener {
 public:
  // Checks every notice against the contract and answers it; a sign-in must be there, whose it is
  // does not matter. Refused "conformance.listen" when the address is taken.
  [[nodiscard]] static Result<std::unique_ptr<Listener>> Start(
      const runtime::Address& address, std::shared_ptr<const contract::Contract> contract);
  virtual ~Listener() = default;
  [[nodiscard]] virtual std::uint16_t port() const = 0;
  [[nodiscard]] virtual std::map<std::string, NoticesSeen, std::less<>> Seen() const = 0;
};

// What a serving platform-simulator has received since its receipt `since`, and the next number.
// Retryable "conformance.receipts" when none answers.
struct Receipts {
  std::map<std::string, NoticesSeen, std::less<>> seen;
  std::int64_t next = 0;
};
[[nodiscard]] Result<Receipts> ReadReceipts(const std::string& platform_url,
                                            const std::string& partner, std::int64_t since);

}  // namespace guarantee::platform_simulator::conformance
