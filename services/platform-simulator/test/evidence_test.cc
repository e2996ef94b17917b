#include "platform-simulator/evidence.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace guarantee::platform_simulator {
namespace {

using testing::HasSubstr;

Json Record(const char* at, const char* kind, const char* section, const char* topic,
            const char* detail = "", Json offset = 7) {
  return {{"at", at},       {"kind", kind},     {"section", section}, {"topic", topic},
          {"partition", 1}, {"offset", offset}, {"detail", detail}};
}

const Trace kRequest{"3.15", "order", Act::kSend, true, "a refund"};
const Trace kNotice{"3.16", "order", Act::kAwait, true, "its end"};
const Trace kOperator{"3.11", "claim", Act::kOperate, true, "a claim on paper"};

TEST(Evidence, ARequestNeedsTheEventOfItsOwnTransaction) {
  std::vector<Json> steps = {
      Record("T1", "request", "3.15", "guarantee.requests.order.v1"),
      Record("T2", "event", "", "guarantee.events.order.v1", "another's"),
      Record("T1", "event", "", "guarantee.events.claim.v1", "another service's"),
      Record("T1", "event", "", "guarantee.events.order.v1", "not yet there", nullptr)};
  EXPECT_FALSE(FindTrace(kRequest, steps).complete);
  EXPECT_THAT(FindTrace(kRequest, steps).detail, HasSubstr("no event"));
  steps.push_back(Record("T1", "event", "", "guarantee.events.order.v1", "Requested"));
  EXPECT_TRUE(FindTrace(kRequest, steps).complete);
  EXPECT_EQ(FindTrace(kRequest, steps).detail,
            "requests.order.v1 1@7, Requested events.order.v1 1@7");
}

TEST(Evidence, WhatChangesNothingNeedsNoEvent) {
  Trace unchanging = kRequest;
  unchanging.changes = false;
  EXPECT_FALSE(FindTrace(unchanging, {}).complete);
  EXPECT_TRUE(FindTrace(unchanging, {Record("T1", "request", "3.15", "")}).complete);
}

TEST(Evidence, ANoticeNeedsItsRecordAndItsAnswer) {
  std::vector<Json> steps = {Record("T1", "notice", "3.16", "guarantee.events.notice.v1"),
                             Record("T1", "answer", "3.2", "")};
  EXPECT_EQ(FindTrace(kNotice, steps).detail, "no notice is recorded");
  steps.push_back(Record("T1", "notice", "3.16", "guarantee.notices.v1"));
  EXPECT_EQ(FindTrace(kNotice, steps).detail, "no answer is recorded");
  steps.push_back(Record("T1", "answer", "3.16", "", "accepted"));
  EXPECT_TRUE(FindTrace(kNotice, steps).complete);
}

TEST(Evidence, TheOperatorsDecisionIsTheLastOfItsService) {
  const std::vector<Json> steps = {
      Record("T1", "decision", "", "guarantee.decisions.order.v1"),
      Record("T1", "event", "", "guarantee.events.order.v1", "OrderApproved"),
      Record("T2", "decision", "", ""),
      Record("T2", "event", "", "guarantee.events.claim.v1", "ClaimPresented")};
  EXPECT_THAT(FindTrace(kOperator, steps).detail, HasSubstr("ClaimPresented"));
  EXPECT_FALSE(FindTrace(kOperator, {steps[0], steps[1]}).complete);
}

TEST(OperatorLine, TellsWhatTheCommandSaid) {
  const OperatorLine echo({"echo"});
  EXPECT_FALSE(echo.Run({"no", "document"}));
  EXPECT_EQ(OperatorLine({"printf", "[1]"}).Run({}).value_or(Json()), Json({1}));
  EXPECT_THAT(OperatorLine({"sh", "-c", "echo refused >&2; exit 1"}).Run({}).error().message,
              HasSubstr("refused"));
  EXPECT_FALSE(OperatorLine({}).Run({}));
}

}  // namespace
}  // namespace guarantee::platform_simulator
