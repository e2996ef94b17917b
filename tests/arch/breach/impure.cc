// Everything that a domain library may not do, one call each. Linked into no program; the check of
// symbols (symbols_test.py) must report every line of it, else the check is worth nothing.
#include <time.h>

#include <chrono>
#include <cstdlib>

struct rd_kafka_s;
struct sqlite3;
struct pg_conn;
extern "C" {
void rd_kafka_destroy(rd_kafka_s* handle);
int sqlite3_close(sqlite3* database);
void PQfinish(pg_conn* connection);
}
namespace Poco {
void Breach();
}
namespace grpc {
void Breach();
}
namespace google::protobuf {
void Breach();
}

namespace guarantee::arch {

long ReadClocks() {
  timespec now{};
  clock_gettime(CLOCK_REALTIME, &now);
  return now.tv_nsec + std::chrono::system_clock::now().time_since_epoch().count();
}

int DrawAndAsk() { return std::rand() + (std::getenv("PATH") == nullptr ? 0 : 1); }

void CallLibraries() {
  rd_kafka_destroy(nullptr);
  sqlite3_close(nullptr);
  PQfinish(nullptr);
  Poco::Breach();
  grpc::Breach();
  google::protobuf::Breach();
}

}  // namespace guarantee::arch
