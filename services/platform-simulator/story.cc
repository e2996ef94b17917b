#include "platform-simulator/story.h"

#include <Poco/URI.h>
#include <fmt/format.h>

#include <map>
#include <set>
#include <vector>

#include "contract/encode.h"
#include "platform-simulator/applications.h"
#include "platform-simulator/http_call.h"
#include "platform-simulator/receipts.h"
#include "platform-simulator/timeline.h"
#include "platform-simulator/tour.h"
#include "platform-simulator/watch.h"

namespace guarantee::platform_simulator {
namespace {

// Above the gateway's own deadline, so that its answer is heard.
constexpr std::chrono::milliseconds kRequestTimeout{15'000};
// For the letters of the first applications; what comes later waits step by step.
constexpr std::chrono::seconds kLettersWait{60};
constexpr Money kOrdinaryAmount{500'000'00};
constexpr Money kChangedAmount{500'001'00};
// One fen above what the demonstration's rules approve.
constexpr Money kLargeAmount{10'000'000'01};
constexpr const char* kStranger = "nobody";

// A notice that has to come: one result, and one effect however often it was sent.
struct Expected {
  std::string step;
  bool success = true;
  bool seen = false;
  std::set<std::string> bodies;  // digests of what came
  std::string guarantee_no;
};

class Story {
 public:
  Story(const PlayOptions& options, const PlayEndpoints& endpoints,
        const contract::Contract& contract, std::ostream& out)
      : options_(options),
        endpoints_(endpoints),
        contract_(contract),
        interfaces_(FindOrderInterfaces(contract)),
        out_(out),
        timeline_(out) {}

  Result<void> Begin();
  bool Tell();

 private:
  struct Sent {
    Application application;
    std::string body;
    std::string answer;
  };

  Result<HttpAnswer> Post(const PartnerEndpoint& partner, const std::string& body) {
    return gateway_->Post(interfaces_.apply->path, partner.user, partner.password, body);
  }
  [[nodiscard]] std::string StepName(const PartnerEndpoint& partner,
                                     const std::string& what) const {
    return fmt::format("{:<8} {} {}: {}", partner.id, interfaces_.apply->section,
                       interfaces_.apply->title, what);
  }
  void Expect(const PartnerEndpoint& partner, const Application& application, bool success);
  std::optional<Sent> Apply(const PartnerEndpoint& partner, const Application& application,
                            bool success);
  void ApplyAll();
  void Repeat(const PartnerEndpoint& partner, const Sent& first);
  void MustRefuse(const PartnerEndpoint& partner, const std::string& what,
                  const Result<std::string>& body, const std::string& named);
  void Unauthorised(const PartnerEndpoint& partner, const Sent& first);
  void AwaitNotices();
  bool ReadReceipts();
  void TakeReceipt(const Json& receipt);
  void CheckOneEffect();
  void WalkAll();
  void CheckApart();
  void Suggest();

  const PlayOptions& options_;
  const PlayEndpoints& endpoints_;
  const contract::Contract& contract_;
  const OrderInterfaces interfaces_;
  std::ostream& out_;
  Timeline timeline_;
  std::unique_ptr<HttpConnection> gateway_;
  std::unique_ptr<Watch> watch_;
  std::map<std::string, std::unique_ptr<Sealer>> sealers_;  // by partner
  std::size_t taken_ = 0;                                   // receipts looked at
  std::string run_;
  // By partner and number of the operation.
  std::map<std::pair<std::string, std::string>, Expected> expected_;
};

Result<void> Story::Begin() {
  auto gateway = HttpConnection::Make(endpoints_.gateways.front(), kRequestTimeout);
  if (!gateway) return tl::unexpected(gateway.error());
  gateway_ = std::move(*gateway);
  auto watch = Watch::Begin(endpoints_.partners.front().platform_url);
  if (!watch) return tl::unexpected(watch.error());
  watch_ = std::move(*watch);
  for (const PartnerEndpoint& partner : endpoints_.partners) {
    auto sealer = MakeSealer(partner);
    if (!sealer) return tl::unexpected(sealer.error());
    sealers_[partner.id] = std::move(*sealer);
  }
  run_ = NewRunNumber(SystemClock().Now());
  return {};
}

void Story::Expect(const PartnerEndpoint& partner, const Application& application, bool success) {
  expected_[{partner.id, application.business_no}] = {
      fmt::format("{:<8} {} {}: {} {}", partner.id, interfaces_.notice->section,
                  interfaces_.notice->title, application.order_no,
                  success ? "the letter" : "the rejection"),
      success,
      false,
      {},
      {}};
}

std::optional<Story::Sent> Story::Apply(const PartnerEndpoint& partner,
                                        const Application& application, bool success) {
  const std::string step = StepName(
      partner, fmt::format("{}, {} yuan", application.order_no, application.amount.ToText()));
  const Result<std::string> body =
      WriteApplication(*interfaces_.apply, application, SystemClock().Now(), *sealers_[partner.id]);
  if (!body) {
    timeline_.Missed(step, Describe(body.error()));
    return std::nullopt;
  }
  Expect(partner, application, success);
  const Result<HttpAnswer> answer = Post(partner, *body);
  if (!answer) {
    timeline_.Missed(step, Describe(answer.error()));
    return std::nullopt;
  }
  const contract::PlatformAnswer read = contract::ReadAnswer(*interfaces_.apply, answer->body);
  const std::string page = read.data.value_or("");
  if (answer->status != 200 || read.verdict != contract::Verdict::kAccepted ||
      !page.starts_with("http")) {
    timeline_.Missed(step, fmt::format("HTTP {}, {} {}", answer->status, read.code, read.message));
    return std::nullopt;
  }
  timeline_.Seen(step, "accepted, page " + page.substr(0, page.rfind('/')) + "/…");
  return Sent{application, *body, answer->body};
}

void Story::Repeat(const PartnerEndpoint& partner, const Sent& first) {
  const std::string step = StepName(partner, "the same request again");
  const Result<HttpAnswer> answer = Post(partner, first.body);
  if (!answer) return timeline_.Missed(step, Describe(answer.error()));
  if (answer->body != first.answer)
    return timeline_.Missed(step, "another answer: " + answer->body);
  timeline_.Seen(step, "the same answer");
}

void Story::MustRefuse(const PartnerEndpoint& partner, const std::string& what,
                       const Result<std::string>& body, const std::string& named) {
  const std::string step = StepName(partner, what);
  if (!body) return timeline_.Missed(step, Describe(body.error()));
  const Result<HttpAnswer> answer = Post(partner, *body);
  if (!answer) return timeline_.Missed(step, Describe(answer.error()));
  const contract::PlatformAnswer read = contract::ReadAnswer(*interfaces_.apply, answer->body);
  if (answer->status != 200 || read.verdict != contract::Verdict::kRefused ||
      read.message.find(named) == std::string::npos) {
    return timeline_.Missed(step,
                            fmt::format("HTTP {}, {} {}", answer->status, read.code, read.message));
  }
  timeline_.Seen(step, "refused: " + read.message);
}

void Story::Unauthorised(const PartnerEndpoint& partner, const Sent& first) {
  const std::string step = StepName(partner, "with a sign-in that nobody has");
  const std::string user = fmt::format("{}-{}", kStranger, run_);
  const Result<HttpAnswer> answer =
      gateway_->Post(interfaces_.apply->path, user, Secret(run_), first.body);
  if (!answer) return timeline_.Missed(step, Describe(answer.error()));
  const contract::PlatformAnswer read = contract::ReadAnswer(*interfaces_.apply, answer->body);
  constexpr int kUnauthorised = 401;
  if (answer->status != kUnauthorised || read.verdict != contract::Verdict::kRefused) {
    return timeline_.Missed(step, fmt::format("HTTP {}, {}", answer->status, read.message));
  }
  timeline_.Seen(step, "refused: " + read.message);
}

// The numbers are the same for every partner: each has its own.
void Story::ApplyAll() {
  timeline_.Chapter("Applications");
  std::optional<Sent> first;
  for (int number = 1; number <= options_.applications; ++number) {
    for (const PartnerEndpoint& partner : endpoints_.partners) {
      const Application application{fmt::format("YW{}-{}", run_, number),
                                    fmt::format("DD{}-{}", run_, number), kOrdinaryAmount};
      std::optional<Sent> sent = Apply(partner, application, true);
      if (sent && !first && partner.id == endpoints_.partners.front().id) first = std::move(sent);
    }
  }
  const PartnerEndpoint& partner = endpoints_.partners.front();
  Apply(partner, {fmt::format("YW{}-L", run_), fmt::format("DD{}-L", run_), kLargeAmount}, false);
  timeline_.Chapter("What must be refused, and what must not change anything");
  if (!first)
    return timeline_.Missed(StepName(partner, "repeats and refusals"), "nothing to repeat");
  Repeat(partner, *first);
  MustRefuse(partner, "the same numbers, another amount",
             WithAmount(*interfaces_.apply, first->body, kChangedAmount), "");
  MustRefuse(partner, "without " + AmountWire(*interfaces_.apply),
             WithoutAmount(*interfaces_.apply, first->body), AmountWire(*interfaces_.apply));
  Unauthorised(partner, *first);
}

bool Story::ReadReceipts() {
  if (!watch_->Read()) return false;
  const std::vector<Json>& receipts = watch_->receipts();
  for (; taken_ < receipts.size(); ++taken_) TakeReceipt(receipts[taken_]);
  return true;
}

void Story::TakeReceipt(const Json& receipt) {
  const auto text = [&receipt](const char* key) { return receipt.value(key, std::string()); };
  if (text("section") != interfaces_.notice->section) return;
  const auto found = expected_.find({text("partner"), text("business_no")});
  if (found == expected_.end()) return;
  Expected& expected = found->second;
  if (text("verdict") == "refused") {
    return timeline_.Missed(expected.step, "the notice breaks the contract: " + text("message"));
  }
  if (text("verdict") != "accepted") return;
  const bool success = receipt.value("success", false);
  expected.bodies.insert(text("body_sha256"));
  if (success != expected.success) {
    return timeline_.Missed(expected.step, success ? "a letter came" : "a rejection came");
  }
  if (std::exchange(expected.seen, true)) return;
  expected.guarantee_no = text("guarantee_no");
  timeline_.Seen(expected.step, success ? fmt::format("{}, a PDF is in it", expected.guarantee_no)
                                        : "as it should");
}

void Story::AwaitNotices() {
  timeline_.Chapter("Notices to the platform");
  const auto all_seen = [this] {
    return std::all_of(expected_.begin(), expected_.end(),
                       [](const auto& entry) { return entry.second.seen; });
  };
  while (true) {
    const bool read = ReadReceipts();
    if (read && all_seen()) return;
    if (timeline_.Elapsed() >
        std::min<std::chrono::milliseconds>(options_.story_timeout, kLettersWait)) {
      break;
    }
    timeline_.Pause();
  }
  for (const auto& [key, expected] : expected_) {
    if (!expected.seen) timeline_.Missed(expected.step, "not within the timeout");
  }
}

void Story::CheckOneEffect() {
  if (!ReadReceipts()) return timeline_.Missed("receipts", "the platform does not answer");
  const std::string step = "one notice an application, whatever was repeated";
  for (const auto& [key, expected] : expected_) {
    if (expected.bodies.size() > 1) {
      return timeline_.Missed(step, key.second + " has several");
    }
  }
  timeline_.Seen(step, fmt::format("{} applications", expected_.size()));
}

void Story::Suggest() {
  if (endpoints_.guaranteectl.empty() || expected_.empty()) return;
  const auto& [partner, number] = expected_.begin()->first;
  out_ << fmt::format("\nEvery step of one of them:\n  {} flow show {} --partner {}\n",
                      endpoints_.guaranteectl, number, partner)
       << std::flush;
}

// The partners go side by side under the same numbers.
void Story::WalkAll() {
  const OperatorLine operators(endpoints_.guaranteectl_words);
  std::vector<std::unique_ptr<Tour>> tours;
  for (const PartnerEndpoint& partner : endpoints_.partners) {
    tours.push_back(
        std::make_unique<Tour>(TourParts{contract_, partner, *gateway_, *watch_, operators,
                                         timeline_, run_, options_.story_timeout}));
  }
  for (const Leg& leg : TourLegs()) {
    timeline_.Chapter(leg.title);
    for (const auto& tour : tours) tour->WalkLeg(leg);
  }
  timeline_.Chapter("The same in the institution's records: requests, events, notices, results");
  for (const auto& tour : tours) tour->CheckRecords();
}

// A letter of one partner must never be told to another.
void Story::CheckApart() {
  if (!ReadReceipts()) return timeline_.Missed("receipts", "the platform does not answer");
  const std::string step = "every letter is told to its own partner alone";
  std::map<std::string, std::string> owners;
  for (const Json& receipt : watch_->receipts()) {
    const std::string number = receipt.value("guarantee_no", "");
    const std::string partner = receipt.value("partner", "");
    if (number.empty() || owners.emplace(number, partner).first->second == partner) continue;
    return timeline_.Missed(step, number + " was told to several");
  }
  timeline_.Seen(step,
                 fmt::format("{} letters, {} partners", owners.size(), endpoints_.partners.size()));
}

bool Story::Tell() {
  out_ << fmt::format("The platform's side of {}\n", endpoints_.gateways.front());
  ApplyAll();
  AwaitNotices();
  CheckOneEffect();
  WalkAll();
  CheckApart();
  const bool complete = timeline_.Conclude();
  Suggest();
  return complete;
}

}  // namespace

Result<bool> PlayStory(const PlayOptions& options, const PlayEndpoints& endpoints,
                       const contract::Contract& contract, std::ostream& out) {
  Story story(options, endpoints, contract, out);
  if (Result<void> begun = story.Begin(); !begun) return tl::unexpected(begun.error());
  return story.Tell();
}

}  // namespace guarantee::platform_simulator
