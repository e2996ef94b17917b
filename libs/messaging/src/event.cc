#include "messaging/event.h"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <chrono>

namespace guarantee::messaging {
namespace {

constexpr std::int64_t kMillisPerDay = 86'400'000;

bool ReadNumber(std::string_view text, std::size_t at, std::size_t digits, int& number) {
  if (at + digits > text.size()) return false;
  const char* begin = text.data() + at;
  const auto [end, error] = std::from_chars(begin, begin + digits, number);
  return error == std::errc{} && end == begin + digits && text[at] != '-';
}

bool HasShape(std::string_view text) {
  constexpr std::string_view kShape = "dddd-dd-ddTdd:dd:dd.dddZ";
  if (text.size() != kShape.size()) return false;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const bool digit = text[at] >= '0' && text[at] <= '9';
    if (kShape[at] == 'd' ? !digit : text[at] != kShape[at]) return false;
  }
  return true;
}

void Add(std::vector<Header>& headers, std::string_view name, std::string value) {
  if (!value.empty()) headers.push_back({std::string(name), std::move(value)});
}

tl::unexpected<Error> Malformed(std::string_view header) {
  return Permanent("event.header", "missing or malformed header", std::string(header));
}

}  // namespace

std::string ToRfc3339(UnixMillis at) {
  std::int64_t days = at.value / kMillisPerDay;
  std::int64_t rest = at.value % kMillisPerDay;
  if (rest < 0) {
    rest += kMillisPerDay;
    --days;
  }
  const std::chrono::year_month_day date{std::chrono::sys_days{std::chrono::days{days}}};
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z", int{date.year()},
                     unsigned{date.month()}, unsigned{date.day()}, rest / 3'600'000,
                     rest / 60'000 % 60, rest / 1000 % 60, rest % 1000);
}

std::optional<UnixMillis> FromRfc3339(std::string_view text) {
  if (!HasShape(text)) return std::nullopt;
  struct Part {
    std::size_t at;
    std::size_t digits;
  };
  constexpr std::array<Part, 7> kParts{
      {{0, 4}, {5, 2}, {8, 2}, {11, 2}, {14, 2}, {17, 2}, {20, 3}}};
  std::array<int, 7> numbers{};
  for (std::size_t part = 0; part < kParts.size(); ++part) {
    if (!ReadNumber(text, kParts[part].at, kParts[part].digits, numbers[part])) return std::nullopt;
  }
  const std::chrono::year_month_day date{std::chrono::year{numbers[0]},
                                         std::chrono::month{static_cast<unsigned>(numbers[1])},
                                         std::chrono::day{static_cast<unsigned>(numbers[2])}};
  if (!date.ok() || numbers[3] > 23 || numbers[4] > 59 || numbers[5] > 59) return std::nullopt;
  const std::int64_t days = std::chrono::sys_days{date}.time_since_epoch().count();
  return UnixMillis{days * kMillisPerDay + numbers[3] * std::int64_t{3'600'000} +
                    numbers[4] * std::int64_t{60'000} + numbers[5] * std::int64_t{1000} +
                    numbers[6]};
}

Record MakeRecord(const Envelope& envelope, std::string topic, std::string value) {
  Record record{std::move(topic), envelope.flow, {}, std::move(value)};
  std::vector<Header>& headers = record.headers;
  headers.reserve(16);
  Add(headers, "ce_specversion", "1.0");
  Add(headers, "ce_id", envelope.id);
  Add(headers, "ce_type", envelope.type);
  Add(headers, "ce_source", envelope.partner);
  Add(headers, "ce_subject", envelope.flow);
  Add(headers, "ce_time", ToRfc3339(envelope.time));
  Add(headers, "ce_partitionkey", envelope.flow);
  Add(headers, "ce_dataschema", "proto:" + envelope.type);
  if (envelope.sequence > 0) Add(headers, "ce_sequence", fmt::format("{}", envelope.sequence));
  Add(headers, "ce_interface", envelope.interface_section);
  Add(headers, "ce_businessno", envelope.business_no);
  Add(headers, "ce_causation", envelope.causation);
  if (envelope.not_after.value != 0) Add(headers, "ce_notafter", ToRfc3339(envelope.not_after));
  Add(headers, "traceparent", envelope.traceparent);
  Add(headers, "content-type", "application/protobuf");
  return record;
}

Result<Envelope> ReadEnvelope(const Delivered& record) {
  Envelope envelope;
  const auto read = [&record](std::string_view name) {
    return std::string(record.FindHeader(name));
  };
  envelope.id = read("ce_id");
  envelope.type = read("ce_type");
  envelope.partner = read("ce_source");
  envelope.flow = read("ce_subject");
  if (envelope.id.empty()) return Malformed("ce_id");
  if (envelope.type.empty()) return Malformed("ce_type");
  if (envelope.partner.empty()) return Malformed("ce_source");
  if (envelope.flow.empty()) return Malformed("ce_subject");
  const std::optional<UnixMillis> time = FromRfc3339(record.FindHeader("ce_time"));
  if (!time) return Malformed("ce_time");
  envelope.time = *time;
  if (const std::string_view text = record.FindHeader("ce_sequence"); !text.empty()) {
    const auto [end, error] =
        std::from_chars(text.data(), text.data() + text.size(), envelope.sequence);
    if (error != std::errc{} || end != text.data() + text.size()) return Malformed("ce_sequence");
  }
  if (const std::string_view text = record.FindHeader("ce_notafter"); !text.empty()) {
    const std::optional<UnixMillis> not_after = FromRfc3339(text);
    if (!not_after) return Malformed("ce_notafter");
    envelope.not_after = *not_after;
  }
  envelope.interface_section = read("ce_interface");
  envelope.business_no = read("ce_businessno");
  envelope.causation = read("ce_causation");
  envelope.traceparent = read("traceparent");
  return envelope;
}

}  // namespace guarantee::messaging
