// What the gateway says of its own accord. The texts of the protocol and of the rulings are in
// contract/messages.h.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace guarantee::gateway::texts {

inline constexpr std::string_view kNotOffered = "服务暂未开通";
inline constexpr std::string_view kTooManyFailures = "登录失败次数过多，请稍后重试";
inline constexpr std::string_view kMalformedRequest = "请求报文格式错误";
inline constexpr std::string_view kTimedOut = "请求接收超时";
inline constexpr std::string_view kInternal = "系统内部错误";
inline constexpr std::string_view kAmountOutOfRange = "保证金金额超出可受理范围";
inline constexpr std::string_view kSeveralOrders = "订单编号对应多笔订单";

// One of several items, by its place (from 1) and its number, which may be missing.
[[nodiscard]] inline std::string RefusedItem(std::size_t place, std::string_view number,
                                             std::string_view message) {
  std::string text = "第" + std::to_string(place) + "条";
  text += number;
  text += "：";
  text += message;
  return text;
}

}  // namespace guarantee::gateway::texts
