#include "platform-simulator/applications.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/base64.h"
#include "contract/decode.h"
#include "contract/formats.h"
#include "fixture.h"
#include "guarantee/partner/v1/order.pb.h"

namespace guarantee::platform_simulator {
namespace {

using testing::ElementsAre;

constexpr UnixMillis kNow{1'700'000'000'000};
const Application kApplication{"B1", "T1", Money{50'000'000}};

const contract::Interface& Apply() { return *FindOrderInterfaces(LoadedContract()).apply; }

std::string Body(std::string_view scheme) {
  const auto sealer = Sealer::Make(scheme);
  EXPECT_TRUE(sealer);
  const auto body = WriteApplication(Apply(), kApplication, kNow, **sealer);
  EXPECT_TRUE(body) << body.error().message;
  return body.value_or("");
}

class Applications : public testing::TestWithParam<std::string> {};

TEST_P(Applications, AreWhatTheContractWants) {
  const auto decoded = contract::Decode(Apply(), Body(GetParam()), {});
  ASSERT_TRUE(decoded) << decoded.error().message;
  const contract::Item& item = decoded->items.front();
  ASSERT_TRUE(item.message);
  EXPECT_TRUE(item.warnings.empty());
  EXPECT_EQ(item.unknown_keys, 0U);
  const auto& message = dynamic_cast<const partner::v1::OrderApply&>(*item.message);
  EXPECT_EQ(message.business_no(), "B1");
  EXPECT_EQ(message.order_no(), "T1");
  EXPECT_EQ(message.em_amount_fen(), 50'000'000);
  EXPECT_EQ(message.bzj_end_time(), kNow.value + kPurchaseMs);
  EXPECT_GT(message.open_time(), message.bzj_end_time());
  EXPECT_TRUE(LooksSealed(message.bidder_name()));
  EXPECT_TRUE(LooksSealed(message.tenderee_code()));
}

INSTANTIATE_TEST_SUITE_P(Ciphers, Applications, testing::Values("R1", "S1"));

TEST(Applications, AnotherAmountChangesNothingElse) {
  const std::string body = Body("R1");
  const auto changed = WithAmount(Apply(), body, Money{50'000'100});
  ASSERT_TRUE(changed);
  EXPECT_NE(*changed, body);
  EXPECT_EQ(WithAmount(Apply(), *changed, kApplication.amount).value_or(""), body);
}

TEST(Applications, WithoutItsAmountTheFieldIsNamed) {
  const auto body = WithoutAmount(Apply(), Body("R1"));
  ASSERT_TRUE(body);
  const auto decoded = contract::Decode(Apply(), *body, {});
  ASSERT_FALSE(decoded);
  EXPECT_THAT(decoded.error().fields, ElementsAre(AmountWire(Apply())));
}

TEST(RunNumber, IsNewEachTime) { EXPECT_NE(NewRunNumber(kNow), NewRunNumber(kNow)); }

}  // namespace
}  // namespace guarantee::platform_simulator
