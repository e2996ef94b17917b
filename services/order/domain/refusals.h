// Every way in which the order says no, with the text that the platform or the operator reads.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "machine/rules.h"

namespace guarantee::order {

enum class RefusalCode : std::uint8_t {
  kNone,
  kOrderUnknown,
  kOrderNumberUsed,
  kPastDeadline,
  kAmountOutOfRange,
  kBasicAccountMissing,
  kRedirectSpent,
  kOrderClosed,
  kIdentityMissing,
  kIdentityDiffers,
  kMaterialsClosed,
  kMaterialsIncomplete,
  kStaleDecision,
  kTooManyDecisions,
  kAlreadyDecided,
  kDeclined,
  kQuoteUnfit,
  kGuaranteeNumberMissing,
  kGuaranteeNumberUsed,
  kPayerMissing,
  kReferenceMissing,
  kPaymentKnown,
  kPaymentNotDue,
  kPremiumDiffers,
  kNotBasicAccount,
  kPayerNotBidder,
  kPremiumAlreadyReceived,
  kCreditNotAwaited,
  kCreditRefused,
  kNotIssuing,
  kLetterUnfit,
  kAlreadyIssued,
  kNotIssued,
  kIssuePending,
  kIssuedNoCancel,
  kNoCancelRequest,
  kRestoredOpenTime,
  kRestoredDeadline,
};
inline constexpr std::size_t kRefusalCount = 38;

// The code of every refused request in the protocol (rulings 2.2).
inline constexpr int kProtocolRefused = 500;

using RefusalFacts = machine::RefusalFacts<RefusalCode>;

inline constexpr std::array<RefusalFacts, kRefusalCount> kRefusals = {{
    {RefusalCode::kNone, "", ""},
    {RefusalCode::kOrderUnknown, "order.unknown", "订单不存在"},
    {RefusalCode::kOrderNumberUsed, "order.number_used", "订单编号重复"},
    {RefusalCode::kPastDeadline, "order.past_deadline", "已超过保函购买截止时间"},
    {RefusalCode::kAmountOutOfRange, "order.amount_out_of_range", "保证金金额超出受理范围"},
    {RefusalCode::kBasicAccountMissing, "order.basic_account_missing", "基本户账号缺失"},
    {RefusalCode::kRedirectSpent, "order.redirect_spent", "链接已使用"},
    {RefusalCode::kOrderClosed, "order.closed", "订单已办结"},
    {RefusalCode::kIdentityMissing, "order.identity_missing", "投标人身份未认证"},
    {RefusalCode::kIdentityDiffers, "order.identity_differs", "投标人身份与已认证的不一致"},
    {RefusalCode::kMaterialsClosed, "order.materials_closed", "资料提交已结束"},
    {RefusalCode::kMaterialsIncomplete, "order.materials_incomplete", "资料未提交完整"},
    {RefusalCode::kStaleDecision, "order.stale_decision", "决定所依据的订单版本已变更"},
    {RefusalCode::kTooManyDecisions, "order.too_many_decisions", "订单的决定次数超限"},
    {RefusalCode::kAlreadyDecided, "order.already_decided", "订单已有决定"},
    {RefusalCode::kDeclined, "order.declined", "审核未通过"},
    {RefusalCode::kQuoteUnfit, "order.quote_unfit", "保费或费率无效"},
    {RefusalCode::kGuaranteeNumberMissing, "order.guarantee_number_missing", "保函编号缺失"},
    {RefusalCode::kGuaranteeNumberUsed, "order.guarantee_number_used", "保函编号重复"},
    {RefusalCode::kPayerMissing, "order.payer_missing", "付款账户缺失"},
    {RefusalCode::kReferenceMissing, "order.reference_missing", "付款流水号缺失"},
    {RefusalCode::kPaymentKnown, "order.payment_known", "该笔付款已处理"},
    {RefusalCode::kPaymentNotDue, "order.payment_not_due", "尚未核定保费"},
    {RefusalCode::kPremiumDiffers, "order.premium_differs", "付款金额与保费不符"},
    {RefusalCode::kNotBasicAccount, "order.not_basic_account", "非基本户付款"},
    {RefusalCode::kPayerNotBidder, "order.payer_not_bidder", "付款户名与投标人不一致"},
    {RefusalCode::kPremiumAlreadyReceived, "order.premium_already_received", "保费已收"},
    {RefusalCode::kCreditNotAwaited, "order.credit_not_awaited", "订单未在等待授信额度"},
    {RefusalCode::kCreditRefused, "order.credit_refused", "授信额度不满足"},
    {RefusalCode::kNotIssuing, "order.not_issuing", "订单未在出函"},
    {RefusalCode::kLetterUnfit, "order.letter_unfit", "保函文件或有效期不符合要求"},
    {RefusalCode::kAlreadyIssued, "order.already_issued", "订单已出函"},
    {RefusalCode::kNotIssued, "order.not_issued", "订单未出函"},
    {RefusalCode::kIssuePending, "order.issue_pending", "已出函待推送，不能取消"},
    {RefusalCode::kIssuedNoCancel, "order.issued_no_cancel", "订单已出函，不能取消"},
    {RefusalCode::kNoCancelRequest, "order.no_cancel_request", "没有待处理的取消申请"},
    {RefusalCode::kRestoredOpenTime, "order.restored_open_time", "已还原，不能变更开标时间"},
    {RefusalCode::kRestoredDeadline, "order.restored_deadline", "已还原，不能变更缴纳截止时间"},
}};

static_assert(machine::InOrder(kRefusals), "kRefusals is read by index");

[[nodiscard]] constexpr const RefusalFacts& FactsOf(RefusalCode code) {
  return kRefusals[static_cast<std::size_t>(code)];
}

}  // namespace guarantee::order
