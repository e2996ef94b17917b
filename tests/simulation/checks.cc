#include "checks.h"

#include "claim/adapters/claim_codec.h"
#include "claim/app/claim_work.h"
#include "contract/flow.h"
#include "credit/adapters/credit_codec.h"
#include "credit/app/credit_work.h"
#include "guarantee/event/v1/claim.pb.h"
#include "guarantee/event/v1/credit.pb.h"
#include "guarantee/event/v1/guarantee.pb.h"
#include "guarantee/event/v1/handshake.pb.h"
#include "guarantee/event/v1/invoice.pb.h"
#include "guarantee/event/v1/order.pb.h"
#include "guarantee/partner/v1/claim.pb.h"
#include "guarantee/partner/v1/credit.pb.h"
#include "guarantee/partner/v1/invoice.pb.h"
#include "guarantee/partner/v1/letter.pb.h"
#include "guarantee/partner/v1/order.pb.h"
#include "invoice/adapters/invoice_codec.h"
#include "invoice/app/invoice_work.h"
#include "order/adapters/guarantee_codec.h"
#include "order/adapters/order_codec.h"
#include "order/app/rows.h"

namespace guarantee::simulation {

using messaging::OutboxEntry;
using messaging::StoredRow;

namespace {

constexpr const char* kNoticesTopic = "guarantee.notices.v1";

template <typename Message>
bool IsOf(const OutboxEntry& entry) {
  return entry.envelope.type == Message::descriptor()->full_name();
}

template <typename Message>
Message Read(const OutboxEntry& entry) {
  Message message;
  (void)message.ParseFromString(entry.value);
  return message;
}

template <typename Message>
void CountRefusal(const OutboxEntry& entry, Coverage& coverage) {
  if (IsOf<Message>(entry)) coverage.Count("decision refused " + Read<Message>(entry).reason());
}

}  // namespace

void Checks::CheckRevision(const StoredRow& row, std::int64_t revision) {
  Version& last = versions_[row.key.id];
  if (revision < last.revision || (revision == last.revision && row.state != last.state)) {
    scene_.Violated("row " + row.key.id + ": a committed change was lost, revision " +
                    std::to_string(revision) + " came after " + std::to_string(last.revision));
  }
  last = {revision, row.state};
}

void Checks::CheckOrder(const StoredRow& row) {
  const auto order = order::ParseOrder(row.state);
  if (!order) return scene_.Violated("an order cannot be read: " + Describe(order.error()));
  CheckRevision(row, order->revision);
  order::State& seen = orders_[row.key.id];
  const bool final = order::IsEnded(seen) || seen == order::State::kIssued;
  if (final && order->state != seen) {
    scene_.Violated("order " + row.key.id + ": an end was left");
  }
  seen = order->state;
  scene_.coverage.Count("order " + row.summary.status);
}

void Checks::CheckGuarantee(const StoredRow& row) {
  using order::letter::State;
  const auto record = order::letter::ParseGuarantee(row.state);
  if (!record) return scene_.Violated("a guarantee cannot be read: " + Describe(record.error()));
  if (!record->guarantee) return;
  const order::letter::Guarantee& guarantee = *record->guarantee;
  const std::string& flow = row.key.id;
  LetterSeen& seen = letters_[flow];
  CheckRevision(row, guarantee.revision);
  const bool given_back = seen.state == State::kCancelled || seen.state == State::kRefunded;
  if (order::letter::IsEnded(seen.state) && guarantee.state != seen.state) {
    scene_.Violated("guarantee " + flow + ": an end was left");
  }
  if (given_back && guarantee.available != seen.available) {
    scene_.Violated("guarantee " + flow + ": paid after it was given back");
  }
  if (given_back && guarantee.hold) {
    scene_.Violated("guarantee " + flow + ": held after it was given back");
  }
  if (guarantee.available.fen < 0 || guarantee.available > guarantee.amount) {
    scene_.Violated("guarantee " + flow + ": more available than there is, or less than nothing");
  }
  if (guarantee.state == State::kPaid && guarantee.available.fen != 0) {
    scene_.Violated("guarantee " + flow + ": paid, and something is left");
  }
  seen = {guarantee.state, guarantee.available};
  scene_.coverage.Count("guarantee " + row.summary.status);
}

void Checks::OnOrderCommit(std::span<const StoredRow> rows, std::span<const OutboxEntry> entries) {
  for (const StoredRow& row : rows) {
    if (row.key.kind == order::kOrderKind) CheckOrder(row);
    if (row.key.kind == order::kGuaranteeKind && !row.state.empty()) CheckGuarantee(row);
    if (row.key.kind == order::kRefundKind) scene_.coverage.Count("refund " + row.summary.status);
    if (row.key.kind == order::kCancellationKind) {
      scene_.coverage.Count("cancellation " + row.summary.status);
    }
  }
  Entries(entries);
}

void Checks::CheckClaim(const claim::Claims& row, const claim::Claim& claim) {
  const std::string flow =
      contract::JoinFlow(row.partner, contract::FlowKind::kGuarantee, row.guarantee_no);
  claim::State& seen = claims_[flow + " " + claim.business_no];
  if (seen == claim.state) return;
  if (seen != claim::State::kNone && !claim::IsOpen(seen)) {
    scene_.Violated("claim " + claim.business_no + " on " + flow + ": an end was left");
  }
  seen = claim.state;
  scene_.coverage.Count("claim " + std::string(claim::StateWord(claim.state)));
  if (claim.state == claim::State::kPaying &&
      (claim.approvals.size() < 2 ||
       claim.approvals[0].decided_by == claim.approvals[1].decided_by)) {
    scene_.Violated("claim " + claim.business_no + " on " + flow + ": ordered by one person");
  }
  if (claim.state != claim::State::kPaid) return;
  // The hold is released by our own message only, which is not even published yet.
  const auto row_of_letter = nodes_.order->store().Load({order::kGuaranteeKind, flow});
  const auto record =
      *row_of_letter ? order::letter::ParseGuarantee((*row_of_letter)->state)
                     : Result<order::letter::GuaranteeRecord>(order::letter::GuaranteeRecord{});
  const bool held = claim.hold == claim::Hold::kHeld && record && record->guarantee &&
                    record->guarantee->hold &&
                    record->guarantee->hold->business_no == claim.business_no;
  if (!held) scene_.Violated("claim " + claim.business_no + " on " + flow + ": paid, not held");
}

void Checks::OnClaimCommit(std::span<const StoredRow> rows, std::span<const OutboxEntry> entries) {
  for (const StoredRow& stored : rows) {
    if (stored.key.kind != claim::kClaimsKind) continue;
    const auto row = claim::ParseClaims(stored.state);
    if (!row) return scene_.Violated("claims cannot be read: " + Describe(row.error()));
    CheckRevision(stored, row->revision);
    std::size_t open = 0;
    for (const claim::Claim& claim : row->claims) {
      CheckClaim(*row, claim);
      open += claim::IsOpen(claim.state) ? 1U : 0U;
    }
    if (open > 1) scene_.Violated("claim " + stored.key.id + ": two are open");
  }
  Entries(entries);
}

// A line is given back once, and never before what it stands for has ended.
void Checks::CheckReservation(const credit::Credit& row, const credit::Reservation& reservation) {
  bool& released = released_[row.partner + " " + reservation.order_flow];
  if (released && !reservation.released) {
    scene_.Violated("credit of " + reservation.order_flow + ": reserved again after its release");
  }
  if (released || !reservation.released) return;
  released = true;
  scene_.coverage.Count("credit released");
  const auto stored = nodes_.order->store().Load({order::kOrderKind, reservation.order_flow});
  if (!*stored) {
    return scene_.Violated("credit of " + reservation.order_flow + ": released for no order");
  }
  const auto order = order::ParseOrder((*stored)->state);
  bool ended =
      order && (order::IsEnded(order->state) || order->credit == order::CreditState::kDenied ||
                order->credit == order::CreditState::kReleased);
  if (order && order->state == order::State::kIssued && order->letter) {
    const auto letter = letters_.find(contract::JoinFlow(
        row.partner, contract::FlowKind::kGuarantee, order->letter->guarantee_no));
    ended = letter != letters_.end() && order::letter::IsEnded(letter->second.state);
  }
  if (!ended) scene_.Violated("credit of " + reservation.order_flow + ": released too early");
}

void Checks::OnCreditCommit(std::span<const StoredRow> rows, std::span<const OutboxEntry> entries) {
  for (const StoredRow& stored : rows) {
    if (stored.key.kind != credit::kCreditsKind) continue;
    const auto row = credit::ParseCredit(stored.state);
    if (!row) return scene_.Violated("a credit cannot be read: " + Describe(row.error()));
    CheckRevision(stored, row->revision);
    std::set<std::string> orders;
    for (const credit::Reservation& reservation : row->reservations) {
      if (!orders.insert(reservation.order_flow).second) {
        scene_.Violated("credit of " + reservation.order_flow + ": reserved twice");
      }
      CheckReservation(*row, reservation);
    }
    if (row->line && credit::ReservedOf(*row) > row->line->limit) {
      scene_.Violated("credit " + stored.key.id + ": more is reserved than the limit");
    }
    for (const credit::Application& application : row->applications) {
      scene_.coverage.Count("credit " + std::string(credit::StateWord(application.state)));
    }
  }
  Entries(entries);
}

void Checks::OnInvoiceCommit(std::span<const StoredRow> rows,
                             std::span<const OutboxEntry> entries) {
  for (const StoredRow& stored : rows) {
    if (stored.key.kind != invoice::kInvoicesKind) continue;
    const auto row = invoice::ParseInvoices(stored.state);
    if (!row) return scene_.Violated("invoices cannot be read: " + Describe(row.error()));
    CheckRevision(stored, row->revision);
    std::size_t valid = 0;
    for (const invoice::Request& request : row->requests) {
      valid += request.state == invoice::State::kIssued ? 1U : 0U;
      scene_.coverage.Count("invoice " + std::string(invoice::StateWord(request.state)));
    }
    if (valid > 1) scene_.Violated("invoice " + stored.key.id + ": two are valid");
  }
  Entries(entries);
}

void Checks::Entries(std::span<const OutboxEntry> entries) {
  for (const OutboxEntry& entry : entries) {
    if (!entry.envelope.flow.starts_with(entry.envelope.partner + "/")) {
      scene_.Violated("a record of " + entry.envelope.partner + " under " + entry.envelope.flow);
    }
    if (entry.topic.ends_with(".dlq")) DeadLetter(entry);
    if (entry.topic == kNoticesTopic) {
      Notice(entry);
      CountRace(entry);
    }
    if (IsOf<event::v1::HoldRefused>(entry)) {
      scene_.coverage.Count("hold refused " + Read<event::v1::HoldRefused>(entry).reason());
    }
    if (IsOf<event::v1::OrderPremiumRefundDue>(entry)) {
      Returned(Read<event::v1::OrderPremiumRefundDue>(entry).reference(), entry);
    }
    if (IsOf<event::v1::GuaranteePremiumRefundDue>(entry)) {
      Returned(Read<event::v1::GuaranteePremiumRefundDue>(entry).reference(), entry);
    }
    CountRefusal<event::v1::OrderDecisionRefused>(entry, scene_.coverage);
    CountRefusal<event::v1::GuaranteeDecisionRefused>(entry, scene_.coverage);
    CountRefusal<event::v1::ClaimDecisionRefused>(entry, scene_.coverage);
    CountRefusal<event::v1::CreditDecisionRefused>(entry, scene_.coverage);
    CountRefusal<event::v1::InvoiceDecisionRefused>(entry, scene_.coverage);
  }
}

void Checks::Returned(const std::string& reference, const OutboxEntry& entry) {
  std::set<std::string>& tasks = book_.returned[reference];
  tasks.insert(entry.envelope.id);
  scene_.coverage.Count("premium returned");
  if (tasks.size() > 1) scene_.Violated("premium " + reference + ": goes back twice");
}

// Who came first, where two cross.
void Checks::CountRace(const OutboxEntry& entry) {
  namespace p = partner::v1;
  using order::letter::FactsOf;
  using order::letter::RefusalCode;
  if (IsOf<p::OrderCancelNotice>(entry)) {
    const auto order = orders_.find(entry.envelope.flow);
    if (order == orders_.end()) return;
    if (order->second == order::State::kCancelled) scene_.coverage.Count("race 3.3 first");
    if (order->second == order::State::kIssued) scene_.coverage.Count("race issue before 3.3");
  } else if (IsOf<p::RefundNotice>(entry)) {
    const auto notice = Read<p::RefundNotice>(entry);
    const bool opened =
        notice.refund_result_desc() == FactsOf(RefusalCode::kOpenedRefundFails).text;
    if (notice.operate_result() == p::OUTCOME_SUCCESS) scene_.coverage.Count("race 3.15 first");
    if (opened) scene_.coverage.Count("race opening before 3.15");
  } else if (IsOf<p::CancelNotice>(entry)) {
    const auto notice = Read<p::CancelNotice>(entry);
    const bool claimed = notice.cancel_result_desc() == FactsOf(RefusalCode::kClaimOpen).text;
    if (claimed) scene_.coverage.Count("race 3.11 before 3.9");
  }
}

void Checks::DeadLetter(const OutboxEntry& entry) {
  scene_.Violated("parked: " + entry.envelope.type + " of " + entry.envelope.flow + ": " +
                  entry.detail);
}

void Checks::IssueNotice(const OutboxEntry& entry) {
  const auto known = issued_.try_emplace(entry.envelope.flow, entry.envelope.id);
  if (!known.second && known.first->second != entry.envelope.id) {
    scene_.Violated("order " + entry.envelope.flow + ": told issued twice");
  }
  const auto order = orders_.find(entry.envelope.flow);
  if (order == orders_.end() || order->second != order::State::kIssued) {
    scene_.Violated("order " + entry.envelope.flow + ": told issued, and is not");
  }
}

void Checks::Notice(const OutboxEntry& entry) {
  namespace p = partner::v1;
  p::Outcome outcome = p::OUTCOME_SUCCESS;
  std::string business_no = entry.envelope.business_no;
  if (IsOf<p::OrderApplyNotice>(entry)) {
    outcome = Read<p::OrderApplyNotice>(entry).apply_result();
    if (outcome == p::OUTCOME_SUCCESS) IssueNotice(entry);
  } else if (IsOf<p::OrderCancelNotice>(entry)) {
    outcome = Read<p::OrderCancelNotice>(entry).cancel_result();
    business_no = Read<p::OrderCancelNotice>(entry).apply_no();
  } else if (IsOf<p::CreditApplyNotice>(entry)) {
    outcome = Read<p::CreditApplyNotice>(entry).credit_result();
  } else if (IsOf<p::CancelNotice>(entry)) {
    outcome = Read<p::CancelNotice>(entry).operate_result();
  } else if (IsOf<p::CompensateNotice>(entry)) {
    outcome = Read<p::CompensateNotice>(entry).operate_result();
  } else if (IsOf<p::InvoiceNotice>(entry)) {
    outcome = Read<p::InvoiceNotice>(entry).invoice_result();
  } else if (IsOf<p::RefundNotice>(entry)) {
    outcome = Read<p::RefundNotice>(entry).operate_result();
  } else if (!IsOf<p::RestoreNotice>(entry)) {
    return;  // our own 3.9 and 3.11, and words to the dispatcher
  }
  Told& told = book_.told[{entry.envelope.partner, entry.envelope.interface_section, business_no}];
  const bool success = outcome == p::OUTCOME_SUCCESS;
  (success ? told.successes : told.failures).insert(entry.envelope.id);
  scene_.coverage.Count("told " + entry.envelope.interface_section +
                        (success ? " done" : " failed"));
}

}  // namespace guarantee::simulation
