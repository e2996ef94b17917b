// Addresses of hosts, looked up beside the client's thread: the system's resolver blocks, and one
// partner's dead name server must not hold up the others.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/thread_pool.hpp>
#include <chrono>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "http/client_url.h"

namespace guarantee::http {

// Used on the client's thread only.
class HostNames {
 public:
  using Endpoints = std::vector<boost::asio::ip::tcp::endpoint>;
  using Signal = std::shared_ptr<boost::asio::steady_timer>;

  HostNames(boost::asio::io_context& context, std::chrono::milliseconds lifetime);
  ~HostNames();

  // Null when nothing fresh is known; then Ask.
  [[nodiscard]] const Endpoints* Find(const Url& url) const;
  // Looks the name up, once for all who ask meanwhile, and cancels `signal` when that has ended.
  void Ask(const Url& url, Signal signal);

 private:
  struct Entry {
    Endpoints endpoints;
    std::chrono::steady_clock::time_point fresh_until;
    std::vector<Signal> waiting;
  };
  using Key = std::pair<std::string, std::string>;

  void Learn(const Key& key, Endpoints endpoints);

  boost::asio::io_context& context_;
  const std::chrono::milliseconds lifetime_;
  std::map<Key, Entry> entries_;
  boost::asio::thread_pool lookups_;
};

}  // namespace guarantee::http
