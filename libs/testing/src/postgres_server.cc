#include "testing/postgres_server.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <libpq-fe.h>
#include <netinet/in.h>
#include <poll.h>
#include <pwd.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string_view>
#include <vector>

namespace guarantee::testing {
namespace {

constexpr const char* kBinaries = "/usr/lib/postgresql/15/bin/";
constexpr std::chrono::seconds kStartLimit{60};
constexpr std::chrono::seconds kStopLimit{10};

using Connection = std::unique_ptr<PGconn, decltype(&PQfinish)>;
using Arguments = std::vector<std::string>;

[[noreturn]] void Fail(const std::string& sentence) {
  std::fprintf(stderr, "PostgresServer: %s\n", sentence.c_str());
  std::abort();
}

// initdb and postgres refuse to run as root.
const passwd* ServerUser() {
  if (geteuid() != 0) return nullptr;
  const passwd* user = getpwnam("postgres");
  if (user == nullptr) user = getpwnam("nobody");
  if (user == nullptr) Fail("running as root and there is no user postgres or nobody");
  return user;
}

[[noreturn]] void Become(const passwd* user, const Arguments& arguments,
                         const std::string& output) {
  const int log = open(output.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
  if (log < 0 || dup2(log, 1) < 0 || dup2(log, 2) < 0) _exit(126);
  if (user != nullptr) {
    if (setgid(user->pw_gid) != 0 || setuid(user->pw_uid) != 0) _exit(126);
  }
  // A test binary that dies must not leave its server behind (after setuid, which clears it).
  prctl(PR_SET_PDEATHSIG, SIGQUIT);
  std::vector<char*> pointers;
  for (const std::string& argument : arguments) {
    pointers.push_back(const_cast<char*>(argument.c_str()));
  }
  pointers.push_back(nullptr);
  execv(pointers[0], pointers.data());
  _exit(127);
}

pid_t Start(const Arguments& arguments, const std::string& output) {
  const passwd* user = ServerUser();
  const pid_t pid = fork();
  if (pid < 0) Fail("cannot fork");
  if (pid == 0) Become(user, arguments, output);
  return pid;
}

void RunToEnd(const Arguments& arguments, const std::string& output) {
  const pid_t pid = Start(arguments, output);
  int status = 0;
  if (waitpid(pid, &status, 0) != pid || status != 0) {
    Fail(fmt::format("{} failed, see {}", arguments.front(), output));
  }
}

int FreePort() {
  const int descriptor = socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof(address);
  auto* generic = reinterpret_cast<sockaddr*>(&address);
  if (bind(descriptor, generic, size) != 0 || getsockname(descriptor, generic, &size) != 0) {
    Fail("the kernel gives no port");
  }
  close(descriptor);
  return ntohs(address.sin_port);
}

Connection Connect(const std::string& dsn) { return {PQconnectdb(dsn.c_str()), &PQfinish}; }

void Execute(const std::string& dsn, const std::string& text) {
  const Connection connection = Connect(dsn);
  const std::unique_ptr<PGresult, decltype(&PQclear)> result(PQexec(connection.get(), text.c_str()),
                                                             &PQclear);
  const ExecStatusType status = PQresultStatus(result.get());
  if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK) {
    Fail(fmt::format("the test server refuses \"{}\": {}", text, PQerrorMessage(connection.get())));
  }
}

// A URI or keyword string as a keyword string, to which a database's name can be added.
std::string WithoutDatabase(const char* dsn) {
  const std::unique_ptr<PQconninfoOption, decltype(&PQconninfoFree)> parsed(
      PQconninfoParse(dsn, nullptr), &PQconninfoFree);
  if (parsed == nullptr) Fail("GUARANTEE_TEST_POSTGRES is not a libpq connection string");
  std::string out;
  for (const PQconninfoOption* option = parsed.get(); option->keyword != nullptr; ++option) {
    if (option->val == nullptr || std::string_view(option->keyword) == "dbname") continue;
    out += fmt::format("{}{}='", out.empty() ? "" : " ", option->keyword);
    for (const char* at = option->val; *at != '\0'; ++at) {
      if (*at == '\'' || *at == '\\') out += '\\';
      out += *at;
    }
    out += '\'';
  }
  return out;
}

}  // namespace

PostgresServer& PostgresServer::Shared() {
  static PostgresServer server;
  return server;
}

PostgresServer::PostgresServer() {
  if (const char* given = std::getenv("GUARANTEE_TEST_POSTGRES"); given != nullptr) {
    base_dsn_ = WithoutDatabase(given);
    return;
  }
  StartPrivate();
  AwaitReady();
}

void PostgresServer::StartPrivate() {
  const std::string postgres = std::string(kBinaries) + "postgres";
  if (access(postgres.c_str(), X_OK) != 0) {
    Fail(
        "PostgreSQL 15 is not installed (package postgresql-15) and GUARANTEE_TEST_POSTGRES "
        "names no other server");
  }
  // Below /tmp, not TMPDIR: the socket's path may have 107 bytes.
  std::string directory = "/tmp/guarantee-pg-XXXXXX";
  if (mkdtemp(directory.data()) == nullptr) Fail("cannot make a directory under /tmp");
  directory_ = directory;
  if (const passwd* user = ServerUser(); user != nullptr) {
    if (chown(directory.c_str(), user->pw_uid, user->pw_gid) != 0) Fail("cannot chown the data");
  }
  const std::string data = directory + "/data";
  const std::string log = directory + "/log";
  RunToEnd({std::string(kBinaries) + "initdb", "-D", data, "-U", "tester", "-A", "trust", "-E",
            "UTF8", "--locale=C", "--no-sync"},
           directory + ".initdb.log");
  const std::string port = std::to_string(FreePort());
  pid_ =
      Start({postgres, "-D", data, "-k", directory, "-p", port, "-c", "listen_addresses=127.0.0.1",
             "-c", "fsync=off", "-c", "full_page_writes=off", "-c", "max_connections=200"},
            directory + ".log");
  base_dsn_ = fmt::format("host={} port={} user=tester", directory, port);
}

void PostgresServer::AwaitReady() {
  const auto deadline = std::chrono::steady_clock::now() + kStartLimit;
  while (PQping((base_dsn_ + " dbname=postgres").c_str()) != PQPING_OK) {
    int status = 0;
    if (waitpid(pid_, &status, WNOHANG) == pid_ || std::chrono::steady_clock::now() > deadline) {
      Fail(fmt::format("the private server did not start, see {}.log", directory_));
    }
    poll(nullptr, 0, 20);
  }
}

std::string PostgresServer::NewDatabase() {
  const std::string name = fmt::format("test_{}_{}", getpid(), ++databases_);
  Execute(base_dsn_ + " dbname=postgres", "create database " + name);
  return base_dsn_ + " dbname=" + name;
}

void PostgresServer::DropConnections() {
  Execute(base_dsn_ + " dbname=postgres",
          "select pg_terminate_backend(pid, 5000) from pg_stat_activity where pid <> "
          "pg_backend_pid() and "
          "backend_type = 'client backend'");
}

PostgresServer::~PostgresServer() {
  if (pid_ == 0) return;
  kill(pid_, SIGQUIT);
  const auto deadline = std::chrono::steady_clock::now() + kStopLimit;
  while (waitpid(pid_, nullptr, WNOHANG) == 0) {
    if (std::chrono::steady_clock::now() > deadline) kill(pid_, SIGKILL);
    poll(nullptr, 0, 10);
  }
  std::error_code ignored;
  std::filesystem::remove_all(directory_, ignored);
  std::filesystem::remove(directory_ + ".log", ignored);
  std::filesystem::remove(directory_ + ".initdb.log", ignored);
}

}  // namespace guarantee::testing
