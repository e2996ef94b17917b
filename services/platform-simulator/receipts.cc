#include "platform-simulator/receipts.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <fstream>
#include <memory>

namespace guarantee::platform_simulator {
namespace {

struct Existing {
  std::int64_t lines = 0;
  bool broken_end = false;  // the last line was cut by a kill
};

Existing Look(const std::string& file) {
  Existing existing;
  std::ifstream stream(file, std::ios::binary);
  std::string line;
  while (std::getline(stream, line)) {
    ++existing.lines;
    existing.broken_end = stream.eof();
  }
  return existing;
}

}  // namespace

Result<std::unique_ptr<ReceiptLog>> ReceiptLog::Open(const std::string& file) {
  const Existing existing = Look(file);
  const int descriptor = open(file.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  if (descriptor < 0) {
    return Refused("receipts", file + ": " + std::strerror(errno), "platform.receipts_file");
  }
  if (existing.broken_end && write(descriptor, "\n", 1) != 1) {
    close(descriptor);
    return Refused("receipts", "cannot write " + file, "platform.receipts_file");
  }
  return std::unique_ptr<ReceiptLog>(new ReceiptLog(descriptor, existing.lines + 1));
}

ReceiptLog::~ReceiptLog() { close(descriptor_); }

Result<void> ReceiptLog::Append(Json receipt) {
  const std::lock_guard lock(mutex_);
  Json numbered{{"seq", next_}};
  numbered.update(receipt);
  const std::string line = numbered.dump(-1, ' ', false, Json::error_handler_t::replace) + '\n';
  const ssize_t written = write(descriptor_, line.data(), line.size());
  if (written != static_cast<ssize_t>(line.size())) {
    return Retryable("receipts", "the receipts file does not take a line");
  }
  ++next_;
  kept_.push_back(std::move(numbered));
  if (kept_.size() > kReceiptsKept) kept_.pop_front();
  return {};
}

Json ReceiptLog::Since(std::int64_t since) const {
  const std::lock_guard lock(mutex_);
  const std::int64_t first = next_ - static_cast<std::int64_t>(kept_.size());
  const std::int64_t begin = std::clamp(since, first, next_);
  const std::int64_t end = std::min(next_, begin + static_cast<std::int64_t>(kReceiptsShown));
  Json shown = Json::array();
  for (std::int64_t number = begin; number < end; ++number) {
    shown.push_back(kept_[static_cast<std::size_t>(number - first)]);
  }
  return {{"receipts", std::move(shown)}, {"next", end}};
}

}  // namespace guarantee::platform_simulator
