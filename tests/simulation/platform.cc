#include "platform.h"

#include "contract/flow.h"
#include "desks.h"
#include "guarantee/partner/v1/claim.pb.h"
#include "guarantee/partner/v1/credit.pb.h"
#include "guarantee/partner/v1/invoice.pb.h"
#include "guarantee/partner/v1/letter.pb.h"
#include "guarantee/partner/v1/order.pb.h"

namespace guarantee::simulation {

namespace p = guarantee::partner::v1;
using contract::FlowKind;
using contract::JoinFlow;

namespace {

constexpr const char* kOrderTopic = "guarantee.requests.order.v1";
constexpr const char* kClaimTopic = "guarantee.requests.claim.v1";
constexpr const char* kCreditTopic = "guarantee.requests.credit.v1";
constexpr const char* kInvoiceTopic = "guarantee.requests.invoice.v1";
constexpr std::size_t kOrdersMax = 3;
constexpr std::int64_t kMinuteMs = 60'000;
constexpr std::int64_t kHourMs = 60 * kMinuteMs;
constexpr const char* kTenderee = "91430600MA4L1W7X2B";
constexpr const char* kTendereeName = "tenderee";
constexpr const char* kBidders[] = {"91430600MA4L1W7X3A", "91430600MA4L1W7X4C"};
constexpr std::int64_t kPremiumsFen[] = {250, 2'500};

}  // namespace

Platform::Partner& Platform::AnyPartner() { return scene_.random.Pick(partners_); }

Platform::KnownOrder* Platform::AnyOrder(Partner& partner, bool issued) {
  std::vector<KnownOrder*> fit;
  for (KnownOrder& order : partner.orders) {
    if (!issued || !order.guarantee_no.empty()) fit.push_back(&order);
  }
  return fit.empty() ? nullptr : scene_.random.Pick(fit);
}

// The same numbers with every partner.
std::string Platform::NewNumber(Partner& partner) {
  return "B" + std::to_string(++partner.numbers);
}

void Platform::Send(Partner& partner, const std::string& section, const std::string& topic,
                    const std::string& flow, const std::string& business_no,
                    const google::protobuf::Message& message, const std::string& number) {
  messaging::Envelope envelope;
  envelope.id = scene_.NextId();
  envelope.type = message.GetTypeName();
  envelope.partner = partner.id;
  envelope.flow = flow;
  envelope.time = scene_.clock.Now();
  envelope.interface_section = section;
  envelope.business_no = business_no;
  messaging::Record record = messaging::MakeRecord(envelope, topic, message.SerializeAsString());
  sent_.push_back(record);
  unpublished_.push_back({envelope.time, std::move(record)});
  if (section != "3.10" && section != "3.12") {
    book_.asked.try_emplace({partner.id, section, business_no}, Asked{number, false});
  }
  partner.flows[business_no] = flow;
  scene_.coverage.Count("sent " + section);
  scene_.Say([&] { return partner.id + " sends " + section + " " + business_no + " on " + flow; });
}

void Platform::Publish() {
  const std::size_t at = scene_.random.Below(unpublished_.size());
  scene_.bus.Append(std::move(unpublished_[at].record));
  unpublished_.erase(unpublished_.begin() + static_cast<std::ptrdiff_t>(at));
}

void Platform::PublishAll() {
  while (!unpublished_.empty()) Publish();
}

// The gateway publishes it once more, with the first identity and receipt.
void Platform::Again() {
  if (sent_.empty()) return;
  scene_.bus.Append(scene_.random.Pick(sent_));
  scene_.coverage.Count("sent again");
}

void Platform::Step() {
  Partner& partner = AnyPartner();
  if (partner.orders.empty()) return Apply(partner);
  constexpr std::size_t kWeights[] = {6, 1, 5, 4, 7, 4, 3, 4, 3};
  switch (scene_.random.Weighted(kWeights)) {
    case 0:
      return Apply(partner);
    case 1:
      return CancelOrder(partner);
    case 2:
      return ApplyCredit(partner);
    case 3:
      return CancelGuarantee(partner);
    case 4:
      return Claim(partner);
    case 5:
      return Invoice(partner);
    case 6:
      return Refund(partner);
    case 7:
      return AnswerProposal(partner);
    default:
      return Again();
  }
}

void Platform::Apply(Partner& partner) {
  if (partner.orders.size() >= kOrdersMax) return;
  const UnixMillis now = scene_.clock.Now();
  KnownOrder order;
  order.order_no = "O" + std::to_string(partner.orders.size() + 1);
  order.business_no = NewNumber(partner);
  order.code = scene_.random.Pick(kBidders);
  order.deadline = now + scene_.random.Between(1, 24) * kHourMs;
  order.open_time = order.deadline + scene_.random.Between(0, 6) * kHourMs;
  order.amount_fen = scene_.random.Pick(kPremiumsFen) * 400;
  p::OrderApply apply;
  apply.set_business_no(order.business_no);
  apply.set_order_no(order.order_no);
  apply.set_apply_time(now.value);
  apply.set_bzj_end_time(order.deadline.value);
  apply.set_open_time(order.open_time.value);
  apply.set_bidder_name(Sealed("bidder"));
  apply.set_bidder_code(Sealed(order.code));
  apply.set_tenderee(Sealed(kTendereeName));
  apply.set_tenderee_code(Sealed(kTenderee));
  apply.set_em_amount_fen(order.amount_fen);
  apply.set_icheck(p::YES_NO_NO);
  partner.orders.push_back(order);
  Send(partner, "3.1", kOrderTopic, JoinFlow(partner.id, FlowKind::kOrder, order.order_no),
       order.business_no, apply, order.order_no);
}

void Platform::CancelOrder(Partner& partner) {
  const KnownOrder& order = *AnyOrder(partner, false);
  p::OrderCancelApply apply;
  apply.set_apply_no(order.business_no);
  apply.set_apply_time(scene_.clock.Now().value);
  Send(partner, "3.3", kOrderTopic, JoinFlow(partner.id, FlowKind::kOrder, order.order_no),
       order.business_no, apply, order.order_no);
}

void Platform::ApplyCredit(Partner& partner) {
  const std::string code = AnyOrder(partner, false)->code;
  p::CreditApply apply;
  apply.set_business_no(NewNumber(partner));
  apply.set_apply_time(scene_.clock.Now().value);
  apply.set_apply_user("bidder");
  apply.set_apply_code(code);
  apply.set_credit_zip("http://papers/zip");
  partner.open["3.5"].push_back(apply.business_no());
  Send(partner, "3.5", kCreditTopic, CreditFlow(partner.id, code), apply.business_no(), apply,
       code);
}

void Platform::CancelGuarantee(Partner& partner) {
  const KnownOrder* order = AnyOrder(partner, true);
  if (order == nullptr) return;
  p::CancelApply apply;
  apply.set_business_no(NewNumber(partner));
  apply.set_apply_time(scene_.clock.Now().value);
  apply.set_guarantee_no(order->guarantee_no);
  apply.set_reason("reason");
  partner.open["3.9"].push_back(apply.business_no());
  Send(partner, "3.9", kOrderTopic, JoinFlow(partner.id, FlowKind::kGuarantee, order->guarantee_no),
       apply.business_no(), apply, order->guarantee_no);
}

void Platform::Claim(Partner& partner) {
  const KnownOrder* order = AnyOrder(partner, true);
  if (order == nullptr) return;
  const std::string number = scene_.random.Chance(3) ? "nobody's" : order->guarantee_no;
  p::CompensateApply apply;
  apply.set_business_no(NewNumber(partner));
  apply.set_apply_time(scene_.clock.Now().value);
  apply.set_guarantee_no(number);
  apply.set_beneficiary(kTendereeName);
  apply.set_beneficiary_code(scene_.random.Chance(90) ? kTenderee : kBidders[0]);
  partner.open["3.11"].push_back(apply.business_no());
  Send(partner, "3.11", kClaimTopic, JoinFlow(partner.id, FlowKind::kClaim, number),
       apply.business_no(), apply, number);
}

void Platform::Invoice(Partner& partner) {
  const KnownOrder* order = AnyOrder(partner, true);
  if (order == nullptr) return;
  p::InvoiceApply apply;
  apply.set_business_no(NewNumber(partner));
  apply.set_apply_time(scene_.clock.Now().value);
  apply.set_guarantee_no(order->guarantee_no);
  apply.set_bidder_name("bidder");
  apply.set_bidder_code(scene_.random.Chance(90) ? order->code : kTenderee);
  apply.set_amount_fen(scene_.random.Chance(90) ? order->amount_fen / 400 : 1);
  apply.set_type(p::INVOICE_TYPE_ORDINARY);
  Send(partner, "3.13", kInvoiceTopic,
       JoinFlow(partner.id, FlowKind::kInvoice, order->guarantee_no), apply.business_no(), apply,
       order->guarantee_no);
}

void Platform::Refund(Partner& partner) {
  const KnownOrder* order = AnyOrder(partner, true);
  if (order == nullptr) return;
  p::RefundApply apply;
  apply.set_business_no(NewNumber(partner));
  apply.set_apply_time(scene_.clock.Now().value);
  apply.set_guarantee_no(order->guarantee_no);
  apply.set_reason("reason");
  partner.open["3.15"].push_back(apply.business_no());
  Send(partner, "3.15", kOrderTopic,
       JoinFlow(partner.id, FlowKind::kGuarantee, order->guarantee_no), apply.business_no(), apply,
       order->guarantee_no);
}

// The platform's 3.10 to our 3.9, its 3.12 to our 3.11.
void Platform::AnswerProposal(Partner& partner) {
  if (partner.proposals.empty()) return;
  const auto [section, number] = partner.proposals.back();
  partner.proposals.pop_back();
  const std::string flow = partner.flows[number];
  const std::string guarantee_no = contract::SplitFlow(flow)->number;
  const p::Outcome outcome = scene_.random.Chance(60) ? p::OUTCOME_SUCCESS : p::OUTCOME_FAILURE;
  if (section == "3.9") {
    p::CancelNotice notice;
    notice.set_business_no(number);
    notice.set_apply_time(scene_.clock.Now().value);
    notice.set_guarantee_no(guarantee_no);
    notice.set_operate_result(outcome);
    return Send(partner, "3.10", kOrderTopic, flow, number, notice, guarantee_no);
  }
  p::CompensateNotice notice;
  notice.set_business_no(number);
  notice.set_apply_time(scene_.clock.Now().value);
  notice.set_guarantee_no(guarantee_no);
  notice.set_operate_result(outcome);
  if (outcome == p::OUTCOME_SUCCESS) notice.set_payer_amount_fen(100);
  Send(partner, "3.12", kClaimTopic, flow, number, notice, guarantee_no);
}

void Platform::AnswerProposals() {
  for (Partner& partner : partners_) {
    while (!partner.proposals.empty()) AnswerProposal(partner);
  }
}

UnixMillis Platform::AnyMoment() {
  const KnownOrder* order = AnyOrder(AnyPartner(), scene_.random.Chance(85));
  if (order == nullptr) return scene_.clock.Now();
  return order->guarantee_no.empty() ? order->deadline : order->open_time;
}

void Platform::Accepted(const Post& post) {
  for (Partner& partner : partners_) {
    if (partner.id != post.envelope.partner) continue;
    p::OrderApplyNotice issued;
    if (post.envelope.type == issued.GetTypeName() && issued.ParseFromString(post.value) &&
        issued.apply_result() == p::OUTCOME_SUCCESS) {
      for (KnownOrder& order : partner.orders) {
        if (order.order_no == issued.order_no()) order.guarantee_no = issued.guarantee_no();
      }
    }
    const std::string& section = post.envelope.interface_section;
    if (section == "3.9" || section == "3.11") {
      partner.proposals.emplace_back(section, post.envelope.business_no);
      partner.flows[post.envelope.business_no] = post.envelope.flow;
    }
  }
}

}  // namespace guarantee::simulation
