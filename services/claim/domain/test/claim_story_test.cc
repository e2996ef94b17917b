// Whole claims, and the examination's calendar.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "scene.h"

namespace guarantee::claim::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

template <typename T>
std::vector<T> All(const Decision& decision) {
  std::vector<T> found;
  for (const Effect& effect : decision.effects) {
    if (const auto* one = std::get_if<T>(&effect)) found.push_back(*one);
  }
  return found;
}

class Story {
 public:
  Decision Do(const Command& command, UnixMillis now = kNow) {
    const Decision decision = Decide(row_, command, now, GoodPolicy());
    row_ = After(row_, decision);
    return decision;
  }
  const Claims& row() const { return *row_; }
  const Claim& claim(const std::string& number = kNumber) const {
    return *FindClaim(*row_, number);
  }

 private:
  std::optional<Claims> row_;
};

TEST(ClaimStory, FullPayment_TellsPlatformAndOrder) {
  Story story;
  const Decision received = story.Do(GoodPresent());
  EXPECT_THAT(All<AskHold>(received), ElementsAre(AskHold{kNumber, kReceived, false}));
  story.Do(GoodHold());
  story.Do(ApprovePayment{By("D-1", "maker"), kNumber, {}});
  EXPECT_EQ(story.claim().state, State::kExamining);
  story.Do(ApprovePayment{By("D-2", "checker"), kNumber, {}});
  const Decision paid = story.Do(GoodConfirm());
  EXPECT_THAT(All<NotifyPaid>(paid), ElementsAre(NotifyPaid{kNumber, "G-1", kAvailable, "张三",
                                                            "0730-8888888", "赔付成功"}));
  EXPECT_THAT(All<TellPaid>(paid), ElementsAre(TellPaid{kNumber, kAvailable, "PAY-1", kNow}));
  EXPECT_THAT(All<CloseHold>(paid), ElementsAre(CloseHold{kNumber, "paid"}));
  EXPECT_EQ(story.row().guarantee.available, Money{0});
  EXPECT_THAT(TimersOf(story.row()), IsEmpty());
}

TEST(ClaimStory, PartialPayment_LeavesTheLetterForASecondClaim) {
  Story story;
  story.Do(GoodPresent());
  story.Do(GoodHold());
  story.Do(ApprovePayment{By("D-1", "maker"), kNumber, {}});
  story.Do(SetDemand{By("D-2", "examiner"), kNumber, Money{20'000'000}, "letter"});
  EXPECT_THAT(story.claim().approvals, IsEmpty()) << "approved was another amount";
  story.Do(ApprovePayment{By("D-3", "maker"), kNumber, Money{20'000'000}});
  story.Do(ApprovePayment{By("D-4", "checker"), kNumber, Money{20'000'000}});
  story.Do(GoodConfirm());
  EXPECT_EQ(story.row().guarantee.available, Money{30'000'000});

  const Decision second = story.Do(GoodPresent("CLAIM-2"));
  EXPECT_THAT(All<AskHold>(second), ElementsAre(AskHold{"CLAIM-2", kReceived, false}));
  EXPECT_EQ(story.claim("CLAIM-2").state, State::kReceived);
  story.Do(GuaranteeHeld{"CLAIM-2", Money{30'000'000}, kValidEnd, std::nullopt});
  EXPECT_EQ(DemandOf(story.row(), story.claim("CLAIM-2")), Money{30'000'000});
}

TEST(ClaimStory, SecondClaimWhileOneIsOpen_IsRefusedByNotice) {
  Story story;
  story.Do(GoodPresent());
  const Decision second = story.Do(GoodPresent("CLAIM-2"));
  EXPECT_THAT(All<NotifyRefused>(second),
              ElementsAre(NotifyRefused{"CLAIM-2", "G-1", "存在未决理赔"}));
  EXPECT_THAT(All<AskHold>(second), IsEmpty());
  EXPECT_THAT(All<CloseHold>(second), IsEmpty()) << "the hold is the first claim's";
  EXPECT_TRUE(IsOpen(story.claim().state));
  EXPECT_EQ(story.Do(Withdraw{"CLAIM-2", "x"}).refusal, RefusalCode::kDecided);
}

TEST(ClaimStory, HoldRefused_IsTheNoticesText) {
  Story story;
  story.Do(GoodPresent());
  const Decision refused = story.Do(HoldRefused{kNumber, "guarantee.expired", "保函已到期"});
  EXPECT_THAT(All<NotifyRefused>(refused),
              ElementsAre(NotifyRefused{kNumber, "G-1", "保函已到期"}));
  EXPECT_THAT(All<CloseHold>(refused), IsEmpty()) << "there is nothing to give back";
}

