// Every field of the row there and back.
#include "order/adapters/guarantee_codec.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "guarantee/store/v1/guarantee.pb.h"
#include "message_fields.h"

namespace guarantee::order::letter::testing {
namespace {

namespace store = guarantee::store::v1;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

RestoredNames Names() { return {"a", "b", "c", "d", "e", "f", "g", "h"}; }

// Every field has a value that no other field of its type has.
Guarantee Full() {
  Guarantee full;
  full.state = State::kExpired;
  full.revision = 1;
  full.terms_revision = 2;
  full.partner = "partner";
  full.guarantee_no = "G-1";
  full.order_no = "ORDER-1";
  full.order_flow = "partner/order/ORDER-1";
  full.amount = Money{3};
  full.available = Money{4};
  full.issued_at = {5};
  full.valid_begin = {6};
  full.valid_end = {7};
  full.open_time = {8};
  full.purchase_deadline = {9};
  full.sealed_letter = {"sha-sealed", 10, "application/pdf", {11}};
  full.premium = Premium{Money{12}, "payer", "account", "reference", true};
  full.premium_returned = true;
  full.credit = {true, "partner/credit/HASH"};
  full.issue_acknowledged_at = UnixMillis{13};
  full.restore = Restore{Names(), "fingerprint", {14}};
  full.restore_requests = {{"RESTORE-1", {11}}, {"RESTORE-2", {12}}};
  full.plain_letter = LetterFile{"sha-plain", 15, "application/ofd", {16}};
  full.plain_acknowledged_at = UnixMillis{17};
  full.refund =
      Refund{"REFUND-1", "reason", RefundStatus::kWithdrawn, {18}, UnixMillis{19}, UnixMillis{20}};
  full.cancellation = Cancellation{.business_no = "CANCEL-1",
                                   .reason = "because",
                                   .own = true,
                                   .status = CancellationStatus::kConsented,
                                   .requested_at = {21},
                                   .sent_at = UnixMillis{22},
                                   .answer_due = UnixMillis{23},
                                   .overdue = true};
  full.hold = ClaimHold{"CLAIM-1", {24}};
  full.payment_references = {"PAY-1", "PAY-2"};
  full.operations = {{OperationKind::kClaim, "CLAIM-0", OperationOutcome::kWithdrawn, "why"},
                     {OperationKind::kRefund, "REFUND-0", OperationOutcome::kDone, ""}};
  full.decisions = {{"D-1", RefusalCode::kClaimOpen}, {"D-2", RefusalCode::kNone}};
  return full;
}

TEST(GuaranteeCodec, FullValue_ComesBackWhole) {
  const GuaranteeRecord record{"partner/order/ORDER-1", Full()};
  const std::string bytes = SerializeGuarantee(record);
  store::StoredGuarantee stored;
  ASSERT_TRUE(stored.ParseFromString(bytes));
  EXPECT_THAT(Unset(stored), IsEmpty()) << "the test leaves fields out";
  const auto back = ParseGuarantee(bytes);
  ASSERT_TRUE(back.has_value());
  EXPECT_EQ(*back, record);
}

TEST(GuaranteeCodec, AbsentParts_StayAbsent) {
  Guarantee bare;
  bare.state = State::kSealed;
  bare.order_flow = "flow";
  const auto back = ParseGuarantee(SerializeGuarantee({"flow", bare}));
  ASSERT_TRUE(back.has_value());
  EXPECT_EQ(back->guarantee, bare);
}

TEST(GuaranteeCodec, ZeroTime_IsNotAbsence) {
  Guarantee bare;
  bare.state = State::kSealed;
  bare.order_flow = "flow";
  bare.plain_acknowledged_at = UnixMillis{0};
  const auto back = ParseGuarantee(SerializeGuarantee({"flow", bare}));
  ASSERT_TRUE(back.has_value());
  EXPECT_EQ(back->guarantee, bare);
}

TEST(GuaranteeCodec, ReservedNumber_ReadsAsBefore) {
  store::GuaranteeRow old;
  old.set_order_flow("partner/order/ORDER-1");
  const auto read = ParseGuarantee(old.SerializeAsString());
  ASSERT_TRUE(read.has_value());
  EXPECT_EQ(*read, (GuaranteeRecord{"partner/order/ORDER-1", std::nullopt}));
  EXPECT_EQ(SerializeGuarantee(*read), old.SerializeAsString());

  store::GuaranteeRow row;
  ASSERT_TRUE(row.ParseFromString(SerializeGuarantee({"partner/order/ORDER-1", Full()})));
  EXPECT_EQ(row.order_flow(), "partner/order/ORDER-1");
}

TEST(GuaranteeCodec, WhatIsNoGuarantee_IsRefused) {
  const auto code = [](const store::StoredGuarantee& stored) {
    const auto read = ParseGuarantee(stored.SerializeAsString());
    return read ? std::string("read") : read.error().code;
  };
  EXPECT_FALSE(ParseGuarantee("\xff\xff").has_value());
  EXPECT_FALSE(ParseGuarantee("").has_value());
  store::StoredGuarantee stored;
  ASSERT_TRUE(stored.ParseFromString(SerializeGuarantee({"flow", Full()})));
  for (const int state : {-1, 0, 7}) {
    stored.mutable_guarantee()->set_state(state);
    EXPECT_EQ(code(stored), "guarantee.stored");
  }
  stored.mutable_guarantee()->set_state(1);
  EXPECT_EQ(code(stored), "read");
  stored.mutable_guarantee()->mutable_refund()->set_status(4);
  EXPECT_EQ(code(stored), "guarantee.stored");
  stored.mutable_guarantee()->mutable_refund()->set_status(0);
  stored.mutable_guarantee()->mutable_cancellation()->set_status(7);
  EXPECT_EQ(code(stored), "guarantee.stored");
  stored.mutable_guarantee()->mutable_cancellation()->set_status(0);
  stored.mutable_guarantee()->mutable_operations(0)->set_kind(4);
  EXPECT_EQ(code(stored), "guarantee.stored");
  stored.mutable_guarantee()->mutable_operations(0)->set_kind(0);
  stored.mutable_guarantee()->mutable_operations(0)->set_outcome(-1);
  EXPECT_EQ(code(stored), "guarantee.stored");
}

TEST(GuaranteeCodec, Words_AreDistinctAndComeBack) {
  std::set<std::string_view> states;
  for (std::size_t at = 0; at < kStateCount; ++at) states.insert(StateWord(static_cast<State>(at)));
  EXPECT_EQ(states.size(), kStateCount);
  for (const RefusalFacts& facts : kRefusals) EXPECT_EQ(RefusalOfWord(facts.word), facts.code);
  EXPECT_EQ(RefusalOfWord("nobody.knows"), RefusalCode::kNone);
  for (const TimerKind kind :
       {TimerKind::kOpening, TimerKind::kExpiry, TimerKind::kProposalAnswer}) {
    EXPECT_EQ(TimerKindOf(TimerName(kind)), kind);
  }
  EXPECT_EQ(TimerKindOf("purchase_deadline"), std::nullopt) << "the order's timers are not ours";
  EXPECT_THAT((std::vector<std::string_view>{StatusWord(RefundStatus::kWithdrawn),
                                             StatusWord(CancellationStatus::kClosed)}),
              ElementsAre("withdrawn", "closed"));
  EXPECT_FALSE(AlarmText(AlarmKind::kProposalAcceptedLate).empty());
}

}  // namespace
}  // namespace guarantee::order::letter::testing
