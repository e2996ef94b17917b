// A store in SQLite, a bus with levers, and waiting with a deadline: the ground of these tests.
#pragma once

#include <gtest/gtest.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <thread>

#include "messaging/execute.h"
#include "messaging/lease.h"
#include "sql/lease_store.h"
#include "sql/write_store.h"
#include "testing/fake_bus.h"
#include "testing/fake_clock.h"

namespace guarantee::writepath {

inline constexpr const char* kGroup = "order";
inline constexpr const char* kRequests = "requests";
inline constexpr const char* kEvents = "events";
inline constexpr std::chrono::seconds kPatience{10};

// True as soon as `condition` holds; false when kPatience is over.
inline bool Eventually(const std::function<bool()>& condition) {
  const auto until = std::chrono::steady_clock::now() + kPatience;
  while (!condition()) {
    if (std::chrono::steady_clock::now() > until) return false;
    std::this_thread::yield();
  }
  return true;
}

class Scene : public ::testing::Test {
 protected:
  void SetUp() override {
    directory_ = std::filesystem::temp_directory_path() / "guarantee-writepath-XXXXXX";
    ASSERT_NE(mkdtemp(directory_.data()), nullptr);
    file_ = sql::SqliteFile::Open(directory_ + "/hub.db").value();
    database_ = file_->Schema("orders");
    ASSERT_TRUE(database_->Migrate(sql::WriteStoreMigrations()).has_value());
    store_ = std::make_unique<sql::SqlWriteStore>(*database_, kGroup);
    lease_store_ = std::make_unique<sql::SqlLeaseStore>(*database_);
    const messaging::TopicSettings topics[] = {{kRequests, 2, 1, {}}, {kEvents, 2, 1, {}}};
    ASSERT_TRUE(bus_.CreateTopics(topics, std::chrono::seconds{1}).has_value());
  }
  void TearDown() override {
    lease_store_.reset();
    store_.reset();
    database_.reset();
    file_.reset();
    std::filesystem::remove_all(directory_);
  }

  messaging::LeaseRequest Request(const std::string& holder, bool alone = true) const {
    return {kGroup, holder, messaging::kPublishingLeaseMs, alone};
  }
  void Send(const std::string& key, const std::string& value) {
    bus_.producer().Publish({kRequests, key, {}, value}, [](const auto&) {});
  }
  static messaging::OutboxEntry Entry(const std::string& flow, const std::string& id) {
    messaging::OutboxEntry entry;
    entry.topic = kEvents;
    entry.envelope.id = id;
    entry.envelope.type = "type";
    entry.envelope.partner = "demo";
    entry.envelope.flow = flow;
    return entry;
  }
  // Writes `count` outbox rows of a flow.
  void Append(const std::string& flow, int count) {
    messaging::Unit unit;
    unit.decide = [&](messaging::Workspace& workspace) -> Result<void> {
      for (int at = 1; at <= count; ++at) {
        workspace.Emit(Entry(flow, flow + "-" + std::to_string(at)));
      }
      return {};
    };
    ASSERT_TRUE(messaging::Executor(*store_).Execute(std::span(&unit, 1)).has_value());
  }

  std::string directory_;
  testing::FakeClock clock_;
  testing::FakeBus bus_{clock_};
  std::shared_ptr<sql::SqliteFile> file_;
  std::unique_ptr<sql::Database> database_;
  std::unique_ptr<sql::SqlWriteStore> store_;
  std::unique_ptr<sql::SqlLeaseStore> lease_store_;
};

}  // namespace guarantee::writepath
