#include "order/adapters/guarantee_message_codec.h"

#include "guarantee/event/v1/handshake.pb.h"
#include "guarantee/event/v1/notice.pb.h"
#include "guarantee/partner/v1/letter.pb.h"

namespace guarantee::order::letter {
namespace {

namespace event = guarantee::event::v1;
namespace partner = guarantee::partner::v1;

partner::Outcome OutcomeOf(bool done) {
  return done ? partner::OUTCOME_SUCCESS : partner::OUTCOME_FAILURE;
}

// What every notice about an operation begins with.
template <typename Notice, typename Effect>
std::unique_ptr<Notice> New(const Effect& effect) {
  auto notice = std::make_unique<Notice>();
  notice->set_business_no(effect.business_no);
  notice->set_guarantee_no(effect.guarantee_no);
  return notice;
}

}  // namespace

MessagePointer ToMessage(const NotifyPlainLetter& effect, UnixMillis) {
  auto notice = New<partner::RestoreNotice>(effect);
  notice->mutable_guarantee_file()->set_sha256(effect.letter.sha256);
  notice->mutable_guarantee_file()->set_size_bytes(effect.letter.size_bytes);
  notice->mutable_guarantee_file()->set_media_type(effect.letter.media_type);
  notice->set_restore_time(effect.restored_at.value);
  return notice;
}

MessagePointer ToMessage(const NotifyRefund& effect, UnixMillis now) {
  auto notice = New<partner::RefundNotice>(effect);
  notice->set_apply_time(now.value);
  notice->set_reason(effect.reason);
  notice->set_operate_result(OutcomeOf(effect.refunded));
  notice->set_refund_result_desc(effect.description);
  return notice;
}

MessagePointer ToMessage(const NotifyCancel& effect, UnixMillis now) {
  auto notice = New<partner::CancelNotice>(effect);
  notice->set_apply_time(now.value);
  notice->set_operate_result(OutcomeOf(effect.cancelled));
  notice->set_cancel_result_desc(effect.description);
  return notice;
}

MessagePointer ToMessage(const SendProposal& effect, UnixMillis now) {
  auto request = New<partner::CancelApply>(effect);
  request->set_apply_time(now.value);
  if (!effect.reason.empty()) request->set_reason(effect.reason);
  return request;
}

MessagePointer ToMessage(const ResendPlainLetter& effect, const std::string& section) {
  auto message = std::make_unique<event::ResendNotice>();
  message->set_section(section);
  message->set_business_no(effect.business_no);
  return message;
}

MessagePointer ToMessage(const RenewRefundNotice& effect, const std::string& section) {
  auto message = std::make_unique<event::RenewNotice>();
  message->set_section(section);
  message->set_not_after(effect.not_after.value);
  return message;
}

MessagePointer ToMessage(const TellHeld& effect) {
  auto message = std::make_unique<event::GuaranteeHeld>();
  message->set_business_no(effect.business_no);
  message->set_available_fen(effect.available.fen);
  message->set_valid_end(effect.valid_end.value);
  message->set_restored(effect.restored);
  message->set_tenderee_name(effect.tenderee_name);
  message->set_tenderee_code(effect.tenderee_code);
  return message;
}

MessagePointer ToMessage(const TellHoldRefused& effect) {
  auto message = std::make_unique<event::HoldRefused>();
  message->set_business_no(effect.business_no);
  message->set_reason(std::string(FactsOf(effect.reason).word));
  message->set_text(std::string(FactsOf(effect.reason).text));
  return message;
}

MessagePointer ToMessage(const TellRestored& effect) {
  auto message = std::make_unique<event::GuaranteeRestored>();
  message->set_guarantee_no(effect.guarantee_no);
  message->set_restored_at(effect.restored_at.value);
  message->set_bidder_name(effect.names.bidder_name);
  message->set_bidder_code(effect.names.bidder_code);
  message->set_tenderee_name(effect.names.tenderee_name);
  message->set_tenderee_code(effect.names.tenderee_code);
  message->set_premium_fen(effect.premium.fen);
  return message;
}

MessagePointer ToMessage(const TellPremiumReturned& effect) {
  auto message = std::make_unique<event::PremiumReturned>();
  message->set_guarantee_no(effect.guarantee_no);
  message->set_amount_fen(effect.amount.fen);
  return message;
}

MessagePointer ToMessage(const ReleaseCredit& effect) {
  auto message = std::make_unique<event::ReleaseCredit>();
  message->set_order_flow(effect.order_flow);
  return message;
}

}  // namespace guarantee::order::letter
