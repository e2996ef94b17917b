// A private PostgreSQL 15 for the tests of one binary.
#pragma once

#include <sys/types.h>

#include <string>

namespace guarantee::testing {

// The server of this process: started at the first call, stopped at exit, its data thrown away
// (fsync is off). Environment GUARANTEE_TEST_POSTGRES (URI or keyword string; its user may create
// databases) names a server to use instead. Aborts the test binary with a clear sentence when
// PostgreSQL is not installed or does not start. The first call comes from the main thread: the
// server ends with the thread that started it.
class PostgresServer {
 public:
  static PostgresServer& Shared();

  // A fresh, empty database of that server, as a libpq connection string.
  [[nodiscard]] std::string NewDatabase();
  // Server processes of a private server; a test may stop or kill it. 0 for one that was given.
  [[nodiscard]] pid_t pid() const { return pid_; }
  // Ends every client's connection, as a restart would.
  void DropConnections();

  ~PostgresServer();
  PostgresServer(const PostgresServer&) = delete;
  PostgresServer& operator=(const PostgresServer&) = delete;

 private:
  PostgresServer();
  void StartPrivate();
  void AwaitReady();

  std::string directory_;
  std::string base_dsn_;  // keyword string without dbname
  pid_t pid_ = 0;
  int databases_ = 0;
};

}  // namespace guarantee::testing
