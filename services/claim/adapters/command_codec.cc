#include "claim/adapters/command_codec.h"

#include <tuple>
#include <utility>

#include "guarantee/event/v1/claim_decision.pb.h"
#include "guarantee/event/v1/handshake.pb.h"
#include "guarantee/partner/v1/claim.pb.h"

namespace guarantee::claim {
namespace {

namespace event = guarantee::event::v1;

// Bytes.
constexpr std::size_t kDecisionIdMax = 64;
constexpr std::size_t kDecidedByMax = 128;
constexpr std::size_t kTextMax = 1'024;
constexpr std::size_t kNumberMax = 256;

Result<void> Check(const std::string& text, std::size_t least, std::size_t most,
                   const char* field) {
  if (text.size() >= least && text.size() <= most) return {};
  return Refused("decision.length",
                 "must have " + std::to_string(least) + " to " + std::to_string(most) + " bytes",
                 field);
}

template <typename Texts>
Result<void> CheckAll(const Texts& texts, std::size_t most, const char* field) {
  if (static_cast<std::size_t>(texts.size()) > most) {
    return Refused("decision.length", "at most " + std::to_string(most), field);
  }
  for (const std::string& text : texts) {
    if (Result<void> checked = Check(text, 0, kTextMax, field); !checked) return checked;
  }
  return {};
}

Result<void> CheckAmount(std::int64_t fen) {
  if (fen < 0) return Refused("decision.amount", "must not be negative", "amount_fen");
  return {};
}

Result<void> CheckHead(const event::DecideClaim& decision) {
  for (const auto& [text, least, most, field] :
       {std::tuple{&decision.decision_id(), std::size_t{1}, kDecisionIdMax, "decision_id"},
        std::tuple{&decision.decided_by(), std::size_t{1}, kDecidedByMax, "decided_by"},
        std::tuple{&decision.reason(), std::size_t{0}, kTextMax, "reason"},
        std::tuple{&decision.number(), std::size_t{0}, kNumberMax, "number"}}) {
    if (Result<void> checked = Check(*text, least, most, field); !checked) return checked;
  }
  return {};
}

Result<void> CheckRegister(const event::RegisterClaim& paper, const DecisionPlace& place) {
  if (paper.presented_at() < 0) {
    return Refused("decision.time", "must not be negative", "presented_at");
  }
  if (!paper.guarantee_no().empty() && paper.guarantee_no() != place.guarantee_no) {
    return Refused("decision.number", "is not the guarantee it came under", "guarantee_no");
  }
  if (Result<void> name = Check(paper.beneficiary_name(), 0, kTextMax, "beneficiary_name"); !name) {
    return name;
  }
  if (Result<void> code = Check(paper.beneficiary_code(), 0, kNumberMax, "beneficiary_code");
      !code) {
    return code;
  }
  if (paper.beneficiary_name().empty() != paper.beneficiary_code().empty()) {
    return Refused("decision.beneficiary", "name and code come together or not at all",
                   paper.beneficiary_name().empty() ? "beneficiary_name" : "beneficiary_code");
  }
  return CheckAll(paper.attachments(), kAttachmentsMax, "attachments");
}

Result<void> CheckBody(const event::DecideClaim& decision, const DecisionPlace& place) {
  switch (decision.decision_case()) {
    case event::DecideClaim::kRegister:
      return CheckRegister(decision.register_(), place);
    case event::DecideClaim::kDemand:
      if (Result<void> amount = CheckAmount(decision.demand().amount_fen()); !amount) return amount;
      return Check(decision.demand().document(), 0, kTextMax, "document");
    case event::DecideClaim::kApprove:
      return CheckAmount(decision.approve().amount_fen());
    case event::DecideClaim::kRefuse:
      return CheckAll(decision.refuse().discrepancies(), kDiscrepanciesMax, "discrepancies");
    case event::DecideClaim::kPreApprove:
      return Check(decision.pre_approve().document(), 0, kTextMax, "document");
    case event::DecideClaim::kConfirm:
      if (Result<void> amount = CheckAmount(decision.confirm().amount_fen()); !amount) {
        return amount;
      }
      return Check(decision.confirm().reference(), 0, kNumberMax, "reference");
    case event::DecideClaim::kOpen:
    case event::DecideClaim::kClose:
      return {};
    case event::DecideClaim::DECISION_NOT_SET:
      break;
  }
  return Refused("decision.empty", "says nothing this program knows", "decision");
}

std::vector<std::string> Discrepancies(const event::DecideClaim& decision) {
  const auto& listed = decision.refuse().discrepancies();
  if (listed.empty() && !decision.reason().empty()) return {decision.reason()};
  return {listed.begin(), listed.end()};
}

Command Registered(const event::RegisterClaim& paper, DecisionHead head,
                   const DecisionPlace& place) {
  return Register{std::move(head),
                  place.partner,
                  place.guarantee_no,
                  place.minted,
                  paper.presented_at() == 0 ? place.arrived_at : UnixMillis{paper.presented_at()},
                  {paper.beneficiary_name(), paper.beneficiary_code()},
                  {paper.attachments().begin(), paper.attachments().end()}};
}

}  // namespace

Command ToCommand(const partner::v1::CompensateApply& request, const std::string& partner,
                  UnixMillis received_at) {
  Present present{partner,
                  request.guarantee_no(),
                  request.business_no(),
                  received_at,
                  {request.beneficiary(), request.beneficiary_code()},
                  {}};
  if (!request.compensate_zip().empty()) present.attachments = {request.compensate_zip()};
  return present;
}

Command ToCommand(const partner::v1::CompensateRevocation& request) {
  return Withdraw{request.business_no(), request.reason()};
}

Command ToCommand(const partner::v1::CompensateNotice& notice, UnixMillis received_at) {
  return PlatformResult{notice.business_no(),
                        notice.operate_result() == partner::v1::OUTCOME_SUCCESS,
                        {notice.payer_amount_fen()},
                        notice.compensate_result_desc(),
                        received_at};
}

Command ToCommand(const event::GuaranteeHeld& message) {
  GuaranteeHeld held{
      message.business_no(), {message.available_fen()}, {message.valid_end()}, std::nullopt};
  if (message.restored()) held.tenderee = Party{message.tenderee_name(), message.tenderee_code()};
  return held;
}

Command ToCommand(const event::HoldRefused& message) {
  return HoldRefused{message.business_no(), message.reason(), message.text()};
}

Command ToCommand(const event::GuaranteeRestored& message, const std::string& partner) {
  return GuaranteeRestored{partner,
                           message.guarantee_no(),
                           {message.tenderee_name(), message.tenderee_code()},
                           {message.restored_at()}};
}

Result<Command> ToCommand(const event::DecideClaim& decision, const DecisionPlace& place) {
  if (Result<void> head = CheckHead(decision); !head) return tl::unexpected(head.error());
  if (Result<void> body = CheckBody(decision, place); !body) return tl::unexpected(body.error());
  DecisionHead head{decision.decision_id(), decision.decided_by(), decision.reason(),
                    decision.based_on_revision()};
  const std::string& number = decision.number();
  switch (decision.decision_case()) {
    case event::DecideClaim::kRegister:
      return Registered(decision.register_(), std::move(head), place);
    case event::DecideClaim::kDemand:
      return Command{SetDemand{
          std::move(head), number, {decision.demand().amount_fen()}, decision.demand().document()}};
    case event::DecideClaim::kApprove:
      return Command{ApprovePayment{std::move(head), number, {decision.approve().amount_fen()}}};
    case event::DecideClaim::kRefuse:
      return Command{Refuse{std::move(head), number, Discrepancies(decision)}};
    case event::DecideClaim::kPreApprove: {
      const std::string& named = decision.pre_approve().document();
      return Command{
          PreApproveWithdrawal{std::move(head), number, named.empty() ? decision.reason() : named}};
    }
    case event::DecideClaim::kConfirm:
      return Command{ConfirmPayment{std::move(head),
                                    number,
                                    decision.confirm().reference(),
                                    {decision.confirm().amount_fen()},
                                    place.arrived_at}};
    case event::DecideClaim::kClose:
      return Command{CloseRegistered{std::move(head), number}};
    case event::DecideClaim::kOpen:
    case event::DecideClaim::DECISION_NOT_SET:
      break;
  }
  return Command{OpenExamination{std::move(head), number}};
}

}  // namespace guarantee::claim
