// Every field there and back; nothing sensitive in what is published.
#include "credit/adapters/credit_codec.h"

#include <gmock/gmock.h>
#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>
#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <vector>

#include "contract/formats.h"
#include "credit/adapters/command_codec.h"
#include "credit/adapters/event_codec.h"
#include "guarantee/event/v1/credit.pb.h"
#include "guarantee/event/v1/credit_decision.pb.h"
#include "guarantee/event/v1/handshake.pb.h"
#include "guarantee/partner/v1/credit.pb.h"
#include "guarantee/store/v1/credit.pb.h"

namespace guarantee::credit {
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

Application FullApplication() {
  Application application;
  application.state = State::kGranted;
  application.business_no = "CREDIT-1";
  application.received_at = {1};
  application.applicant = {"secret applicant", "secret code"};
  application.attachment = "secret attachment";
  application.granted_at = UnixMillis{2};
  application.end_reason = RefusalCode::kRenewed;
  application.end_text = "secret text";
  application.decisions = {{"D-1", RefusalCode::kNone}, {"D-2", RefusalCode::kTermsUnfit}};
  return application;
}

Credit FullRow() {
  Credit row;
  row.revision = 12;
  row.partner = "demo";
  row.applications = {FullApplication()};
  row.line = Line{"CREDIT-1", {3}, {4}, {5}, "officer"};
  row.reservations = {{"demo/order/secret-1", "secret-1", {6}, false},
                      {"demo/order/secret-2", "secret-2", {7}, true}};
  row.terms_revision = 8;
  row.decisions = {{"D-3", RefusalCode::kUnknown}};
  return row;
}

TEST(CreditCodec, Row_ComesBackWithEveryField) {
  const std::string bytes = SerializeCredit(FullRow());
  store::v1::StoredCredit stored;
  ASSERT_TRUE(stored.ParseFromString(bytes));
  EXPECT_THAT(Unset(stored), IsEmpty());
  EXPECT_THAT(Unset(stored.applications(0)), IsEmpty());
  EXPECT_THAT(Unset(stored.reservations(1)), IsEmpty());
  EXPECT_THAT(Unset(stored.decisions(0)), IsEmpty());
  EXPECT_THAT(Unset(stored.applications(0).decisions(1)), IsEmpty());
  const auto back = ParseCredit(bytes);
  ASSERT_TRUE(back.has_value());
  EXPECT_EQ(*back, FullRow());
}

TEST(CreditCodec, EmptyOptionals_StayEmpty) {
  Credit row;
  row.revision = 1;
  row.applications.emplace_back();
  row.applications.back().state = State::kApplied;
  row.applications.back().business_no = "CREDIT-1";
  const auto back = ParseCredit(SerializeCredit(row));
  ASSERT_TRUE(back.has_value());
  EXPECT_EQ(*back, row);
}

TEST(CreditCodec, EveryStateAndRefusal_ComesBack) {
  for (std::size_t at = 1; at < kStateCount; ++at) {
    Credit row = FullRow();
    row.applications.front().state = static_cast<State>(at);
    EXPECT_EQ(ParseCredit(SerializeCredit(row)), row);
    EXPECT_FALSE(StateWord(static_cast<State>(at)).empty());
  }
  for (const RefusalFacts& facts : kRefusals) EXPECT_EQ(RefusalOfWord(facts.word), facts.code);
}

TEST(CreditCodec, WhatThisVersionDoesNotKnow_IsNotGuessedAt) {
  const auto refused = [](const std::function<void(store::v1::StoredCredit&)>& spoil) {
    store::v1::StoredCredit stored;
    EXPECT_TRUE(stored.ParseFromString(SerializeCredit(FullRow())));
    spoil(stored);
    const auto read = ParseCredit(stored.SerializeAsString());
    return !read && read.error().code == "credit.stored";
  };
  EXPECT_FALSE(refused([](auto&) {}));
  EXPECT_TRUE(refused([](auto& row) { row.mutable_applications(0)->set_state(99); }));
  EXPECT_TRUE(refused([](auto& row) { row.mutable_applications(0)->set_state(-1); }));
  EXPECT_TRUE(refused([](auto& row) { row.mutable_applications(0)->set_state(0); }));
  EXPECT_TRUE(refused([](auto& row) { row.mutable_applications(0)->clear_business_no(); }));
  EXPECT_TRUE(refused([](auto& row) { row.clear_revision(); }));
  EXPECT_FALSE(ParseCredit("not a row").has_value());
}

DecidedBy By() { return {"D-1", "officer"}; }

std::vector<Event> AllEvents() {
  const std::string no = "CREDIT-1";
  return {
      CreditApplied{"demo", no, {1}, {{"secret applicant", "secret code"}, "secret attachment"}},
      CreditGranted{no, {2}, {3}, {4}, By(), {5}},
      CreditDeclined{no, RefusalCode::kDeclined, By(), {6}, {"secret text"}},
      CreditWithdrawn{no, {7}, {"secret reason"}},
      CreditLapsed{no, {8}},
      CreditReserved{{9}, {10}, {11}, {"demo/order/secret-1", "secret-1"}},
      CreditReleased{{12}, {13}, {"demo/order/secret-1"}},
      DecisionRefused{no, By(), RefusalCode::kTermsUnfit, {14}}};
}

TEST(CreditEvents, EveryEvent_SaysAllOfItsFields) {
  const auto events = AllEvents();
  ASSERT_EQ(events.size(), kEventCount);
  for (std::size_t at = 0; at < events.size(); ++at) {
    ASSERT_EQ(events[at].index(), at) << "one event of each kind";
    const auto message = PublicEvent(events[at], FullRow());
    EXPECT_THAT(Unset(*message), IsEmpty()) << message->GetTypeName();
    EXPECT_EQ(BusinessNoOf(events[at], FullRow()), "CREDIT-1");
  }
}

TEST(CreditEvents, NothingSensitive_IsPublished) {
  for (const Event& event : AllEvents()) {
    const auto message = PublicEvent(event, FullRow());
    EXPECT_THAT(message->SerializeAsString(), Not(HasSubstr("secret"))) << message->GetTypeName();
  }
}

template <typename T>
T Published(const Event& event) {
  const auto message = PublicEvent(event, FullRow());
  return dynamic_cast<const T&>(*message);
}

TEST(CreditEvents, ValuesStandInTheirOwnFields) {
  const auto events = AllEvents();
  const auto applied = Published<event::v1::CreditApplied>(events[0]);
  EXPECT_EQ(applied.received_at(), 1);
  EXPECT_EQ(applied.credit().at(), 1);
  const auto granted = Published<event::v1::CreditGranted>(events[1]);
  EXPECT_EQ(granted.credit().business_no(), "CREDIT-1");
  EXPECT_EQ(granted.credit().revision(), 12);
  EXPECT_EQ(granted.credit().state(), "granted");
  EXPECT_EQ(granted.limit_fen(), 2);
  EXPECT_EQ(granted.valid_begin(), 3);
  EXPECT_EQ(granted.valid_end(), 4);
  EXPECT_EQ(granted.credit().at(), 5);
  EXPECT_EQ(granted.by().decision_id(), "D-1");
  EXPECT_EQ(granted.by().decided_by(), "officer");
  const auto declined = Published<event::v1::CreditDeclined>(events[2]);
  EXPECT_EQ(declined.reason(), "credit.declined");
  EXPECT_EQ(declined.text(), "授信申请未通过");
  const auto reserved = Published<event::v1::CreditReserved>(events[5]);
  EXPECT_EQ(reserved.amount_fen(), 9);
  EXPECT_EQ(reserved.headroom_fen(), 10);
  EXPECT_EQ(reserved.credit().at(), 11);
  EXPECT_EQ(Published<event::v1::CreditReleased>(events[6]).amount_fen(), 12);
  EXPECT_EQ(Published<event::v1::CreditDecisionRefused>(events[7]).reason(), "credit.terms_unfit");
}

TEST(CreditCommands, PlatformsRequests) {
  partner::v1::CreditApply request;
  request.set_business_no("CREDIT-1");
  request.set_apply_user("某投标人");
  request.set_apply_code("CODE");
  request.set_credit_zip("https://files.example.com/a/1.zip");
  const auto apply = std::get<ApplyForCredit>(ToCommand(request, "demo", {7}));
  EXPECT_EQ(apply.partner, "demo");
  EXPECT_EQ(apply.business_no, "CREDIT-1");
  EXPECT_EQ(apply.received_at, UnixMillis{7});
  EXPECT_EQ(apply.applicant, (Applicant{"某投标人", "CODE"}));
  EXPECT_EQ(apply.attachment, "https://files.example.com/a/1.zip");

  partner::v1::CreditRevocation revocation;
  revocation.set_business_no("CREDIT-1");
  revocation.set_reason("放弃申请");
  const auto withdraw = std::get<Withdraw>(ToCommand(revocation, {8}));
  EXPECT_EQ(withdraw.business_no, "CREDIT-1");
  EXPECT_EQ(withdraw.reason, "放弃申请");
  EXPECT_EQ(withdraw.received_at, UnixMillis{8});
}

TEST(CreditCommands, OrderServicesMessages) {
  event::v1::ReserveCredit message;
  message.set_order_flow("demo/order/ORDER-1");
  message.set_order_no("ORDER-1");
  message.set_amount_fen(5);
  const auto reserve = std::get<Reserve>(ToCommand(message, {9}));
  EXPECT_EQ(reserve.order_flow, "demo/order/ORDER-1");
  EXPECT_EQ(reserve.order_no, "ORDER-1");
  EXPECT_EQ(reserve.amount, Money{5});
  EXPECT_EQ(reserve.arrived_at, UnixMillis{9});

  event::v1::ReleaseCredit back;
  back.set_order_flow("demo/order/ORDER-1");
  EXPECT_EQ(std::get<Release>(ToCommand(back)).order_flow, "demo/order/ORDER-1");
}

constexpr UnixMillis kArrived{50};

event::v1::DecideCredit Decision() {
  event::v1::DecideCredit decision;
  decision.set_decision_id("D-1");
  decision.set_decided_by("officer");
  decision.set_reason("because");
  decision.set_based_on_revision(3);
  decision.set_number("CREDIT-1");
  return decision;
}
event::v1::DecideCredit GrantDecision() {
  auto decision = Decision();
  decision.mutable_grant()->set_limit_fen(7);
  decision.mutable_grant()->set_valid_from("2026-10-01");
  decision.mutable_grant()->set_valid_to("2027-09-30");
  return decision;
}

template <typename T>
T Taken(const event::v1::DecideCredit& decision) {
  const auto command = ToCommand(decision, kArrived);
  EXPECT_TRUE(command.has_value());
  const T taken = std::get<T>(command.value());
  EXPECT_EQ(taken.decision.decision_id, "D-1");
  EXPECT_EQ(taken.decision.decided_by, "officer");
  EXPECT_EQ(taken.decision.reason, "because");
  EXPECT_EQ(taken.decision.based_on_revision, 3);
  EXPECT_EQ(taken.business_no, "CREDIT-1");
  return taken;
}

TEST(CreditDecisions, EachIsTakenWithEveryField) {
  auto decision = Decision();
  decision.mutable_decline();
  Taken<Decline>(decision);
  EXPECT_EQ(Taken<Grant>(GrantDecision()).limit, Money{7});
}

TEST(CreditDecisions, DatesAreTakenWhole) {
  const auto at = [](const char* text) { return contract::ParseTime(text).value(); };
  auto decision = GrantDecision();
  EXPECT_EQ(Taken<Grant>(decision).valid_begin, at("2026-10-01 00:00:00"));
  EXPECT_EQ(Taken<Grant>(decision).valid_end + 1, at("2027-10-01 00:00:00"));
  decision.mutable_grant()->set_valid_from("2026-10-01 09:30:00");
  decision.mutable_grant()->set_valid_to("2027-09-30 18:00:00");
  EXPECT_EQ(Taken<Grant>(decision).valid_begin, at("2026-10-01 09:30:00"));
  EXPECT_EQ(Taken<Grant>(decision).valid_end, at("2027-09-30 18:00:00"));
  decision.mutable_grant()->clear_valid_from();
  EXPECT_EQ(Taken<Grant>(decision).valid_begin, kArrived);
}

TEST(CreditDecisions, UnusableOnes_AreRefusedByField) {
  const auto field = [](const std::function<void(event::v1::DecideCredit&)>& spoil) {
    auto decision = GrantDecision();
    spoil(decision);
    const auto command = ToCommand(decision, kArrived);
    return command ? std::string("taken") : command.error().field;
  };
  EXPECT_EQ(field([](auto&) {}), "taken");
  EXPECT_EQ(field([](auto& d) { d.clear_decision_id(); }), "decision_id");
  EXPECT_EQ(field([](auto& d) { d.set_decision_id(std::string(65, 'x')); }), "decision_id");
  EXPECT_EQ(field([](auto& d) { d.clear_decided_by(); }), "decided_by");
  EXPECT_EQ(field([](auto& d) { d.set_reason(std::string(1'025, 'x')); }), "reason");
  EXPECT_EQ(field([](auto& d) { d.set_number(std::string(257, 'x')); }), "number");
  EXPECT_EQ(field([](auto& d) { d.clear_decision(); }), "decision");
  EXPECT_EQ(field([](auto& d) { d.mutable_grant()->set_limit_fen(0); }), "limit_fen");
  EXPECT_EQ(field([](auto& d) { d.mutable_grant()->set_limit_fen(-1); }), "limit_fen");
  EXPECT_EQ(field([](auto& d) { d.mutable_grant()->set_valid_from("soon"); }), "valid_from");
  EXPECT_EQ(field([](auto& d) { d.mutable_grant()->clear_valid_to(); }), "valid_to");
  EXPECT_EQ(field([](auto& d) { d.mutable_grant()->set_valid_to("2026-02-30"); }), "valid_to");
}

}  // namespace
}  // namespace guarantee::credit
