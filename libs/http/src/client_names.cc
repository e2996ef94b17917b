#include "client_names.h"

#include <boost/asio/ip/address.hpp>
#include <boost/asio/post.hpp>

namespace guarantee::http {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;

constexpr std::size_t kLookupThreads = 4;
constexpr std::size_t kAddressesMax = 16;  // of one name

// Blocks. Empty when the name has no address.
HostNames::Endpoints LookUp(const std::string& host, const std::string& port) {
  asio::io_context context;
  tcp::resolver resolver(context);
  boost::system::error_code error;
  HostNames::Endpoints endpoints;
  const auto found = resolver.resolve(host, port, tcp::resolver::numeric_service, error);
  if (error) return endpoints;
  for (const auto& one : found) {
    if (endpoints.size() == kAddressesMax) break;
    endpoints.push_back(one.endpoint());
  }
  return endpoints;
}

}  // namespace

HostNames::HostNames(asio::io_context& context, std::chrono::milliseconds lifetime)
    : context_(context), lifetime_(lifetime), lookups_(kLookupThreads) {}

HostNames::~HostNames() { lookups_.join(); }

const HostNames::Endpoints* HostNames::Find(const Url& url) const {
  const auto found = entries_.find({url.host, url.port});
  const bool fresh = found != entries_.end() && !found->second.endpoints.empty() &&
                     std::chrono::steady_clock::now() < found->second.fresh_until;
  return fresh ? &found->second.endpoints : nullptr;
}

void HostNames::Ask(const Url& url, Signal signal) {
  const Key key{url.host, url.port};
  boost::system::error_code not_numeric;
  const auto address = asio::ip::make_address(url.host, not_numeric);
  Entry& entry = entries_[key];
  entry.waiting.push_back(std::move(signal));
  if (!not_numeric) {
    const auto port = static_cast<std::uint16_t>(std::stoul(url.port));
    asio::post(context_,
               [this, key, address, port] { Learn(key, {tcp::endpoint(address, port)}); });
    return;
  }
  if (entry.waiting.size() > 1) return;
  asio::post(lookups_, [this, key] {
    Endpoints endpoints = LookUp(key.first, key.second);
    asio::post(context_, [this, key, endpoints = std::move(endpoints)]() mutable {
      Learn(key, std::move(endpoints));
    });
  });
}

void HostNames::Learn(const Key& key, Endpoints endpoints) {
  Entry& entry = entries_[key];
  entry.endpoints = std::move(endpoints);
  entry.fresh_until = std::chrono::steady_clock::now() + lifetime_;
  for (const Signal& signal : entry.waiting) signal->cancel();
  entry.waiting.clear();
}

}  // namespace guarantee::http
