// Every way in which the claim service says no, with the text that the platform or the operator
// reads.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "machine/rules.h"

namespace guarantee::claim {

enum class RefusalCode : std::uint8_t {
  kNone,
  kClaimUnknown,
  kClaimOpen,
  kTooManyClaims,
  kNumberUsed,
  kConsentNeeded,
  kDecided,
  kAlreadyDecided,
  kHoldKnown,
  kHoldRefused,
  kDiscrepant,
  kNotRegistered,
  kPlatformRefused,
  kStaleDecision,
  kTooManyDecisions,
  kDeciderMissing,
  kPresentationUnfit,
  kHoldAwaited,
  kStillSealed,
  kDocumentMissing,
  kDemandUnfit,
  kAmountDiffers,
  kSamePerson,
  kPrecluded,
  kDiscrepanciesMissing,
  kPaymentOrdered,
  kNotPaying,
  kReferenceMissing,
  kReferenceUsed,
};
inline constexpr std::size_t kRefusalCount = 29;

using RefusalFacts = machine::RefusalFacts<RefusalCode>;

inline constexpr std::array<RefusalFacts, kRefusalCount> kRefusals = {{
    {RefusalCode::kNone, "", ""},
    {RefusalCode::kClaimUnknown, "claim.unknown", "业务流水号不存在"},
    {RefusalCode::kClaimOpen, "claim.open", "存在未决理赔"},
    {RefusalCode::kTooManyClaims, "claim.too_many_claims", "保函的理赔次数超限"},
    {RefusalCode::kNumberUsed, "claim.number_used", "业务流水号重复"},
    {RefusalCode::kConsentNeeded, "claim.consent_needed", "需受益人确认，请联系出函机构"},
    {RefusalCode::kDecided, "claim.decided", "业务已办结，不能撤回"},
    {RefusalCode::kAlreadyDecided, "claim.already_decided", "理赔已办结"},
    {RefusalCode::kHoldKnown, "claim.hold_known", "保函已为该理赔锁定"},
    {RefusalCode::kHoldRefused, "claim.hold_refused", "保函状态不允许理赔"},
    {RefusalCode::kDiscrepant, "claim.discrepant", "单据存在不符点"},
    {RefusalCode::kNotRegistered, "claim.not_registered", "不是本机构登记的理赔"},
    {RefusalCode::kPlatformRefused, "claim.platform_refused", "平台未同意理赔"},
    {RefusalCode::kStaleDecision, "claim.stale_decision", "决定所依据的理赔版本已变更"},
    {RefusalCode::kTooManyDecisions, "claim.too_many_decisions", "理赔的决定次数超限"},
    {RefusalCode::kDeciderMissing, "claim.decider_missing", "决定人缺失"},
    {RefusalCode::kPresentationUnfit, "claim.presentation_unfit", "登记的理赔资料无效"},
    {RefusalCode::kHoldAwaited, "claim.hold_awaited", "保函尚未锁定"},
    {RefusalCode::kStillSealed, "claim.still_sealed", "保函尚未还原"},
    {RefusalCode::kDocumentMissing, "claim.document_missing", "受益人书面文件缺失"},
    {RefusalCode::kDemandUnfit, "claim.demand_unfit", "索赔金额只能调低"},
    {RefusalCode::kAmountDiffers, "claim.amount_differs", "金额与索赔金额不符"},
    {RefusalCode::kSamePerson, "claim.same_person", "须由另一人复核"},
    {RefusalCode::kPrecluded, "claim.precluded", "已过审单期限，不能拒付"},
    {RefusalCode::kDiscrepanciesMissing, "claim.discrepancies_missing", "须一次列明全部不符点"},
    {RefusalCode::kPaymentOrdered, "claim.payment_ordered", "已决定赔付"},
    {RefusalCode::kNotPaying, "claim.not_paying", "理赔未在赔付"},
    {RefusalCode::kReferenceMissing, "claim.reference_missing", "付款流水号缺失"},
    {RefusalCode::kReferenceUsed, "claim.reference_used", "付款流水号已用于其他理赔"},
}};

static_assert(machine::InOrder(kRefusals), "kRefusals is read by index");

[[nodiscard]] constexpr const RefusalFacts& FactsOf(RefusalCode code) {
  return kRefusals[static_cast<std::size_t>(code)];
}

}  // namespace guarantee::claim
