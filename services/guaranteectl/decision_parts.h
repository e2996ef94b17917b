// What decisions of every kind are made of: their ids, amounts and files, and what is said of their
// outcome.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"
#include "guarantee/event/v1/order_decision.pb.h"
#include "guaranteectl/commands.h"

namespace guarantee::guaranteectl {

// --decision-id, or a new one.
[[nodiscard]] std::string DecisionId(const Arguments& arguments);

// Fills the head that every decision's message has.
template <typename Decision>
[[nodiscard]] Decision NewDecision(const Context& context, const Arguments& arguments) {
  Decision decision;
  decision.set_decision_id(DecisionId(arguments));
  decision.set_decided_by(context.decided_by);
  decision.set_reason(arguments.Value("--reason"));
  return decision;
}

// Refused kUsageCode naming the option.
[[nodiscard]] Result<std::int64_t> FenOf(const Arguments& arguments, std::string_view option);

// A PDF: inline up to 512 KiB, else uploaded to the order service first.
[[nodiscard]] Result<void> AttachLetter(const Context& context, const std::string& path,
                                        event::v1::SuppliedLetter& letter);

// A service's word on a decision.
struct Outcome {
  std::string decision_id;
  std::string business_no;
  std::string result;  // applied, same_again, pending or refused
  std::string reason;  // word of the refusal
  std::string text;    // refusal in Chinese
};
// Exit 1 for a refusal; the same decision again has its first outcome, which may have been one.
[[nodiscard]] Report ReportOf(const Outcome& outcome);

}  // namespace guarantee::guaranteectl
