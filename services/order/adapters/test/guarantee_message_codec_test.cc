// Notices to the platform and messages to our own services, field by field.
#include "order/adapters/guarantee_message_codec.h"

#include <gmock/gmock.h>
#include <google/protobuf/message.h>
#include <gtest/gtest.h>

#include "guarantee/event/v1/handshake.pb.h"
#include "guarantee/event/v1/notice.pb.h"
#include "guarantee/partner/v1/letter.pb.h"
#include "message_fields.h"

namespace guarantee::order::letter::testing {
namespace {

namespace event = guarantee::event::v1;
namespace partner = guarantee::partner::v1;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr UnixMillis kNow{1'000};

template <typename Message>
const Message& As(const MessagePointer& message) {
  return dynamic_cast<const Message&>(*message);
}

TEST(GuaranteeMessageCodec, PlainLetter_NamesTheFile) {
  const auto message =
      ToMessage(NotifyPlainLetter{"R-1", "G-1", {"sha", 5, "application/pdf", {6}}, {7}}, kNow);
  EXPECT_THAT(Unset(*message), IsEmpty());
  const auto& notice = As<partner::RestoreNotice>(message);
  EXPECT_EQ(notice.business_no(), "R-1");
  EXPECT_EQ(notice.guarantee_no(), "G-1");
  EXPECT_EQ(notice.guarantee_file().sha256(), "sha");
  EXPECT_EQ(notice.guarantee_file().size_bytes(), 5);
  EXPECT_EQ(notice.guarantee_file().media_type(), "application/pdf");
  EXPECT_EQ(notice.restore_time(), 7);
}

TEST(GuaranteeMessageCodec, Refund_SaysResultReasonAndDescription) {
  NotifyRefund effect{"F-1", "G-1", true, "why", "退函成功", UnixMillis{9}};
  const auto message = ToMessage(effect, kNow);
  EXPECT_THAT(Unset(*message), IsEmpty());
  const auto& notice = As<partner::RefundNotice>(message);
  EXPECT_EQ(notice.business_no(), "F-1");
  EXPECT_EQ(notice.guarantee_no(), "G-1");
  EXPECT_EQ(notice.apply_time(), 1'000);
  EXPECT_EQ(notice.reason(), "why");
  EXPECT_EQ(notice.operate_result(), partner::OUTCOME_SUCCESS);
  EXPECT_EQ(notice.refund_result_desc(), "退函成功");
  effect.refunded = false;
  EXPECT_EQ(As<partner::RefundNotice>(ToMessage(effect, kNow)).operate_result(),
            partner::OUTCOME_FAILURE);
}

TEST(GuaranteeMessageCodec, Cancellation_SaysResultAndDescription) {
  NotifyCancel effect{"C-1", "G-1", false, "存在未决理赔"};
  const auto message = ToMessage(effect, kNow);
  EXPECT_THAT(Unset(*message), IsEmpty());
  const auto& notice = As<partner::CancelNotice>(message);
  EXPECT_EQ(notice.business_no(), "C-1");
  EXPECT_EQ(notice.guarantee_no(), "G-1");
  EXPECT_EQ(notice.apply_time(), 1'000);
  EXPECT_EQ(notice.operate_result(), partner::OUTCOME_FAILURE);
  EXPECT_EQ(notice.cancel_result_desc(), "存在未决理赔");
  effect.cancelled = true;
  EXPECT_EQ(As<partner::CancelNotice>(ToMessage(effect, kNow)).operate_result(),
            partner::OUTCOME_SUCCESS);
}

TEST(GuaranteeMessageCodec, Proposal_LeavesOutWhatIsNotSaid) {
  const auto message = ToMessage(SendProposal{"P-1", "G-1", "done"}, kNow);
  EXPECT_THAT(Unset(*message), ElementsAre("guarantee.partner.v1.CancelApply.cancel_zip"));
  const auto& request = As<partner::CancelApply>(message);
  EXPECT_EQ(request.business_no(), "P-1");
  EXPECT_EQ(request.guarantee_no(), "G-1");
  EXPECT_EQ(request.apply_time(), 1'000);
  EXPECT_EQ(request.reason(), "done");
  const auto bare = ToMessage(SendProposal{"P-1", "G-1", ""}, kNow);
  EXPECT_FALSE(As<partner::CancelApply>(bare).has_reason());
}

TEST(GuaranteeMessageCodec, DispatcherIsTold_ByNumberOrBySection) {
  const auto again = ToMessage(ResendPlainLetter{"R-1"}, "3.8");
  EXPECT_THAT(Unset(*again), ElementsAre("guarantee.event.v1.ResendNotice.notice_id"));
  EXPECT_EQ(As<event::ResendNotice>(again).section(), "3.8");
  EXPECT_EQ(As<event::ResendNotice>(again).business_no(), "R-1");
  const auto renew = ToMessage(RenewRefundNotice{{5}}, "3.16");
  EXPECT_THAT(Unset(*renew), ElementsAre("guarantee.event.v1.RenewNotice.notice_id"));
  EXPECT_EQ(As<event::RenewNotice>(renew).section(), "3.16");
  EXPECT_EQ(As<event::RenewNotice>(renew).not_after(), 5);
}

TEST(GuaranteeMessageCodec, Hold_CarriesTheBeneficiary) {
  const auto message = ToMessage(TellHeld{"CLAIM-1", Money{5}, {6}, true, "name", "code"});
  EXPECT_THAT(Unset(*message), IsEmpty());
  const auto& held = As<event::GuaranteeHeld>(message);
  EXPECT_EQ(held.business_no(), "CLAIM-1");
  EXPECT_EQ(held.available_fen(), 5);
  EXPECT_EQ(held.valid_end(), 6);
  EXPECT_EQ(held.tenderee_name(), "name");
  EXPECT_EQ(held.tenderee_code(), "code");
}

TEST(GuaranteeMessageCodec, RefusedHold_HasWordAndText) {
  const auto message = ToMessage(TellHoldRefused{"CLAIM-1", RefusalCode::kClaimBeforeOpening});
  EXPECT_THAT(Unset(*message), IsEmpty());
  EXPECT_EQ(As<event::HoldRefused>(message).business_no(), "CLAIM-1");
  EXPECT_EQ(As<event::HoldRefused>(message).reason(), "guarantee.before_opening");
  EXPECT_EQ(As<event::HoldRefused>(message).text(), "未到开标时间，不能理赔");
}

TEST(GuaranteeMessageCodec, Restored_CarriesNamesAndPremium) {
  RestoredNames names{"a", "b", "c", "d", "e", "f", "g", "h"};
  const auto message = ToMessage(TellRestored{"G-1", {5}, names, Money{6}});
  EXPECT_THAT(Unset(*message), IsEmpty());
  const auto& told = As<event::GuaranteeRestored>(message);
  EXPECT_EQ(told.guarantee_no(), "G-1");
  EXPECT_EQ(told.restored_at(), 5);
  EXPECT_EQ(told.bidder_name(), "a");
  EXPECT_EQ(told.bidder_code(), "b");
  EXPECT_EQ(told.tenderee_name(), "g");
  EXPECT_EQ(told.tenderee_code(), "h");
  EXPECT_EQ(told.premium_fen(), 6);
}

TEST(GuaranteeMessageCodec, MoneyMatters_NameWhatTheyAreAbout) {
  const auto returned = ToMessage(TellPremiumReturned{"G-1", Money{6}});
  EXPECT_THAT(Unset(*returned), IsEmpty());
  EXPECT_EQ(As<event::PremiumReturned>(returned).guarantee_no(), "G-1");
  EXPECT_EQ(As<event::PremiumReturned>(returned).amount_fen(), 6);
  const auto release = ToMessage(ReleaseCredit{"credit-flow", "order-flow", Money{7}});
  EXPECT_EQ(As<event::ReleaseCredit>(release).order_flow(), "order-flow");
}

}  // namespace
}  // namespace guarantee::order::letter::testing
