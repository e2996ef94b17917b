// The dispatcher's own tables, beside those of sql/write_store.h in the same schema.
#pragma once

#include <vector>

#include "sql/database.h"

namespace guarantee::dispatcher {

// WriteStoreMigrations (1-99) and the notice tables (100 and up).
[[nodiscard]] std::vector<sql::Migration> DispatcherMigrations();

}  // namespace guarantee::dispatcher
