// What the decisions carry: the fields of notices, messages to neighbours and events.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

#include "scene.h"

namespace guarantee::order::letter::testing {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Not;

template <typename T>
const T* Find(const Decision& decision) {
  for (const Effect& effect : decision.effects) {
    if (const auto* found = std::get_if<T>(&effect)) return found;
  }
  return nullptr;
}

std::vector<EventKind> Kinds(const Decision& decision) {
  std::vector<EventKind> kinds;
  for (const Event& event : decision.events) kinds.push_back(KindOf(event));
  return kinds;
}

DecisionHead Head(const char* id, const char* reason = "") { return {id, "manager", reason, 0}; }

// Runs commands one after the other and keeps the last decision.
struct Play {
  std::optional<Guarantee> guarantee;
  Policy policy;
  Decision last;

  void Run(const Command& command, UnixMillis now = kNow) {
    last = Decide(guarantee, command, now, policy);
    guarantee = After(guarantee, last);
  }
};

Play In(State state) { return {GuaranteeIn(state), Policy{}, Decision{}}; }

TEST(LetterStory, Restore_TellsClaimAndInvoiceAndThenSendsTheLetter) {
  Play play = In(State::kSealed);
  play.Run(GoodRestore());
  const TellRestored told{"G-1", kNow, GoodNames(), Money{125'000}};
  EXPECT_THAT(play.last.effects, Contains(Effect{told}));
  EXPECT_THAT(play.last.effects, Contains(Effect{RequestPlainLetter{"G-1"}}));
  EXPECT_EQ(Find<NotifyPlainLetter>(play.last), nullptr) << "there is no letter yet";
  play.Run(PlainLetterReady{Head("D-1"), File('b')}, kNow + 5);
  const NotifyPlainLetter expected{"RESTORE-1", "G-1", File('b'), kNow};
  ASSERT_NE(Find<NotifyPlainLetter>(play.last), nullptr);
  EXPECT_EQ(*Find<NotifyPlainLetter>(play.last), expected);
}

TEST(LetterStory, RestoreAgainBeforeTheLetter_GetsOneNoticeEach) {
  Play play = In(State::kRestored);
  play.Run(GoodRestore());
  EXPECT_EQ(play.last.verdict, Verdict::kApplied);
  EXPECT_EQ(Find<NotifyPlainLetter>(play.last), nullptr);
  RequestRestore second = GoodRestore();
  second.business_no = "RESTORE-2";
  play.Run(second);
  play.Run(PlainLetterReady{Head("D-1"), File('b')});
  std::vector<std::string> told;
  for (const Effect& effect : play.last.effects) {
    if (const auto* notice = std::get_if<NotifyPlainLetter>(&effect)) {
      told.push_back(notice->business_no);
    }
  }
  EXPECT_THAT(told, ElementsAre("RESTORE-1", "RESTORE-2"));
  play.Run(second);
  EXPECT_EQ(play.last.verdict, Verdict::kSameAgain) << "called again, for the answer was lost";
  EXPECT_THAT(play.last.effects, IsEmpty());
  second.received_at = kNow + 1;
  play.Run(second);
  EXPECT_EQ(*Find<ResendPlainLetter>(play.last), ResendPlainLetter{"RESTORE-2"});
}

TEST(LetterStory, RestoreWithAnotherTimeOfIssue_IsFlaggedToTheSecond) {
  Play play = In(State::kSealed);
  RequestRestore request = GoodRestore();
  request.out_time = kIssuedAt + 999;
  EXPECT_FALSE(
      std::get<GuaranteeRestored>(Decide(play.guarantee, request, kNow, Policy{}).events.front())
          .out_time_differs);
  request.out_time = kIssuedAt + 1'000;
  EXPECT_TRUE(
      std::get<GuaranteeRestored>(Decide(play.guarantee, request, kNow, Policy{}).events.front())
          .out_time_differs);
}

TEST(LetterStory, Fingerprint_IsKeptInTheSensitivePartOnly) {
  Play play = In(State::kSealed);
  play.Run(GoodRestore());
  const auto& restored = std::get<GuaranteeRestored>(play.last.events.front());
  EXPECT_EQ(restored.sensitive.key_fingerprint, "key-1");
  EXPECT_EQ(play.guarantee->restore->key_fingerprint, "key-1");
}

TEST(LetterStory, RefundApproved_EndsTheLetterGivesBackAndMustArriveBeforeTheOpening) {
  Play play = In(State::kSealed);
  play.Run(RequestRefund{"REFUND-1", "G-1", "no bid", kBefore}, kBefore);
  EXPECT_THAT(play.last.effects, Contains(Effect{SetTimer{TimerKind::kOpening, kOpening}}));
  play.Run(ApproveRefund{Head("D-1"), {}}, kBefore);
  const NotifyRefund expected{"REFUND-1", "G-1", true, "no bid", "退函成功", kOpening};
  EXPECT_EQ(*Find<NotifyRefund>(play.last), expected);
  EXPECT_EQ(Find<RefundPremium>(play.last)->premium.reference, "PREMIUM-1");
  const TellPremiumReturned returned{"G-1", Money{125'000}};
  EXPECT_EQ(*Find<TellPremiumReturned>(play.last), returned);
  const ReleaseCredit release{"demo/credit/HASH", "demo/order/ORDER-1", kAmount};
  EXPECT_EQ(*Find<ReleaseCredit>(play.last), release);
  EXPECT_THAT(play.last.effects, Contains(Effect{ClearTimer{TimerKind::kOpening}}));
  EXPECT_THAT(play.last.effects, Contains(Effect{ClearTimer{TimerKind::kExpiry}}));
}

TEST(LetterStory, RefundMetByTheOpening_FailsWithTheRulingsWords) {
  Play play = In(State::kSealed);
  play.Run(RequestRefund{"REFUND-1", "G-1", "no bid", kBefore}, kBefore);
  play.Run(TimePassed{TimerKind::kOpening, kOpening}, kOpening);
  const NotifyRefund expected{"REFUND-1", "G-1", false, "no bid", "已开标，退函失败", {}};
  EXPECT_EQ(*Find<NotifyRefund>(play.last), expected);
  play.Run(WithdrawRefund{"REFUND-1", "too late", kOpening + 1}, kOpening + 1);
  EXPECT_EQ(FactsOf(play.last.refusal).text, "业务已办结，不能撤回");
}

TEST(LetterStory, MovedOpening_MovesTheRefundsTimerAndTheUnacceptedNotice) {
  Play play = In(State::kSealed);
  play.Run(RequestRefund{"REFUND-1", "G-1", "no bid", kBefore}, kBefore);
  play.Run(OpenTimeChanged{kOpening + 60'000, kBefore}, kBefore);
  EXPECT_THAT(play.last.effects,
              Contains(Effect{SetTimer{TimerKind::kOpening, kOpening + 60'000}}));
  play.Run(ApproveRefund{Head("D-1"), {}}, kOpening);
  EXPECT_EQ(play.guarantee->state, State::kRefunded) << "the opening is later now";
  play.Run(OpenTimeChanged{kOpening + 90'000, kOpening}, kOpening);
  EXPECT_EQ(*Find<RenewRefundNotice>(play.last), RenewRefundNotice{kOpening + 90'000});
}

TEST(LetterStory, RefundRefusedAtOnce_IsRememberedAndEchoesItsReason) {
  Play play = In(State::kRestored);
  play.Run(RequestRefund{"REFUND-9", "G-1", "late", kNow});
  const NotifyRefund expected{"REFUND-9", "G-1", false, "late", "已开标，不能退函", {}};
  EXPECT_EQ(*Find<NotifyRefund>(play.last), expected);
  play.Run(WithdrawRefund{"REFUND-9", "", kNow});
  EXPECT_EQ(play.last.refusal, RefusalCode::kOperationDone);
  play.Run(RequestRefund{"REFUND-9", "G-1", "late", kNow});
  EXPECT_EQ(play.last.verdict, Verdict::kSameAgain);
  EXPECT_THAT(play.last.effects, IsEmpty());
}

TEST(LetterStory, Withdrawal_IsFinalSilentAndKeepsItsFirstReason) {
  Play play = In(State::kSealed);
  play.Run(RequestCancellation{"CANCEL-1", "G-1", "", kNow});
  play.Run(WithdrawCancellation{"CANCEL-1", "first", kNow});
  EXPECT_THAT(play.last.effects, IsEmpty()) << "no 3.10 after a withdrawal";
  play.Run(WithdrawCancellation{"CANCEL-1", "second", kNow});
  EXPECT_EQ(play.last.verdict, Verdict::kSameAgain);
  EXPECT_EQ(play.guarantee->operations.back().withdraw_reason, "first");
  play.Run(ApproveCancellation{Head("D-1"), "CANCEL-1"});
  EXPECT_EQ(play.last.refusal, RefusalCode::kAlreadyDecided);
}

TEST(LetterStory, Claim_GoesBeforeAPendingCancellation) {
  Play play = In(State::kRestored);
  play.Run(RequestCancellation{"CANCEL-1", "G-1", "", kNow});
  play.Run(ClaimReceived{"CLAIM-1", kNow});
  const NotifyCancel refused{"CANCEL-1", "G-1", false, "存在未决理赔"};
  EXPECT_EQ(*Find<NotifyCancel>(play.last), refused);
  const TellHeld held{"CLAIM-1", kAmount, kValidEnd, true, "招标人", "CODE-2"};
  EXPECT_EQ(*Find<TellHeld>(play.last), held);
  play.Run(ApproveCancellation{Head("D-1"), {}});
  EXPECT_EQ(play.last.verdict, Verdict::kRefused);
}

TEST(LetterStory, SealedLetter_IsHeldWithoutNames) {
  Play play = In(State::kSealed);
  play.Run(ClaimReceived{"CLAIM-1", kNow});
  const TellHeld held{"CLAIM-1", kAmount, kValidEnd, false, "", ""};
  EXPECT_EQ(*Find<TellHeld>(play.last), held);
}

TEST(LetterStory, HeldLetter_DoesNotExpireUntilTheClaimIsClosed) {
  Play play = In(State::kRestored);
  play.Run(ClaimReceived{"CLAIM-1", kValidEnd}, kValidEnd);
  EXPECT_THAT(play.last.effects, Contains(Effect{ClearTimer{TimerKind::kExpiry}}));
  play.Run(TimePassed{TimerKind::kExpiry, kValidEnd + 1}, kValidEnd + 1);
  EXPECT_EQ(play.guarantee->state, State::kRestored);
  play.Run(ClaimPaid{"CLAIM-1", Money{10'000}, "PAY-1", kValidEnd + 2}, kValidEnd + 2);
  EXPECT_EQ(play.guarantee->available.fen, kAmount.fen - 10'000);
  play.Run(ClaimClosed{"CLAIM-1"}, kValidEnd + 3);
  EXPECT_THAT(play.last.effects, Contains(Effect{SetTimer{TimerKind::kExpiry, kValidEnd + 1}}));
  play.Run(TimePassed{TimerKind::kExpiry, kValidEnd + 1}, kValidEnd + 4);
  EXPECT_EQ(play.guarantee->state, State::kExpired);
}

TEST(LetterStory, ClaimInTimeOnALetterThatExpiredAlready_IsHeldAndPaidWithoutASecondRelease) {
  Play play = In(State::kExpired);
  play.Run(ClaimReceived{"CLAIM-1", kValidEnd}, kValidEnd + 100);
  ASSERT_NE(Find<TellHeld>(play.last), nullptr);
  play.Run(ClaimPaid{"CLAIM-1", kAmount, "PAY-1", kValidEnd + 200}, kValidEnd + 200);
  EXPECT_EQ(Find<ReleaseCredit>(play.last), nullptr);
  EXPECT_EQ(play.guarantee->state, State::kExpired);
  EXPECT_EQ(play.guarantee->available.fen, 0);
}

TEST(LetterStory, SamePaymentTwice_LowersTheAmountOnce) {
  Play play = In(State::kRestored);
  play.Run(ClaimReceived{"CLAIM-1", kNow});
  play.Run(ClaimPaid{"CLAIM-1", Money{10'000}, "PAY-1", kNow});
  play.Run(ClaimPaid{"CLAIM-1", Money{10'000}, "PAY-1", kNow});
  EXPECT_EQ(play.last.verdict, Verdict::kSameAgain);
  EXPECT_EQ(play.guarantee->available.fen, kAmount.fen - 10'000);
}

TEST(LetterStory, Proposal_WaitsForTheIssueIsSentAndEndsWithThePlatformsNotice) {
  Play play{Taken(std::nullopt, GoodIssue(), kIssuedAt), Policy{}, Decision{}};
  play.Run(ProposeCancellation{Head("D-1", "project done"), "PROPOSAL-1"});
  EXPECT_EQ(Find<SendProposal>(play.last), nullptr) << "the platform does not know the letter yet";
  play.Run(IssueNoticeAccepted{kNow}, kNow + 10);
  const SendProposal sent{"PROPOSAL-1", "G-1", "project done"};
  ASSERT_NE(Find<SendProposal>(play.last), nullptr);
  EXPECT_EQ(*Find<SendProposal>(play.last), sent);
  const UnixMillis due = kNow + (10 + 3LL * 24 * 3'600 * 1'000);
  EXPECT_THAT(play.last.effects, Contains(Effect{SetTimer{TimerKind::kProposalAnswer, due}}));
  play.Run(ProposalAccepted{"PROPOSAL-1", kNow + 20}, kNow + 20);
  EXPECT_TRUE(IsLive(play.guarantee->state)) << "consent alone does not end it";
  play.Run(CancelNoticeReceived{"PROPOSAL-1", true, kNow + 30}, kNow + 30);
  EXPECT_EQ(play.guarantee->state, State::kCancelled);
  EXPECT_EQ(Find<NotifyCancel>(play.last), nullptr) << "no 3.10 of ours for our own 3.9";
  EXPECT_NE(Find<ReleaseCredit>(play.last), nullptr);
  EXPECT_THAT(play.last.effects, Contains(Effect{ClearTimer{TimerKind::kProposalAnswer}}));
}

TEST(LetterStory, ProposalPreemptedByAClaim_LeavesTheLetterLiveWhateverThePlatformSays) {
  Play play = In(State::kRestored);
  play.Run(ProposeCancellation{Head("D-1", "done"), "PROPOSAL-1"});
  play.Run(ProposalAccepted{"PROPOSAL-1", kNow});
  play.Run(ClaimReceived{"CLAIM-1", kNow});
  play.Run(CancelNoticeReceived{"PROPOSAL-1", true, kNow});
  EXPECT_EQ(play.guarantee->state, State::kRestored);
  EXPECT_EQ(*Find<RaiseAlarm>(play.last), RaiseAlarm{AlarmKind::kCancelNoticeUnexpected});
}

TEST(LetterStory, RefusedDecisionSentAgain_GetsItsFirstOutcomeAndNoSecondEvent) {
  Play play = In(State::kSealed);
  play.Run(ApproveRefund{Head("D-1"), {}}, kBefore);
  EXPECT_THAT(Kinds(play.last), ElementsAre(EventKind::kDecisionRefused));
  play.Run(RequestRefund{"REFUND-1", "G-1", "", kBefore}, kBefore);
  play.Run(ApproveRefund{Head("D-1"), {}}, kBefore);
  EXPECT_EQ(play.last.verdict, Verdict::kSameAgain);
  EXPECT_EQ(play.last.refusal, RefusalCode::kNoRefund);
  EXPECT_THAT(play.last.events, IsEmpty());
}

TEST(LetterStory, ContraryDecision_LosesToTheFirst) {
  Play play = In(State::kRestored);
  play.Run(RequestCancellation{"CANCEL-1", "G-1", "", kNow});
  play.Run(RejectCancellation{Head("D-1", "beneficiary objects"), {}});
  const NotifyCancel told{"CANCEL-1", "G-1", false, "beneficiary objects"};
  EXPECT_EQ(*Find<NotifyCancel>(play.last), told);
  play.Run(ApproveCancellation{Head("D-2"), "CANCEL-1"});
  const DecisionRefused expected{"D-2", "manager", RefusalCode::kAlreadyDecided, kNow};
  ASSERT_THAT(Kinds(play.last), ElementsAre(EventKind::kDecisionRefused));
  EXPECT_EQ(std::get<DecisionRefused>(play.last.events.front()), expected);
}

TEST(LetterStory, LateApproval_RefusesTheRefundInTheSameTransaction) {
  Play play = In(State::kSealed);
  play.Run(RequestRefund{"REFUND-1", "G-1", "", kBefore}, kBefore);
  play.Run(ApproveRefund{Head("D-1", "fine"), {}}, kOpening);
  EXPECT_THAT(Kinds(play.last),
              ElementsAre(EventKind::kRefundRefused, EventKind::kDecisionRefused));
  EXPECT_EQ(Find<NotifyRefund>(play.last)->description, "已开标，退函失败");
}

TEST(LetterStory, EndedLetter_AnswersEveryCancellationWithItsEnd) {
  const std::vector<std::pair<State, const char*>> ends{{State::kRefunded, "保函已退函"},
                                                        {State::kPaid, "保函已赔付"},
                                                        {State::kExpired, "保函已到期"},
                                                        {State::kCancelled, "注销成功"}};
  for (const auto& [state, text] : ends) {
    Play play = In(state);
    play.Run(RequestCancellation{"CANCEL-7", "G-1", "", kNow});
    const NotifyCancel expected{"CANCEL-7", "G-1", true, text};
    EXPECT_EQ(*Find<NotifyCancel>(play.last), expected);
  }
}

TEST(LetterStory, ExpiryTold_UsesTheGuaranteeNumber) {
  Play play = In(State::kSealed);
  play.policy.notify_expiry = true;
  play.Run(TimePassed{TimerKind::kExpiry, kValidEnd + 1}, kValidEnd + 1);
  const NotifyCancel expected{"G-1", "G-1", true, "保函到期自动注销"};
  EXPECT_EQ(*Find<NotifyCancel>(play.last), expected);
}

TEST(LetterStory, UnknownGuarantee_IsAnsweredUnderTheNumberAsked) {
  Play play = In(State::kNone);
  play.Run(RequestRefund{"REFUND-1", "G-404", "why", kBefore});
  const NotifyRefund refund{"REFUND-1", "G-404", false, "why", "保函不存在", {}};
  EXPECT_EQ(*Find<NotifyRefund>(play.last), refund);
  play.Run(RequestCancellation{"CANCEL-1", "G-404", "", kNow});
  const NotifyCancel cancel{"CANCEL-1", "G-404", false, "保函不存在"};
  EXPECT_EQ(*Find<NotifyCancel>(play.last), cancel);
  play.Run(ClaimReceived{"CLAIM-1", kNow});
  const TellHoldRefused hold{"CLAIM-1", RefusalCode::kUnknown};
  EXPECT_EQ(*Find<TellHoldRefused>(play.last), hold);
  EXPECT_FALSE(play.guarantee.has_value());
}

// The claim service tells these words apart (handshake.proto).
TEST(LetterStory, HoldRefusals_HaveTheHandshakesWords) {
  EXPECT_EQ(FactsOf(RefusalCode::kUnknown).word, "guarantee.unknown");
  EXPECT_EQ(FactsOf(RefusalCode::kClaimBeforeOpening).word, "guarantee.before_opening");
  EXPECT_EQ(FactsOf(RefusalCode::kExpired).word, "guarantee.expired");
  EXPECT_EQ(FactsOf(RefusalCode::kCancelled).word, "guarantee.cancelled");
  EXPECT_EQ(FactsOf(RefusalCode::kRefunded).word, "guarantee.refunded");
  EXPECT_EQ(FactsOf(RefusalCode::kPaid).word, "guarantee.paid");
  EXPECT_EQ(FactsOf(RefusalCode::kClaimOpen).word, "guarantee.claim_open");
}

TEST(LetterStory, Refusals_SayTheRulingsWords) {
  EXPECT_EQ(FactsOf(RefusalCode::kUnknown).text, "保函不存在");
  EXPECT_EQ(FactsOf(RefusalCode::kRestoreBeforeOpening).text, "未到开标时间，不能还原");
  EXPECT_EQ(FactsOf(RefusalCode::kCannotOpen).text, "解密失败，请核对秘钥");
  EXPECT_EQ(FactsOf(RefusalCode::kOpenedNoRefund).text, "已开标，不能退函");
  EXPECT_EQ(FactsOf(RefusalCode::kOperationUnknown).text, "业务流水号不存在");
  EXPECT_EQ(FactsOf(RefusalCode::kRestoredOpenTime).text, "已还原，不能变更开标时间");
}

}  // namespace
}  // namespace guarantee::order::letter::testing
