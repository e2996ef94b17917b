// The dispatcher and the platform's ear: notices are delivered in order per flow, and what became
// of each is told on the notices' events topic.
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <string>

#include "messaging/event.h"
#include "scene.h"

namespace guarantee::simulation {

struct Post {
  messaging::Envelope envelope;
  std::string value;
  bool refused = false;  // parked at the head of its lane
};

class Courier {
 public:
  // `accepted`: the platform has taken the notice.
  Courier(Scene& scene, std::function<void(const Post&)> accepted)
      : scene_(scene), accepted_(std::move(accepted)) {}

  // Takes what has been published into the lanes.
  void Intake();
  [[nodiscard]] bool HasWork() const { return !lanes_.empty(); }
  // One attempt at the head of some lane. `kindly`: the platform takes everything.
  void Deliver(bool kindly);

 private:
  void Take(const messaging::Delivered& record);
  void Renew(const messaging::Envelope& envelope, const std::string& value);
  void Tell(const Post& post, const std::string& what);
  void Finish(const std::string& flow);

  Scene& scene_;
  const std::function<void(const Post&)> accepted_;
  std::map<messaging::TopicPartition, std::int64_t> next_;
  std::map<std::string, std::int64_t> sequences_;  // the last of each flow
  std::map<std::string, std::deque<Post>> lanes_;  // never an empty one
};

}  // namespace guarantee::simulation
