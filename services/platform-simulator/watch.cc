#include "platform-simulator/watch.h"

#include <fmt/format.h>

namespace guarantee::platform_simulator {
namespace {

constexpr std::chrono::milliseconds kTimeout{15'000};

}  // namespace

Result<std::unique_ptr<Watch>> Watch::Begin(const std::string& platform_url) {
  auto platform = HttpConnection::Make(platform_url, kTimeout);
  if (!platform) return tl::unexpected(platform.error());
  std::unique_ptr<Watch> watch(new Watch);
  watch->platform_ = std::move(*platform);
  std::int64_t before = -1;
  while (before != watch->next_) {
    before = watch->next_;
    if (!watch->Read()) {
      return Retryable("story.platform", "no platform-simulator answers at " + platform_url);
    }
  }
  watch->receipts_.clear();
  return watch;
}

bool Watch::Read() {
  const Result<HttpAnswer> answer = platform_->Get(fmt::format("/receipts?since={}", next_));
  if (!answer || answer->status != 200) return false;
  const Json document = Json::parse(answer->body, nullptr, false);
  if (!document.is_object() || !document.contains("next") ||
      !document["next"].is_number_integer() || !document.contains("receipts")) {
    return false;
  }
  next_ = document["next"].get<std::int64_t>();
  for (const Json& receipt : document["receipts"]) receipts_.push_back(receipt);
  return true;
}

const Json* Watch::Find(const std::function<bool(const Json&)>& fits) const {
  for (const Json& receipt : receipts_) {
    if (fits(receipt)) return &receipt;
  }
  return nullptr;
}

}  // namespace guarantee::platform_simulator
