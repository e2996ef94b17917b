#include "server_core.h"

#include "connection.h"

namespace guarantee::http {

bool ServerCore::Enter(const std::string& source) {
  const std::lock_guard lock(mutex_);
  std::size_t& count = by_source_[source];
  if (open_ >= limits.connections_max || count >= limits.connections_per_source_max) {
    if (count == 0) by_source_.erase(source);
    return false;
  }
  ++count;
  ++open_;
  return true;
}

void ServerCore::Add(Connection* key, std::weak_ptr<Connection> connection) {
  const std::lock_guard lock(mutex_);
  connections_.emplace(key, std::move(connection));
}

void ServerCore::Leave(Connection* key, const std::string& source) {
  const std::lock_guard lock(mutex_);
  connections_.erase(key);
  const auto found = by_source_.find(source);
  if (found != by_source_.end() && --found->second == 0) by_source_.erase(found);
  if (--open_ == 0) emptied_.notify_all();
}

std::size_t ServerCore::open() {
  const std::lock_guard lock(mutex_);
  return open_;
}

bool ServerCore::WaitUntilEmpty(std::chrono::milliseconds timeout) {
  std::unique_lock lock(mutex_);
  return emptied_.wait_for(lock, timeout, [this] { return open_ == 0; });
}

std::vector<std::shared_ptr<Connection>> ServerCore::Connections() {
  std::vector<std::shared_ptr<Connection>> alive;
  const std::lock_guard lock(mutex_);
  for (const auto& [key, weak] : connections_) {
    if (auto connection = weak.lock()) alive.push_back(std::move(connection));
  }
  return alive;
}

}  // namespace guarantee::http
