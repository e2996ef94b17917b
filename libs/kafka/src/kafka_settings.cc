#include "kafka_settings.h"

#include <algorithm>
#include <array>
#include <initializer_list>

namespace guarantee::kafka {
namespace {

struct Setting {
  const char* name;
  std::string value;
};

// What an operator may set: how to reach and trust the brokers. Everything else is a promise of
// ours, and switching certificate checks off is not offered.
constexpr std::array<std::string_view, 21> kSecurityNames = {"security.protocol",
                                                             "ssl.ca.location",
                                                             "ssl.ca.pem",
                                                             "ssl.certificate.location",
                                                             "ssl.certificate.pem",
                                                             "ssl.key.location",
                                                             "ssl.key.pem",
                                                             "ssl.key.password",
                                                             "ssl.crl.location",
                                                             "ssl.cipher.suites",
                                                             "ssl.curves.list",
                                                             "ssl.sigalgs.list",
                                                             "sasl.mechanisms",
                                                             "sasl.username",
                                                             "sasl.password",
                                                             "sasl.kerberos.service.name",
                                                             "sasl.kerberos.principal",
                                                             "sasl.kerberos.keytab",
                                                             "sasl.kerberos.kinit.cmd",
                                                             "broker.address.family",
                                                             "client.rack"};

std::string Text(milliseconds value) { return std::to_string(value.count()); }

// librdkafka's own sentence is left out: it quotes the value.
Result<void> Set(rd_kafka_conf_t* conf, const std::string& name, const std::string& value) {
  if (rd_kafka_conf_set(conf, name.c_str(), value.c_str(), nullptr, 0) == RD_KAFKA_CONF_OK) {
    return {};
  }
  return Refused("kafka.setting", "this value is not accepted", name);
}

Result<void> SetSecurity(rd_kafka_conf_t* conf, const KafkaOptions& options) {
  for (const auto& [name, value] : options.security) {
    if (std::find(kSecurityNames.begin(), kSecurityNames.end(), name) == kSecurityNames.end()) {
      return Refused("kafka.setting", "this setting is not one of those an operator may give",
                     name);
    }
    if (Result<void> set = Set(conf, name, std::string(value.Reveal())); !set) return set;
  }
  return {};
}

Result<ConfPtr> Build(const KafkaOptions& options, std::initializer_list<Setting> own) {
  ConfPtr conf(rd_kafka_conf_new());
  const std::array common = {
      Setting{"bootstrap.servers", options.brokers},
      Setting{"client.id", options.client_id},
      Setting{"socket.nagle.disable", "true"},
      Setting{"socket.keepalive.enable", "true"},
      Setting{"socket.connection.setup.timeout.ms", "3000"},
      Setting{"socket.timeout.ms", "10000"},
      Setting{"reconnect.backoff.ms", "50"},
      Setting{"reconnect.backoff.max.ms", "1000"},
      Setting{"topic.metadata.refresh.interval.ms", "60000"},
      Setting{"log.connection.close", "false"},
  };
  if (options.brokers.empty()) return Refused("kafka.setting", "no broker is named", "brokers");
  for (const Setting& setting : common) {
    if (Result<void> set = Set(conf.get(), setting.name, setting.value); !set) {
      return tl::unexpected(set.error());
    }
  }
  for (const Setting& setting : own) {
    if (Result<void> set = Set(conf.get(), setting.name, setting.value); !set) {
      return tl::unexpected(set.error());
    }
  }
  if (Result<void> set = SetSecurity(conf.get(), options); !set) return tl::unexpected(set.error());
  return conf;
}

}  // namespace

Result<ConfPtr> ProducerSettings(const KafkaOptions& options) {
  return Build(options,
               {{"enable.idempotence", "true"},
                {"acks", "all"},
                {"max.in.flight.requests.per.connection", "5"},
                {"linger.ms", Text(options.linger)},
                {"message.timeout.ms", Text(options.message_timeout)},
                {"request.timeout.ms", Text(options.message_timeout)},
                {"partitioner", "murmur2_random"},
                {"message.max.bytes", std::to_string(kMessageBytesMax)},
                {"queue.buffering.max.messages", std::to_string(options.queue_records_max)},
                {"queue.buffering.max.kbytes", std::to_string(options.queue_kbytes_max)},
                // An unknown topic is said so before the message's own time is over.
                {"topic.metadata.propagation.max.ms", Text(options.message_timeout / 2)},
                {"retry.backoff.ms", "50"}});
}

Result<ConfPtr> ConsumerSettings(const KafkaOptions& options, const std::string& group) {
  return Build(options, {{"group.id", group},
                         {"partition.assignment.strategy", "range"},
                         {"enable.auto.commit", "false"},
                         {"enable.auto.offset.store", "false"},
                         {"auto.offset.reset", "error"},
                         {"enable.partition.eof", "false"},
                         {"allow.auto.create.topics", "false"},
                         {"check.crcs", "true"},
                         {"session.timeout.ms", Text(options.session_timeout)},
                         {"heartbeat.interval.ms", Text(options.session_timeout / 4)},
                         {"max.poll.interval.ms", Text(options.poll_interval_max)},
                         {"fetch.wait.max.ms", Text(options.fetch_wait)},
                         {"fetch.error.backoff.ms", "100"},
                         {"fetch.message.max.bytes", std::to_string(kMessageBytesMax)},
                         {"queued.min.messages", "10000"},
                         {"queued.max.messages.kbytes", "16384"}});
}

Result<ConfPtr> AdminSettings(const KafkaOptions& options) { return Build(options, {}); }

}  // namespace guarantee::kafka
