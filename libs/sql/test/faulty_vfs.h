// SQLite's file layer with levers: it counts fsync, fails it, or says that the disk is full.
#pragma once

#include <sqlite3.h>

#include <atomic>

namespace guarantee::sql {

// Process-wide, installed as SQLite's default by Install; every lever is thread-safe.
struct FaultyVfs {
  static FaultyVfs& Install();

  std::atomic<int> syncs = 0;
  std::atomic<bool> fail_sync = false;
  std::atomic<bool> disk_full = false;
};

}  // namespace guarantee::sql
