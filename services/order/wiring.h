// The order service, wired over a bus and a schema; used by its own binary and by `hub`.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "base/clock.h"
#include "base/result.h"
#include "base/secret.h"
#include "contract/contract.h"
#include "host/host.h"
#include "messaging/bus.h"
#include "order/domain/letter/policy.h"
#include "partner/directory.h"
#include "sealing/storage.h"
#include "sql/database.h"
#include "sql/write_store.h"

namespace guarantee::order {

inline constexpr const char* kGroup = "order";
inline constexpr const char* kSchema = "orders";

struct OrderOptions {
  std::string process_name;            // part of the lease holder's name
  bool alone = false;                  // the store's file lock is ours: older leases are void
  std::string rules_file;              // empty: nothing is decided by rules
  bool demonstration_letters = false;  // allow the rules file's letter; development only
  std::int64_t request_limit_ms = 5'000;
  letter::Policy letter_policy;  // of every partner
  // Open what the gateway sealed; null: nothing was.
  std::shared_ptr<const sealing::StorageKeys> storage_keys;
  Secret key;  // of keyed hashes, at least 32 bytes: the gateway's
};

class OrderService : public host::Host {
 public:
  // Migrates the schema, takes the rules' letter in, joins the group. Everything given outlives
  // the service.
  [[nodiscard]] static Result<std::unique_ptr<OrderService>> Start(
      const OrderOptions& options, messaging::Bus& bus, sql::Database& database,
      std::shared_ptr<const contract::Contract> contract,
      std::shared_ptr<const partner::PartnerDirectory> partners, const Clock& clock);
  // OrderService: decisions on orders, documents.
  [[nodiscard]] virtual grpc::Service& orders() = 0;
  // Bytes of a document, for the dispatcher of the same process.
  [[nodiscard]] virtual sql::SqlDocumentStore& documents() = 0;
};

}  // namespace guarantee::order
