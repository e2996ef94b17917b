#include "dispatcher/process/options.h"

#include "crypto/digest.h"
#include "crypto/random.h"
#include "dispatcher/app/topics.h"
#include "runtime/service.h"

namespace guarantee::dispatcher {
namespace {

using runtime::ConfigKey;

constexpr std::size_t kHolderBytes = 8;

constexpr ConfigKey kKeys[] = {
    {.name = "dispatcher.order_rpc", .help = "host:port of the order service, several with commas"},
};

}  // namespace

std::vector<ConfigKey> SettingKeys() { return {std::begin(kKeys), std::end(kKeys)}; }

std::vector<std::string> Topics() {
  return {kNoticesTopic, std::string(kNoticesTopic) + ".dlq", kNoticeEventsTopic};
}

Dispatcher::Options ReadOptions(const runtime::Config&, const node::Node& node) {
  Dispatcher::Options options;
  options.holder =
      node.process_name() + "-" + crypto::ToHex(crypto::SystemRandom().Bytes(kHolderBytes));
  options.alone = node.alone();
  options.alarm = [](const Alarm& alarm) {
    const bool good = alarm.kind == AlarmKind::kBreakerClosed;
    runtime::Log(good ? runtime::Level::kInfo : runtime::Level::kWarning, "dispatcher",
                 "alarm: " + alarm.text + " partner=" + alarm.partner + " section=" +
                     alarm.section + " flow=" + alarm.flow + " notice=" + alarm.notice_id);
  };
  return options;
}

}  // namespace guarantee::dispatcher
