// The topic catalogue (deploy/topics.yaml) and the check of the real topics against it.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"
#include "messaging/bus.h"
#include "partner/partner.h"

namespace guarantee::node {

struct CatalogueTopic {
  std::string name;
  std::int32_t partitions = 0;
  std::int32_t development_partitions = 0;
  std::int16_t replication = 0;
  std::vector<messaging::Header> settings;
};

// Refused "topics" naming what is missing or malformed.
[[nodiscard]] Result<std::vector<CatalogueTopic>> LoadCatalogue(const std::string& file);

// As to be created with `replication` copies: with fewer than declared, the development counts
// and no more in-sync copies than there are.
[[nodiscard]] messaging::TopicSettings SettingsFor(const CatalogueTopic& topic,
                                                   std::int16_t replication);

// Reads the topics named back and compares. Outside development: partition count, replicas,
// min.insync.replicas, unclean election and every declared setting; all findings in one refused
// error ("topics"). In development the topics only have to exist.
[[nodiscard]] Result<void> CheckTopics(messaging::Bus& bus,
                                       const std::vector<CatalogueTopic>& catalogue,
                                       const std::vector<std::string>& topics,
                                       partner::Environment environment,
                                       std::chrono::milliseconds timeout);

}  // namespace guarantee::node
