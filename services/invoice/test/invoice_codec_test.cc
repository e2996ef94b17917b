// Every field there and back; nothing sensitive in what is published.
#include "invoice/adapters/invoice_codec.h"

#include <gmock/gmock.h>
#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>
#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <vector>

#include "guarantee/event/v1/handshake.pb.h"
#include "guarantee/event/v1/invoice.pb.h"
#include "guarantee/event/v1/invoice_decision.pb.h"
#include "guarantee/partner/v1/invoice.pb.h"
#include "guarantee/store/v1/invoice.pb.h"
#include "invoice/adapters/command_codec.h"
#include "invoice/adapters/event_codec.h"

namespace guarantee::invoice {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

constexpr std::size_t kLinkMax = 40;

// Names of fields without a value, also inside messages, the repeated ones included.
std::vector<std::string> Unset(const Message& message) {
  std::vector<std::string> names;
  const auto& reflection = *message.GetReflection();
  const auto& type = *message.GetDescriptor();
  const auto add = [&names](const Message& inner) {
    for (std::string& name : Unset(inner)) names.push_back(std::move(name));
  };
  for (int at = 0; at < type.field_count(); ++at) {
    const FieldDescriptor& field = *type.field(at);
    const bool nested = field.cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE;
    if (field.is_repeated()) {
      const int size = reflection.FieldSize(message, &field);
      if (size == 0) names.push_back(field.full_name());
      if (nested && size > 0) add(reflection.GetRepeatedMessage(message, &field, size - 1));
    } else if (!reflection.HasField(message, &field)) {
      names.push_back(field.full_name());
    } else if (nested) {
      add(reflection.GetMessage(message, &field));
    }
  }
  return names;
}

Buyer SecretBuyer() {
  return {"secret name",  "secret code", "secret address",
          "secret phone", "secret bank", "secret account"};
}
Delivery SecretDelivery() {
  return {"secret title", "secret mail", "secret recipient", "secret email", "secret mobile"};
}

Invoices FullRow() {
  Request request;
  request.state = State::kReversed;
  request.business_no = "I-1";
  request.received_at = {1};
  request.wait_until = {2};
  request.kind = Kind::kSpecial;
  request.amount = {3};
  request.buyer = SecretBuyer();
  request.delivery = SecretDelivery();
  request.tax_number_fits = true;
  request.flags = {Flag::kNoContact, Flag::kNoRecipient, Flag::kNoMailAddress, Flag::kOddTaxNumber};
  request.blue = {"12345678", "0123456789"};
  request.url = "secret url";
  request.red = {"87654321", "9876543210"};
  request.end_reason = RefusalCode::kIssuingFailed;
  request.end_text = "secret words";
  request.decisions = {{"D-1", RefusalCode::kNone}, {"D-2", RefusalCode::kNumberUsed}};
  Invoices row;
  row.revision = 4;
  row.partner = "demo";
  row.guarantee_no = "G-1";
  row.guarantee.bidder = Bidder{"secret bidder", "secret bidder code"};
  row.guarantee.premium = {5};
  row.guarantee.restored_at = UnixMillis{6};
  row.guarantee.accepted_at = UnixMillis{7};
  row.guarantee.returned = {8};
  row.requests = {request};
  row.terms_revision = 3;
  row.decisions = {{"D-3", RefusalCode::kUnknown}};
  return row;
}

TEST(InvoiceCodec, Row_ComesBackWithEveryField) {
  const std::string bytes = SerializeInvoices(FullRow());
  store::v1::StoredInvoices stored;
  ASSERT_TRUE(stored.ParseFromString(bytes));
  EXPECT_THAT(Unset(stored), IsEmpty());
  const auto back = ParseInvoices(bytes);
  ASSERT_TRUE(back.has_value());
  EXPECT_EQ(*back, FullRow());
}

TEST(InvoiceCodec, EmptyOptionals_StayEmpty) {
  Invoices row;
  row.revision = 1;
  row.requests.emplace_back();
  row.requests.back().state = State::kWaiting;
  row.requests.back().business_no = "I-1";
  const auto back = ParseInvoices(SerializeInvoices(row));
  ASSERT_TRUE(back.has_value());
  EXPECT_EQ(*back, row);
}

TEST(InvoiceCodec, EveryStateAndRefusal_ComesBack) {
  for (std::size_t at = 1; at < kStateCount; ++at) {
    Invoices row = FullRow();
    row.requests.front().state = static_cast<State>(at);
    EXPECT_EQ(ParseInvoices(SerializeInvoices(row)), row);
  }
  for (const RefusalFacts& facts : kRefusals) EXPECT_EQ(RefusalOfWord(facts.word), facts.code);
}

TEST(InvoiceCodec, WhatThisVersionDoesNotKnow_IsNotGuessedAt) {
  const auto refused = [](const std::function<void(store::v1::StoredInvoiceRequest&)>& spoil) {
    store::v1::StoredInvoices stored;
    EXPECT_TRUE(stored.ParseFromString(SerializeInvoices(FullRow())));
    spoil(*stored.mutable_requests(0));
    const auto read = ParseInvoices(stored.SerializeAsString());
    return !read && read.error().code == "invoice.stored";
  };
  EXPECT_FALSE(refused([](auto&) {}));
  EXPECT_TRUE(refused([](auto& request) { request.set_state(6); }));
  EXPECT_TRUE(refused([](auto& request) { request.set_state(0); }));
  EXPECT_TRUE(refused([](auto& request) { request.set_kind(2); }));
  EXPECT_TRUE(refused([](auto& request) { request.add_flags(4); }));
  EXPECT_TRUE(refused([](auto& request) { request.clear_business_no(); }));
  EXPECT_FALSE(ParseInvoices("not a row").has_value());
}

DecidedBy By() { return {"D-1", "accountant"}; }

std::vector<Event> AllEvents() {
  const std::string no = "I-1";
  const InvoiceNumber blue{"12345678", "0123456789"};
  const InvoiceNumber red{"87654321", "9876543210"};
  return {InvoiceRequested{"demo",
                           "G-1",
                           no,
                           {1},
                           {2},
                           Kind::kSpecial,
                           {3},
                           {Flag::kNoContact, Flag::kOddTaxNumber},
                           {SecretBuyer(), SecretDelivery(), true}},
          RequestAccepted{no, {4}},
          InvoiceIssued{no, blue, By(), {5}, {"secret url"}},
          InvoiceFailed{no, RefusalCode::kIssuingFailed, By(), {6}, {"secret words"}},
          InvoiceReversed{no, blue, red, By(), {7}},
          NamesRestored{"demo", "G-1", {8}, {9}, {{"secret bidder", "secret code"}}},
          RestoreAcknowledged{"demo", "G-1", {10}},
          PremiumWentBack{"demo", "G-1", {11}},
          DecisionRefused{no, By(), RefusalCode::kNumberUnfit, {12}}};
}

// Of the guarantee and not of a request.
bool IsOfGuarantee(const Event& event) {
  return std::holds_alternative<NamesRestored>(event) ||
         std::holds_alternative<RestoreAcknowledged>(event) ||
         std::holds_alternative<PremiumWentBack>(event);
}

TEST(InvoiceEvents, EveryEvent_SaysAllOfItsFields) {
  const auto events = AllEvents();
  ASSERT_EQ(events.size(), kEventCount);
  for (std::size_t at = 0; at < events.size(); ++at) {
    ASSERT_EQ(events[at].index(), at) << "one event of each kind";
    const auto message = PublicEvent(events[at], FullRow(), {99});
    SCOPED_TRACE(message->GetTypeName());
    std::vector<std::string> expected;
    if (IsOfGuarantee(events[at])) expected = {"guarantee.event.v1.InvoiceHead.business_no"};
    EXPECT_EQ(Unset(*message), expected);
  }
}

TEST(InvoiceEvents, NothingSensitive_IsPublished) {
  for (const Event& event : AllEvents()) {
    const auto message = PublicEvent(event, FullRow(), {99});
    EXPECT_THAT(message->SerializeAsString(), Not(HasSubstr("secret"))) << message->GetTypeName();
  }
}

TEST(InvoiceEvents, Values_AreTheEventsOwn) {
  const auto events = AllEvents();
  const auto requested = PublicEvent(events[0], FullRow(), {99});
  const auto& asked = dynamic_cast<const event::v1::InvoiceRequested&>(*requested);
  EXPECT_EQ(asked.received_at(), 1);
  EXPECT_EQ(asked.wait_until(), 2);
  EXPECT_EQ(asked.kind(), "special");
  EXPECT_EQ(asked.amount_fen(), 3);
  ASSERT_EQ(asked.flags_size(), 2);
  EXPECT_EQ(asked.flags(0), "no_contact");
  EXPECT_EQ(asked.flags(1), "odd_tax_number");
  const auto reversed = PublicEvent(events[4], FullRow(), {99});
  const auto& back = dynamic_cast<const event::v1::InvoiceReversed&>(*reversed);
  EXPECT_EQ(back.blue().invoice_no(), "12345678");
  EXPECT_EQ(back.blue().invoice_code(), "0123456789");
  EXPECT_EQ(back.red().invoice_no(), "87654321");
  EXPECT_EQ(back.red().invoice_code(), "9876543210");
  EXPECT_EQ(back.by().decision_id(), "D-1");
  EXPECT_EQ(back.by().decided_by(), "accountant");
  EXPECT_EQ(back.invoice().guarantee_no(), "G-1");
  EXPECT_EQ(back.invoice().business_no(), "I-1");
  EXPECT_EQ(back.invoice().revision(), 4);
  EXPECT_EQ(back.invoice().at(), 7);
  EXPECT_EQ(back.invoice().state(), "reversed");
  const auto failed = PublicEvent(events[3], FullRow(), {99});
  const auto& none = dynamic_cast<const event::v1::InvoiceFailed&>(*failed);
  EXPECT_EQ(none.reason(), "invoice.issuing_failed");
  EXPECT_EQ(none.text(), "开票失败");
  const auto restored = PublicEvent(events[5], FullRow(), {99});
  const auto& names = dynamic_cast<const event::v1::InvoiceNamesRestored&>(*restored);
  EXPECT_EQ(names.invoice().at(), 99);
  EXPECT_EQ(names.restored_at(), 8);
  EXPECT_EQ(names.premium_fen(), 9);
}

partner::v1::InvoiceApply Apply() {
  partner::v1::InvoiceApply apply;
  apply.set_business_no("I-1");
  apply.set_guarantee_no("G-1");
  apply.set_bidder_name("name");
  apply.set_bidder_code("91430602MA4L5GJ80Y");
  apply.set_amount_fen(3);
  apply.set_type(partner::v1::INVOICE_TYPE_SPECIAL);
  apply.set_address("address");
  apply.set_phone("phone");
  apply.set_bank("bank");
  apply.set_account("account");
  apply.set_email("email");
  apply.set_mobile("mobile");
  apply.set_invoice_rise("title");
  apply.set_invoice_address("mail");
  apply.set_jbr_name("recipient");
  return apply;
}

TEST(InvoiceCommands, Request_IsTakenWhole) {
  const auto command = std::get<RequestInvoice>(ToCommand(Apply(), "demo", {7}));
  EXPECT_EQ(command.partner, "demo");
  EXPECT_EQ(command.guarantee_no, "G-1");
  EXPECT_EQ(command.business_no, "I-1");
  EXPECT_EQ(command.received_at, UnixMillis{7});
  EXPECT_EQ(command.kind, Kind::kSpecial);
  EXPECT_EQ(command.amount, Money{3});
  EXPECT_EQ(command.buyer,
            (Buyer{"name", "91430602MA4L5GJ80Y", "address", "phone", "bank", "account"}));
  EXPECT_EQ(command.delivery, (Delivery{"title", "mail", "recipient", "email", "mobile"}));
  EXPECT_TRUE(command.tax_number_fits);
  partner::v1::InvoiceApply odd = Apply();
  odd.set_bidder_code("91430602MA4L5GJ80X");
  odd.set_type(partner::v1::INVOICE_TYPE_ORDINARY);
  EXPECT_FALSE(std::get<RequestInvoice>(ToCommand(odd, "demo", {7})).tax_number_fits);
  EXPECT_EQ(std::get<RequestInvoice>(ToCommand(odd, "demo", {7})).kind, Kind::kOrdinary);
}

TEST(InvoiceCommands, OrderServicesMessages) {
  event::v1::GuaranteeRestored names;
  names.set_guarantee_no("G-1");
  names.set_restored_at(9);
  names.set_bidder_name("name");
  names.set_bidder_code("code");
  names.set_tenderee_name("another");
  names.set_premium_fen(5);
  const auto restored = std::get<GuaranteeRestored>(ToCommand(names, "demo"));
  EXPECT_EQ(restored.partner, "demo");
  EXPECT_EQ(restored.guarantee_no, "G-1");
  EXPECT_EQ(restored.bidder, (Bidder{"name", "code"}));
  EXPECT_EQ(restored.premium, Money{5});
  EXPECT_EQ(restored.restored_at, UnixMillis{9});
  event::v1::PremiumReturned back;
  back.set_guarantee_no("G-1");
  back.set_amount_fen(6);
  const auto returned = std::get<PremiumReturned>(ToCommand(back, "demo"));
  EXPECT_EQ(returned.partner, "demo");
  EXPECT_EQ(returned.guarantee_no, "G-1");
  EXPECT_EQ(returned.amount, Money{6});
}

event::v1::DecideInvoice Decision() {
  event::v1::DecideInvoice decision;
  decision.set_decision_id("D-1");
  decision.set_decided_by("accountant");
  decision.set_reason("because");
  decision.set_based_on_revision(3);
  decision.set_number("I-1");
  return decision;
}

template <typename T>
T Taken(const event::v1::DecideInvoice& decision) {
  const auto command = ToCommand(decision, kLinkMax);
  EXPECT_TRUE(command.has_value());
  const T taken = std::get<T>(*command);
  EXPECT_EQ(taken.decision.decision_id, "D-1");
  EXPECT_EQ(taken.decision.decided_by, "accountant");
  EXPECT_EQ(taken.decision.based_on_revision, 3);
  EXPECT_EQ(taken.business_no, "I-1");
  return taken;
}

TEST(InvoiceDecisions, EachIsTakenWithEveryField) {
  auto decision = Decision();
  decision.mutable_issue()->set_invoice_no("12345678");
  decision.mutable_issue()->set_invoice_code("0123456789");
  decision.mutable_issue()->set_url("https://a/1");
  const auto issue = Taken<Issue>(decision);
  EXPECT_EQ(issue.number, (InvoiceNumber{"12345678", "0123456789"}));
  EXPECT_EQ(issue.url, "https://a/1");
  EXPECT_EQ(issue.decision.reason, "because");
  decision.mutable_reverse()->set_red_no("87654321");
  decision.mutable_reverse()->set_red_code("9876543210");
  EXPECT_EQ(Taken<Reverse>(decision).number, (InvoiceNumber{"87654321", "9876543210"}));
  decision.mutable_fail();
  EXPECT_EQ(Taken<Fail>(decision).decision.reason, "because");
  decision.mutable_fail()->set_reason("tax system refused");
  EXPECT_EQ(Taken<Fail>(decision).decision.reason, "tax system refused");
}

TEST(InvoiceDecisions, UnusableOnes_AreRefusedByField) {
  const auto field = [](const std::function<void(event::v1::DecideInvoice&)>& spoil) {
    auto decision = Decision();
    decision.mutable_issue();
    spoil(decision);
    const auto command = ToCommand(decision, kLinkMax);
    return command ? std::string("taken") : command.error().field;
  };
  const auto link = [&](std::size_t characters) {
    return field([characters](auto& d) {
      std::string url = "https://";
      for (std::size_t at = url.size(); at < characters; ++at) url += "票";
      d.mutable_issue()->set_url(url);
    });
  };
  EXPECT_EQ(field([](auto&) {}), "taken");
  EXPECT_EQ(link(kLinkMax), "taken") << "characters, not bytes";
  EXPECT_EQ(link(kLinkMax + 1), "url");
  EXPECT_EQ(field([](auto& d) { d.mutable_issue()->set_url("javascript:x"); }), "url");
  EXPECT_EQ(field([](auto& d) { d.clear_decision_id(); }), "decision_id");
  EXPECT_EQ(field([](auto& d) { d.set_decision_id(std::string(65, 'x')); }), "decision_id");
  EXPECT_EQ(field([](auto& d) { d.clear_decided_by(); }), "decided_by");
  EXPECT_EQ(field([](auto& d) { d.set_reason(std::string(1'025, 'x')); }), "reason");
  EXPECT_EQ(field([](auto& d) { d.set_number(std::string(257, 'x')); }), "number");
  EXPECT_EQ(field([](auto& d) { d.clear_decision(); }), "decision");
  EXPECT_EQ(field([](auto& d) { d.mutable_fail()->set_reason(std::string(1'025, 'x')); }),
            "fail.reason");
  EXPECT_EQ(field([](auto& d) { d.mutable_issue()->set_invoice_no(std::string(257, '1')); }),
            "invoice_no");
  EXPECT_EQ(field([](auto& d) { d.mutable_reverse()->set_red_code(std::string(257, '1')); }),
            "red_code");
}

}  // namespace
}  // namespace guarantee::invoice
