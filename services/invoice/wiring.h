// The invoice service, wired over a bus and a schema; used by its own binary and by `hub`.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "base/clock.h"
#include "base/result.h"
#include "contract/contract.h"
#include "host/host.h"
#include "messaging/bus.h"
#include "partner/directory.h"
#include "sql/database.h"

namespace guarantee::invoice {

inline constexpr const char* kGroup = "invoice";
inline constexpr const char* kSchema = "invoices";

struct InvoiceOptions {
  std::string process_name;            // part of the lease holder's name
  bool alone = false;                  // the store's file lock is ours: older leases are void
  std::string rules_file;              // empty: nothing is decided by rules
  bool demonstration_numbers = false;  // allow the rules file's numbers; development only
  std::int64_t request_limit_ms = 5'000;
};

// Reads the rules, migrates the schema, joins the group. Everything given outlives the host.
[[nodiscard]] Result<std::unique_ptr<host::Host>> StartInvoice(
    const InvoiceOptions& options, messaging::Bus& bus, sql::Database& database,
    std::shared_ptr<const contract::Contract> contract,
    std::shared_ptr<const partner::PartnerDirectory> partners, const Clock& clock);

}  // namespace guarantee::invoice
