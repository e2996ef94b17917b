#include "postgres_pool.h"

namespace guarantee::sql {

PostgresConnections::Lease::~Lease() {
  if (owner_ == nullptr) return;
  const bool keep =
      connection_ != nullptr && !connection_->broken() && !connection_->InTransaction();
  if (!keep) connection_.reset();
  owner_->Return(std::move(connection_));
}

Result<PostgresConnections::Lease> PostgresConnections::Borrow() {
  const Deadline deadline = std::chrono::steady_clock::now() + options_.connect_timeout;
  Result<std::unique_ptr<PostgresConnection>> idle = TakeIdle(deadline);
  if (!idle) return tl::unexpected(idle.error());
  Lease lease(*this, std::move(*idle));
  if (lease.connection_ != nullptr && !lease.connection_->Stale()) return lease;
  Result<std::unique_ptr<PostgresConnection>> made =
      PostgresConnection::Connect(options_, deadline);
  if (!made) {
    lease.connection_.reset();
    return tl::unexpected(made.error());
  }
  lease.connection_ = std::move(*made);
  return lease;
}

Result<std::unique_ptr<PostgresConnection>> PostgresConnections::TakeIdle(Deadline deadline) {
  std::unique_lock lock(mutex_);
  if (!free_.wait_until(lock, deadline, [&] { return lent_ < options_.connections; })) {
    return Retryable("sql.unavailable", "every connection is in use");
  }
  ++lent_;
  if (idle_.empty()) return nullptr;
  std::unique_ptr<PostgresConnection> connection = std::move(idle_.back());
  idle_.pop_back();
  return connection;
}

void PostgresConnections::Return(std::unique_ptr<PostgresConnection> connection) {
  const std::lock_guard lock(mutex_);
  --lent_;
  if (connection != nullptr) idle_.push_back(std::move(connection));
  free_.notify_one();
}

}  // namespace guarantee::sql
