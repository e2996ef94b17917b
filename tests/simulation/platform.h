// The trading platform and the gateway in front of us: requests as records or calls, some of them
// again, with what the platform can know.
#pragma once

#include <google/protobuf/message.h>

#include <deque>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "book.h"
#include "checks.h"
#include "courier.h"
#include "scene.h"

namespace guarantee::simulation {

class Platform {
 public:
  Platform(Scene& scene, Book& book, Nodes nodes) : scene_(scene), book_(book), nodes_(nodes) {}

  // Sends something new, or something again.
  void Step();
  // A call that needs an answer; also made in the middle of somebody else's transaction.
  void CallStep();
  // Records that the gateway has stamped and not published yet: one of them, or all.
  void Publish();
  void PublishAll();
  [[nodiscard]] bool HasUnpublished() const { return !unpublished_.empty(); }
  // The oldest receipt among them.
  [[nodiscard]] UnixMillis OldestReceipt() const { return unpublished_.front().stamped; }
  // An opening or a purchase deadline of some order; now where there is none.
  [[nodiscard]] UnixMillis AnyMoment();
  // The platform has taken this notice.
  void Accepted(const Post& post);
  // Brings the keys of all letters that are still sealed.
  void RestoreAll();
  // Answers every proposal of ours that is open.
  void AnswerProposals();

 private:
  struct KnownOrder {
    std::string order_no;
    std::string business_no;
    std::string code;          // of the bidder
    std::string guarantee_no;  // from 3.2
    UnixMillis deadline;
    UnixMillis open_time;
    std::int64_t amount_fen = 0;
  };
  struct Partner {
    std::string id;
    std::vector<KnownOrder> orders;
    // Business numbers that 3.17 to 3.20 may name, by section, and the flow of each.
    std::map<std::string, std::vector<std::string>> open;
    std::map<std::string, std::string> flows;
    std::vector<std::pair<std::string, std::string>> proposals;  // section, business number
    int numbers = 0;
  };
  struct Stamped {
    UnixMillis stamped;
    messaging::Record record;
  };

  [[nodiscard]] Partner& AnyPartner();
  [[nodiscard]] KnownOrder* AnyOrder(Partner& partner, bool issued);
  [[nodiscard]] std::string NewNumber(Partner& partner);
  void Send(Partner& partner, const std::string& section, const std::string& topic,
            const std::string& flow, const std::string& business_no,
            const google::protobuf::Message& message, const std::string& number);
  void Again();

  void Apply(Partner& partner);
  void CancelOrder(Partner& partner);
  void ApplyCredit(Partner& partner);
  void CancelGuarantee(Partner& partner);
  void Claim(Partner& partner);
  void Invoice(Partner& partner);
  void Refund(Partner& partner);
  void AnswerProposal(Partner& partner);

  void Restore(Partner& partner, const KnownOrder& order, bool right_key);
  void Withdraw(Partner& partner);
  // Who came first, where two cross: for the count of the races.
  void CountCreditRace(const std::string& flow, const std::string& number, bool withdrawn);
  void CountClaimRace(const std::string& flow, const std::string& number, bool withdrawn);
  void MoveTimes(Partner& partner);
  void QueryCredit(Partner& partner);
  [[nodiscard]] bool Ask(Node& node, Partner& partner, const std::string& section,
                         const std::string& flow, const std::string& business_no,
                         const google::protobuf::Message& message);

  Scene& scene_;
  Book& book_;
  const Nodes nodes_;
  std::vector<Partner> partners_{{"alfa", {}, {}, {}, {}, 0}, {"beta", {}, {}, {}, {}, 0}};
  std::deque<Stamped> unpublished_;
  std::vector<messaging::Record> sent_;  // for repeats
};

}  // namespace guarantee::simulation
