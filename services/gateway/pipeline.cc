#include "gateway/pipeline.h"

#include <array>

#include "base/secret.h"
#include "contract/decode.h"
#include "contract/digest.h"
#include "contract/fields.h"
#include "contract/flow.h"
#include "contract/messages.h"
#include "crypto/identifier.h"
#include "crypto/purpose.h"
#include "gateway/judge.h"
#include "gateway/outcome.h"
#include "gateway/storage_seal.h"
#include "gateway/texts.h"
#include "messaging/event.h"

namespace guarantee::gateway {
namespace {

namespace messages = contract::messages;

// A body of this size is decoded in well under a millisecond; larger ones go to the workers.
constexpr std::size_t kDecodeInlineBytes = 64 * 1024;
constexpr std::int64_t kRetryAfterS = 2;
constexpr std::int64_t kNotOfferedRetryAfterS = 60;
// Beyond the request's own timeout: what a gateway may still be about to publish.
constexpr std::int64_t kReleaseMarginMs = 1'000;
// Between the values of a key that is made of several fields; no identity may hold it.
constexpr char kJoin = '\x1f';

ItemEnd Refused(std::string_view message, std::string_view outcome = outcome::kRefused) {
  return {200, {500, std::string(message), std::nullopt}, outcome, 0};
}

ItemEnd Unavailable(std::string_view message = messages::kBusy) {
  return {503, {500, std::string(message), std::nullopt}, outcome::kUnavailable, kRetryAfterS};
}

ItemEnd NotOffered() {
  return {503,
          {500, std::string(texts::kNotOffered), std::nullopt},
          outcome::kNotOffered,
          kNotOfferedRetryAfterS};
}

ItemEnd TooLarge() {
  return {413, {500, std::string(messages::kBodyTooLarge), std::nullopt}, outcome::kTooLarge, 0};
}

ItemEnd FromFailure(const contract::DecodeFailure& failure) {
  switch (failure.kind) {
    case contract::FailureKind::kMalformed:
      return {400, {500, failure.message, std::nullopt}, outcome::kInvalid, 0};
    case contract::FailureKind::kTooLarge:
      return {413, {500, failure.message, std::nullopt}, outcome::kTooLarge, 0};
    case contract::FailureKind::kInvalid:
      return Refused(failure.message, outcome::kInvalid);
  }
  return Unavailable();
}

std::string BusinessNumberName(const contract::Contract& contract) {
  for (const contract::Interface& interface : contract.interfaces()) {
    if (interface.registered.number != nullptr) return interface.registered.number->name;
  }
  return {};
}

std::string UniqueValue(const contract::Interface& interface,
                        const google::protobuf::Message& message) {
  std::string joined;
  for (const contract::FieldPlan* field : interface.registered.unique) {
    if (!joined.empty()) joined += kJoin;
    joined += contract::FieldText(message, *field);
  }
  return joined;
}

}  // namespace

Result<GatewayKeys> GatewayKeys::Derive(const Secret& master) {
  Result<crypto::TokenKey> redirect = crypto::TokenKey::Derive(master, crypto::kRedirectPurpose);
  if (!redirect) return tl::unexpected(redirect.error());
  return GatewayKeys{*redirect, *crypto::TokenKey::Derive(master, "digest"),
                     *crypto::TokenKey::Derive(master, crypto::kFlowPurpose)};
}

Pipeline::Pipeline(const GatewayOptions& options, PipelineParts parts, GatewayKeys keys)
    : options_(options),
      parts_(std::move(parts)),
      keys_(std::move(keys)),
      business_number_(BusinessNumberName(*parts_.contract)) {}

// ---- in

void Pipeline::Handle(Inbound inbound, http::Body body, http::Responder responder) {
  const auto run =
      std::make_shared<RequestRun>(std::move(inbound), std::move(responder), *parts_.metrics);
  const std::weak_ptr<RequestRun> weak = run;
  const auto until = parts_.deadlines->Add([weak] {
    if (const Run late = weak.lock()) late->EndAll(Unavailable());
  });
  run->SetReceipt(body.received_at, until);
  const bool small = body.bytes.size() <= kDecodeInlineBytes;
  // It may hold a key: wiped once it is decoded.
  const auto bytes = std::make_shared<const Secret>(std::move(body.bytes));
  if (small) return Decode(run, bytes->Reveal());
  const bool taken = parts_.workers->Submit(
      [self = shared_from_this(), run, bytes] { self->Decode(run, bytes->Reveal()); });
  if (!taken) run->EndAll(Unavailable());
}

void Pipeline::Decode(const Run& run, std::string_view body) {
  auto decoded = contract::Decode(run->interface(), body, run->partner().tolerance);
  if (!decoded) return run->EndAll(FromFailure(decoded.error()));
  run->SetItems(std::move(*decoded));
  const std::size_t size = run->size();
  for (std::size_t index = 0; index < size; ++index) StartItem(run, index);
}

void Pipeline::StartItem(const Run& run, std::size_t index) {
  const contract::Item& item = run->item(index);
  const contract::Interface& interface = run->interface();
  if (item.failure) return run->End(index, FromFailure(*item.failure));
  const auto refusal = JudgeNewRequest(*item.message, run->partner(), run->received_at());
  if (!IsOffered(interface)) {
    return run->End(index, refusal ? Refused(*refusal) : NotOffered());
  }
  if (item.message->ByteSizeLong() > options_.event_bytes_max) return run->End(index, TooLarge());
  if (interface.registered.number != nullptr) return Register(run, index, refusal);
  if (refusal) return run->End(index, Refused(*refusal));
  Resolve(run, index);
}

bool Pipeline::IsOffered(const contract::Interface& interface) const {
  if (!options_.interfaces.contains(interface.section)) return false;
  return !interface.synchronous ||
         (parts_.services != nullptr && parts_.services->Offers(interface));
}

// ---- the register

RegisterRow Pipeline::MakeRow(const RequestRun& run, std::size_t index) const {
  const contract::Interface& interface = run.interface();
  const google::protobuf::Message& message = *run.item(index).message;
  const std::string canonical =
      contract::CanonicalForm(interface, message, run.partner().tolerance);
  const std::array<std::string_view, 1> parts{canonical};
  RegisterRow row;
  row.key = {run.partner().id, interface.section,
             contract::FieldText(message, *interface.registered.number)};
  row.unique_value = UniqueValue(interface, message);
  row.digest = keys_.digest.MakeBytes(parts);
  row.digest_version = contract::kCanonicalVersion;
  row.event_id = crypto::MakeIdentifier(parts_.clock->Now(), *parts_.random);
  row.received_at = run.received_at();
  row.flow = contract::JoinFlow(run.partner().id, interface.flow.kind, FlowNumber(run, index));
  return row;
}

// A request that would be refused as new is still a repeat if its number is known; so it looks
// without claiming.
void Pipeline::Register(const Run& run, std::size_t index,
                        std::optional<std::string_view> refusal) {
  const auto self = shared_from_this();
  RegisterRow row = MakeRow(*run, index);
  if (refusal) {
    RegisterQuery query{row.key, {}};
    return parts_.batcher->Query(
        std::move(query), run->until(),
        [self, run, index, row = std::move(row), refusal](const Result<QueryOutcome>& outcome) {
          self->OnQueried(run, index, row, *refusal, outcome);
        });
  }
  const std::int64_t limit_ms = options_.request_timeout.count() + kReleaseMarginMs;
  RegisterClaim claim{row, run->received_at() + -limit_ms};
  parts_.batcher->Claim(
      std::move(claim), run->until(),
      [self, run, index, row = std::move(row)](const Result<ClaimOutcome>& outcome) {
        self->OnClaimed(run, index, row, outcome);
      });
}

void Pipeline::OnClaimed(const Run& run, std::size_t index, const RegisterRow& row,
                         const Result<ClaimOutcome>& outcome) {
  if (!outcome) return run->End(index, Unavailable());
  if (outcome->same_number) return Repeat(run, index, row, *outcome->same_number);
  if (!outcome->inserted) return run->End(index, Refused(messages::kDuplicateOrder));
  Publish(run, index,
          {row.event_id, row.received_at, row.flow, row.key.business_no, outcome::kAccepted, true});
}

void Pipeline::OnQueried(const Run& run, std::size_t index, const RegisterRow& row,
                         std::string_view refusal, const Result<QueryOutcome>& outcome) {
  if (!outcome) return run->End(index, Unavailable());
  if (outcome->same_number) return Repeat(run, index, row, *outcome->same_number);
  run->End(index, Refused(refusal));
}

// The first request decides: its event goes out again as it was, for the first try may have died
// before it did; whoever has seen it drops it by its id.
void Pipeline::Repeat(const Run& run, std::size_t index, const RegisterRow& ours,
                      const RegisterRow& first) {
  const bool comparable = first.digest_version == ours.digest_version;
  if (comparable && first.digest != ours.digest) {
    return run->End(index, Refused(messages::kDuplicateNumber));
  }
  Publish(run, index,
          {first.event_id, first.received_at, first.flow, first.key.business_no, outcome::kRepeated,
           true});
}

// ---- without register

void Pipeline::Resolve(const Run& run, std::size_t index) {
  const contract::Interface& interface = run->interface();
  if (interface.flow.through.empty()) {
    return Forward(
        run, index,
        contract::JoinFlow(run->partner().id, interface.flow.kind, FlowNumber(*run, index)));
  }
  const contract::Interface* through = parts_.contract->FindSection(interface.flow.through);
  const std::string number = FlowNumber(*run, index);
  RegisterQuery query{{run->partner().id, through->section, number},
                      through->registered.unique.empty() ? std::string() : number};
  const auto self = shared_from_this();
  parts_.batcher->Query(std::move(query), run->until(),
                        [self, run, index](const Result<QueryOutcome>& outcome) {
                          self->OnResolved(run, index, outcome);
                        });
}

// The number may be the order's own or that of the operation that ordered it (rulings 2.3); if it
// is both, and they differ, nobody can tell which is meant.
void Pipeline::OnResolved(const Run& run, std::size_t index, const Result<QueryOutcome>& outcome) {
  if (!outcome) return run->End(index, Unavailable());
  const contract::Interface& interface = run->interface();
  const auto& by_unique = outcome->same_unique;
  const auto& by_number = outcome->same_number;
  if (by_unique && by_number && by_unique->flow != by_number->flow) {
    return run->End(index, Refused(texts::kSeveralOrders));
  }
  if (by_unique || by_number) {
    return Forward(run, index, by_unique ? by_unique->flow : by_number->flow);
  }
  if (!interface.synchronous) {
    return Forward(
        run, index,
        contract::JoinFlow(run->partner().id, interface.flow.kind, FlowNumber(*run, index)));
  }
  // A number that the platform did not bring may be one that we gave; only the service knows those.
  const contract::Interface* through = parts_.contract->FindSection(interface.flow.through);
  if (!through->ToPlatform()) return run->End(index, Refused(messages::kNumberUnknown));
  Forward(run, index, contract::JoinFlow(run->partner().id, interface.flow.kind, {}));
}

void Pipeline::Forward(const Run& run, std::size_t index, const std::string& flow) {
  if (run->interface().synchronous) return AskService(run, index, flow);
  Publish(run, index,
          {crypto::MakeIdentifier(parts_.clock->Now(), *parts_.random), run->received_at(), flow,
           BusinessNumber(*run, index), outcome::kAccepted, false});
}

void Pipeline::AskService(const Run& run, std::size_t index, const std::string& flow) {
  ServiceRequest request{&run->interface(),           run->partner().id,  flow,
                         BusinessNumber(*run, index), run->traceparent(), run->received_at(),
                         run->message(index),         run->until()};
  const auto self = shared_from_this();
  parts_.services->Ask(std::move(request), [self, run, index](Result<contract::Answer> answer) {
    if (self->closed_) return;
    if (!answer) return run->End(index, Unavailable(messages::kProcessing));
    const bool refused = answer->code == 500;
    run->End(index, {200, std::move(*answer), refused ? outcome::kRefused : outcome::kAccepted, 0});
  });
}

// ---- out

void Pipeline::Publish(const Run& run, std::size_t index, const Event& event) {
  if (run->over()) return;  // answered already; a repeat will find the register's row
  const google::protobuf::Message* message = run->item(index).message.get();
  std::unique_ptr<google::protobuf::Message> sealed;
  if (options_.storage_keys) {
    auto made = SealPlainFields(run->interface(), *message, run->partner().id,
                                FlowNumber(*run, index), *options_.storage_keys, *parts_.random);
    if (!made) return run->End(index, Unavailable());
    sealed = std::move(*made);
    if (sealed) message = sealed.get();
  }
  messaging::Envelope envelope;
  envelope.id = event.id;
  envelope.type = message->GetDescriptor()->full_name();
  envelope.partner = run->partner().id;
  envelope.flow = event.flow;
  envelope.time = event.received_at;
  envelope.interface_section = run->interface().section;
  envelope.business_no = event.business_no;
  envelope.traceparent = run->traceparent();
  const auto self = shared_from_this();
  parts_.producer->Publish(
      messaging::MakeRecord(envelope, run->interface().request_topic, message->SerializeAsString()),
      [self, run, index, event](const Result<messaging::Position>& position) {
        self->OnPublished(run, index, event, position);
      });
}

void Pipeline::OnPublished(const Run& run, std::size_t index, const Event& event,
                           const Result<messaging::Position>& position) {
  if (closed_) return;
  if (!position) return run->End(index, Unavailable());
  if (event.registered) {
    parts_.batcher->Confirm({run->partner().id, run->interface().section, event.business_no});
  }
  run->End(index, {200, Success(*run, index), event.outcome, 0});
}

std::string Pipeline::FlowNumber(const RequestRun& run, std::size_t index) const {
  const contract::FlowPlan& flow = run.interface().flow;
  std::string number = contract::FieldText(*run.item(index).message, *flow.field);
  if (!flow.keyed_hash) return number;
  const std::array<std::string_view, 2> parts{run.partner().id, number};
  return keys_.flow.Make(parts);
}

std::string Pipeline::BusinessNumber(const RequestRun& run, std::size_t index) const {
  return contract::FieldText(*run.item(index).message, business_number_);
}

contract::Answer Pipeline::Success(const RequestRun& run, std::size_t index) const {
  const contract::Interface& interface = run.interface();
  contract::Answer answer{200, std::string(messages::kDone), std::nullopt};
  if (interface.flow.kind == contract::FlowKind::kCredit) {
    answer.message = messages::kCreditAccepted;
  }
  if (interface.answer == contract::AnswerShape::kRedirect) {
    const std::string number = UniqueValue(interface, *run.item(index).message);
    const std::array<std::string_view, 2> parts{run.partner().id, number};
    answer.data =
        run.partner().redirect_base.value_or(options_.redirect_base) + keys_.redirect.Make(parts);
  }
  return answer;
}

}  // namespace guarantee::gateway
