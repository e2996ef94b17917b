// What the connections of a server share.
#pragma once

#include <atomic>
#include <boost/asio/io_context.hpp>
#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>

#include "http/server.h"

namespace guarantee::http {

class Connection;

// Whoever may still answer holds it: the context outlives the server for a handler that answers
// after the end.
struct ServerCore {
  boost::asio::io_context context;
  ServerLimits limits;
  const Clock* clock = nullptr;
  Handler* handler = nullptr;

  std::atomic<std::uint64_t> accepted{0};
  std::atomic<std::uint64_t> turned_away{0};
  std::atomic<std::uint64_t> requests{0};
  std::atomic<std::uint64_t> refused{0};
  std::atomic<std::uint64_t> body_bytes{0};
  std::atomic<bool> draining{false};

  // Takes a place for a connection from `source`; false: no more from there, or at all.
  [[nodiscard]] bool Enter(const std::string& source);
  void Add(Connection* key, std::weak_ptr<Connection> connection);
  void Leave(Connection* key, const std::string& source);
  [[nodiscard]] std::size_t open();
  bool WaitUntilEmpty(std::chrono::milliseconds timeout);
  [[nodiscard]] std::vector<std::shared_ptr<Connection>> Connections();

 private:
  std::mutex mutex_;
  std::condition_variable emptied_;
  std::size_t open_ = 0;
  std::unordered_map<std::string, std::size_t> by_source_;
  std::unordered_map<Connection*, std::weak_ptr<Connection>> connections_;
};

}  // namespace guarantee::http
