// Why a command was refused, or an application ended, as a stable word and a text.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "machine/rules.h"

namespace guarantee::credit {

enum class RefusalCode : std::uint8_t {
  kNone,
  kUnknown,
  kApplicationOpen,
  kTooManyApplications,
  kOutstanding,
  kDecided,
  kAlreadyDecided,
  kDeclined,
  kRenewed,
  kNotGranted,
  kLapsed,
  kNotInValidity,
  kAmountUnfit,
  kHeadroomShort,
  kReservationsFull,
  kReservationReleased,
  kStaleDecision,
  kTooManyDecisions,
  kDeciderMissing,
  kTermsUnfit,
  kLimitBelowReserved,
};
inline constexpr std::size_t kRefusalCount = 21;

using RefusalFacts = machine::RefusalFacts<RefusalCode>;

inline constexpr std::array<RefusalFacts, kRefusalCount> kRefusals = {{
    {RefusalCode::kNone, "", ""},
    {RefusalCode::kUnknown, "credit.unknown", "业务流水号不存在"},
    {RefusalCode::kApplicationOpen, "credit.application_open", "存在未决授信申请"},
    {RefusalCode::kTooManyApplications, "credit.too_many_applications", "授信申请次数超限"},
    {RefusalCode::kOutstanding, "credit.outstanding", "存在未结清保函"},
    {RefusalCode::kDecided, "credit.decided", "业务已办结，不能撤回"},
    {RefusalCode::kAlreadyDecided, "credit.already_decided", "授信申请已办结"},
    {RefusalCode::kDeclined, "credit.declined", "授信申请未通过"},
    {RefusalCode::kRenewed, "credit.renewed", "授信已续期"},
    {RefusalCode::kNotGranted, "credit.not_granted", "未授信"},
    {RefusalCode::kLapsed, "credit.lapsed", "授信已到期"},
    {RefusalCode::kNotInValidity, "credit.not_in_validity", "不在授信有效期内"},
    {RefusalCode::kAmountUnfit, "credit.amount_unfit", "占用金额无效"},
    {RefusalCode::kHeadroomShort, "credit.headroom_short", "额度不满足"},
    {RefusalCode::kReservationsFull, "credit.reservations_full", "额度占用笔数超限"},
    {RefusalCode::kReservationReleased, "credit.reservation_released", "该订单的额度已释放"},
    {RefusalCode::kStaleDecision, "credit.stale_decision", "决定所依据的授信版本已变更"},
    {RefusalCode::kTooManyDecisions, "credit.too_many_decisions", "授信的决定次数超限"},
    {RefusalCode::kDeciderMissing, "credit.decider_missing", "决定人缺失"},
    {RefusalCode::kTermsUnfit, "credit.terms_unfit", "额度或有效期无效"},
    {RefusalCode::kLimitBelowReserved, "credit.limit_below_reserved", "额度低于已占用金额"},
}};

static_assert(machine::InOrder(kRefusals), "kRefusals is read by index");

[[nodiscard]] constexpr const RefusalFacts& FactsOf(RefusalCode code) {
  return kRefusals[static_cast<std::size_t>(code)];
}

}  // namespace guarantee::credit
