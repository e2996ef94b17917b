// Requests, neighbours' messages and decisions as commands, field by field.
#include "order/adapters/guarantee_command_codec.h"

#include <gtest/gtest.h>

#include "guarantee/event/v1/guarantee_decision.pb.h"
#include "guarantee/event/v1/handshake.pb.h"
#include "guarantee/partner/v1/letter.pb.h"
#include "guarantee/partner/v1/order.pb.h"

namespace guarantee::order::letter::testing {
namespace {

namespace event = guarantee::event::v1;
namespace partner = guarantee::partner::v1;

constexpr UnixMillis kReceived{1'000};

TEST(GuaranteeCommandCodec, Restore_CarriesWhatTheKeyOpenedAndNotTheKey) {
  partner::RestoreApply request;
  request.set_business_no("RESTORE-1");
  request.set_out_time(5);
  request.set_secret_key("never");
  RestoredNames names;
  names.bidder_name = "name";
  const RequestRestore command = ToCommand(request, {"fingerprint", names, true}, kReceived);
  EXPECT_EQ(command.business_no, "RESTORE-1");
  EXPECT_EQ(command.received_at, kReceived);
  EXPECT_EQ(command.out_time, UnixMillis{5});
  EXPECT_EQ(command.key_fingerprint, "fingerprint");
  ASSERT_TRUE(command.names.has_value());
  EXPECT_EQ(*command.names, names);
  EXPECT_TRUE(command.bidder_differs);
  request.clear_out_time();
  const RequestRestore bare = ToCommand(request, {"fingerprint", {}, false}, kReceived);
  EXPECT_FALSE(bare.out_time.has_value());
  EXPECT_FALSE(bare.names.has_value());
  EXPECT_FALSE(bare.bidder_differs);
}

TEST(GuaranteeCommandCodec, RefundAndItsWithdrawal_KeepTheirFields) {
  partner::RefundApply request;
  request.set_business_no("REFUND-1");
  request.set_guarantee_no("G-1");
  request.set_reason("why");
  const RequestRefund command = ToCommand(request, kReceived);
  EXPECT_EQ(command.business_no, "REFUND-1");
  EXPECT_EQ(command.guarantee_no, "G-1");
  EXPECT_EQ(command.reason, "why");
  EXPECT_EQ(command.received_at, kReceived);
  partner::RefundRevocation revocation;
  revocation.set_business_no("REFUND-1");
  revocation.set_reason("no");
  const WithdrawRefund withdraw = ToCommand(revocation, kReceived);
  EXPECT_EQ(withdraw.business_no, "REFUND-1");
  EXPECT_EQ(withdraw.reason, "no");
  EXPECT_EQ(withdraw.received_at, kReceived);
}

TEST(GuaranteeCommandCodec, CancellationInBothDirections_KeepsItsFields) {
  partner::CancelApply request;
  request.set_business_no("CANCEL-1");
  request.set_guarantee_no("G-1");
  request.set_reason("done");
  const RequestCancellation command = ToCommand(request, kReceived);
  EXPECT_EQ(command.business_no, "CANCEL-1");
  EXPECT_EQ(command.guarantee_no, "G-1");
  EXPECT_EQ(command.reason, "done");
  EXPECT_EQ(command.received_at, kReceived);
  partner::CancelRevocation revocation;
  revocation.set_business_no("CANCEL-1");
  revocation.set_reason("no");
  const WithdrawCancellation withdraw = ToCommand(revocation, kReceived);
  EXPECT_EQ(withdraw.business_no, "CANCEL-1");
  EXPECT_EQ(withdraw.reason, "no");
  EXPECT_EQ(withdraw.received_at, kReceived);
  partner::CancelNotice notice;
  notice.set_business_no("PROPOSAL-1");
  notice.set_operate_result(partner::OUTCOME_SUCCESS);
  const CancelNoticeReceived done = ToCommand(notice, kReceived);
  EXPECT_EQ(done.business_no, "PROPOSAL-1");
  EXPECT_TRUE(done.cancelled);
  EXPECT_EQ(done.received_at, kReceived);
  notice.set_operate_result(partner::OUTCOME_FAILURE);
  EXPECT_FALSE(ToCommand(notice, kReceived).cancelled);
  notice.clear_operate_result();
  EXPECT_FALSE(ToCommand(notice, kReceived).cancelled) << "what is not said is no success";
}

TEST(GuaranteeCommandCodec, Times_KeepTheirValues) {
  partner::OpenTimeMaintenance open;
  open.set_open_time(7);
  EXPECT_EQ(ToCommand(open, kReceived).open_time, UnixMillis{7});
  EXPECT_EQ(ToCommand(open, kReceived).received_at, kReceived);
  partner::PurchaseDeadlineMaintenance deadline;
  deadline.set_bzj_end_time(8);
  EXPECT_EQ(ToCommand(deadline, kReceived).purchase_deadline, UnixMillis{8});
  EXPECT_EQ(ToCommand(deadline, kReceived).received_at, kReceived);
}

TEST(GuaranteeCommandCodec, ClaimMessages_KeepTheirFields) {
  event::ClaimReceived received;
  received.set_business_no("CLAIM-1");
  received.set_received_at(3);
  EXPECT_EQ(ToCommand(received).business_no, "CLAIM-1");
  EXPECT_EQ(ToCommand(received).received_at, UnixMillis{3});
  event::ClaimPaid paid;
  paid.set_business_no("CLAIM-1");
  paid.set_amount_fen(4);
  paid.set_reference("PAY-1");
  paid.set_paid_at(5);
  const ClaimPaid command = ToCommand(paid);
  EXPECT_EQ(command.business_no, "CLAIM-1");
  EXPECT_EQ(command.amount, Money{4});
  EXPECT_EQ(command.reference, "PAY-1");
  EXPECT_EQ(command.paid_at, UnixMillis{5});
  event::ClaimClosed closed;
  closed.set_business_no("CLAIM-1");
  EXPECT_EQ(ToCommand(closed).business_no, "CLAIM-1");
}

TEST(GuaranteeCommandCodec, IssueOfAnOrder_TakesLetterPremiumAndReservation) {
  Order order;
  order.partner = "demo";
  order.order_no = "ORDER-1";
  order.amount = Money{10};
  order.open_time = {20};
  order.purchase_deadline = {15};
  order.letter = Letter{"G-1", "sha", 5, "application/pdf", {1}, {2}, {30}};
  order.premium = Payment{"payer", "account", Money{3}, {4}, "PREMIUM-1", true};
  order.credit = CreditState::kReserved;
  const Issue issue = IssueOf(order, "demo/order/ORDER-1", "demo/credit/HASH");
  EXPECT_EQ(issue.partner, "demo");
  EXPECT_EQ(issue.guarantee_no, "G-1");
  EXPECT_EQ(issue.order_no, "ORDER-1");
  EXPECT_EQ(issue.order_flow, "demo/order/ORDER-1");
  EXPECT_EQ(issue.amount, Money{10});
  EXPECT_EQ(issue.valid_begin, UnixMillis{2});
  EXPECT_EQ(issue.valid_end, UnixMillis{30});
  EXPECT_EQ(issue.open_time, UnixMillis{20});
  EXPECT_EQ(issue.purchase_deadline, UnixMillis{15});
  const LetterFile file{"sha", 5, "application/pdf", {1}};
  EXPECT_EQ(issue.sealed_letter, file);
  const Premium premium{Money{3}, "payer", "account", "PREMIUM-1", true};
  EXPECT_EQ(issue.premium, premium);
  const Credit reserved{true, "demo/credit/HASH"};
  EXPECT_EQ(issue.credit, reserved);
  order.credit = CreditState::kNone;
  order.premium.reset();
  EXPECT_FALSE(IssueOf(order, "f", "").credit.reserved);
  EXPECT_FALSE(IssueOf(order, "f", "").premium.has_value());
}

event::DecideGuarantee Decision() {
  event::DecideGuarantee decision;
  decision.set_decision_id("D-1");
  decision.set_decided_by("someone");
  decision.set_reason("why");
  decision.set_based_on_revision(4);
  return decision;
}

Command Decided(const event::DecideGuarantee& decision) {
  const DocumentFacts facts{"sha", 6, "application/pdf"};
  const auto command = ToCommand(decision, facts, "MINTED-1", kReceived);
  EXPECT_TRUE(command.has_value());
  if (!command) return ClaimClosed{};
  const DecisionHead* head = HeadOf(*command);
  EXPECT_NE(head, nullptr);
  if (head == nullptr) return ClaimClosed{};
  EXPECT_EQ(head->decision_id, "D-1");
  EXPECT_EQ(head->decided_by, "someone");
  EXPECT_EQ(head->reason, "why");
  EXPECT_EQ(head->based_on_revision, 4);
  return *command;
}

TEST(GuaranteeCommandCodec, EveryDecision_BecomesItsCommand) {
  auto decision = Decision();
  decision.mutable_approve_refund()->set_business_no("B-1");
  EXPECT_EQ(std::get<ApproveRefund>(Decided(decision)).business_no, "B-1");
  decision.mutable_reject_refund()->set_business_no("B-2");
  EXPECT_EQ(std::get<RejectRefund>(Decided(decision)).business_no, "B-2");
  decision.mutable_approve_cancellation()->set_business_no("B-3");
  EXPECT_EQ(std::get<ApproveCancellation>(Decided(decision)).business_no, "B-3");
  decision.mutable_reject_cancellation()->set_business_no("B-4");
  EXPECT_EQ(std::get<RejectCancellation>(Decided(decision)).business_no, "B-4");
  decision.mutable_propose_cancellation()->set_business_no("B-5");
  EXPECT_EQ(std::get<ProposeCancellation>(Decided(decision)).business_no, "B-5");
  decision.mutable_propose_cancellation()->clear_business_no();
  EXPECT_EQ(std::get<ProposeCancellation>(Decided(decision)).business_no, "MINTED-1");
  decision.mutable_send_again()->set_business_no("B-6");
  EXPECT_EQ(std::get<SendAgain>(Decided(decision)).business_no, "B-6");
}

TEST(GuaranteeCommandCodec, PlainLetter_IsTheKeptFile) {
  auto decision = Decision();
  EXPECT_EQ(LetterOf(decision), nullptr);
  decision.mutable_plain_letter()->mutable_letter()->set_generated_at(9);
  EXPECT_NE(LetterOf(decision), nullptr);
  const LetterFile expected{"sha", 6, "application/pdf", {9}};
  EXPECT_EQ(std::get<PlainLetterReady>(Decided(decision)).letter, expected);
  decision.mutable_plain_letter()->mutable_letter()->clear_generated_at();
  EXPECT_EQ(std::get<PlainLetterReady>(Decided(decision)).letter.generated_at, kReceived);
  const auto without = ToCommand(decision, std::nullopt, "", kReceived);
  ASSERT_TRUE(without.has_value());
  EXPECT_TRUE(std::get<PlainLetterReady>(*without).letter.sha256.empty()) << "unfit, by the table";
}

TEST(GuaranteeCommandCodec, UnusableDecision_IsRefusedByItsField) {
  const auto field = [](const event::DecideGuarantee& decision) {
    const auto command = ToCommand(decision, std::nullopt, "", kReceived);
    return command ? std::string("taken") : command.error().field;
  };
  auto decision = Decision();
  EXPECT_EQ(field(decision), "decision");
  decision.mutable_approve_refund();
  EXPECT_EQ(field(decision), "taken");
  decision.mutable_approve_refund()->set_business_no(std::string(257, 'x'));
  EXPECT_EQ(field(decision), "business_no");
  decision.mutable_approve_refund()->set_business_no(std::string(256, 'x'));
  EXPECT_EQ(field(decision), "taken");
  decision.set_reason(std::string(1'025, 'x'));
  EXPECT_EQ(field(decision), "reason");
  decision.set_decided_by(std::string(129, 'x'));
  EXPECT_EQ(field(decision), "decided_by");
  decision.set_decided_by("");
  EXPECT_EQ(field(decision), "decided_by");
  decision.set_decision_id(std::string(65, 'x'));
  EXPECT_EQ(field(decision), "decision_id");
  decision.set_decision_id("");
  EXPECT_EQ(field(decision), "decision_id");
}

}  // namespace
}  // namespace guarantee::order::letter::testing
