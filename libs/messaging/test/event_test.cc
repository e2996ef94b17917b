#include "messaging/event.h"

#include <gtest/gtest.h>

namespace guarantee::messaging {
namespace {

Envelope Example() {
  Envelope envelope;
  envelope.id = "0190-1";
  envelope.type = "guarantee.partner.v1.Example";
  envelope.partner = "demo";
  envelope.flow = "demo/order/1";
  envelope.time = {1'732'501'795'042};
  envelope.sequence = 7;
  envelope.interface_section = "3.1";
  envelope.business_no = "编号 1";
  envelope.causation = "0190-0";
  envelope.traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
  envelope.not_after = {1'732'601'795'000};
  return envelope;
}

Delivered Received(const Record& record) {
  Delivered delivered;
  delivered.key = record.key;
  delivered.headers = record.headers;
  delivered.value = record.value;
  return delivered;
}

TEST(Envelope, ComesBackAsItWasSent) {
  const Record record = MakeRecord(Example(), "topic", "value");
  EXPECT_EQ(record.key, "demo/order/1");
  EXPECT_EQ(ReadEnvelope(Received(record)), Example());
}

TEST(Envelope, NamesTheHeaderThatIsMissingOrMalformed) {
  for (const std::string name : {"ce_id", "ce_type", "ce_source", "ce_subject", "ce_time"}) {
    Delivered delivered = Received(MakeRecord(Example(), "topic", "value"));
    std::erase_if(delivered.headers, [&name](const Header& header) { return header.name == name; });
    const Result<Envelope> envelope = ReadEnvelope(delivered);
    ASSERT_FALSE(envelope.has_value()) << name;
    EXPECT_EQ(envelope.error().field, name);
  }
  Delivered delivered = Received(MakeRecord(Example(), "topic", "value"));
  for (Header& header : delivered.headers) {
    if (header.name == "ce_sequence") header.value = "7x";
  }
  EXPECT_EQ(ReadEnvelope(delivered).error().field, "ce_sequence");
}

TEST(Rfc3339, IsExactAndCheckedByTheCalendar) {
  EXPECT_EQ(ToRfc3339({0}), "1970-01-01T00:00:00.000Z");
  EXPECT_EQ(ToRfc3339({-1}), "1969-12-31T23:59:59.999Z");
  EXPECT_EQ(FromRfc3339("2024-02-29T00:00:00.001Z"), UnixMillis{1'709'164'800'001});
  for (const std::string_view text :
       {"2023-02-29T00:00:00.000Z", "2024-02-29T24:00:00.000Z", "2024-02-29T00:00:60.000Z",
        "2024-02-29 00:00:00.000Z", "2024-02-29T00:00:00Z", "2024-02-29T00:00:00.000+08:00", ""}) {
    EXPECT_EQ(FromRfc3339(text), std::nullopt) << text;
  }
}

}  // namespace
}  // namespace guarantee::messaging
