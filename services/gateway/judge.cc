#include "gateway/judge.h"

#include "contract/messages.h"
#include "gateway/texts.h"
#include "guarantee/partner/v1/credit.pb.h"
#include "guarantee/partner/v1/letter.pb.h"
#include "guarantee/partner/v1/order.pb.h"

namespace guarantee::gateway {
namespace {

namespace messages = contract::messages;
namespace wire = guarantee::partner::v1;

std::optional<std::string_view> JudgeOrder(const wire::OrderApply& apply,
                                           const partner::Partner& partner,
                                           UnixMillis received_at) {
  if (received_at.value > apply.bzj_end_time()) return messages::kPastDeadline;
  const Money amount{apply.em_amount_fen()};
  if (amount < partner.limits.amount_min || partner.limits.amount_max < amount) {
    return texts::kAmountOutOfRange;
  }
  return std::nullopt;
}

}  // namespace

std::optional<std::string_view> JudgeNewRequest(const google::protobuf::Message& message,
                                                const partner::Partner& partner,
                                                UnixMillis received_at) {
  const google::protobuf::Descriptor* type = message.GetDescriptor();
  if (type == wire::OrderApply::descriptor()) {
    return JudgeOrder(static_cast<const wire::OrderApply&>(message), partner, received_at);
  }
  const bool bank = partner.institution.kind == partner::InstitutionKind::kBank;
  if (type == wire::CreditApply::descriptor() && !bank) return messages::kNoCredit;
  if (type == wire::RefundApply::descriptor() && !partner.products.online_refund) {
    return messages::kNoRefund;
  }
  return std::nullopt;
}

}  // namespace guarantee::gateway
