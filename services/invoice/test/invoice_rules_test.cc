#include <gtest/gtest.h>

#include "invoice/app/rules.h"

namespace guarantee::invoice {
namespace {

std::string FieldOf(const std::string& text) {
  const auto read = ReadRules(text);
  return read ? "read" : read.error().field;
}

TEST(InvoiceRules, File_IsReadAndWhatIsBesideIsNotOurs) {
  EXPECT_EQ(ReadRules(R"({"invoice":{"issue":true},"claim":{"x":1}})"), true);
  EXPECT_EQ(ReadRules(R"({"invoice":{"issue":false}})"), false);
  EXPECT_EQ(ReadRules(R"({"order":{}})"), false);
}

TEST(InvoiceRules, Mistakes_AreNamed) {
  EXPECT_FALSE(ReadRules("not json").has_value());
  EXPECT_FALSE(ReadRules("[]").has_value());
  EXPECT_EQ(FieldOf(R"({"invoice":true})"), "invoice");
  EXPECT_EQ(FieldOf(R"({"invoice":{}})"), "invoice.issue");
  EXPECT_EQ(FieldOf(R"({"invoice":{"issue":"true"}})"), "invoice.issue");
  EXPECT_EQ(FieldOf(R"({"invoice":{"issue":true,"isue":true}})"), "invoice.isue");
}

Invoices RowIn(State state) {
  Invoices row;
  row.requests.emplace_back();
  row.requests.back().state = state;
  row.requests.back().business_no = "I-1";
  return row;
}

TEST(InvoiceRules, OnlyARequestThatWasCheckedIsIssued) {
  EXPECT_FALSE(IssueByRules({}, "e1").has_value());
  for (const State state :
       {State::kWaiting, State::kIssued, State::kReversed, State::kFailed, State::kNone}) {
    EXPECT_FALSE(IssueByRules(RowIn(state), "e1").has_value());
  }
  const auto issue = std::get<Issue>(*IssueByRules(RowIn(State::kRequested), "e1"));
  EXPECT_EQ(issue.business_no, "I-1");
  EXPECT_EQ(issue.decision.decision_id, "issue-I-1");
  EXPECT_EQ(issue.decision.decided_by, "rules");
  EXPECT_TRUE(IsWellFormed(issue.number));
  EXPECT_TRUE(issue.url.ends_with("/" + issue.number.number));
}

TEST(InvoiceRules, NumberIsOfTheEvent) {
  const auto number = [](const std::string& event_id) {
    return std::get<Issue>(*IssueByRules(RowIn(State::kRequested), event_id)).number;
  };
  EXPECT_EQ(number("e1"), number("e1"));
  EXPECT_NE(number("e1"), number("e2"));
}

}  // namespace
}  // namespace guarantee::invoice
