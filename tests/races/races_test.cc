// Two things at once, many times: nothing forbidden comes out, and each of the two wins often
// enough for that to mean something. GUARANTEE_TEST_FULL=1: a thousand times each.
#include "guarantee/event/v1/claim_decision.pb.h"
#include "guarantee/event/v1/credit_decision.pb.h"
#include "guarantee/partner/v1/claim.pb.h"
#include "guarantee/partner/v1/credit.pb.h"
#include "guarantee/partner/v1/letter.pb.h"
#include "world.h"

namespace guarantee::races {
namespace {

constexpr const char* kOrderRequests = "guarantee.requests.order.v1";
constexpr const char* kClaimRequests = "guarantee.requests.claim.v1";
constexpr const char* kCreditRequests = "guarantee.requests.credit.v1";
constexpr const char* kOrderEvents = "guarantee.events.order.v1";
constexpr const char* kNotices = "guarantee.notices.v1";
const std::string kApplied = "applied";
const std::string kRefused = "refused";

class RaceTest : public World {
 protected:
  std::vector<std::string> Numbers(const std::string& prefix) const {
    std::vector<std::string> numbers;
    for (int at = 0; at < kRounds; ++at) numbers.push_back(prefix + std::to_string(at));
    return numbers;
  }
  // Issued letters G-<number>, their openings passed if `opened`.
  void Issue(const std::vector<std::string>& numbers, bool opened) {
    for (const std::string& number : numbers) Apply(number);
    for (const std::string& number : numbers) {
      ASSERT_EQ(Approve(number), kApplied) << number;
      if (!opened) continue;
      ASSERT_EQ(MoveOpening(number, clock_.Now().value - kHourMs), 200) << number;
    }
  }
  void Won(bool first) { ++(first ? first_ : second_); }
  void ExpectBothWon() const {
    EXPECT_EQ(first_ + second_, kRounds);
    EXPECT_GE(first_, kWinsMin);
    EXPECT_GE(second_, kWinsMin);
    RecordProperty("first_won", first_);
    RecordProperty("second_won", second_);
    std::cout << "           won " << first_ << " : " << second_ << "\n";
  }
  static event::DecideClaim ClaimDecision(const std::string& id, const std::string& by) {
    event::DecideClaim decision;
    decision.set_decision_id(id);
    decision.set_decided_by(by);
    return decision;
  }

