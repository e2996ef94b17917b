// An issued guarantee, and calls on it.
#pragma once

#include <grpcpp/grpcpp.h>

#include "crypto/purpose.h"
#include "crypto/random.h"
#include "crypto/token.h"
#include "guarantee/event/v1/guarantee_decision.pb.h"
#include "guarantee/event/v1/handshake.pb.h"
#include "guarantee/event/v1/state.pb.h"
#include "guarantee/partner/v1/letter.pb.h"
#include "guarantee/rpc/v1/case.grpc.pb.h"
#include "guarantee/rpc/v1/order.grpc.pb.h"
#include "order/test/order_fixture.h"
#include "rpc/server.h"

namespace guarantee::order {

using messaging::Delivered;

inline constexpr std::int64_t kAmountFen = 50'000'000;
inline constexpr std::int64_t kToOpeningMs = 25 * kHourMs;

// What a real Java runtime sealed (libs/sealing/test/data).
struct Vector {
  std::string key;
  std::string code;
  std::string code_plain_base64;
  std::string name;
};
inline Vector LoadVector() {
  std::ifstream file(GUARANTEE_SOURCE_DIR "/libs/sealing/test/data/vectors.txt");
  Vector vector;
  std::string word;
  while (file >> word && word != "key") continue;
  file >> vector.key;
  std::string kind;
  std::string sealed;
  for (int field = 0; field < 4; ++field) {
    file >> word >> kind >> sealed;
    std::getline(file, word);  // what it opens to
    if (kind == "code") {
      vector.code = sealed;
      vector.code_plain_base64 = word.substr(1);
    } else {
      vector.name = sealed;
    }
  }
  return vector;
}

inline std::string Damaged(std::string key) {
  char& one = key[key.size() / 2];
  one = one == 'A' ? 'B' : 'A';
  return key;
}

class GuaranteeServiceTest : public OrderServiceTest {
 protected:
  void StartAll(bool with_rules) {
    Start(with_rules);
    server_ = rpc::StartServer("127.0.0.1:0", service_->rpcs()).value();
    cases_ = rpc::v1::CaseService::NewStub(server_->InProcessChannel({}));
  }
  void TearDown() override {
    if (server_) rpc::Stop(*server_);
    server_.reset();
    OrderServiceTest::TearDown();
  }

  // An issued guarantee whose notice the platform has accepted.
  void Issue(const std::string& partner = "demo", const std::string& order_no = "T1") {
    auto application = Application(order_no, kAmountFen);
    application.set_bidder_code(vector_.code);
    application.set_tenderee(vector_.name);
    application.set_tenderee_code(vector_.code);
    Apply(partner, application, "e-" + partner + order_no);
    ASSERT_EQ(reader_->Await("OrderAccepted", 1).size(), 1U);
    Decide(partner, order_no, Approval("d-" + order_no, "G-1"));
    ASSERT_EQ(reader_->Await("GuaranteeIssued", 1).size(), 1U);
    NoticeResult<event::NoticeAccepted>("3.2", Flow(partner, order_no), "B-" + order_no);
    ASSERT_EQ(reader_->Await("GuaranteeIssueAcknowledged", 1).size(), 1U);
  }
  static std::string Letter(const std::string& partner = "demo") {
    return contract::JoinFlow(partner, contract::FlowKind::kGuarantee, "G-1");
  }
  template <typename Result>
  void NoticeResult(const std::string& section, const std::string& flow,
                    const std::string& business_no) {
    Result result;
    result.mutable_notice()->set_section(section);
    result.mutable_notice()->set_business_no(business_no);
    messaging::Envelope envelope;
    envelope.id = "n-" + std::to_string(++ids_);
    envelope.type = result.GetTypeName();
    envelope.partner = flow.substr(0, flow.find('/'));
    envelope.flow = flow;
    envelope.time = clock_.Now();
    envelope.interface_section = section;
    envelope.business_no = business_no;
    Publish(kNoticeEventsTopic, envelope, result.SerializeAsString());
  }
  void Send(const std::string& topic, const google::protobuf::Message& message,
            const std::string& business_no = {}, const std::string& flow = Letter()) {
    messaging::Envelope envelope;
    envelope.id = "r-" + std::to_string(++ids_);
    envelope.type = message.GetTypeName();
    envelope.partner = flow.substr(0, flow.find('/'));
    envelope.flow = flow;
    envelope.time = clock_.Now();
    envelope.business_no = business_no;
    Publish(topic, envelope, message.SerializeAsString());
  }
  void RequestRefund(const std::string& number) {
    partner::v1::RefundApply apply;
    apply.set_business_no(number);
    apply.set_guarantee_no("G-1");
    apply.set_reason("业务需要");
    Send(kRequestsTopic, apply, number);
  }
  void RequestCancel(const std::string& number) {
    partner::v1::CancelApply apply;
    apply.set_business_no(number);
    apply.set_guarantee_no("G-1");
    Send(kRequestsTopic, apply, number);
  }
  static event::DecideGuarantee Head(const std::string& id) {
    event::DecideGuarantee decision;
    decision.set_decision_id(id);
    decision.set_decided_by("officer");
    return decision;
  }
  rpc::v1::AnswerReply Ask(const google::protobuf::Message& message, const std::string& section,
                           const std::string& flow, const std::string& business_no,
                           std::int64_t received_ms_later = 0) {
    rpc::v1::AnswerRequest request;
    request.set_section(section);
    request.set_type(std::string(message.GetTypeName()));
    request.set_message(message.SerializeAsString());
    request.set_partner(flow.substr(0, flow.find('/')));
    request.set_flow(flow);
    request.set_business_no(business_no);
    request.set_received_at(clock_.Now().value + received_ms_later);
    grpc::ClientContext context;
    rpc::v1::AnswerReply reply;
    const grpc::Status status = cases_->Answer(&context, request, &reply);
    EXPECT_TRUE(status.ok()) << status.error_message();
    return reply;
  }
  rpc::v1::AnswerReply Restore(const std::string& key, const std::string& number = "R-1") {
    partner::v1::RestoreApply apply;
    apply.set_business_no(number);
    apply.set_guarantee_no("G-1");
    apply.set_secret_key(key);
    return Ask(apply, "3.7", Letter(), number);
  }
  // In the journal of a flow.
  std::vector<std::string> Alarms(const std::string& flow) {
    rpc::v1::FlowRequest request;
    request.set_flow(flow);
    grpc::ClientContext context;
    rpc::v1::FlowReply reply;
    const grpc::Status status = cases_->Flow(&context, request, &reply);
    EXPECT_TRUE(status.ok()) << status.error_message();
    std::vector<std::string> alarms;
    for (const rpc::v1::Step& step : reply.steps()) {
      if (step.detail().starts_with("alarm: ")) alarms.push_back(step.detail());
    }
    return alarms;
  }
  void Open() {
    clock_.Advance(kToOpeningMs);
    clock_.Advance(1);
  }

  const Vector vector_ = LoadVector();
  std::unique_ptr<grpc::Server> server_;
  std::unique_ptr<rpc::v1::CaseService::Stub> cases_;
  int ids_ = 0;
};

}  // namespace guarantee::order
