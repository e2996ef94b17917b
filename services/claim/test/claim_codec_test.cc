// Every field there and back; nothing sensitive in what is published.
#include "claim/adapters/claim_codec.h"

#include <gmock/gmock.h>
#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>
#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <type_traits>
#include <vector>

#include "claim/adapters/command_codec.h"
#include "claim/adapters/event_codec.h"
#include "guarantee/event/v1/claim.pb.h"
#include "guarantee/event/v1/claim_decision.pb.h"
#include "guarantee/event/v1/handshake.pb.h"
#include "guarantee/partner/v1/claim.pb.h"
#include "guarantee/store/v1/claim.pb.h"

namespace guarantee::claim {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

// Names of fields without a value, also inside messages.
std::vector<std::string> Unset(const Message& message) {
  std::vector<std::string> names;
  const auto& reflection = *message.GetReflection();
  const auto& type = *message.GetDescriptor();
  for (int at = 0; at < type.field_count(); ++at) {
    const FieldDescriptor& field = *type.field(at);
    if (field.is_repeated()) {
      if (reflection.FieldSize(message, &field) == 0) names.push_back(field.full_name());
      continue;
    }
    if (!reflection.HasField(message, &field)) {
      names.push_back(field.full_name());
    } else if (field.cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
      for (std::string& name : Unset(reflection.GetMessage(message, &field))) {
        names.push_back(std::move(name));
      }
    }
  }
  return names;
}

Claim FullClaim() {
  Claim claim;
  claim.state = State::kPaid;
  claim.business_no = "CLAIM-1";
  claim.own = true;
  claim.received_at = {1};
  claim.warning_at = {2};
  claim.examine_end = {3};
  claim.clock = kClockWarned;
  claim.beneficiary = {"secret beneficiary", "secret code"};
  claim.attachments = {"secret attachment"};
  claim.hold = Hold::kHeld;
  claim.hold_answer_due = UnixMillis{4};
  claim.match = Match::kDiffers;
  claim.demand = Money{5};
  claim.examiners = {"examiner"};
  claim.approvals = {{"maker", Money{6}}, {"checker", Money{7}}};
  claim.discrepancies = {"a", "b"};
  claim.ordered = Money{8};
  claim.paid = Money{9};
  claim.payment_reference = "secret reference";
  claim.end_reason = RefusalCode::kDiscrepant;
  claim.withdrawal_reason = "secret withdrawal";
  claim.withdrawal_asked = true;
  claim.consent_document = "secret consent";
  claim.platform = PlatformAnswer::kClosed;
  claim.platform_answer_due = UnixMillis{10};
  claim.terms_revision = 11;
  claim.decisions = {{"D-1", RefusalCode::kNone}, {"D-2", RefusalCode::kPrecluded}};
  return claim;
}

Claims FullRow() {
  Claims row;
  row.revision = 12;
  row.partner = "demo";
  row.guarantee_no = "G-1";
  row.guarantee = {Money{13}, UnixMillis{14}, Party{"secret tenderee", "secret tenderee code"}};
  row.claims = {FullClaim()};
  row.decisions = {{"D-3", RefusalCode::kClaimUnknown}};
  return row;
}

TEST(ClaimCodec, Row_ComesBackWithEveryField) {
  const std::string bytes = SerializeClaims(FullRow());
  store::v1::StoredClaims stored;
  ASSERT_TRUE(stored.ParseFromString(bytes));
  EXPECT_THAT(Unset(stored), IsEmpty());
  EXPECT_THAT(Unset(stored.claims(0)), IsEmpty());
  const auto back = ParseClaims(bytes);
  ASSERT_TRUE(back.has_value());
  EXPECT_EQ(*back, FullRow());
}

TEST(ClaimCodec, EmptyOptionals_StayEmpty) {
  Claims row;
  row.revision = 1;
  row.claims.emplace_back();
  row.claims.back().state = State::kReceived;
  row.claims.back().business_no = "CLAIM-1";
  const auto back = ParseClaims(SerializeClaims(row));
  ASSERT_TRUE(back.has_value());
  EXPECT_EQ(*back, row);
}

TEST(ClaimCodec, EveryStateAndRefusal_ComesBack) {
  for (std::size_t at = 1; at < kStateCount; ++at) {
    Claims row = FullRow();
    row.claims.front().state = static_cast<State>(at);
    EXPECT_EQ(ParseClaims(SerializeClaims(row)), row);
  }
  for (const RefusalFacts& facts : kRefusals) EXPECT_EQ(RefusalOfWord(facts.word), facts.code);
}

TEST(ClaimCodec, WhatThisVersionDoesNotKnow_IsNotGuessedAt) {
  store::v1::StoredClaims stored;
  ASSERT_TRUE(stored.ParseFromString(SerializeClaims(FullRow())));
  const auto refused = [](const store::v1::StoredClaims& row) {
    const auto read = ParseClaims(row.SerializeAsString());
    return !read && read.error().code == "claim.stored";
  };
  for (const auto set :
       {&store::v1::StoredClaim::set_state, &store::v1::StoredClaim::set_hold,
        &store::v1::StoredClaim::set_match, &store::v1::StoredClaim::set_platform}) {
    store::v1::StoredClaims later = stored;
    (later.mutable_claims(0)->*set)(99);
    EXPECT_TRUE(refused(later));
  }
  store::v1::StoredClaims stateless = stored;
  stateless.mutable_claims(0)->set_state(0);
  EXPECT_TRUE(refused(stateless));
  EXPECT_FALSE(ParseClaims("not a row").has_value());
}

DecidedBy By() { return {"D-1", "maker"}; }

std::vector<Event> AllEvents() {
  const std::string no = "CLAIM-1";
  return {
      ClaimReceived{"demo",
                    "G-1",
                    no,
                    true,
                    {1},
                    {2},
                    {3},
                    UnixMillis{4},
                    By(),
                    {{"secret beneficiary", "secret code"}, {"secret attachment"}}},
      HoldAskedAgain{no, {5}},
      GuaranteeLocked{no, {6}, {7}, true, UnixMillis{8}, {Party{"secret tenderee", "secret code"}}},
      NamesRestored{"demo", "G-1", {9}, {{"secret tenderee", "secret code"}}},
      BeneficiaryCompared{no, true},
      ExaminationOpened{no, By(), {10}},
      DemandLowered{no, {11}, By(), {12}, {"secret document"}},
      PaymentApproved{no, {13}, true, By(), {14}},
      ClaimPaid{no, {15}, {16}, {17}, By(), {"secret reference"}},
      ClaimRefused{no, RefusalCode::kDiscrepant, By(), {18}, {{"secret discrepancy"}}},
      WithdrawalAsked{no, {19}, {"secret reason"}},
      WithdrawalPreApproved{no, By(), {20}, {"secret document"}},
      ClaimWithdrawn{no, By(), {21}, {"secret reason"}},
      ClockPassed{no, kClockEnded, {22}},
      PlatformAnswered{no, true, {23}, true, {24}},
      PlatformSilent{no, {25}},
      RegistrationClosed{no, By(), {26}},
      DecisionRefused{no, By(), RefusalCode::kPrecluded, {27}}};
}

TEST(ClaimEvents, EveryEvent_SaysAllOfItsFields) {
  const auto events = AllEvents();
  ASSERT_EQ(events.size(), kEventCount);
  for (std::size_t at = 0; at < events.size(); ++at) {
    ASSERT_EQ(events[at].index(), at) << "one event of each kind";
    const auto message = PublicEvent(events[at], FullRow(), {99});
    SCOPED_TRACE(message->GetTypeName());
    auto unset = Unset(*message);
    // This one is of the guarantee and not of a claim.
    if (std::holds_alternative<NamesRestored>(events[at])) {
      ASSERT_EQ(unset.size(), 1U);
      unset.clear();
    }
    EXPECT_THAT(unset, IsEmpty());
  }
}

TEST(ClaimEvents, NothingSensitive_IsPublished) {
  for (const Event& event : AllEvents()) {
    const auto message = PublicEvent(event, FullRow(), {99});
    EXPECT_THAT(message->SerializeAsString(), Not(HasSubstr("secret"))) << message->GetTypeName();
  }
}

TEST(ClaimEvents, Head_NamesTheClaimAsItIsAfterwards) {
  const auto message = PublicEvent(ClockPassed{"CLAIM-1", kClockWarned, {22}}, FullRow(), {99});
  const auto& fact = dynamic_cast<const event::v1::ClaimClockPassed&>(*message);
  EXPECT_EQ(fact.claim().guarantee_no(), "G-1");
  EXPECT_EQ(fact.claim().business_no(), "CLAIM-1");
  EXPECT_EQ(fact.claim().revision(), 12);
  EXPECT_EQ(fact.claim().at(), 22);
  EXPECT_EQ(fact.claim().state(), "paid");
  EXPECT_EQ(fact.percent(), kClockWarned);
}

TEST(ClaimCommands, Presentation_IsTakenWhole) {
  partner::v1::CompensateApply request;
  request.set_business_no("CLAIM-1");
  request.set_guarantee_no("G-1");
  request.set_beneficiary("某招标人");
  request.set_beneficiary_code("CODE");
  EXPECT_TRUE(std::get<Present>(ToCommand(request, "demo", {7})).attachments.empty());
  request.set_compensate_zip("https://files.example.com/a/1.zip");
  const auto present = std::get<Present>(ToCommand(request, "demo", {7}));
  EXPECT_EQ(present.partner, "demo");
  EXPECT_EQ(present.business_no, "CLAIM-1");
  EXPECT_EQ(present.guarantee_no, "G-1");
  EXPECT_EQ(present.received_at, UnixMillis{7});
  EXPECT_EQ(present.beneficiary, (Party{"某招标人", "CODE"}));
  EXPECT_EQ(present.attachments, std::vector<std::string>{"https://files.example.com/a/1.zip"});
}

TEST(ClaimCommands, WithdrawalAndPlatformsResult) {
  partner::v1::CompensateRevocation revocation;
  revocation.set_business_no("CLAIM-1");
  revocation.set_reason("放弃理赔");
  const auto withdraw = std::get<Withdraw>(ToCommand(revocation));
  EXPECT_EQ(withdraw.business_no, "CLAIM-1");
  EXPECT_EQ(withdraw.reason, "放弃理赔");

  partner::v1::CompensateNotice notice;
  notice.set_business_no("CLAIM-1");
  notice.set_operate_result(partner::v1::OUTCOME_SUCCESS);
  notice.set_payer_amount_fen(500);
  notice.set_compensate_result_desc("赔付成功");
  auto result = std::get<PlatformResult>(ToCommand(notice, {8}));
  EXPECT_EQ(result.business_no, "CLAIM-1");
  EXPECT_TRUE(result.paid);
  EXPECT_EQ(result.amount, Money{500});
  EXPECT_EQ(result.description, "赔付成功");
  EXPECT_EQ(result.received_at, UnixMillis{8});
  notice.set_operate_result(partner::v1::OUTCOME_FAILURE);
  EXPECT_FALSE(std::get<PlatformResult>(ToCommand(notice, {8})).paid);
}

TEST(ClaimCommands, OrderServicesMessages) {
  event::v1::GuaranteeHeld message;
  message.set_business_no("CLAIM-1");
  message.set_available_fen(5);
  message.set_valid_end(6);
  EXPECT_FALSE(std::get<GuaranteeHeld>(ToCommand(message)).tenderee.has_value());
  message.set_restored(true);
  message.set_tenderee_name("甲");
  message.set_tenderee_code("CODE");
  const auto held = std::get<GuaranteeHeld>(ToCommand(message));
  EXPECT_EQ(held.business_no, "CLAIM-1");
  EXPECT_EQ(held.available, Money{5});
  EXPECT_EQ(held.valid_end, UnixMillis{6});
  EXPECT_EQ(held.tenderee, (Party{"甲", "CODE"}));

  event::v1::HoldRefused refusal;
  refusal.set_business_no("CLAIM-1");
  refusal.set_reason("guarantee.expired");
  refusal.set_text("保函已到期");
  const auto refused = std::get<HoldRefused>(ToCommand(refusal));
  EXPECT_EQ(refused.business_no, "CLAIM-1");
  EXPECT_EQ(refused.reason, "guarantee.expired");
  EXPECT_EQ(refused.text, "保函已到期");

  event::v1::GuaranteeRestored names;
  names.set_guarantee_no("G-1");
  names.set_restored_at(9);
  names.set_tenderee_name("甲");
  names.set_tenderee_code("CODE");
  const auto restored = std::get<GuaranteeRestored>(ToCommand(names, "demo"));
  EXPECT_EQ(restored.partner, "demo");
  EXPECT_EQ(restored.guarantee_no, "G-1");
  EXPECT_EQ(restored.restored_at, UnixMillis{9});
  EXPECT_EQ(restored.tenderee, (Party{"甲", "CODE"}));
}

const DecisionPlace kPlace{"demo", "G-1", "MINTED", {50}};

event::v1::DecideClaim Decision() {
  event::v1::DecideClaim decision;
  decision.set_decision_id("D-1");
  decision.set_decided_by("maker");
  decision.set_reason("because");
  decision.set_based_on_revision(3);
  decision.set_number("CLAIM-1");
  return decision;
}

template <typename T>
T Taken(const event::v1::DecideClaim& decision) {
  const auto command = ToCommand(decision, kPlace);
  EXPECT_TRUE(command.has_value());
  const T taken = std::get<T>(*command);
  EXPECT_EQ(taken.decision.decision_id, "D-1");
  EXPECT_EQ(taken.decision.decided_by, "maker");
  EXPECT_EQ(taken.decision.reason, "because");
  EXPECT_EQ(taken.decision.based_on_revision, 3);
  if (!std::is_same_v<T, Register>) {
    EXPECT_EQ(taken.business_no, "CLAIM-1");
  }
  return taken;
}

TEST(ClaimDecisions, EachIsTakenWithEveryField) {
  auto decision = Decision();
  decision.mutable_open();
  Taken<OpenExamination>(decision);
  decision.mutable_demand()->set_amount_fen(7);
  decision.mutable_demand()->set_document("letter");
  EXPECT_EQ(Taken<SetDemand>(decision).amount, Money{7});
  EXPECT_EQ(Taken<SetDemand>(decision).document, "letter");
  decision.mutable_approve()->set_amount_fen(8);
  EXPECT_EQ(Taken<ApprovePayment>(decision).amount, Money{8});
  decision.mutable_refuse()->add_discrepancies("x");
  EXPECT_EQ(Taken<Refuse>(decision).discrepancies, std::vector<std::string>{"x"});
  decision.mutable_pre_approve()->set_document("consent");
  EXPECT_EQ(Taken<PreApproveWithdrawal>(decision).document, "consent");
  decision.mutable_confirm()->set_reference("PAY-1");
  decision.mutable_confirm()->set_amount_fen(9);
  const auto confirm = Taken<ConfirmPayment>(decision);
  EXPECT_EQ(confirm.reference, "PAY-1");
  EXPECT_EQ(confirm.amount, Money{9});
  EXPECT_EQ(confirm.paid_at, UnixMillis{50});
  decision.mutable_close();
  Taken<CloseRegistered>(decision);
}

TEST(ClaimDecisions, ReasonStandsInWhereNothingElseIsSaid) {
  auto decision = Decision();
  decision.mutable_refuse();
  EXPECT_EQ(Taken<Refuse>(decision).discrepancies, std::vector<std::string>{"because"});
  decision.mutable_pre_approve();
  EXPECT_EQ(Taken<PreApproveWithdrawal>(decision).document, "because");
}

TEST(ClaimDecisions, Registration_IsPlacedUnderItsFlow) {
  auto decision = Decision();
  auto& paper = *decision.mutable_register_();
  paper.set_beneficiary_name("甲");
  paper.set_beneficiary_code("CODE");
  paper.add_attachments("document:1");
  EXPECT_EQ(Taken<Register>(decision).presented_at, UnixMillis{50});
  paper.set_presented_at(40);
  const auto registered = Taken<Register>(decision);
  EXPECT_EQ(registered.partner, "demo");
  EXPECT_EQ(registered.guarantee_no, "G-1");
  EXPECT_EQ(registered.business_no, "MINTED");
  EXPECT_EQ(registered.presented_at, UnixMillis{40});
  EXPECT_EQ(registered.beneficiary, (Party{"甲", "CODE"}));
  EXPECT_EQ(registered.attachments, std::vector<std::string>{"document:1"});
  paper.set_guarantee_no("G-2");
  EXPECT_EQ(ToCommand(decision, kPlace).error().field, "guarantee_no");
}

TEST(ClaimDecisions, UnusableOnes_AreRefusedByField) {
  const auto field = [](const std::function<void(event::v1::DecideClaim&)>& spoil) {
    auto decision = Decision();
    decision.mutable_open();
    spoil(decision);
    const auto command = ToCommand(decision, kPlace);
    return command ? std::string("taken") : command.error().field;
  };
  EXPECT_EQ(field([](auto&) {}), "taken");
  EXPECT_EQ(field([](auto& d) { d.clear_decision_id(); }), "decision_id");
  EXPECT_EQ(field([](auto& d) { d.set_decision_id(std::string(65, 'x')); }), "decision_id");
  EXPECT_EQ(field([](auto& d) { d.clear_decided_by(); }), "decided_by");
  EXPECT_EQ(field([](auto& d) { d.set_reason(std::string(1'025, 'x')); }), "reason");
  EXPECT_EQ(field([](auto& d) { d.set_number(std::string(257, 'x')); }), "number");
  EXPECT_EQ(field([](auto& d) { d.clear_decision(); }), "decision");
  EXPECT_EQ(field([](auto& d) { d.mutable_approve()->set_amount_fen(-1); }), "amount_fen");
  EXPECT_EQ(field([](auto& d) { d.mutable_demand()->set_amount_fen(-1); }), "amount_fen");
  EXPECT_EQ(field([](auto& d) { d.mutable_confirm()->set_amount_fen(-1); }), "amount_fen");
  EXPECT_EQ(field([](auto& d) { d.mutable_register_()->set_beneficiary_code("C"); }),
            "beneficiary_name");
  EXPECT_EQ(field([](auto& d) {
              for (std::size_t at = 0; at <= kDiscrepanciesMax; ++at) {
                d.mutable_refuse()->add_discrepancies("x");
              }
            }),
            "discrepancies");
}

}  // namespace
}  // namespace guarantee::claim
