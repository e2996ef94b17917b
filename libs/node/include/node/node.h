// The common ground of a process: contract, partners, store and bus, opened from its settings.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "contract/contract.h"
#include "messaging/bus.h"
#include "node/topics.h"
#include "partner/directory.h"
#include "runtime/config.h"
#include "sql/database.h"

namespace guarantee::node {

// process.*, bus.*, store.*, admin.address, rpc.address, partners.file, topics.file.
[[nodiscard]] std::vector<runtime::ConfigKey> CommonKeys();
// CommonKeys and the process' own.
[[nodiscard]] std::vector<runtime::ConfigKey> WithCommonKeys(
    std::span<const runtime::ConfigKey> own);

class Node {
 public:
  // Refused when a topic of `topics` is not as declared; retryable when broker or database cannot
  // be reached (the process ends, its supervisor starts it again).
  [[nodiscard]] static Result<std::unique_ptr<Node>> Open(const runtime::Config& config,
                                                          const std::vector<std::string>& topics);
  virtual ~Node() = default;

  [[nodiscard]] virtual std::unique_ptr<sql::Database> Schema(const std::string& schema) = 0;
  [[nodiscard]] virtual messaging::Bus& bus() = 0;
  // The store's file lock is ours: leases of an earlier process are void.
  [[nodiscard]] virtual bool alone() const = 0;
  [[nodiscard]] virtual partner::Environment environment() const = 0;
  [[nodiscard]] virtual const std::string& process_name() const = 0;
  [[nodiscard]] virtual std::shared_ptr<const contract::Contract> contract() const = 0;
  [[nodiscard]] virtual std::shared_ptr<const partner::PartnerDirectory> partners() const = 0;
};

// Brings one schema of the store up to date and ends; looks at neither bus nor partners.
[[nodiscard]] Result<void> MigrateSchema(const runtime::Config& config, const std::string& schema,
                                         std::span<const sql::Migration> migrations);

}  // namespace guarantee::node
