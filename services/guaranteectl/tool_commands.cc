#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <map>
#include <set>

#include "contract/manual.h"
#include "contract/openapi.h"
#include "crypto/password.h"
#include "guarantee/rpc/v1/case.grpc.pb.h"
#include "guarantee/rpc/v1/dispatcher.grpc.pb.h"
#include "guaranteectl/client.h"
#include "guaranteectl/commands.h"
#include "kafka/kafka_bus.h"
#include "node/topics.h"

namespace guarantee::guaranteectl {
namespace {

namespace v1 = guarantee::rpc::v1;

constexpr std::chrono::milliseconds kTopicTimeout{30'000};
constexpr std::int16_t kReplicationMax = 9;
// Beside the states that processes report.
constexpr const char* kUnheld = "unheld";

// Each replica answers for the partitions it holds, so all of them are asked.
template <typename Service>
void AskAll(const std::string& tls_folder, const std::vector<std::string>& addresses,
            const char* service, std::vector<v1::Lag>& lags, std::vector<Error>& failures) {
  for (const std::string& address : addresses) {
    const auto reply =
        Call<Service>(tls_folder, {address}, service, &Service::Stub::GetLag, v1::LagRequest());
    if (!reply) {
      failures.push_back(reply.error());
      continue;
    }
    lags.insert(lags.end(), reply->lags().begin(), reply->lags().end());
  }
}

// A group of which nobody holds a partition is no healthy group.
void AddSilentGroups(const std::vector<std::string>& groups, const std::vector<v1::Lag>& lags,
                     std::vector<Error>& failures) {
  if (!failures.empty()) return;
  for (const std::string& group : groups) {
    const bool heard = std::any_of(lags.begin(), lags.end(),
                                   [&group](const v1::Lag& lag) { return lag.group() == group; });
    if (heard) continue;
    failures.push_back({ErrorKind::kRetryable,
                        "lag.unassigned",
                        {},
                        fmt::format("{} holds no partition: the broker is away, or a rebalance "
                                    "goes on",
                                    group)});
  }
}

// Members that hold too few partitions leave a group healthy to look at, and what is published to
// the rest waits. Of a topic that nobody of the group holds a partition of, nothing is known here.
void AddUnheldPartitions(std::vector<v1::Lag>& lags, std::vector<Error>& failures) {
  if (!failures.empty()) return;
  std::map<std::pair<std::string, std::string>, std::set<std::int32_t>> missing;
  for (const v1::Lag& lag : lags) {
    auto [topic, fresh] = missing.try_emplace({lag.group(), lag.topic()});
    for (std::int32_t at = 0; fresh && at < lag.partitions(); ++at) topic->second.insert(at);
  }
  for (const v1::Lag& lag : lags) missing[{lag.group(), lag.topic()}].erase(lag.partition());
  for (const auto& [place, partitions] : missing) {
    for (const std::int32_t partition : partitions) {
      v1::Lag& unheld = lags.emplace_back();
      unheld.set_group(place.first);
      unheld.set_topic(place.second);
      unheld.set_partition(partition);
      unheld.set_state(kUnheld);
    }
    if (partitions.empty()) continue;
    failures.push_back({ErrorKind::kRetryable,
                        "lag.unheld",
                        {},
                        fmt::format("nobody of {} holds {} of the partitions of {}", place.first,
                                    partitions.size(), place.second)});
  }
}

// Services with cases that have an address; the same process may have several of them.
std::vector<std::string> AskCases(const Context& context, std::vector<v1::Lag>& lags,
                                  std::vector<Error>& failures) {
  std::vector<std::string> groups;
  std::set<std::string> asked;
  for (const std::string_view service : CaseServices()) {
    const std::vector<std::string>& addresses = *CasesAt(context.endpoints, service);
    if (addresses.empty()) continue;
    groups.emplace_back(service);
    std::vector<std::string> fresh;
    for (const std::string& address : addresses) {
      if (asked.insert(address).second) fresh.push_back(address);
    }
    AskAll<v1::CaseService>(context.endpoints.tls_folder, fresh, groups.back().c_str(), lags,
                            failures);
  }
  return groups;
}

// Nobody has measured a partition that nobody holds.
Json LagJson(const v1::Lag& lag) {
  const bool known = lag.state() != kUnheld;
  return {{"group", lag.group()},
          {"topic", lag.topic()},
          {"partition", lag.partition()},
          {"lag_messages", known ? Json(lag.messages()) : Json()},
          {"lag_seconds", known ? Json(lag.seconds()) : Json()},
          {"state", lag.state()}};
}

std::vector<std::string> LagRow(const v1::Lag& lag) {
  const bool known = lag.state() != kUnheld;
  return {lag.group(),
          lag.topic(),
          std::to_string(lag.partition()),
          known ? std::to_string(lag.messages()) : "-",
          known ? fmt::format("{:.1f}", lag.seconds()) : "-",
          lag.state()};
}

Result<std::int16_t> ReplicationOf(const Arguments& arguments) {
  const std::string text = arguments.Value("--replication");
  std::int16_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size() || number < 1 ||
      number > kReplicationMax) {
    return Refused(kUsageCode, fmt::format("--replication must be 1 to {}", kReplicationMax));
  }
  return number;
}

Result<void> Create(const std::string& brokers,
                    const std::vector<messaging::TopicSettings>& settings) {
  kafka::KafkaOptions options;
  options.brokers = brokers;
  options.client_id = "guaranteectl";
  const auto bus = kafka::OpenKafka(options);
  if (!bus) return tl::unexpected(bus.error());
  return (*bus)->CreateTopics(settings, kTopicTimeout);
}

}  // namespace

Result<Report> ContractOpenApi(const Context&, const Arguments&) {
  const auto contract = contract::Contract::Load();
  if (!contract) return tl::unexpected(contract.error());
  const std::string text = contract::OpenApi(**contract);
  Json document = Json::parse(text, nullptr, false);
  if (document.is_discarded()) return Permanent("contract.openapi", "the document is not JSON");
  return Report{std::move(document), text.ends_with('\n') ? text : text + '\n', Exit::kDone, {}};
}

Result<Report> ContractManual(const Context&, const Arguments&) {
  const auto contract = contract::Contract::Load();
  if (!contract) return tl::unexpected(contract.error());
  const std::string text = contract::Manual(**contract);
  return Report{{{"manual", text}}, text, Exit::kDone, {}};
}

Result<Report> ShowLag(const Context& context, const Arguments&) {
  for (const auto& [addresses, service] :
       {std::pair{&context.endpoints.order, "order"},
        std::pair{&context.endpoints.dispatcher, "dispatcher"}}) {
    const Result<void> known = CheckAddresses(*addresses, service);
    if (!known) return tl::unexpected(known.error());
  }
  std::vector<v1::Lag> lags;
  std::vector<Error> failures;
  std::vector<std::string> groups = AskCases(context, lags, failures);
  AskAll<v1::DispatcherService>(context.endpoints.tls_folder, context.endpoints.dispatcher,
                                "dispatcher", lags, failures);
  groups.emplace_back("dispatcher");
  AddSilentGroups(groups, lags, failures);
  AddUnheldPartitions(lags, failures);
  if (lags.empty() && !failures.empty()) return tl::unexpected(failures.front());
  Report report{Json::array(), {}, Exit::kDone, {}};
  Table table({"group", "topic", "partition", "lag_messages", "lag_seconds", "state"});
  for (const v1::Lag& lag : lags) {
    report.document.push_back(LagJson(lag));
    table.Add(LagRow(lag));
  }
  report.text = table.Text();
  if (!failures.empty()) {
    report.exit = Exit::kUnreachable;
    report.warning = "incomplete: " + failures.front().message;
  }
  return report;
}

Result<Report> TopicCreate(const Context&, const Arguments& arguments) {
  const Result<std::int16_t> replication = ReplicationOf(arguments);
  if (!replication) return tl::unexpected(replication.error());
  const auto catalogue = node::LoadCatalogue(arguments.Value("--file"));
  if (!catalogue) return tl::unexpected(catalogue.error());
  std::vector<messaging::TopicSettings> settings;
  Report report{Json::array(), {}, Exit::kDone, {}};
  Table table({"topic", "partitions", "replication"});
  for (const node::CatalogueTopic& topic : *catalogue) {
    settings.push_back(node::SettingsFor(topic, *replication));
    const messaging::TopicSettings& one = settings.back();
    report.document.push_back({{"topic", one.topic},
                               {"partitions", one.partitions},
                               {"replication", one.replication_factor}});
    table.Add({one.topic, std::to_string(one.partitions), std::to_string(one.replication_factor)});
  }
  const Result<void> created = Create(arguments.Value("--brokers"), settings);
  if (!created) return tl::unexpected(created.error());
  report.text = table.Text();
  return report;
}

Result<Report> PartnerHashPassword(const Context& context, const Arguments&) {
  std::string password(crypto::kPasswordBytesMax + 2, '\0');
  context.input->read(password.data(), static_cast<std::streamsize>(password.size()));
  password.resize(static_cast<std::size_t>(context.input->gcount()));
  if (password.ends_with('\n')) password.pop_back();
  if (password.ends_with('\r')) password.pop_back();
  const Result<std::string> hash = crypto::HashPassword(password, crypto::SystemRandom());
  if (!hash) return tl::unexpected(hash.error());
  return Report{{{"password_hash", *hash}}, *hash + '\n', Exit::kDone, {}};
}

}  // namespace guarantee::guaranteectl
