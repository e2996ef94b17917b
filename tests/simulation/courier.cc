#include "courier.h"

#include <iterator>

#include "guarantee/event/v1/notice.pb.h"

namespace guarantee::simulation {

using messaging::Envelope;

namespace {

constexpr const char* kNoticesTopic = "guarantee.notices.v1";
constexpr const char* kResultsTopic = "guarantee.events.notice.v1";

template <typename Message>
bool IsOf(const Envelope& envelope) {
  return envelope.type == Message::descriptor()->full_name();
}

}  // namespace

void Courier::Intake() {
  for (std::int32_t partition = 0; partition < kPartitions; ++partition) {
    const messaging::TopicPartition source{kNoticesTopic, partition};
    std::int64_t& next = next_[source];
    while (next < scene_.bus.End(source)) Take(scene_.bus.At(source, next++));
  }
}

// What is not newer was seen before: a relay may publish twice.
void Courier::Take(const messaging::Delivered& record) {
  const Result<Envelope> envelope = messaging::ReadEnvelope(record);
  if (!envelope) return scene_.Violated("a notice without an envelope");
  std::int64_t& last = sequences_[envelope->flow];
  if (envelope->sequence <= last) return;
  if (envelope->sequence != last + 1) {
    scene_.Violated("notices of " + envelope->flow + ": a gap before " +
                    std::to_string(envelope->sequence));
  }
  last = envelope->sequence;
  if (IsOf<event::v1::RenewNotice>(*envelope)) return Renew(*envelope, record.value);
  // Another delivery of bytes that the platform has or gets anyway.
  if (IsOf<event::v1::ResendNotice>(*envelope)) return;
  lanes_[envelope->flow].push_back({*envelope, record.value, false});
}

void Courier::Renew(const Envelope& envelope, const std::string& value) {
  event::v1::RenewNotice renew;
  const auto lane = lanes_.find(envelope.flow);
  if (!renew.ParseFromString(value) || lane == lanes_.end()) return;
  for (Post& post : lane->second) {
    const bool meant = renew.notice_id().empty()
                           ? post.envelope.interface_section == renew.section()
                           : post.envelope.id == renew.notice_id();
    if (meant && post.envelope.not_after.value > 0) post.envelope.not_after = {renew.not_after()};
  }
}

void Courier::Tell(const Post& post, const std::string& what) {
  const auto publish = [&](auto message) {
    event::v1::NoticeHead& head = *message.mutable_notice();
    head.set_notice_id(post.envelope.id);
    head.set_section(post.envelope.interface_section);
    head.set_business_no(post.envelope.business_no);
    head.set_sequence(post.envelope.sequence);
    head.set_at(scene_.clock.Now().value);
    Envelope envelope;
    envelope.id = scene_.NextId();
    envelope.type = message.GetTypeName();
    envelope.partner = post.envelope.partner;
    envelope.flow = post.envelope.flow;
    envelope.time = scene_.clock.Now();
    envelope.interface_section = post.envelope.interface_section;
    envelope.business_no = post.envelope.business_no;
    const int copies = scene_.random.Chance(10) ? 2 : 1;
    for (int copy = 0; copy < copies; ++copy) {
      scene_.bus.Append(
          messaging::MakeRecord(envelope, kResultsTopic, message.SerializeAsString()));
    }
  };
  if (what == "accepted") publish(event::v1::NoticeAccepted{});
  if (what == "expired") publish(event::v1::NoticeExpired{});
  if (what == "parked") publish(event::v1::NoticeParked{});
  scene_.coverage.Count("notice " + what + " " + post.envelope.interface_section);
  scene_.Say([&] {
    return "the platform: " + post.envelope.interface_section + " " + post.envelope.business_no +
           " of " + post.envelope.flow + " " + what;
  });
}

void Courier::Finish(const std::string& flow) {
  const auto lane = lanes_.find(flow);
  lane->second.pop_front();
  if (lane->second.empty()) lanes_.erase(lane);
}

void Courier::Deliver(bool kindly) {
  const auto lane =
      std::next(lanes_.begin(), static_cast<std::ptrdiff_t>(scene_.random.Below(lanes_.size())));
  const std::string flow = lane->first;
  Post& head = lane->second.front();
  const std::int64_t not_after = head.envelope.not_after.value;
  if (not_after > 0 && scene_.clock.Now().value > not_after) {
    const Post post = head;
    // A refused one stays its lane's head until somebody looks; here he looks at once.
    Finish(flow);
    return Tell(post, "expired");
  }
  if (!kindly && !head.refused && scene_.random.Chance(8)) {
    head.refused = true;
    return Tell(head, "parked");
  }
  if (!kindly && scene_.random.Chance(20)) return;  // no answer: again later
  const Post post = head;
  Finish(flow);
  accepted_(post);
  Tell(post, "accepted");
}

}  // namespace guarantee::simulation
