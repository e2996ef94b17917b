// The platform's requests that wait for the service's answer: 3.7 and 3.17 to 3.23.
#include "claim/adapters/claim_codec.h"
#include "contract/flow.h"
#include "credit/adapters/credit_codec.h"
#include "desks.h"
#include "guarantee/partner/v1/claim.pb.h"
#include "guarantee/partner/v1/credit.pb.h"
#include "guarantee/partner/v1/letter.pb.h"
#include "guarantee/partner/v1/order.pb.h"
#include "order/adapters/guarantee_codec.h"
#include "order/app/rows.h"
#include "platform.h"

namespace guarantee::simulation {

namespace p = guarantee::partner::v1;
using contract::FlowKind;
using contract::JoinFlow;

namespace {

constexpr std::int64_t kHourMs = 3'600'000;

}  // namespace

void Platform::CallStep() {
  Partner& partner = AnyPartner();
  if (partner.orders.empty()) return;
  constexpr std::size_t kWeights[] = {5, 5, 2, 1};
  switch (scene_.random.Weighted(kWeights)) {
    case 0: {
      const KnownOrder* order = AnyOrder(partner, true);
      if (order != nullptr) Restore(partner, *order, scene_.random.Chance(90));
      return;
    }
    case 1:
      return Withdraw(partner);
    case 2:
      return MoveTimes(partner);
    default:
      return QueryCredit(partner);
  }
}

// Whether it was answered with success. A call that ends in an error was not acknowledged.
bool Platform::Ask(Node& node, Partner& partner, const std::string& section,
                   const std::string& flow, const std::string& business_no,
                   const google::protobuf::Message& message) {
  messaging::Envelope envelope;
  envelope.id = scene_.NextId();
  envelope.type = message.GetTypeName();
  envelope.partner = partner.id;
  envelope.flow = flow;
  envelope.time = scene_.clock.Now();
  envelope.interface_section = section;
  envelope.business_no = business_no;
  const std::string bytes = message.SerializeAsString();
  // What lies stamped and unpublished is another request under way: it has no order with this one.
  const Result<service::Outcome> outcome =
      node.Call([&] { return node.desk().FromRequest(envelope, bytes); }, flow);
  const std::string word = !outcome                ? outcome.error().code
                           : outcome->word.empty() ? "done"
                                                   : outcome->word;
  scene_.coverage.Count("call " + section + ": " + word);
  scene_.Say([&] { return partner.id + " calls " + section + " " + business_no + ": " + word; });
  if (!outcome && outcome.error().kind != ErrorKind::kRetryable) {
    scene_.Violated("a call of " + section + " failed: " + Describe(outcome.error()));
  }
  return outcome && outcome->verdict != machine::Verdict::kRefused;
}

void Platform::RestoreAll() {
  for (Partner& partner : partners_) {
    for (const KnownOrder& order : partner.orders) {
      if (order.guarantee_no.empty()) continue;
      const auto row = nodes_.order->store().Load(
          {order::kGuaranteeKind, JoinFlow(partner.id, FlowKind::kGuarantee, order.guarantee_no)});
      const auto record = order::letter::ParseGuarantee(*row ? (*row)->state : std::string());
      if (!record || !record->guarantee || record->guarantee->restore) continue;
      Restore(partner, order, true);
    }
  }
}

void Platform::Restore(Partner& partner, const KnownOrder& order, bool right_key) {
  p::RestoreApply apply;
  apply.set_business_no(NewNumber(partner));
  apply.set_guarantee_no(order.guarantee_no);
  apply.set_apply_time(scene_.clock.Now().value);
  apply.set_secret_key(KeyOf(right_key ? partner.id : "nobody", order.order_no));
  const std::string flow = JoinFlow(partner.id, FlowKind::kGuarantee, order.guarantee_no);
  if (Ask(*nodes_.order, partner, "3.7", flow, apply.business_no(), apply)) {
    book_.asked.try_emplace({partner.id, "3.7", apply.business_no()},
                            Asked{order.guarantee_no, false});
  }
}

void Platform::Withdraw(Partner& partner) {
  if (partner.open.empty()) return;
  const auto kind = std::next(
      partner.open.begin(), static_cast<std::ptrdiff_t>(scene_.random.Below(partner.open.size())));
  const std::string& section = kind->first;
  // Mostly the last one: it may still be open.
  const std::string number =
      scene_.random.Chance(70) ? kind->second.back() : scene_.random.Pick(kind->second);
  const std::string flow = partner.flows[number];
  const auto fill = [&](auto message) {
    message.set_business_no(number);
    message.set_apply_time(scene_.clock.Now().value);
    message.set_reason("reason");
    return message;
  };
  bool done = false;
  if (section == "3.5") {
    done = Ask(*nodes_.credit, partner, "3.17", flow, number, fill(p::CreditRevocation{}));
    CountCreditRace(flow, number, done);
  } else if (section == "3.15") {
    done = Ask(*nodes_.order, partner, "3.18", flow, number, fill(p::RefundRevocation{}));
  } else if (section == "3.11") {
    done = Ask(*nodes_.claim, partner, "3.19", flow, number, fill(p::CompensateRevocation{}));
    CountClaimRace(flow, number, done);
  } else {
    done = Ask(*nodes_.order, partner, "3.20", flow, number, fill(p::CancelRevocation{}));
  }
  if (done) book_.asked[{partner.id, section, number}].withdrawn = true;
}

void Platform::CountCreditRace(const std::string& flow, const std::string& number, bool withdrawn) {
  const auto row = nodes_.credit->store().Load({credit::kCreditsKind, flow});
  const auto credit = credit::ParseCredit(*row ? (*row)->state : std::string());
  const credit::Application* application =
      credit ? credit::FindApplication(*credit, number) : nullptr;
  if (application == nullptr) return;
  if (withdrawn && !application->granted_at) scene_.coverage.Count("race 3.17 first");
  if (!withdrawn && application->granted_at) scene_.coverage.Count("race approval before 3.17");
}

void Platform::CountClaimRace(const std::string& flow, const std::string& number, bool withdrawn) {
  const auto row = nodes_.claim->store().Load({claim::kClaimsKind, flow});
  const auto claims = claim::ParseClaims(*row ? (*row)->state : std::string());
  const claim::Claim* claim = claims ? claim::FindClaim(*claims, number) : nullptr;
  if (claim == nullptr) return;
  if (withdrawn) scene_.coverage.Count("race 3.19 first");
  if (!withdrawn && claim->ordered) scene_.coverage.Count("race payment before 3.19");
}

void Platform::MoveTimes(Partner& partner) {
  KnownOrder& order = *AnyOrder(partner, false);
  const std::string flow = JoinFlow(partner.id, FlowKind::kOrder, order.order_no);
  const std::int64_t by = scene_.random.Between(-2, 12) * kHourMs;
  if (scene_.random.Chance(50)) {
    p::OpenTimeMaintenance message;
    message.set_order_no(order.order_no);
    message.set_open_time((order.open_time + by).value);
    if (Ask(*nodes_.order, partner, "3.22", flow, {}, message))
      order.open_time = order.open_time + by;
  } else {
    p::PurchaseDeadlineMaintenance message;
    message.set_order_no(order.order_no);
    message.set_bzj_end_time((order.deadline + by).value);
    if (Ask(*nodes_.order, partner, "3.23", flow, {}, message))
      order.deadline = order.deadline + by;
  }
}

void Platform::QueryCredit(Partner& partner) {
  const KnownOrder& order = *AnyOrder(partner, false);
  p::CreditQuery query;
  query.set_business_no(NewNumber(partner));
  query.set_apply_time(scene_.clock.Now().value);
  query.set_apply_user("bidder");
  query.set_apply_code(order.code);
  (void)Ask(*nodes_.credit, partner, "3.21", CreditFlow(partner.id, order.code),
            query.business_no(), query);
}

}  // namespace guarantee::simulation
