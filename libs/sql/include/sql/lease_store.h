// The lease and offset rows of one schema behind messaging::LeaseStore. A service's own Execute
// moves offsets in its own transaction with MoveOffsets and HoldEpochs.
#pragma once

#include <span>

#include "base/result.h"
#include "messaging/lease.h"
#include "messaging/write_store.h"
#include "sql/database.h"

namespace guarantee::sql {

// To be part of the schema's migrations.
[[nodiscard]] Migration LeaseMigration(std::int64_t number);

// Retryable messaging::kFencedCode unless every offset stood at old_next under that epoch.
[[nodiscard]] Result<void> MoveOffsets(Transaction& transaction, const std::string& group,
                                       std::span<const messaging::OffsetMove> moves);
// Retryable messaging::kFencedCode unless every epoch is current; `for share` until the end.
[[nodiscard]] Result<void> HoldEpochs(Transaction& transaction, const std::string& group,
                                      std::span<const messaging::HeldEpoch> epochs);
[[nodiscard]] Result<std::vector<messaging::StartOffset>> LoadOffsets(Transaction& transaction,
                                                                      const std::string& group);

class SqlLeaseStore final : public messaging::LeaseStore {
 public:
  explicit SqlLeaseStore(Database& database) : database_(database) {}
  [[nodiscard]] Result<messaging::AcquiredLease> Acquire(
      const messaging::LeaseRequest& request, std::int32_t partition,
      std::span<const std::string> topics) override;
  [[nodiscard]] Result<std::vector<std::int32_t>> Renew(
      const messaging::LeaseRequest& request, std::span<const messaging::HeldEpoch> held) override;
  [[nodiscard]] Result<void> Release(const messaging::LeaseRequest& request,
                                     std::span<const messaging::HeldEpoch> held) override;

 private:
  Database& database_;
};

}  // namespace guarantee::sql
