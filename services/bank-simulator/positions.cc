#include "bank-simulator/positions.h"

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <memory>
#include <nlohmann/json.hpp>
#include <sstream>

namespace guarantee::bank_simulator {
namespace {

using nlohmann::json;

constexpr std::size_t kFileBytesMax = std::size_t{1} << 20U;

Result<std::string> ReadText(const std::string& file) {
  std::error_code failed;
  if (!std::filesystem::exists(file, failed)) return std::string("[]");
  std::ifstream stream(file, std::ios::binary);
  std::string text(kFileBytesMax, '\0');
  stream.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (stream.bad() || stream.gcount() == 0) {
    return Refused("positions", "cannot read " + file, "bank.position_file");
  }
  text.resize(static_cast<std::size_t>(stream.gcount()));
  return text;
}

}  // namespace

Result<std::unique_ptr<Positions>> Positions::Load(const std::string& file) {
  const Result<std::string> text = ReadText(file);
  if (!text) return tl::unexpected(text.error());
  std::unique_ptr<Positions> positions(new Positions(file));
  const json document = json::parse(*text, nullptr, false);
  const auto broken = [&file] {
    return Refused("positions", file + " is no list of positions", "bank.position_file");
  };
  if (document.is_discarded() || !document.is_array()) return broken();
  for (const json& row : document) {
    if (!row.is_object() || !row.contains("topic") || !row["topic"].is_string() ||
        !row.contains("partition") || !row["partition"].is_number_integer() ||
        !row.contains("next") || !row["next"].is_number_integer()) {
      return broken();
    }
    positions->next_[{row["topic"].get<std::string>(), row["partition"].get<std::int32_t>()}] =
        row["next"].get<std::int64_t>();
  }
  return positions;
}

std::int64_t Positions::Next(const messaging::TopicPartition& source) const {
  const std::lock_guard lock(mutex_);
  const auto found = next_.find(source);
  return found == next_.end() ? messaging::kLogBeginning : found->second;
}

Result<void> Positions::Advance(const messaging::TopicPartition& source, std::int64_t next) {
  const std::lock_guard lock(mutex_);
  next_[source] = next;
  return Write();
}

Result<void> Positions::Write() const {
  json document = json::array();
  for (const auto& [source, next] : next_) {
    document.push_back({{"topic", source.topic}, {"partition", source.partition}, {"next", next}});
  }
  const std::string beside = file_ + ".new";
  std::ofstream stream(beside, std::ios::binary | std::ios::trunc);
  stream << document.dump() << '\n';
  stream.close();
  if (!stream || std::rename(beside.c_str(), file_.c_str()) != 0) {
    return Retryable("positions", "cannot write " + file_);
  }
  return {};
}

bool Positions::IsNew(const std::string& event_id) const {
  const std::lock_guard lock(mutex_);
  return !answered_.contains(event_id);
}

void Positions::Remember(const std::string& event_id) {
  const std::lock_guard lock(mutex_);
  if (!answered_.insert(event_id).second) return;
  order_.push_back(event_id);
  if (order_.size() <= kRememberedEventsMax) return;
  answered_.erase(order_.front());
  order_.pop_front();
}

}  // namespace guarantee::bank_simulator