TEST(ClaimStory, Refusal_ListsAllDiscrepanciesOnce) {
  Story story;
  Present present = GoodPresent();
  present.beneficiary.code = "OTHER";
  story.Do(present);
  story.Do(GoodHold());
  EXPECT_EQ(story.claim().match, Match::kDiffers);
  const Decision refused =
      story.Do(Refuse{By("D-1", "examiner"), kNumber, {"签章不全", "签章不全", "缺少索赔声明"}});
  EXPECT_THAT(All<NotifyRefused>(refused),
              ElementsAre(NotifyRefused{kNumber, "G-1",
                                        "签章不全；缺少索赔声明；受益人社会信用代码与保函不一致"}));
  EXPECT_THAT(All<CloseHold>(refused), ElementsAre(CloseHold{kNumber, "refused"}));
  const Decision again = story.Do(Refuse{By("D-2", "examiner"), kNumber, {"晚到的不符点"}});
  EXPECT_EQ(again.refusal, RefusalCode::kAlreadyDecided);
  EXPECT_THAT(All<NotifyRefused>(again), IsEmpty());
}

TEST(ClaimStory, SealedLetter_WaitsForTheRestore) {
  Story story;
  story.Do(GoodPresent());
  const Decision held = story.Do(GuaranteeHeld{kNumber, kAvailable, kValidEnd, std::nullopt});
  EXPECT_THAT(All<RaiseAlarm>(held), ElementsAre(RaiseAlarm{kNumber, AlarmKind::kHeldWhileSealed}));
  EXPECT_EQ(story.Do(ApprovePayment{By("D-1", "maker"), kNumber, {}}).refusal,
            RefusalCode::kStillSealed);
  story.Do(GuaranteeRestored{"demo", "G-1", kTenderee, kNow});
  EXPECT_EQ(story.claim().match, Match::kSame);
  EXPECT_EQ(story.Do(ApprovePayment{By("D-2", "maker"), kNumber, {}}).verdict, Verdict::kApplied);
}

TEST(ClaimStory, Withdrawal_NeedsTheConsentAndEndsTheHold) {
  Story story;
  story.Do(GoodPresent());
  EXPECT_EQ(story.Do(Withdraw{kNumber, "first"}).refusal, RefusalCode::kConsentNeeded);
  story.Do(PreApproveWithdrawal{By("D-1", "operator"), kNumber, "consent"});
  const Decision withdrawn = story.Do(Withdraw{kNumber, "second"});
  EXPECT_EQ(withdrawn.verdict, Verdict::kApplied);
  EXPECT_THAT(All<CloseHold>(withdrawn), ElementsAre(CloseHold{kNumber, "withdrawn"}));
  EXPECT_THAT(All<NotifyRefused>(withdrawn), IsEmpty());
  EXPECT_EQ(story.claim().withdrawal_reason, "first");
  EXPECT_EQ(story.Do(Withdraw{kNumber, "third"}).verdict, Verdict::kSameAgain);
  // The answer to the hold was on its way.
  EXPECT_THAT(All<CloseHold>(story.Do(GoodHold())), ElementsAre(CloseHold{kNumber, "withdrawn"}));
}

TEST(ClaimStory, OrderServiceSilent_IsAskedAgainWithAlarm) {
  Story story;
  story.Do(GoodPresent());
  const UnixMillis due = *story.claim().hold_answer_due;
  const Decision again = story.Do(TimePassed{kNumber, TimerKind::kHoldAnswer, due}, due);
  EXPECT_THAT(All<AskHold>(again), ElementsAre(AskHold{kNumber, kReceived, false}));
  EXPECT_THAT(All<RaiseAlarm>(again), ElementsAre(RaiseAlarm{kNumber, AlarmKind::kHoldUnanswered}));
  EXPECT_EQ(story.claim().hold_answer_due, due + GoodPolicy().hold_answer_ms);
}

TEST(ClaimStory, PaperClaim_IsToldOnceHeldAndEndsByThePlatformsAnswer) {
  Story story;
  const Decision registered = story.Do(GoodRegister());
  EXPECT_THAT(All<NotifyRegistered>(registered), IsEmpty()) << "not before the guarantee is held";
  EXPECT_THAT(All<AskHold>(registered), ElementsAre(AskHold{kNumber, kReceived, true}));
  const Decision held = story.Do(GoodHold());
  EXPECT_THAT(All<NotifyRegistered>(held),
              ElementsAre(NotifyRegistered{kNumber, "G-1", kTenderee, {"document:1"}}));
  const UnixMillis due = *story.claim().platform_answer_due;
  EXPECT_EQ(due - kNow, 3 * kDayMs);
  const Decision silent = story.Do(TimePassed{kNumber, TimerKind::kPlatformAnswer, due}, due);
  EXPECT_THAT(All<RaiseAlarm>(silent),
              ElementsAre(RaiseAlarm{kNumber, AlarmKind::kPlatformSilent}));
  const Decision answered =
      story.Do(PlatformResult{kNumber, true, Money{10'000'000}, "", kNow}, due);
  EXPECT_EQ(story.claim().state, State::kPaid);
  EXPECT_THAT(All<NotifyPaid>(answered), IsEmpty());
  EXPECT_THAT(All<TellPaid>(answered),
              ElementsAre(TellPaid{kNumber, Money{10'000'000}, kNumber, kNow}));
  EXPECT_EQ(story.row().guarantee.available, Money{40'000'000});
}

