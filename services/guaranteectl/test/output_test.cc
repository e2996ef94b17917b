#include "guaranteectl/output.h"

#include <gtest/gtest.h>

namespace guarantee::guaranteectl {
namespace {

TEST(DisplayWidth, CountsWhatATerminalShows) {
  EXPECT_EQ(DisplayWidth(""), 0U);
  EXPECT_EQ(DisplayWidth("BH-1"), 4U);
  EXPECT_EQ(DisplayWidth("保函"), 4U);
  EXPECT_EQ(DisplayWidth("，（）"), 6U);
  EXPECT_EQ(DisplayWidth("e\xCC\x81"), 1U);         // a combining mark
  EXPECT_EQ(DisplayWidth("\xF0\xA0\x80\x80"), 2U);  // U+20000, an ideograph beyond the first plane
  EXPECT_EQ(DisplayWidth("\xFF\xE4"), 2U);          // no UTF-8 at all
}

TEST(Table, ColumnsLineUpUnderChineseText) {
  Table table({"name", "state"});
  table.Add({"投保申请", "ok"});
  table.Add({"x", "parked"});
  EXPECT_EQ(table.Text(),
            "name      state\n"
            "投保申请  ok\n"
            "x         parked\n");
}

TEST(Table, SaysSoWhenItIsEmpty) { EXPECT_EQ(Table({"name"}).Text(), "nothing found\n"); }

TEST(Moments, AreUtcForProgramsAndLocalForPeople) {
  EXPECT_EQ(MomentJson(0), Json(nullptr));
  EXPECT_EQ(MomentJson(1'681'796'368'000), Json("2023-04-18T05:39:28.000Z"));
  EXPECT_EQ(MomentText(1'681'796'368'000), "2023-04-18 13:39:28");
  EXPECT_EQ(MomentText(0), "-");
}

}  // namespace
}  // namespace guarantee::guaranteectl
