// What the gateway says of its own accord. The texts of the protocol and of the rulings are in
// contract/messages.h.
#pragma once

#include <string_view>

namespace guarantee::gateway::texts {

inline constexpr std::string_view kNotOffered = "服务暂未开通";
inline constexpr std::string_view kTooManyFailures = "登录失败次数过多，请稍后重试";
inline constexpr std::string_view kMalformedRequest = "请求报文格式错误";
inline constexpr std::string_view kTimedOut = "请求接收超时";
inline constexpr std::string_view kInternal = "系统内部错误";
inline constexpr std::string_view kAmountOutOfRange = "保证金金额超出可受理范围";
inline constexpr std::string_view kSeveralOrders = "订单编号对应多笔订单";

}  // namespace guarantee::gateway::texts
