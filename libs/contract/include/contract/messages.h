// The fixed Chinese texts of the protocol, both what section 4 of the document prescribes and what
// the rulings settle. Declared here and nowhere else.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace guarantee::contract::messages {

// Section 4, sign-in and entitlement.
inline constexpr std::string_view kUserEmpty = "登录失败，用户名为空！";
inline constexpr std::string_view kUserUnknown = "登录失败，用户名不存在！";
inline constexpr std::string_view kUserDisabled = "登录失败，用户未启用！";
inline constexpr std::string_view kCodeWrong = "身份验证失败！请联系服务商！";
inline constexpr std::string_view kSignInUnchecked = "登录失败，无法校验用户！";
inline constexpr std::string_view kNotEntitled = "系统无法接受数据！ 注意：银行接口未授权！";
inline constexpr std::string_view kEntitlementExpiredStart =
    "系统无法接受数据！ 注意：银行接口授权时间";
// "系统无法接受数据！ 注意：银行接口授权时间yyyy-MM-dd (已到期)", the last entitled day.
[[nodiscard]] std::string EntitlementExpired(std::string_view date);

// Acceptance.
inline constexpr std::string_view kDone = "操作成功";
inline constexpr std::string_view kCreditAccepted = "授信申请已受理";

// The findings of 3.21, by its codes 1 to 4.
inline constexpr std::string_view kCreditGranted = "已授信，可直接办理银行保函";
inline constexpr std::string_view kCreditNone = "未授信";
inline constexpr std::string_view kCreditTooSmall = "额度不满足";
inline constexpr std::string_view kCreditDeclined = "授信失败";

// "N条数据接收成功！", for arrays only.
[[nodiscard]] std::string Received(std::size_t count);

// Refusals that the gateway gives itself.
inline constexpr std::string_view kDuplicateNumber = "业务流水号重复";
inline constexpr std::string_view kDuplicateOrder = "订单编号重复";
inline constexpr std::string_view kPastDeadline = "已超过保函购买截止时间";
inline constexpr std::string_view kNoCredit = "本机构不支持授信";
inline constexpr std::string_view kNoRefund = "本机构不支持线上退函";
inline constexpr std::string_view kProcessing = "处理中";
inline constexpr std::string_view kBusy = "系统繁忙，请稍后重试";

// Refusals by state, in an answer or in a failure notice.
inline constexpr std::string_view kOrderUnknown = "订单不存在";
inline constexpr std::string_view kOrderIssued = "订单已出函，不能取消";
inline constexpr std::string_view kOrderIssuing = "已出函待推送，不能取消";
inline constexpr std::string_view kGuaranteeUnknown = "保函不存在";
inline constexpr std::string_view kGuaranteeRefunded = "保函已退函";
inline constexpr std::string_view kGuaranteeExpired = "保函已到期";
inline constexpr std::string_view kGuaranteeEnded = "保函到期自动注销";
inline constexpr std::string_view kGuaranteeSealed = "保函尚未还原";
inline constexpr std::string_view kNotOpened = "未到开标时间，不能还原";
inline constexpr std::string_view kOpened = "已开标，不能退函";
inline constexpr std::string_view kOpenedWhileRefunding = "已开标，退函失败";
inline constexpr std::string_view kRestored = "已还原，不能变更开标时间";
inline constexpr std::string_view kKeyWrong = "解密失败，请核对秘钥";
inline constexpr std::string_view kOpenClaim = "存在未决理赔";
inline constexpr std::string_view kOutstanding = "存在未结清保函";
inline constexpr std::string_view kNumberUnknown = "业务流水号不存在";
inline constexpr std::string_view kDecided = "业务已办结，不能撤回";
inline constexpr std::string_view kWithdrawn = "已撤回";
inline constexpr std::string_view kNeedsBeneficiary = "需受益人确认，请联系出函机构";
inline constexpr std::string_view kWrongAmount = "开票金额与保费不符";
inline constexpr std::string_view kInvoiced = "已开票";

// Refusals of the HTTP edge.
inline constexpr std::string_view kUnknownPath = "接口不存在";
inline constexpr std::string_view kWrongMethod = "请求方式错误，仅支持POST";
inline constexpr std::string_view kBodyTooLarge = "请求内容过大";
inline constexpr std::string_view kHeadTooLarge = "请求头过大";
inline constexpr std::string_view kWrongContentType = "数据格式错误，仅支持JSON";

// Refusals of a body (contract/decode.h); the wire names follow the colon.
inline constexpr std::string_view kMalformed = "数据格式错误，不是有效的JSON对象";
inline constexpr std::string_view kEmptyArray = "数据格式错误，数组为空";
inline constexpr std::string_view kTooDeep = "数据格式错误，嵌套过深";
inline constexpr std::string_view kDuplicateKey = "数据格式错误，字段重复";
inline constexpr std::string_view kTooManyItems = "数据条数超限";
inline constexpr std::string_view kMissing = "必填字段为空";
inline constexpr std::string_view kTimeFormat = "时间格式错误";
inline constexpr std::string_view kAmountFormat = "金额格式错误";
inline constexpr std::string_view kFieldFormat = "字段格式错误";
inline constexpr std::string_view kTooLong = "字段长度超限";
inline constexpr std::string_view kUnlisted = "字段取值错误";
inline constexpr std::string_view kConflict = "字段值冲突";
inline constexpr std::string_view kForeignCharacter = "字段含非法字符";
inline constexpr std::string_view kUscc = "社会信用代码错误";

}  // namespace guarantee::contract::messages
