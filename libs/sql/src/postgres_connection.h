// One PostgreSQL connection: every wait on it has a deadline, so a server that is frozen rather
// than gone cannot hold a thread.
#pragma once

#include <libpq-fe.h>

#include <chrono>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "postgres_wire.h"
#include "sql/database.h"

namespace guarantee::sql {

using Deadline = std::chrono::steady_clock::time_point;

// Prepared statements of one connection; beyond it they are all dropped and made again.
inline constexpr std::size_t kPreparedMax = 2048;
// What the server gets on top of statement_timeout to say itself that it gave up.
inline constexpr std::chrono::milliseconds kAnswerMargin{1000};

// Not thread-safe; the pool lends it to one thread at a time.
class PostgresConnection {
 public:
  // Errors: retryable "sql.unavailable".
  [[nodiscard]] static Result<std::unique_ptr<PostgresConnection>> Connect(
      const PostgresOptions& options, Deadline deadline);

  // Text without parameters, several statements allowed; answers the last one's rows.
  [[nodiscard]] Result<Outcome> Script(const std::string& text, std::chrono::milliseconds timeout);
  [[nodiscard]] Result<Outcome> Script(const std::string& text) {
    return Script(text, answer_timeout_);
  }
  [[nodiscard]] Result<Outcome> Run(const std::string& schema, const Statement& statement,
                                    std::span<const Column> columns,
                                    std::span<const Value> scalars);

  // True: must not be used again, neither by this transaction nor by another.
  [[nodiscard]] bool broken() const { return broken_; }
  // True: something came in while nobody asked, that is a good-bye of the server or of TCP.
  [[nodiscard]] bool Stale() const;
  // BEGIN was sent and neither COMMIT nor ROLLBACK has been answered.
  [[nodiscard]] bool InTransaction() const;

 private:
  struct Prepared {
    std::string name;
    const char* text = nullptr;
    std::vector<Oid> types;
  };
  struct Closer {
    void operator()(PGconn* connection) const { PQfinish(connection); }
  };

  explicit PostgresConnection(std::unique_ptr<PGconn, Closer> connection,
                              const PostgresOptions& options);
  Result<void> Establish(Deadline deadline);
  Result<void> SetUpSession(const PostgresOptions& options);
  Result<const Prepared*> Prepare(const std::string& schema, const Statement& statement);
  Result<Prepared> PrepareNew(const std::string& schema, const Statement& statement);
  Result<PostgresResult> Await(int sent, Deadline deadline);
  Result<void> Flush(Deadline deadline);
  Result<PostgresResult> NextResult(Deadline deadline);
  Result<void> WaitSocket(short events, Deadline deadline, short* ready);
  Deadline AnswerDeadline() const;
  tl::unexpected<Error> Broken(const char* what);

  std::unique_ptr<PGconn, Closer> connection_;
  std::chrono::milliseconds answer_timeout_;
  std::map<std::pair<std::string, std::string>, Prepared, std::less<>> prepared_;
  std::size_t next_name_ = 0;
  bool broken_ = false;
};

}  // namespace guarantee::sql
