// Calls on cases (CaseService), and how a case is shown.
#pragma once

#include <google/protobuf/message.h>

#include <string>

#include "base/result.h"
#include "guarantee/rpc/v1/common.pb.h"
#include "guaranteectl/commands.h"

namespace guarantee::guaranteectl {

// The keys that the run contract names.
[[nodiscard]] Json SummaryJson(const rpc::v1::Summary& row);
[[nodiscard]] Report ListReport(const google::protobuf::RepeatedPtrField<rpc::v1::Summary>& rows);
[[nodiscard]] Report ShowReport(const rpc::v1::Summary& row);
// --limit; 0: not given. Refused kUsageCode.
[[nodiscard]] Result<std::int32_t> LimitOf(const Arguments& arguments);

// Who has the cases of a kind; "order" for orders themselves.
[[nodiscard]] std::string ServiceOf(const std::string& kind);
// One order, by any of its numbers.
[[nodiscard]] Result<rpc::v1::Summary> ShowOrder(const Context& context, const std::string& number);
// Whether an address is known of who has the kind's cases.
[[nodiscard]] bool IsReachable(const Context& context, const std::string& kind);
// `kind`: credit, claim, invoice, refund, cancellation or guarantee.
[[nodiscard]] Result<rpc::v1::Summary> ShowCase(const Context& context, const std::string& kind,
                                                const std::string& number);
// Decides the case that the selector means, and reports.
[[nodiscard]] Result<Report> DecideCase(const Context& context, const std::string& kind,
                                        const rpc::v1::Selector& selector,
                                        const std::string& decision_id,
                                        const google::protobuf::Message& decision);
// A case may have several operations; the one that `number` names, empty where it names the case.
[[nodiscard]] Result<std::string> OperationOf(const Context& context, const std::string& kind,
                                              const std::string& number);

}  // namespace guarantee::guaranteectl
