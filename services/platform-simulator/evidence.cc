#include "platform-simulator/evidence.h"

#include <fmt/format.h>

#include <functional>

namespace guarantee::platform_simulator {
namespace {

constexpr std::string_view kNoticesTopics = "guarantee.notices.";

std::string Text(const Json& step, const char* key) {
  const auto found = step.find(key);
  return found != step.end() && found->is_string() ? found->get<std::string>() : std::string();
}

bool IsPublished(const Json& step) {
  const auto offset = step.find("offset");
  return offset != step.end() && offset->is_number_integer() && offset->get<std::int64_t>() >= 0;
}

// "order.v1 2@14", the topic without its common beginning.
std::string Place(const Json& step) {
  const std::string topic = Text(step, "topic");
  if (topic.empty()) return "by call";
  constexpr std::string_view kCommon = "guarantee.";
  const std::string brief = topic.starts_with(kCommon) ? topic.substr(kCommon.size()) : topic;
  return fmt::format("{} {}@{}", brief, step["partition"].dump(), step["offset"].dump());
}

const Json* First(const std::vector<Json>& steps, const std::function<bool(const Json&)>& fits) {
  for (const Json& step : steps) {
    if (fits(step)) return &step;
  }
  return nullptr;
}

// The service's event of the same transaction; it has the same moment.
const Json* EventOf(const Trace& trace, const Json& cause, const std::vector<Json>& steps) {
  const std::string topic = fmt::format("guarantee.events.{}.v1", trace.service);
  return First(steps, [&](const Json& step) {
    return Text(step, "kind") == "event" && Text(step, "topic") == topic && IsPublished(step) &&
           Text(step, "at") == Text(cause, "at");
  });
}

// The causes of that kind which have an event; of the operator's the last, for whoever decides
// decided before.
Finding Received(const Trace& trace, const std::vector<Json>& steps, const char* kind) {
  const bool decision = trace.act == Act::kOperate;
  Finding finding{false, fmt::format("no {} is recorded", kind)};
  for (const Json& step : steps) {
    const bool same = decision || Text(step, "section") == trace.section;
    if (Text(step, "kind") != kind || !same) continue;
    if (!trace.changes) return {true, Place(step)};
    if (const Json* event = EventOf(trace, step, steps)) {
      finding = {true,
                 fmt::format("{}, {} {}", Place(step), Text(*event, "detail"), Place(*event))};
      if (!decision) return finding;
    } else if (!finding.complete) {
      finding.detail = fmt::format("no event follows the {}", kind);
    }
  }
  return finding;
}

Finding Sent(const Trace& trace, const std::vector<Json>& steps) {
  const auto of = [&trace](const Json& step, const char* kind) {
    return Text(step, "kind") == kind && Text(step, "section") == trace.section;
  };
  const Json* notice = First(steps, [&of](const Json& step) {
    return of(step, "notice") && Text(step, "topic").starts_with(kNoticesTopics) &&
           IsPublished(step);
  });
  if (notice == nullptr) return {false, "no notice is recorded"};
  const Json* answer = First(steps, [&of](const Json& step) { return of(step, "answer"); });
  if (answer == nullptr) return {false, "no answer is recorded"};
  return {true, fmt::format("{}, {}", Place(*notice), Text(*answer, "detail"))};
}

}  // namespace

Finding FindTrace(const Trace& trace, const std::vector<Json>& steps) {
  switch (trace.act) {
    case Act::kSend:
      return Received(trace, steps, "request");
    case Act::kOperate:
      return Received(trace, steps, "decision");
    case Act::kAwait:
      return Sent(trace, steps);
  }
  return {};
}

Result<std::vector<Json>> GatherSteps(const OperatorLine& operators, const std::string& partner,
                                      const std::vector<std::string>& flows) {
  std::vector<Json> steps;
  for (const std::string& flow : flows) {
    const Result<Json> shown = operators.Run({"flow", "show", flow, "--partner", partner});
    if (!shown) return tl::unexpected(shown.error());
    const auto found = shown->find("steps");
    if (found == shown->end() || !found->is_array()) continue;
    steps.insert(steps.end(), found->begin(), found->end());
  }
  return steps;
}

}  // namespace guarantee::platform_simulator
