// Lends connections; nothing of a connection's trouble outlives its loan.
#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <vector>

#include "postgres_connection.h"

namespace guarantee::sql {

inline constexpr std::size_t kConnectionsMax = 64;

// Thread-safe.
class PostgresConnections {
 public:
  // A connection on loan; goes back at the end, or away if it is broken or still in a transaction.
  class Lease {
   public:
    Lease(PostgresConnections& owner, std::unique_ptr<PostgresConnection> connection)
        : owner_(&owner), connection_(std::move(connection)) {}
    Lease(Lease&& other) noexcept
        : owner_(std::exchange(other.owner_, nullptr)), connection_(std::move(other.connection_)) {}
    Lease& operator=(Lease&&) = delete;
    ~Lease();

    PostgresConnection* operator->() { return connection_.get(); }
    PostgresConnection& operator*() { return *connection_; }

   private:
    friend class PostgresConnections;
    PostgresConnections* owner_;
    std::unique_ptr<PostgresConnection> connection_;
  };

  explicit PostgresConnections(PostgresOptions options) : options_(std::move(options)) {}

  // Waiting for a free connection and making one share one connect_timeout. Errors: retryable
  // "sql.unavailable".
  [[nodiscard]] Result<Lease> Borrow();

 private:
  Result<std::unique_ptr<PostgresConnection>> TakeIdle(Deadline deadline);
  void Return(std::unique_ptr<PostgresConnection> connection);

  const PostgresOptions options_;
  std::mutex mutex_;
  std::condition_variable free_;
  std::vector<std::unique_ptr<PostgresConnection>> idle_;
  std::size_t lent_ = 0;
};

}  // namespace guarantee::sql
