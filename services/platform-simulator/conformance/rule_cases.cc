#include "contract/formats.h"
#include "contract/messages.h"
#include "guarantee/partner/v1/order.pb.h"
#include "platform-simulator/conformance/generate.h"

namespace guarantee::platform_simulator::conformance {
namespace {

namespace wire = guarantee::partner::v1;

constexpr std::int64_t kMinuteMs = 60'000;

std::string After(UnixMillis now, std::int64_t minutes) {
  return Quote(contract::FormatTime(now + minutes * kMinuteMs));
}

// The clock and the amount of an application (rulings 3.1, B1; clarifications 2 and 5).
void WriteApplication(CaseWriter& writer) {
  const contract::MessagePlan& plan = writer.interface().message;
  const UnixMillis now = writer.context().now;
  const std::string& deadline = plan.Find("bzj_end_time")->wire;
  const std::string& opening = plan.Find("open_time")->wire;
  const std::string& amount = plan.Find("em_amount_fen")->wire;
  Expectation late;
  late.may_refuse = true;
  late.texts = {std::string(contract::messages::kPastDeadline)};
  Expectation refused;
  refused.may_refuse = true;
  const Expectation clean = writer.Clean();
  constexpr std::int64_t kDay = 24 * 60;
  const auto times = [&](std::int64_t ends, std::int64_t opens) {
    return writer.Base().Set(deadline, After(now, ends)).Set(opening, After(now, opens)).Text();
  };
  writer.Add("rule/deadline-passed", times(-60, kDay), late);
  writer.Add("rule/deadline-passed-long-ago", times(-1'000 * kDay, -999 * kDay), late);
  writer.Add("rule/deadline-after-opening", times(2 * kDay, kDay), clean);
  writer.Add("rule/deadline-is-opening", times(kDay, kDay), clean);
  writer.Add("rule/opening-passed", times(kDay, -kDay), clean);
  writer.Add("rule/opening-far", times(kDay, 3'000 * kDay), clean);
  for (const char* value : {"0", "0.00"}) {
    writer.Add(std::string("rule/amount-") + value, writer.Base().Set(amount, Quote(value)).Text(),
               refused);
  }
  const Body body = writer.Base();
  writer.AddCorrected("rule/refused-by-the-clock-uses-up-nothing",
                      Body(body).Set(deadline, After(now, -60)).Text(), body.Text());
}

}  // namespace

void WriteRuleCases(CaseWriter& writer) {
  if (writer.interface().message.descriptor == wire::OrderApply::descriptor()) {
    WriteApplication(writer);
  }
}

}  // namespace guarantee::platform_simulator::conformance
