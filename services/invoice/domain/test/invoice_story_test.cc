// Every reason to refuse a 3.13, whole stories, and random sequences.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <random>

#include "scene.h"

namespace guarantee::invoice::testing {
namespace {

using ::testing::Contains;

RefusalCode ReasonOf(const std::optional<Invoices>& before, const RequestInvoice& request) {
  const auto row = Taken(before, request);
  return FindRequest(*row, request.business_no)->end_reason;
}

// Rulings 3.13 and 3.14(1): which of the reasons it is, and its text.
TEST(InvoiceReason, EveryFailedRequest_NamesItsOwn) {
  EXPECT_EQ(ReasonOf(InvoicesIn(State::kWaiting, "I-0"), GoodRequest()), RefusalCode::kRequestOpen);
  EXPECT_EQ(ReasonOf(InvoicesIn(State::kIssued, "I-0"), GoodRequest()),
            RefusalCode::kAlreadyInvoiced);
  EXPECT_EQ(ReasonOf(Taken(Ready(), Returned()), GoodRequest()), RefusalCode::kPremiumReturned);
  RequestInvoice request = GoodRequest();
  request.buyer.code = "OTHER";
  EXPECT_EQ(ReasonOf(Ready(), request), RefusalCode::kBidderDiffers);
  request = GoodRequest();
  request.amount = {kPremium.fen + 1};
  EXPECT_EQ(ReasonOf(Ready(), request), RefusalCode::kAmountDiffers);
  request = GoodRequest();
  request.tax_number_fits = false;
  EXPECT_EQ(ReasonOf(Ready(), request), RefusalCode::kTaxNumberUnfit);
  const std::map<RefusalCode, std::string Buyer::*> fields = {
      {RefusalCode::kAddressMissing, &Buyer::address},
      {RefusalCode::kPhoneMissing, &Buyer::phone},
      {RefusalCode::kBankMissing, &Buyer::bank},
      {RefusalCode::kAccountMissing, &Buyer::account}};
  for (const auto& [reason, field] : fields) {
    request = GoodRequest();
    (request.buyer.*field).clear();
    EXPECT_EQ(ReasonOf(Ready(), request), reason);
  }
  EXPECT_EQ(FactsOf(RefusalCode::kAlreadyInvoiced).text, "已开票");
  EXPECT_EQ(FactsOf(RefusalCode::kAmountDiffers).text, "开票金额与保费不符");
  EXPECT_EQ(FactsOf(RefusalCode::kNotRestored).text, "保函尚未还原");
}

TEST(InvoiceStory, EarlyRequest_WaitsAndIsIssued) {
  const Decision asked = Decide(std::nullopt, GoodRequest(), kNow, {});
  EXPECT_THAT(asked.effects, Contains(Effect{SetTimer{kNumber, kWaitEnd}}));
  auto row = After(std::nullopt, asked);
  row = Taken(row, Restored());
  const Decision accepted = Decide(row, Accepted(), kNow, {});
  EXPECT_THAT(accepted.effects, Contains(Effect{ClearTimer{kNumber}}));
  row = After(row, accepted);
  const Decision issued = Decide(row, Issue{By("D-1"), "", kBlue, "https://x"}, kNow, {});
  EXPECT_THAT(issued.effects,
              Contains(Effect{Notify{kNumber, "G-1", true, Kind::kSpecial, kBlue, "https://x"}}));
}

TEST(InvoiceStory, NoAcceptanceInTime_IsNotRestored) {
  const auto row = InvoicesIn(State::kWaiting);
  const auto after = Taken(row, WaitOver(), kWaitEnd);
  EXPECT_EQ(after->requests.front().end_reason, RefusalCode::kNotRestored);
  EXPECT_TRUE(TimersOf(*after).empty());
  // A new attempt has a number of its own.
  const auto again = Taken(Taken(Taken(after, Restored()), Accepted()), GoodRequest("I-2"));
  EXPECT_EQ(FindRequest(*again, "I-2")->state, State::kRequested);
}

TEST(InvoiceStory, EmptyTitleAndMailAddress_AreTheBuyers) {
  RequestInvoice request = GoodRequest();
  request.delivery = {};
  const auto row = Taken(Ready(), request);
  EXPECT_EQ(row->requests.front().delivery.title, request.buyer.name);
  EXPECT_EQ(row->requests.front().delivery.mail_address, request.buyer.address);
  EXPECT_THAT(row->requests.front().flags,
              ::testing::ElementsAre(Flag::kNoContact, Flag::kNoRecipient));
}

Command AnyCommand(std::mt19937& dice) {
  const auto below = [&dice](unsigned bound) { return static_cast<int>(dice() % bound); };
  const std::string number = "I-" + std::to_string(below(5));
  Command command = GoodCommand(static_cast<CommandKind>(below(kCommandCount - 1)));
  std::visit(
      [&](auto& one) {
        if constexpr (requires { one.business_no; }) one.business_no = number;
        if constexpr (requires { one.decision; }) {
          if (below(2) == 0) one.business_no.clear();
          one.decision = By("D-" + std::to_string(below(60)));
        }
        if constexpr (requires { one.number; }) one.number.number.back() = "123456789"[below(9)];
      },
      command);
  if (auto* returned = std::get_if<PremiumReturned>(&command)) {
    returned->amount = {kPremium.fen * below(3) / 2};
  }
  if (std::holds_alternative<PremiumReturned>(command) && below(4) != 0) return GoodRequest(number);
  return command;
}

void CheckRow(const Invoices& row, const std::map<std::string, int>& notices) {
  int open = 0;
  int valid = 0;
  for (const Request& request : row.requests) {
    open += IsOpen(request.state) ? 1 : 0;
    valid += request.state == State::kIssued ? 1 : 0;
    const auto told = notices.find(request.business_no);
    EXPECT_EQ(told == notices.end() ? 0 : told->second, IsOpen(request.state) ? 0 : 1)
        << "one 3.14 for each request";
  }
  EXPECT_LE(open, 1);
  EXPECT_LE(valid, 1) << "one valid blue invoice";
}

TEST(InvoiceProperty, RandomSequences_KeepTheInvariants) {
  std::map<State, int> reached;
  for (unsigned seed = 0; seed < 600 && !::testing::Test::HasFailure(); ++seed) {
    SCOPED_TRACE(seed);
    std::mt19937 dice(seed);
    std::optional<Invoices> row;
    std::optional<Invoices> replayed;
    std::map<std::string, int> notices;
    for (int at = 0; at < 50 && !::testing::Test::HasFailure(); ++at) {
      const UnixMillis now = kNow + at * 20'000;
      const Command command = AnyCommand(dice);
      const Decision decision = Decide(row, command, now, {});
      for (const Event& event : decision.events) {
        replayed = Apply(replayed.value_or(Invoices{}), event);
      }
      for (const Effect& effect : decision.effects) {
        if (const auto* notify = std::get_if<Notify>(&effect)) ++notices[notify->business_no];
      }
      const Invoices before = row.value_or(Invoices{});
      row = After(row, decision);
      EXPECT_EQ(replayed, row) << "the events are the value";
      CheckRow(row.value_or(Invoices{}), notices);
      for (const Request& request : before.requests) {
        if (request.state != State::kFailed && request.state != State::kReversed) continue;
        EXPECT_EQ(FindRequest(*row, request.business_no)->state, request.state);
      }
      EXPECT_TRUE(Decide(row, command, now, {}).events.empty()) << "a repeat had a second effect";
    }
    for (const Request& request : row.value_or(Invoices{}).requests) ++reached[request.state];
  }
  for (const State state : {State::kIssued, State::kReversed, State::kFailed}) {
    EXPECT_GT(reached[state], 30) << NameOf(state);
  }
}

}  // namespace
}  // namespace guarantee::invoice::testing
