#include "bank.h"

#include "claim/adapters/claim_codec.h"
#include "contract/flow.h"
#include "credit/adapters/credit_codec.h"
#include "guarantee/event/v1/claim_decision.pb.h"
#include "guarantee/event/v1/credit_decision.pb.h"
#include "guarantee/event/v1/guarantee_decision.pb.h"
#include "guarantee/event/v1/invoice_decision.pb.h"
#include "guarantee/event/v1/order_decision.pb.h"
#include "invoice/adapters/invoice_codec.h"
#include "order/adapters/guarantee_codec.h"
#include "order/adapters/order_codec.h"
#include "order/app/rows.h"

namespace guarantee::simulation {

namespace e = guarantee::event::v1;
using messaging::StoredRow;

namespace {

constexpr const char* kPeople[] = {"ann", "bob", "cai"};

// Money that has reached us is kept in mind, whatever comes of the order.
template <typename Message>
void NotePayment(const std::string& flow, const Message& message, Book& book) {
  if constexpr (std::is_same_v<Message, e::DecideOrder>) {
    if (message.has_premium()) {
      book.payments.push_back({flow, message.premium().payment().reference()});
    }
  }
}

}  // namespace

template <typename Message>
Message Bank::Head() {
  Message message;
  message.set_decision_id("d-" + std::to_string(++last_));
  message.set_decided_by(scene_.random.Pick(kPeople));
  message.set_reason("reason");
  return message;
}

template <typename Message>
void Bank::Give(Node& node, const char* topic, const StoredRow& row, Message message, bool call) {
  const std::string bytes = message.SerializeAsString();
  const std::string& partner = row.summary.partner;
  scene_.coverage.Count("decision " + std::string(message.GetTypeName()) + "." +
                        message.GetDescriptor()
                            ->FindFieldByNumber(static_cast<int>(message.decision_case()))
                            ->name());
  scene_.Say([&] {
    return message.decided_by() + " decides about " + row.key.id + ": " +
           message.GetDescriptor()
               ->FindFieldByNumber(static_cast<int>(message.decision_case()))
               ->name() +
           (call ? " by a call" : "");
  });
  if (call) {
    const auto outcome = node.Call(
        [&]() -> Result<service::Task> {
          if constexpr (std::is_same_v<Message, e::DecideOrder>) {
            return orders_.FromCall(partner, row.key.id, message);
          } else {
            return node.desk().FromDecision(row.key, partner, std::string(message.GetTypeName()),
                                            bytes);
          }
        },
        row.key.id);
    if (outcome) NotePayment(row.key.id, message, book_);
    if (!outcome && outcome.error().kind == ErrorKind::kPermanent) {
      scene_.Violated("a decision by call failed: " + Describe(outcome.error()));
    }
    return;
  }
  NotePayment(row.key.id, message, book_);
  messaging::Envelope envelope;
  envelope.id = scene_.NextId();
  envelope.type = message.GetTypeName();
  envelope.partner = partner;
  envelope.flow = row.key.id;
  envelope.time = scene_.clock.Now();
  const int copies = scene_.random.Chance(10) ? 2 : 1;
  for (int copy = 0; copy < copies; ++copy) {
    scene_.bus.Append(messaging::MakeRecord(envelope, topic, bytes));
  }
}

void Bank::Step() {
  struct Open {
    Node* node;
    const StoredRow* row;
  };
  if (scene_.random.Chance(3)) return Early();
  std::vector<Open> open;
  for (Node* node : {nodes_.order, nodes_.claim, nodes_.credit, nodes_.invoice}) {
    for (const auto& [key, row] : node->store().rows()) {
      const bool ours = key.kind == order::kOrderKind ||
                        (node == nodes_.order && key.kind == order::kGuaranteeKind);
      if (ours && !row.state.empty()) open.push_back({node, &row});
    }
  }
  if (open.empty()) return;
  const Open& chosen = scene_.random.Pick(open);
  const StoredRow row = *chosen.row;
  About(*chosen.node, row, scene_.random.Chance(25));
}

void Bank::CallOn(const StoredRow& row, Node& node) { About(node, row, true); }

void Bank::About(Node& node, const StoredRow& row, bool call) {
  if (&node == nodes_.claim) return AboutClaims(row, call);
  if (&node == nodes_.credit) return AboutCredit(row, call);
  if (&node == nodes_.invoice) return AboutInvoices(row, call);
  if (row.key.kind == order::kOrderKind) return AboutOrder(row, call);
  if (row.key.kind == order::kGuaranteeKind) return AboutGuarantee(row, call);
}

// About an order that we have not heard of yet.
void Bank::Early() {
  StoredRow row;
  row.summary.partner = scene_.random.Pick(kPartnerIds);
  row.key.id = contract::JoinFlow(row.summary.partner, contract::FlowKind::kOrder,
                                  "O" + std::to_string(scene_.random.Between(1, 2)));
  auto decision = Head<e::DecideOrder>();
  decision.mutable_reject();
  Give(*nodes_.order, "guarantee.decisions.order.v1", row, std::move(decision), false);
}

void Bank::AboutOrder(const StoredRow& row, bool call) {
  const auto order = order::ParseOrder(row.state);
  if (!order) return;
  auto decision = Head<e::DecideOrder>();
  const std::size_t dice = scene_.random.Below(100);
  const std::string code = order->sealed.bidder_code.substr(Sealed({}).size());
  switch (order->state) {
    case order::State::kAccepted:
      // A line of credit is found by the code that the bidder proved.
      if (dice < 65) {
        decision.mutable_materials()->set_bidder_name("bidder");
        decision.mutable_materials()->set_bidder_code(code);
        break;
      }
      [[fallthrough]];
    case order::State::kUnderwriting:
      if (dice < 97) {
        decision.mutable_approve()->set_materials_complete(true);
      } else {
        decision.mutable_reject();
      }
      if (decision.has_approve() && order->state == order::State::kUnderwriting && dice < 60) {
        e::PremiumPayment& payer = *decision.mutable_approve()->mutable_payer();
        payer.set_payer_name("bidder");
        payer.set_payer_account("6222024000064789589");
        if (dice < 50) payer.set_reference("pay-" + std::to_string(++last_));
      }
      break;
    case order::State::kAwaitPremium: {
      e::PremiumPayment& payment = *decision.mutable_premium()->mutable_payment();
      payment.set_payer_name("bidder");
      payment.set_payer_account("6222024000064789589");
      payment.set_amount_fen(dice < 90 ? order->quote.premium.fen : 1);
      payment.set_reference("pay-" + std::to_string(++last_));
      break;
    }
    case order::State::kIssuing:
      decision.mutable_letter()->mutable_letter()->set_file("letter " + std::to_string(++last_));
      break;
    default:
      if (dice < 97) return;
      decision.mutable_reject();
  }
  if (order::CancellationPending(*order) && dice < 60) {
    dice < 30 ? static_cast<void>(decision.mutable_accept_cancel())
              : static_cast<void>(decision.mutable_decline_cancel());
  }
  Give(*nodes_.order, "guarantee.decisions.order.v1", row, std::move(decision), call);
}

void Bank::AboutGuarantee(const StoredRow& row, bool call) {
  const auto record = order::letter::ParseGuarantee(row.state);
  if (!record || !record->guarantee) return;
  const order::letter::Guarantee& guarantee = *record->guarantee;
  auto decision = Head<e::DecideGuarantee>();
  const std::size_t dice = scene_.random.Below(100);
  if (order::letter::RefundPending(guarantee)) {
    dice < 70 ? static_cast<void>(decision.mutable_approve_refund())
              : static_cast<void>(decision.mutable_reject_refund());
  } else if (guarantee.cancellation && dice < 70 &&
             (order::letter::CancellationPending(guarantee) ||
              order::letter::ProposalOpen(guarantee))) {
    dice < 50 ? static_cast<void>(decision.mutable_approve_cancellation())
              : static_cast<void>(decision.mutable_reject_cancellation());
  } else if (guarantee.restore && !guarantee.plain_letter) {
    decision.mutable_plain_letter()->mutable_letter()->set_file("plain " + std::to_string(++last_));
  } else if (guarantee.plain_letter && dice < 15) {
    decision.mutable_send_again();
  } else if (order::letter::IsLive(guarantee.state) && dice < 25) {
    decision.mutable_propose_cancellation();
  } else if (dice > 95) {
    decision.mutable_approve_cancellation();
  } else {
    return;
  }
  Give(*nodes_.order, "guarantee.decisions.order.v1", row, std::move(decision), call);
  if (dice < 5 || !order::letter::IsLive(guarantee.state) || !guarantee.restore) return;
  if (dice > 12) return;
  // A claim on paper.
  StoredRow paper = row;
  paper.key.id =
      contract::JoinFlow(row.summary.partner, contract::FlowKind::kClaim, guarantee.guarantee_no);
  auto claim = Head<e::DecideClaim>();
  claim.mutable_register_()->set_beneficiary_name(guarantee.restore->names.tenderee_name);
  claim.mutable_register_()->set_beneficiary_code(guarantee.restore->names.tenderee_code);
  claim.mutable_register_()->add_attachments("http://papers/1");
  paper.key.kind = claim::kClaimsKind;
  Give(*nodes_.claim, "guarantee.decisions.claim.v1", paper, std::move(claim), false);
}

void Bank::AboutClaims(const StoredRow& row, bool call) {
  const auto claims = claim::ParseClaims(row.state);
  if (!claims) return;
  const claim::Claim* open = claim::OpenClaim(*claims);
  if (open == nullptr && scene_.random.Chance(80)) return;
  auto decision = Head<e::DecideClaim>();
  const std::size_t dice = scene_.random.Below(100);
  if (open != nullptr && open->state == claim::State::kPaying) {
    decision.mutable_confirm()->set_reference("paid-" + std::to_string(++last_));
  } else if (dice < 10) {
    decision.mutable_open();
  } else if (dice < 18) {
    const std::int64_t all = claims->guarantee.available.value_or(Money{2}).fen;
    decision.mutable_demand()->set_amount_fen(std::max<std::int64_t>(all / 2, 1));
    decision.mutable_demand()->set_document("document");
  } else if (dice < 75) {
    decision.mutable_approve();
  } else if (dice < 85) {
    decision.mutable_refuse();
  } else if (dice < 95) {
    decision.mutable_pre_approve();
  } else {
    decision.mutable_close();
  }
  Give(*nodes_.claim, "guarantee.decisions.claim.v1", row, std::move(decision), call);
}

void Bank::AboutCredit(const StoredRow& row, bool call) {
  const auto credit = credit::ParseCredit(row.state);
  if (!credit) return;
  if (credit::OpenApplication(*credit) == nullptr && scene_.random.Chance(90)) return;
  auto decision = Head<e::DecideCredit>();
  if (scene_.random.Chance(85)) {
    decision.mutable_grant()->set_limit_fen(scene_.random.Between(1, 3) * 700'000);
    decision.mutable_grant()->set_valid_to(scene_.random.Chance(70) ? "2025-03-01" : "2025-01-03");
  } else {
    decision.mutable_decline();
  }
  Give(*nodes_.credit, "guarantee.decisions.credit.v1", row, std::move(decision), call);
}

void Bank::AboutInvoices(const StoredRow& row, bool call) {
  const auto invoices = invoice::ParseInvoices(row.state);
  if (!invoices || invoices->requests.empty()) return;
  auto decision = Head<e::DecideInvoice>();
  const std::string number = std::to_string(10'000'000 + ++last_);
  const bool open = invoice::OpenRequest(*invoices) != nullptr;
  if (open && scene_.random.Chance(85)) {
    decision.mutable_issue()->set_invoice_no(number);
    decision.mutable_issue()->set_invoice_code("0123456789");
    decision.mutable_issue()->set_url("http://invoices/1");
  } else if (open) {
    decision.mutable_fail();
  } else if (scene_.random.Chance(30)) {
    decision.mutable_reverse()->set_red_no(number);
    decision.mutable_reverse()->set_red_code("0123456789");
  } else {
    return;
  }
  Give(*nodes_.invoice, "guarantee.decisions.invoice.v1", row, std::move(decision), call);
}

bool Bank::CloseClaim(const StoredRow& row) {
  const auto claims = claim::ParseClaims(row.state);
  if (!claims || claim::OpenClaim(*claims) == nullptr) return false;
  const claim::Claim& open = *claim::OpenClaim(*claims);
  auto decision = Head<e::DecideClaim>();
  // Two persons, one after the other.
  decision.set_decided_by(kPeople[open.approvals.empty() ? 0 : 1]);
  for (const claim::Approval& approval : open.approvals) {
    if (approval.decided_by == decision.decided_by()) decision.set_decided_by(kPeople[2]);
  }
  if (open.state == claim::State::kPaying) {
    decision.mutable_confirm()->set_reference("paid-" + std::to_string(++last_));
  } else if (open.own) {
    decision.mutable_close();
  } else if (scene_.clock.Now() < open.examine_end) {
    decision.mutable_refuse();
  } else {
    decision.mutable_approve();
  }
  Give(*nodes_.claim, "guarantee.decisions.claim.v1", row, std::move(decision), true);
  return true;
}

bool Bank::Close() {
  bool decided = false;
  const auto rows = [](Node* node, std::int16_t kind) {
    std::vector<StoredRow> found;
    for (const auto& [key, row] : node->store().rows()) {
      if (key.kind == kind && !row.state.empty()) found.push_back(row);
    }
    return found;
  };
  for (const StoredRow& row : rows(nodes_.claim, claim::kClaimsKind)) {
    decided = CloseClaim(row) || decided;
  }
  for (const StoredRow& row : rows(nodes_.order, order::kGuaranteeKind)) {
    const auto record = order::letter::ParseGuarantee(row.state);
    if (!record || !record->guarantee) continue;
    if (!record->guarantee->restore || record->guarantee->plain_letter) continue;
    auto decision = Head<e::DecideGuarantee>();
    decision.mutable_plain_letter()->mutable_letter()->set_file("plain " + std::to_string(++last_));
    Give(*nodes_.order, "guarantee.decisions.order.v1", row, std::move(decision), true);
    decided = true;
  }
  for (const StoredRow& row : rows(nodes_.credit, credit::kCreditsKind)) {
    const auto credit = credit::ParseCredit(row.state);
    if (!credit || credit::OpenApplication(*credit) == nullptr) continue;
    auto decision = Head<e::DecideCredit>();
    decision.mutable_decline();
    Give(*nodes_.credit, "guarantee.decisions.credit.v1", row, std::move(decision), true);
    decided = true;
  }
  for (const StoredRow& row : rows(nodes_.invoice, invoice::kInvoicesKind)) {
    const auto invoices = invoice::ParseInvoices(row.state);
    if (!invoices || invoice::OpenRequest(*invoices) == nullptr) continue;
    auto decision = Head<e::DecideInvoice>();
    decision.mutable_fail();
    Give(*nodes_.invoice, "guarantee.decisions.invoice.v1", row, std::move(decision), true);
    decided = true;
  }
  return decided;
}

}  // namespace guarantee::simulation
