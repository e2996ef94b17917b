// What must always hold, checked at every commit and, for the whole, when everything has come to
// rest.
#pragma once

#include <map>
#include <span>
#include <string>
#include <tuple>

#include "book.h"
#include "claim/domain/claim.h"
#include "credit/domain/credit.h"
#include "invoice/domain/invoice.h"
#include "messaging/write_store.h"
#include "node.h"
#include "order/domain/letter/guarantee.h"
#include "order/domain/order.h"
#include "scene.h"

namespace guarantee::simulation {

struct Nodes {
  Node* order = nullptr;
  Node* claim = nullptr;
  Node* credit = nullptr;
  Node* invoice = nullptr;
};

class Checks {
 public:
  Checks(Scene& scene, Book& book, Nodes nodes) : scene_(scene), book_(book), nodes_(nodes) {}

  void OnOrderCommit(std::span<const messaging::StoredRow> rows,
                     std::span<const messaging::OutboxEntry> entries);
  void OnClaimCommit(std::span<const messaging::StoredRow> rows,
                     std::span<const messaging::OutboxEntry> entries);
  void OnCreditCommit(std::span<const messaging::StoredRow> rows,
                      std::span<const messaging::OutboxEntry> entries);
  void OnInvoiceCommit(std::span<const messaging::StoredRow> rows,
                       std::span<const messaging::OutboxEntry> entries);
  // Everything was handled, published and delivered, and no deadline is left.
  void AtRest();

 private:
  using StoredRow = messaging::StoredRow;
  struct Version {
    std::int64_t revision = 0;
    std::string state;
  };
  struct LetterSeen {
    order::letter::State state = order::letter::State::kNone;
    Money available;
  };

  void CheckOrder(const messaging::StoredRow& row);
  void CheckGuarantee(const messaging::StoredRow& row);
  void CheckClaim(const claim::Claims& row, const claim::Claim& claim);
  void CheckReservation(const credit::Credit& row, const credit::Reservation& reservation);
  // The row's events are counted: a change that was built on a state which was no longer the last
  // one counts on from there.
  void CheckRevision(const StoredRow& row, std::int64_t revision);
  void Entries(std::span<const messaging::OutboxEntry> entries);
  void Notice(const messaging::OutboxEntry& entry);
  void IssueNotice(const messaging::OutboxEntry& entry);
  void Returned(const std::string& reference, const messaging::OutboxEntry& entry);
  void CountRace(const messaging::OutboxEntry& entry);
  void DeadLetter(const messaging::OutboxEntry& entry);

  [[nodiscard]] bool Succeeded(const RequestKey& notice) const;
  void OutcomesAtRest();
  void OrdersAtRest();
  void MoneyAtRest();
  void PremiumsAtRest();
  void CreditAtRest();
  void TopicsAtRest();

  Scene& scene_;
  Book& book_;
  const Nodes nodes_;
  std::map<std::string, order::State> orders_;
  std::map<std::string, LetterSeen> letters_;
  std::map<std::string, Version> versions_;     // by flow: each is of one kind of rows
  std::map<std::string, claim::State> claims_;  // by flow and number
  std::map<std::string, bool> released_;        // by credit flow and order flow
  std::map<std::string, std::string> issued_;   // order flow to the identity of its 3.2
};

}  // namespace guarantee::simulation
