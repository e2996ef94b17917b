// Why a command was refused, or a request failed, as a stable word and a text.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "machine/rules.h"

namespace guarantee::invoice {

enum class RefusalCode : std::uint8_t {
  kNone,
  kUnknown,
  kTooManyRequests,
  kRequestOpen,
  kAlreadyInvoiced,
  kNotRestored,
  kPremiumReturned,
  kBidderDiffers,
  kAmountDiffers,
  kTaxNumberUnfit,
  kAddressMissing,
  kPhoneMissing,
  kBankMissing,
  kAccountMissing,
  kIssuingFailed,
  kAlreadyDecided,
  kNotIssued,
  kNothingReturned,
  kNumberUnfit,
  kNumberUsed,
  kStaleDecision,
  kTooManyDecisions,
  kDeciderMissing,
};
inline constexpr std::size_t kRefusalCount = 23;

using RefusalFacts = machine::RefusalFacts<RefusalCode>;

inline constexpr std::array<RefusalFacts, kRefusalCount> kRefusals = {{
    {RefusalCode::kNone, "", ""},
    {RefusalCode::kUnknown, "invoice.unknown", "业务流水号不存在"},
    {RefusalCode::kTooManyRequests, "invoice.too_many_requests", "保函的开票申请次数超限"},
    {RefusalCode::kRequestOpen, "invoice.request_open", "存在未决开票申请"},
    {RefusalCode::kAlreadyInvoiced, "invoice.already_invoiced", "已开票"},
    {RefusalCode::kNotRestored, "invoice.not_restored", "保函尚未还原"},
    {RefusalCode::kPremiumReturned, "invoice.premium_returned", "保费已退还"},
    {RefusalCode::kBidderDiffers, "invoice.bidder_differs", "投标人与保函不符"},
    {RefusalCode::kAmountDiffers, "invoice.amount_differs", "开票金额与保费不符"},
    {RefusalCode::kTaxNumberUnfit, "invoice.tax_number_unfit", "专票的纳税人识别号无效"},
    {RefusalCode::kAddressMissing, "invoice.address_missing", "专票的税务登记地址为空"},
    {RefusalCode::kPhoneMissing, "invoice.phone_missing", "专票的税务登记电话为空"},
    {RefusalCode::kBankMissing, "invoice.bank_missing", "专票的开户银行为空"},
    {RefusalCode::kAccountMissing, "invoice.account_missing", "专票的银行账号为空"},
    {RefusalCode::kIssuingFailed, "invoice.issuing_failed", "开票失败"},
    {RefusalCode::kAlreadyDecided, "invoice.already_decided", "开票申请已办结"},
    {RefusalCode::kNotIssued, "invoice.not_issued", "尚未开票，不能冲红"},
    {RefusalCode::kNothingReturned, "invoice.nothing_returned", "保费未退还，冲红须写明原因"},
    {RefusalCode::kNumberUnfit, "invoice.number_unfit", "发票号码或发票代码无效"},
    {RefusalCode::kNumberUsed, "invoice.number_used", "发票号码已使用"},
    {RefusalCode::kStaleDecision, "invoice.stale_decision", "决定所依据的开票版本已变更"},
    {RefusalCode::kTooManyDecisions, "invoice.too_many_decisions", "开票的决定次数超限"},
    {RefusalCode::kDeciderMissing, "invoice.decider_missing", "决定人缺失"},
}};

static_assert(machine::InOrder(kRefusals), "kRefusals is read by index");

[[nodiscard]] constexpr const RefusalFacts& FactsOf(RefusalCode code) {
  return kRefusals[static_cast<std::size_t>(code)];
}

}  // namespace guarantee::invoice
