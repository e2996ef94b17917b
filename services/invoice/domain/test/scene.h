// Invoices in every state, made by the commands that lead there, and one good command of each kind.
#pragma once

#include <optional>
#include <string>

#include "invoice/domain/decide.h"
#include "invoice/domain/guards.h"
#include "invoice/domain/transitions.h"

namespace guarantee::invoice::testing {

inline constexpr UnixMillis kNow{1'700'000'000'000};
inline constexpr UnixMillis kWaitEnd = kNow + 300'000;
inline constexpr Money kPremium{50'000};
inline const std::string kNumber = "INVOICE-1";
inline const Bidder kBidder{"某投标人", "91430602MA4L5GJ80Y"};
inline const InvoiceNumber kBlue{"24432000000000000001", ""};
inline const InvoiceNumber kRed{"24432000000000000002", ""};

struct Scene {
  std::optional<Invoices> row;
  Command command;
  UnixMillis now = kNow;
  Policy policy;
};

// The row after the decision's events.
inline std::optional<Invoices> After(std::optional<Invoices> row, const Decision& decision) {
  for (const Event& event : decision.events) row = Apply(row.value_or(Invoices{}), event);
  return row;
}
inline std::optional<Invoices> Taken(const std::optional<Invoices>& row, const Command& command,
                                     UnixMillis now = kNow) {
  return After(row, Decide(row, command, now, Policy{}));
}

inline DecisionHead By(const std::string& id) { return {id, "accountant", "", 0}; }
inline RequestInvoice GoodRequest(const std::string& number = kNumber) {
  return {.partner = "demo",
          .guarantee_no = "G-1",
          .business_no = number,
          .received_at = kNow,
          .kind = Kind::kSpecial,
          .amount = kPremium,
          .buyer = {kBidder.name, kBidder.code, "岳阳市", "0730-8888888", "某银行", "6222"},
          .delivery = {"某投标人", "岳阳市", "张三", "a@example.com", "13800000000"},
          .tax_number_fits = true};
}
inline GuaranteeRestored Restored() { return {"demo", "G-1", kBidder, kPremium, kNow}; }
inline RestoreAccepted Accepted() { return {"demo", "G-1", kNow}; }
inline PremiumReturned Returned() { return {"demo", "G-1", kPremium}; }
inline TimePassed WaitOver(const std::string& number = kNumber) { return {number, kWaitEnd}; }

// A command that is fine wherever its kind is.
inline Command GoodCommand(CommandKind kind) {
  switch (kind) {
    case CommandKind::kRequestInvoice:
      return GoodRequest();
    case CommandKind::kIssue:
      return Issue{By("DECISION-9"), kNumber, kBlue, "https://invoice.example.com/1"};
    case CommandKind::kFail:
      return Fail{By("DECISION-9"), kNumber};
    case CommandKind::kReverse:
      return Reverse{By("DECISION-9"), kNumber, kRed};
    case CommandKind::kGuaranteeRestored:
      return Restored();
    case CommandKind::kRestoreAccepted:
      return Accepted();
    case CommandKind::kPremiumReturned:
      return Returned();
    case CommandKind::kTimePassed:
    case CommandKind::kProceed:
      break;
  }
  return WaitOver();
}

// A restored guarantee whose 3.8 the platform accepted.
inline std::optional<Invoices> Ready() {
  return Taken(Taken(std::nullopt, Restored()), Accepted());
}

// A row whose only request is in `state`. NONE knows nothing; WAITING waits for both facts.
inline std::optional<Invoices> InvoicesIn(State state, const std::string& number = kNumber) {
  if (state == State::kNone) return std::nullopt;
  if (state == State::kWaiting) return Taken(std::nullopt, GoodRequest(number));
  auto row = Taken(Ready(), GoodRequest(number));
  if (state == State::kFailed) row = Taken(row, Fail{By("D-" + number), number});
  if (state == State::kIssued || state == State::kReversed) {
    row = Taken(row, Issue{By("D-" + number), number, kBlue, "https://invoice.example.com/1"});
  }
  if (state == State::kReversed) {
    row = Taken(row, Returned());
    row = Taken(row, Reverse{By("D-2-" + number), number, kRed});
  }
  return row;
}

}  // namespace guarantee::invoice::testing