  int first_ = 0;
  int second_ = 0;
};

TEST_F(RaceTest, Closing33AgainstTheIssue) {
  const auto numbers = Numbers("A");
  for (const std::string& number : numbers) Apply(number);
  for (const std::string& number : numbers) {
    ASSERT_EQ(OrderState(number), "accepted");
    std::string issue;
    Race(
        [&] {
          partner::v1::OrderCancelApply cancel;
          cancel.set_apply_no(number);
          Publish(kOrderRequests, cancel, Flow(FlowKind::kOrder, number), {});
        },
        [&] { issue = Approve(number); });
    const std::string state = OrderState(number);
    Won(state == "cancelled");
    EXPECT_EQ(issue, state == "cancelled" ? kRefused : kApplied) << number << " " << state;
    EXPECT_EQ(state == "issued", issue == kApplied) << number << " " << state;
  }
  // Each closing is answered, won or lost; each issue has one letter.
  const auto answered = [this] {
    std::size_t notices = 0;
    for (const auto& record : bus_.Records(kNotices)) {
      notices += record.FindHeader("ce_type").ends_with(".OrderCancelNotice") ? 1U : 0U;
    }
    return notices;
  };
  const auto until = std::chrono::steady_clock::now() + kPatience;
  while (answered() < numbers.size() && std::chrono::steady_clock::now() < until) {
    std::this_thread::yield();
  }
  EXPECT_EQ(answered(), numbers.size());
  int letters = 0;
  for (const auto& [number, count] : Count(kOrderEvents, "GuaranteeIssued")) letters += count;
  EXPECT_EQ(letters, second_);
  ExpectBothWon();
}

TEST_F(RaceTest, Refund315AgainstTheOpening) {
  const auto numbers = Numbers("B");
  Issue(numbers, false);
  for (const std::string& number : numbers) {
    partner::v1::RefundApply apply;
    apply.set_business_no("F-" + number);
    apply.set_guarantee_no("G-" + number);
    Publish(kOrderRequests, apply, Flow(FlowKind::kGuarantee, "G-" + number), "F-" + number);
  }
  for (const std::string& number : numbers) {
    ASSERT_EQ(Show(*letters_, "refund", "F-" + number).state(), "requested");
    std::string refund;
    int moved = 0;
    Race(
        [&] {
          refund = DecideGuarantee("refund", "F-" + number,
                                   [](auto& decision) { decision.mutable_approve_refund(); });
        },
        [&] { moved = MoveOpening(number, clock_.Now().value - 1); });
    const std::string state = Show(*letters_, "guarantee", "G-" + number).state();
    Won(refund == kApplied);
    if (refund == kApplied) {
      EXPECT_EQ(state, "refunded") << number;
    } else {
      // A letter that the opening found must not vanish after it.
      EXPECT_EQ(state, "sealed") << number;
      EXPECT_EQ(moved, 200) << number;
    }
  }
  ExpectBothWon();
}

TEST_F(RaceTest, Withdrawal317AgainstTheGrant) {
  const auto numbers = Numbers("C");
  int lost_withdrawals = 0;
  for (const std::string& number : numbers) {
    partner::v1::CreditApply apply;
    apply.set_business_no("K-" + number);
    apply.set_apply_user("岳阳建设有限公司");
    apply.set_apply_code(number);
    Publish(kCreditRequests, apply, Flow(FlowKind::kCredit, number), "K-" + number);
  }
  for (const std::string& number : numbers) {
    ASSERT_EQ(Show(*credits_, "credit", "K-" + number).state(), "applied");
    clock_.Advance(1);
    std::string grant;
    int withdrawn = 0;
    Race(
        [&] {
          event::DecideCredit decision;
          decision.set_decision_id("grant-" + number);
          decision.set_decided_by("officer");
          decision.mutable_grant()->set_limit_fen(kAmountFen);
          decision.mutable_grant()->set_valid_from("2020-01-01");
          decision.mutable_grant()->set_valid_to("2060-01-01");
          grant = Decide(*credits_, "credit", "K-" + number, decision);
        },
        [&] {
          partner::v1::CreditRevocation revocation;
          revocation.set_business_no("K-" + number);
          withdrawn =
              Ask(*credits_, "3.17", revocation, Flow(FlowKind::kCredit, number), "K-" + number);
        });
    // Whoever commits first wins. A withdrawal received before the grant loses to it; one received
    // after it takes back a granted line that nothing hangs on.
    const bool after_grant = grant == kApplied && withdrawn == 200;
    Won(grant == kApplied);
    EXPECT_TRUE(grant == kApplied || withdrawn == 200) << number << " " << grant;
    EXPECT_EQ(Show(*credits_, "credit", "K-" + number).state(),
              grant == kApplied && !after_grant ? "granted" : "withdrawn");
    lost_withdrawals += withdrawn == 500 ? 1 : 0;
  }
  EXPECT_GE(lost_withdrawals, 1) << "received before the grant, decided after it";
  ExpectBothWon();
}

TEST_F(RaceTest, Cancellation39AgainstAClaim311) {
  const auto numbers = Numbers("D");
  Issue(numbers, true);
  for (const std::string& number : numbers) {
    partner::v1::CancelApply apply;
    apply.set_business_no("Z-" + number);
    apply.set_guarantee_no("G-" + number);
    Publish(kOrderRequests, apply, Flow(FlowKind::kGuarantee, "G-" + number), "Z-" + number);
  }
  for (const std::string& number : numbers) {
    ASSERT_EQ(Show(*letters_, "cancellation", "Z-" + number).state(), "requested");
    std::string cancelled;
    Race(
        [&] {
          cancelled = DecideGuarantee("cancellation", "Z-" + number, [](auto& decision) {
            decision.mutable_approve_cancellation();
          });
        },
        [&] {
          partner::v1::CompensateApply apply;
          apply.set_business_no("L-" + number);
          apply.set_guarantee_no("G-" + number);
          apply.set_beneficiary("岳阳市某招标单位");
          apply.set_beneficiary_code("91430600000000001X");
          Publish(kClaimRequests, apply, Flow(FlowKind::kClaim, "G-" + number), "L-" + number);
        });
    Won(cancelled == kApplied);
  }
  for (const std::string& number : numbers) {
    // The claim is answered by the order service: held, or refused by notice.
    const auto until = std::chrono::steady_clock::now() + kPatience;
    bool held = false;
    std::string state;
    while (std::chrono::steady_clock::now() < until) {
      const rpc::v1::Summary claim = Show(*claims_, "claim", "L-" + number);
      state = claim.state();
      for (const rpc::v1::Detail& detail : claim.details()) {
        held = held || (detail.name() == "hold" && detail.value() == "held");
      }
      if (held || state == "refused") break;
    }
    const std::string letter = Show(*letters_, "guarantee", "G-" + number).state();
    EXPECT_EQ(held, letter == "sealed") << number << " " << letter << " " << state;
    EXPECT_EQ(state == "refused", letter == "cancelled") << number << " " << letter << " " << state;
  }
  ExpectBothWon();
}

TEST_F(RaceTest, Withdrawal319AgainstThePayment) {
  const auto numbers = Numbers("E");
  Issue(numbers, true);
  for (const std::string& number : numbers) {
    partner::v1::RestoreApply restore;
    restore.set_business_no("R-" + number);
    restore.set_guarantee_no("G-" + number);
    restore.set_secret_key("none of the fields is sealed");
    ASSERT_EQ(
        Ask(*letters_, "3.7", restore, Flow(FlowKind::kGuarantee, "G-" + number), "R-" + number),
        200);
    partner::v1::CompensateApply apply;
    apply.set_business_no("L-" + number);
    apply.set_guarantee_no("G-" + number);
    apply.set_beneficiary("岳阳市某招标单位");
    apply.set_beneficiary_code("91430600000000001X");
    Publish(kClaimRequests, apply, Flow(FlowKind::kClaim, "G-" + number), "L-" + number);
  }
  for (const std::string& number : numbers) {
    event::DecideClaim consent = ClaimDecision("consent-" + number, "operator");
    consent.mutable_pre_approve()->set_document("consent");
    ASSERT_EQ(Decide(*claims_, "claim", "L-" + number, consent), kApplied) << number;
    event::DecideClaim first = ClaimDecision("first-" + number, "maker");
    first.mutable_approve()->set_amount_fen(kAmountFen);
    const auto until = std::chrono::steady_clock::now() + kPatience;
    std::string approved;
    for (int again = 0; approved != "pending"; ++again) {  // refused until the hold is there
      first.set_decision_id("first-" + number + "-" + std::to_string(again));
      approved = Decide(*claims_, "claim", "L-" + number, first);
      ASSERT_LT(std::chrono::steady_clock::now(), until) << number << " " << approved;
      ASSERT_LT(again, 40) << number << " " << approved;
    }
    std::string paying;
    int withdrawn = 0;
    Race(
        [&] {
          event::DecideClaim second = ClaimDecision("second-" + number, "checker");
          second.mutable_approve()->set_amount_fen(kAmountFen);
          paying = Decide(*claims_, "claim", "L-" + number, second);
        },
        [&] {
          partner::v1::CompensateRevocation revocation;
          revocation.set_business_no("L-" + number);
          revocation.set_reason("放弃理赔");
          withdrawn = Ask(*claims_, "3.19", revocation, Flow(FlowKind::kClaim, "G-" + number),
                          "L-" + number);
        });
    Won(paying == kApplied);
    EXPECT_EQ(paying == kApplied ? 500 : 200, withdrawn) << number << " " << paying;
    EXPECT_EQ(Show(*claims_, "claim", "L-" + number).state(),
              paying == kApplied ? "paying" : "withdrawn");
  }
  ExpectBothWon();
}

}  // namespace
}  // namespace guarantee::races
