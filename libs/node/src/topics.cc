#include "node/topics.h"

#include <fmt/format.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>

namespace guarantee::node {
namespace {

CatalogueTopic ReadTopic(const YAML::Node& node) {
  CatalogueTopic topic;
  topic.name = node["name"].as<std::string>();
  topic.partitions = node["partitions"].as<std::int32_t>();
  topic.development_partitions = node["development_partitions"].as<std::int32_t>();
  topic.replication = node["replication"].as<std::int16_t>();
  for (const auto& setting : node["settings"]) {
    topic.settings.push_back({setting.first.as<std::string>(), setting.second.as<std::string>()});
  }
  return topic;
}

std::string SettingOf(const messaging::TopicSettings& topic, const std::string& name) {
  for (const messaging::Header& setting : topic.settings) {
    if (setting.name == name) return setting.value;
  }
  return "unset";
}

void Compare(const CatalogueTopic& declared, const messaging::TopicSettings& real,
             std::vector<std::string>& findings) {
  if (real.partitions != declared.partitions) {
    findings.push_back(fmt::format("{}: {} partitions, declared {}", declared.name, real.partitions,
                                   declared.partitions));
  }
  if (real.replication_factor < declared.replication) {
    findings.push_back(fmt::format("{}: {} replicas, declared {}", declared.name,
                                   real.replication_factor, declared.replication));
  }
  for (const messaging::Header& setting : declared.settings) {
    const std::string value = SettingOf(real, setting.name);
    if (value != setting.value) {
      findings.push_back(fmt::format("{}: {} is {}, declared {}", declared.name, setting.name,
                                     value, setting.value));
    }
  }
}

}  // namespace

Result<std::vector<CatalogueTopic>> LoadCatalogue(const std::string& file) {
  try {
    const YAML::Node document = YAML::LoadFile(file);
    std::vector<CatalogueTopic> topics;
    for (const YAML::Node& node : document["topics"]) topics.push_back(ReadTopic(node));
    if (topics.empty()) return Refused("topics", file + " declares no topics", "topics.file");
    return topics;
  } catch (const YAML::Exception& failure) {
    return Refused("topics", file + ": " + failure.what(), "topics.file");
  }
}

messaging::TopicSettings SettingsFor(const CatalogueTopic& topic, std::int16_t replication) {
  messaging::TopicSettings settings{topic.name, topic.partitions, replication, topic.settings};
  if (replication >= topic.replication) return settings;
  settings.partitions = topic.development_partitions;
  for (messaging::Header& setting : settings.settings) {
    if (setting.name == "min.insync.replicas") setting.value = std::to_string(replication);
  }
  return settings;
}

Result<void> CheckTopics(messaging::Bus& bus, const std::vector<CatalogueTopic>& catalogue,
                         const std::vector<std::string>& topics, partner::Environment environment,
                         std::chrono::milliseconds timeout) {
  std::vector<std::string> findings;
  for (const std::string& name : topics) {
    const auto declared =
        std::find_if(catalogue.begin(), catalogue.end(),
                     [&name](const CatalogueTopic& topic) { return topic.name == name; });
    if (declared == catalogue.end()) {
      findings.push_back(name + ": not in the catalogue");
      continue;
    }
    const Result<messaging::TopicSettings> real = bus.Describe(name, timeout);
    if (!real && real.error().kind == ErrorKind::kRetryable) return tl::unexpected(real.error());
    if (!real) {
      findings.push_back(fmt::format("{}: {}", name, real.error().message));
    } else if (environment != partner::Environment::kDevelopment) {
      Compare(*declared, *real, findings);
    }
  }
  if (findings.empty()) return {};
  return Refused("topics", fmt::format("{}", fmt::join(findings, "; ")), "topics.file");
}

}  // namespace guarantee::node