TEST(ClaimStory, SameRegistrationAgain_IsTheSameWhateverNumberWasMinted) {
  Story story;
  story.Do(GoodRegister());
  const Decision again = story.Do(GoodRegister("CLAIM-2"));
  EXPECT_EQ(again.verdict, Verdict::kSameAgain);
  EXPECT_EQ(story.row().claims.size(), 1U);
}

TEST(ClaimStory, FirstOfTwoContraryDecisionsWins) {
  Story story;
  story.Do(GoodPresent());
  story.Do(GoodHold());
  story.Do(ApprovePayment{By("D-1", "maker"), kNumber, {}});
  story.Do(ApprovePayment{By("D-2", "checker"), kNumber, {}});
  const Decision refused = story.Do(Refuse{By("D-3", "other"), kNumber, {"x"}});
  EXPECT_EQ(refused.refusal, RefusalCode::kPaymentOrdered);
  ASSERT_EQ(refused.events.size(), 1U);
  EXPECT_EQ(std::get<DecisionRefused>(refused.events[0]).by, (DecidedBy{"D-3", "other"}));
  const Decision again = story.Do(Refuse{By("D-3", "other"), kNumber, {"x"}});
  EXPECT_EQ(again.verdict, Verdict::kSameAgain);
  EXPECT_EQ(again.refusal, RefusalCode::kPaymentOrdered) << "the first outcome";
}

TEST(ClaimStory, AfterTheClock_OnlyPaymentIsLeft) {
  Story story;
  story.Do(GoodPresent());
  story.Do(GoodHold());
  EXPECT_EQ(story.Do(Refuse{By("D-1", "examiner"), kNumber, {"x"}}, kExamineEnd).refusal,
            RefusalCode::kPrecluded);
  story.Do(ApprovePayment{By("D-2", "maker"), kNumber, {}}, kExamineEnd);
  story.Do(ApprovePayment{By("D-3", "checker"), kNumber, {}}, kExamineEnd);
  EXPECT_EQ(story.claim().state, State::kPaying);
}

TEST(ClaimStory, NumberlessDecision_MeansTheOpenClaimElseTheLatest) {
  Story story;
  story.Do(GoodPresent());
  EXPECT_EQ(story.Do(OpenExamination{By("D-1", "examiner"), ""}).verdict, Verdict::kApplied);
  EXPECT_EQ(story.claim().state, State::kExamining);
  story.Do(Refuse{By("D-2", "examiner"), "", {"x"}});
  EXPECT_EQ(story.Do(OpenExamination{By("D-3", "examiner"), ""}).refusal,
            RefusalCode::kAlreadyDecided);
}

TEST(ClaimCalendar, FiveWorkingDaysFollowThePresentation) {
  const Policy policy = GoodPolicy();
  EXPECT_EQ(ExaminationEnd(kReceived, policy), kExamineEnd);
  EXPECT_EQ(ExaminationWarning(kReceived, policy), kWarning);
  // The whole day is the day of presentation, by the local clock.
  EXPECT_EQ(ExaminationEnd(Midnight(kPresentationDay), policy), kExamineEnd);
  EXPECT_EQ(ExaminationEnd(Midnight(kPresentationDay + 1) + -1, policy), kExamineEnd);
}

TEST(ClaimCalendar, PresentationOnAFreeDay_CountsFromTheNextWorkingDay) {
  // Saturday, then Sunday free, Monday is the first.
  EXPECT_EQ(ExaminationEnd(Midnight(kPresentationDay + 1), GoodPolicy()), kExamineEnd);
  EXPECT_EQ(ExaminationEnd(Midnight(kPresentationDay + 2), GoodPolicy()), kExamineEnd);
  EXPECT_EQ(ExaminationEnd(Midnight(kPresentationDay + 3), GoodPolicy()),
            Midnight(kPresentationDay + 11));
}

TEST(ClaimCalendar, EveryDayIsCountedOnce) {
  // Against the definition: the days after the presentation's that are not in the list.
  Policy policy;
  for (std::int32_t day = 3; day < 400; day += 1 + day % 4) policy.non_working_days.push_back(day);
  for (std::int32_t presented = 0; presented < 400; ++presented) {
    std::int32_t last = presented;
    for (std::int32_t counted = 0; counted < policy.examine_days;) {
      ++last;
      const auto& free = policy.non_working_days;
      if (std::find(free.begin(), free.end(), last) == free.end()) ++counted;
    }
    ASSERT_EQ(ExaminationEnd(Midnight(presented) + kHourMs, policy), Midnight(last + 1))
        << presented;
  }
}

}  // namespace
}  // namespace guarantee::claim::testing
