#include "postgres_connection.h"

#include <fmt/format.h>
#include <poll.h>

#include <array>
#include <cstring>

#include "postgres_error.h"
#include "statement_text.h"

namespace guarantee::sql {
namespace {

constexpr std::chrono::milliseconds kTcpUserTimeout{5000};

int RemainingMs(Deadline deadline) {
  const auto left =
      std::chrono::ceil<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
  return left.count() > 0 ? static_cast<int>(left.count()) : 0;
}

// libpq's sentences name hosts and users, never a password; only the first line is of use.
std::string FirstLine(const char* message) {
  const std::string_view text = message == nullptr ? "" : message;
  return std::string(text.substr(0, text.find('\n')));
}

bool Failed(const PGresult& result) {
  const ExecStatusType status = PQresultStatus(&result);
  return status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK;
}

std::unique_ptr<PGconn, void (*)(PGconn*)> Start(const PostgresOptions& options) {
  const std::string user_timeout = std::to_string(kTcpUserTimeout.count());
  // What follows the DSN overrides it; what precedes it is a default.
  const std::array<const char*, 9> names = {
      "application_name", "dbname",           "client_encoding",
      "keepalives",       "keepalives_idle",  "keepalives_interval",
      "keepalives_count", "tcp_user_timeout", nullptr};
  const std::array<const char*, 9> values = {
      "guarantee-hub", options.dsn.c_str(), "UTF8", "1", "5", "2", "3", user_timeout.c_str(),
      nullptr};
  return {PQconnectStartParams(names.data(), values.data(), /*expand_dbname=*/1), &PQfinish};
}

}  // namespace

PostgresConnection::PostgresConnection(std::unique_ptr<PGconn, Closer> connection,
                                       const PostgresOptions& options)
    : connection_(std::move(connection)),
      answer_timeout_(options.statement_timeout + kAnswerMargin) {}

Result<std::unique_ptr<PostgresConnection>> PostgresConnection::Connect(
    const PostgresOptions& options, Deadline deadline) {
  std::unique_ptr<PGconn, Closer> raw(Start(options).release());
  std::unique_ptr<PostgresConnection> connection(new PostgresConnection(std::move(raw), options));
  if (Result<void> established = connection->Establish(deadline); !established) {
    return tl::unexpected(established.error());
  }
  if (Result<void> ready = connection->SetUpSession(options); !ready) {
    return tl::unexpected(ready.error());
  }
  return connection;
}

Result<void> PostgresConnection::Establish(Deadline deadline) {
  if (connection_ == nullptr || PQstatus(connection_.get()) == CONNECTION_BAD) {
    return Broken("cannot connect");
  }
  PostgresPollingStatusType state = PGRES_POLLING_WRITING;
  while (state != PGRES_POLLING_OK) {
    if (state == PGRES_POLLING_FAILED) return Broken("cannot connect");
    const short events = state == PGRES_POLLING_READING ? POLLIN : POLLOUT;
    if (Result<void> waited = WaitSocket(events, deadline, nullptr); !waited) return waited;
    state = PQconnectPoll(connection_.get());
  }
  if (PQsetnonblocking(connection_.get(), 1) != 0) return Broken("cannot connect");
  // Notices would be printed on stderr by libpq.
  PQsetNoticeProcessor(
      connection_.get(), [](void*, const char*) {}, nullptr);
  return {};
}

Result<void> PostgresConnection::SetUpSession(const PostgresOptions& options) {
  const auto statement_ms = options.statement_timeout.count();
  // A holder that freezes inside a transaction must not keep its row locks for ever.
  const std::string settings = fmt::format(
      "set statement_timeout = {}; set idle_in_transaction_session_timeout = {};"
      "set synchronous_commit = on; set default_transaction_isolation = 'read committed';"
      "set search_path = pg_catalog",
      statement_ms, statement_ms * 2);
  if (Result<Outcome> set = Script(settings); !set) return tl::unexpected(set.error());
  return {};
}

Result<Outcome> PostgresConnection::Script(const std::string& text,
                                           std::chrono::milliseconds timeout) {
  const Deadline deadline = std::chrono::steady_clock::now() + timeout;
  Result<PostgresResult> result = Await(PQsendQuery(connection_.get(), text.c_str()), deadline);
  if (!result) return tl::unexpected(result.error());
  // Rows of the simple protocol are text; nobody asks for them here.
  return Outcome{};
}

Result<Outcome> PostgresConnection::Run(const std::string& schema, const Statement& statement,
                                        std::span<const Column> columns,
                                        std::span<const Value> scalars) {
  Result<const Prepared*> prepared = Prepare(schema, statement);
  if (!prepared) return tl::unexpected(prepared.error());
  const std::vector<Oid>& types = (*prepared)->types;
  if (types.size() != columns.size() + scalars.size()) {
    return Permanent("sql.statement",
                     fmt::format("{} takes {} parameters, {} were given", statement.name,
                                 types.size(), columns.size() + scalars.size()));
  }
  PostgresParameters parameters;
  std::size_t at = 0;
  for (const Column& column : columns) {
    if (Result<void> added = parameters.AppendArray(types[at++], column); !added) {
      return tl::unexpected(added.error());
    }
  }
  for (const Value& value : scalars) {
    if (Result<void> added = parameters.Append(types[at++], value); !added) {
      return tl::unexpected(added.error());
    }
  }
  const int sent =
      PQsendQueryPrepared(connection_.get(), (*prepared)->name.c_str(), parameters.count(),
                          parameters.values(), parameters.lengths(), parameters.formats(), 1);
  Result<PostgresResult> result = Await(sent, AnswerDeadline());
  if (!result) return tl::unexpected(result.error());
  return DecodePostgres(**result);
}

Result<const PostgresConnection::Prepared*> PostgresConnection::Prepare(
    const std::string& schema, const Statement& statement) {
  const auto key = std::pair<std::string, std::string>(schema, statement.name);
  if (const auto found = prepared_.find(key); found != prepared_.end()) {
    const Prepared& prepared = found->second;
    if (prepared.text != statement.postgres &&
        std::strcmp(prepared.text, statement.postgres) != 0) {
      return Permanent("sql.statement", fmt::format("two statements are named {}", statement.name));
    }
    return &prepared;
  }
  if (prepared_.size() >= kPreparedMax) {
    if (Result<Outcome> dropped = Script("deallocate all"); !dropped) {
      return tl::unexpected(dropped.error());
    }
    prepared_.clear();
  }
  Result<Prepared> made = PrepareNew(schema, statement);
  if (!made) return tl::unexpected(made.error());
  return &prepared_.emplace(key, std::move(*made)).first->second;
}

Result<PostgresConnection::Prepared> PostgresConnection::PrepareNew(const std::string& schema,
                                                                    const Statement& statement) {
  // The server cuts names at 63 bytes, so ours are short and counted.
  Prepared prepared{fmt::format("s{}", next_name_++), statement.postgres, {}};
  const std::string text = WithSchema(statement.postgres, schema + ".");
  Result<PostgresResult> result =
      Await(PQsendPrepare(connection_.get(), prepared.name.c_str(), text.c_str(), 0, nullptr),
            AnswerDeadline());
  if (!result) return tl::unexpected(result.error());
  result =
      Await(PQsendDescribePrepared(connection_.get(), prepared.name.c_str()), AnswerDeadline());
  if (!result) return tl::unexpected(result.error());
  for (int at = 0; at < PQnparams(result->get()); ++at) {
    prepared.types.push_back(PQparamtype(result->get(), at));
  }
  return prepared;
}

Result<PostgresResult> PostgresConnection::Await(int sent, Deadline deadline) {
  if (broken_) return Retryable("sql.unavailable", "the connection was lost");
  if (sent == 0) return Broken("cannot send");
  if (Result<void> flushed = Flush(deadline); !flushed) return tl::unexpected(flushed.error());
  PostgresResult last;
  PostgresResult failed;
  for (;;) {
    Result<PostgresResult> next = NextResult(deadline);
    if (!next) return next;
    if (*next == nullptr) break;
    // The end of one command of a script; later results do not undo an earlier failure.
    if (Failed(**next) && failed == nullptr)
      failed = std::move(*next);
    else
      last = std::move(*next);
  }
  if (failed == nullptr) {
    if (last == nullptr) return Broken("no answer");
    return last;
  }
  PostgresFault fault = FaultOf(*failed);
  if (PQstatus(connection_.get()) == CONNECTION_BAD) {
    broken_ = true;
    return Retryable("sql.unavailable", fault.error.message);
  }
  broken_ = broken_ || fault.replace_connection;
  return tl::unexpected(std::move(fault.error));
}

Result<void> PostgresConnection::Flush(Deadline deadline) {
  for (;;) {
    const int left = PQflush(connection_.get());
    if (left == 0) return {};
    if (left < 0) return Broken("cannot send");
    short ready = 0;
    if (Result<void> waited = WaitSocket(POLLIN | POLLOUT, deadline, &ready); !waited) {
      return waited;
    }
    // The server may be unable to read before we take what it has written.
    if ((ready & POLLIN) != 0 && PQconsumeInput(connection_.get()) == 0) {
      return Broken("connection lost");
    }
  }
}

Result<PostgresResult> PostgresConnection::NextResult(Deadline deadline) {
  while (PQisBusy(connection_.get()) != 0) {
    if (Result<void> waited = WaitSocket(POLLIN, deadline, nullptr); !waited) {
      return tl::unexpected(waited.error());
    }
    if (PQconsumeInput(connection_.get()) == 0) return Broken("connection lost");
  }
  return PostgresResult(PQgetResult(connection_.get()));
}

Result<void> PostgresConnection::WaitSocket(short events, Deadline deadline, short* ready) {
  pollfd waiting{PQsocket(connection_.get()), events, 0};
  for (;;) {
    const int remaining_ms = RemainingMs(deadline);
    const int count = poll(&waiting, 1, remaining_ms);
    if (count > 0) break;
    if (count < 0 && errno != EINTR) return Broken("poll failed");
    if (count == 0 && remaining_ms == 0) {
      broken_ = true;
      return Retryable("sql.unavailable", "PostgreSQL did not answer in time");
    }
  }
  if (ready != nullptr) *ready = waiting.revents;
  return {};
}

bool PostgresConnection::Stale() const {
  pollfd waiting{PQsocket(connection_.get()), POLLIN, 0};
  return poll(&waiting, 1, 0) != 0;
}

bool PostgresConnection::InTransaction() const {
  return PQtransactionStatus(connection_.get()) != PQTRANS_IDLE;
}

Deadline PostgresConnection::AnswerDeadline() const {
  return std::chrono::steady_clock::now() + answer_timeout_;
}

tl::unexpected<Error> PostgresConnection::Broken(const char* what) {
  broken_ = true;
  return Retryable("sql.unavailable",
                   fmt::format("{}: {}", what, FirstLine(PQerrorMessage(connection_.get()))));
}

}  // namespace guarantee::sql
