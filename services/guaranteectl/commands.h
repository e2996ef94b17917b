// Every command of the program. Each answers a report, or an error: refused kUsageCode (exit 2),
// retryable (a service cannot be reached, exit 3), anything else exit 1.
#pragma once

#include <istream>
#include <string>
#include <vector>

#include "base/result.h"
#include "guaranteectl/arguments.h"
#include "guaranteectl/endpoints.h"
#include "guaranteectl/output.h"

namespace guarantee::guaranteectl {

struct Context {
  Endpoints endpoints;
  std::string partner;     // --partner; empty: any
  std::string decided_by;  // --as, or the login name
  std::istream* input = nullptr;
};

[[nodiscard]] const std::vector<Command>& Commands();

[[nodiscard]] Result<Report> FlowShow(const Context& context, const Arguments& arguments);

[[nodiscard]] Result<Report> OrderList(const Context& context, const Arguments& arguments);
[[nodiscard]] Result<Report> OrderShow(const Context& context, const Arguments& arguments);
[[nodiscard]] Result<Report> OrderDecide(const Context& context, const Arguments& arguments);
[[nodiscard]] Result<Report> OrderMaterials(const Context& context, const Arguments& arguments);
[[nodiscard]] Result<Report> OrderPremium(const Context& context, const Arguments& arguments);
[[nodiscard]] Result<Report> OrderLetter(const Context& context, const Arguments& arguments);

// Cases of the four services: the command's first word is their kind.
[[nodiscard]] Result<Report> CaseList(const Context& context, const Arguments& arguments);
[[nodiscard]] Result<Report> CaseShow(const Context& context, const Arguments& arguments);
[[nodiscard]] Result<Report> CreditDecide(const Context& context, const Arguments& arguments);
[[nodiscard]] Result<Report> ClaimDecide(const Context& context, const Arguments& arguments);
[[nodiscard]] Result<Report> ClaimConfirm(const Context& context, const Arguments& arguments);
[[nodiscard]] Result<Report> ClaimRegister(const Context& context, const Arguments& arguments);
[[nodiscard]] Result<Report> InvoiceDecide(const Context& context, const Arguments& arguments);
[[nodiscard]] Result<Report> InvoiceReverse(const Context& context, const Arguments& arguments);
[[nodiscard]] Result<Report> RefundDecide(const Context& context, const Arguments& arguments);
[[nodiscard]] Result<Report> CancellationDecide(const Context& context, const Arguments& arguments);
[[nodiscard]] Result<Report> CancellationPropose(const Context& context,
                                                 const Arguments& arguments);
[[nodiscard]] Result<Report> GuaranteeLetter(const Context& context, const Arguments& arguments);

// Files that came with the platform's requests: their list, the bytes of one, another fetch.
[[nodiscard]] Result<Report> AttachmentList(const Context& context, const Arguments& arguments);
[[nodiscard]] Result<Report> AttachmentSave(const Context& context, const Arguments& arguments);
[[nodiscard]] Result<Report> AttachmentRetry(const Context& context, const Arguments& arguments);

[[nodiscard]] Result<Report> NoticeList(const Context& context, const Arguments& arguments);
[[nodiscard]] Result<Report> NoticeRetry(const Context& context, const Arguments& arguments);

[[nodiscard]] Result<Report> ContractOpenApi(const Context& context, const Arguments& arguments);
[[nodiscard]] Result<Report> ContractManual(const Context& context, const Arguments& arguments);
[[nodiscard]] Result<Report> ShowLag(const Context& context, const Arguments& arguments);
[[nodiscard]] Result<Report> TopicCreate(const Context& context, const Arguments& arguments);
[[nodiscard]] Result<Report> PartnerHashPassword(const Context& context,
                                                 const Arguments& arguments);

}  // namespace guarantee::guaranteectl
