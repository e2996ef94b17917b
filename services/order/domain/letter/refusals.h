// Every way in which a guarantee says no, with the text that the platform or the operator reads.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "machine/rules.h"

namespace guarantee::order::letter {

enum class RefusalCode : std::uint8_t {
  kNone,
  kUnknown,
  kNumberUsed,
  kRefunded,
  kCancelled,
  kPaid,
  kExpired,
  kRestoreBeforeOpening,
  kCannotOpen,
  kTooManyRestores,
  kNotRestored,
  kLetterUnfit,
  kPlainLetterKnown,
  kNoPlainLetter,
  kStaleDecision,
  kTooManyDecisions,
  kAlreadyDecided,
  kOpenedNoRefund,
  kOpenedRefundFails,
  kRefundDeclined,
  kRefundOpen,
  kNoRefund,
  kCancelBeforeOpening,
  kCancellationOpen,
  kCancellationDeclined,
  kNoCancellation,
  kNoProposal,
  kProposalUnanswered,
  kProposalNotConsented,
  kBusinessNumberUsed,
  kOperationUnknown,
  kOperationDone,
  kClaimOpen,
  kClaimBeforeOpening,
  kNotHeld,
  kPaymentUnfit,
  kRestoredOpenTime,
  kRestoredDeadline,
  kOpenTimeReliedOn,
  kEndedTimes,
};
inline constexpr std::size_t kRefusalCount = 40;

using RefusalFacts = machine::RefusalFacts<RefusalCode>;

inline constexpr std::array<RefusalFacts, kRefusalCount> kRefusals = {{
    {RefusalCode::kNone, "", ""},
    {RefusalCode::kUnknown, "guarantee.unknown", "保函不存在"},
    {RefusalCode::kNumberUsed, "guarantee.number_used", "保函编号重复"},
    {RefusalCode::kRefunded, "guarantee.refunded", "保函已退函"},
    {RefusalCode::kCancelled, "guarantee.cancelled", "保函已注销"},
    {RefusalCode::kPaid, "guarantee.paid", "保函已赔付"},
    {RefusalCode::kExpired, "guarantee.expired", "保函已到期"},
    {RefusalCode::kRestoreBeforeOpening, "guarantee.restore_before_opening",
     "未到开标时间，不能还原"},
    {RefusalCode::kCannotOpen, "guarantee.cannot_open", "解密失败，请核对秘钥"},
    {RefusalCode::kTooManyRestores, "guarantee.too_many_restores", "还原申请过多，请稍后再试"},
    {RefusalCode::kNotRestored, "guarantee.not_restored", "保函尚未还原"},
    {RefusalCode::kLetterUnfit, "guarantee.letter_unfit", "明文保函文件不符合要求"},
    {RefusalCode::kPlainLetterKnown, "guarantee.plain_letter_known", "明文保函已提交"},
    {RefusalCode::kNoPlainLetter, "guarantee.no_plain_letter", "明文保函尚未提交"},
    {RefusalCode::kStaleDecision, "guarantee.stale_decision", "决定所依据的保函版本已变更"},
    {RefusalCode::kTooManyDecisions, "guarantee.too_many_decisions", "保函的决定次数超限"},
    {RefusalCode::kAlreadyDecided, "guarantee.already_decided", "该业务已有决定"},
    {RefusalCode::kOpenedNoRefund, "guarantee.opened_no_refund", "已开标，不能退函"},
    {RefusalCode::kOpenedRefundFails, "guarantee.opened_refund_fails", "已开标，退函失败"},
    {RefusalCode::kRefundDeclined, "guarantee.refund_declined", "退函申请未通过"},
    {RefusalCode::kRefundOpen, "guarantee.refund_open", "存在未决退函"},
    {RefusalCode::kNoRefund, "guarantee.no_refund", "没有待处理的退函申请"},
    {RefusalCode::kCancelBeforeOpening, "guarantee.cancel_before_opening",
     "未到开标时间，不能注销"},
    {RefusalCode::kCancellationOpen, "guarantee.cancellation_open", "存在未决注销"},
    {RefusalCode::kCancellationDeclined, "guarantee.cancellation_declined", "注销申请未通过"},
    {RefusalCode::kNoCancellation, "guarantee.no_cancellation", "没有待处理的注销申请"},
    {RefusalCode::kNoProposal, "guarantee.no_proposal", "没有待答复的本机构注销申请"},
    {RefusalCode::kProposalUnanswered, "guarantee.proposal_unanswered", "等待平台答复注销申请"},
    {RefusalCode::kProposalNotConsented, "guarantee.proposal_not_consented", "平台未同意注销"},
    {RefusalCode::kBusinessNumberUsed, "guarantee.business_number_used", "业务流水号重复"},
    {RefusalCode::kOperationUnknown, "guarantee.operation_unknown", "业务流水号不存在"},
    {RefusalCode::kOperationDone, "guarantee.operation_done", "业务已办结，不能撤回"},
    {RefusalCode::kClaimOpen, "guarantee.claim_open", "存在未决理赔"},
    {RefusalCode::kClaimBeforeOpening, "guarantee.before_opening", "未到开标时间，不能理赔"},
    {RefusalCode::kNotHeld, "guarantee.not_held", "保函未为该理赔锁定"},
    {RefusalCode::kPaymentUnfit, "guarantee.payment_unfit", "赔付金额或流水号无效"},
    {RefusalCode::kRestoredOpenTime, "guarantee.restored_open_time", "已还原，不能变更开标时间"},
    {RefusalCode::kRestoredDeadline, "guarantee.restored_deadline", "已还原，不能变更缴纳截止时间"},
    {RefusalCode::kOpenTimeReliedOn, "guarantee.open_time_relied_on",
     "存在未决注销或理赔，不能变更开标时间"},
    {RefusalCode::kEndedTimes, "guarantee.ended_times", "保函已终止或到期，不能变更时间"},
}};

static_assert(machine::InOrder(kRefusals), "kRefusals is read by index");

[[nodiscard]] constexpr const RefusalFacts& FactsOf(RefusalCode code) {
  return kRefusals[static_cast<std::size_t>(code)];
}

}  // namespace guarantee::order::letter
