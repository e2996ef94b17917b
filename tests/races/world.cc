#include "world.h"

namespace guarantee::races {
namespace {

using rpc::v1::CaseService;
using rpc::v1::OrderService;

constexpr const char* kNotices = "guarantee.notices.v1";

std::string ReadAll(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

void WritePartner(const std::string& directory) {
  std::ofstream(directory + "/hash") << "$argon2id$v=19$m=19456,t=2,p=1$c2FsdHNhbHQ$"
                                        "aGFzaGhhc2hoYXNoaGFzaGhhc2hoYXNoaGFzaGhhc2g";
  std::ofstream(directory + "/password") << "secret";
  std::ofstream(directory + "/partners.json")
      << R"({"partners":[{"id":"demo","environment":"development","institution":{"kind":"bank",)"
         R"("name":"岳阳银行"},"accounts":[{"user":"demo","password_hash_file":"hash",)"
         R"("entitlements":[{"interfaces":["*"]}]}],"source_networks":["127.0.0.0/8"],)"
         R"("field_cipher":"R1","limits":{"amount_max":"100000000.00"},)"
         R"("products":{"valid_days":120},"platform":{"base_url":"http://127.0.0.1:1/front/",)"
         R"("user":"u","password_file":"password"}}]})";
}

}  // namespace

void World::SetUp() {
  directory_ = std::filesystem::temp_directory_path() / "guarantee-races-XXXXXX";
  ASSERT_NE(mkdtemp(directory_.data()), nullptr);
  WritePartner(directory_);
  pdf_ = ReadAll(GUARANTEE_SOURCE_DIR "/deploy/dev/demonstration-letter.pdf");
  contract_ = contract::Contract::Load().value();
  partners_ = partner::PartnerDirectory::Load(directory_ + "/partners.json",
                                              partner::Environment::kDevelopment, *contract_)
                  .value();
  std::vector<messaging::TopicSettings> topics{{kNotices, 2, 1, {}},
                                               {"guarantee.events.notice.v1", 2, 1, {}},
                                               {"guarantee.events.notice.v1.dlq", 2, 1, {}},
                                               {"guarantee.requests.invoice.v1", 2, 1, {}}};
  for (const std::string service : {"order", "claim", "credit"}) {
    for (const std::string kind : {"requests", "decisions"}) {
      topics.push_back({"guarantee." + kind + "." + service + ".v1", 2, 1, {}});
      topics.push_back({"guarantee." + kind + "." + service + ".v1.dlq", 2, 1, {}});
    }
    topics.push_back({"guarantee.events." + service + ".v1", 2, 1, {}});
    topics.push_back({"guarantee.state." + service + ".v1", 2, 1, {}});
  }
  ASSERT_TRUE(bus_.CreateTopics(topics, std::chrono::seconds{1}).has_value());
  sql::PostgresOptions database;
  database.dsn = testing::PostgresServer::Shared().NewDatabase();
  database.connections = 12;
  pool_ = sql::PostgresPool::Open(database).value();
  for (const char* schema : {order::kSchema, claim::kSchema, credit::kSchema}) {
    schemas_.push_back(pool_->Schema(schema));
  }
  order::OrderOptions order;
  order.process_name = "order";
  order.key = Secret(std::string(32, 'k'));
  order_ =
      order::OrderService::Start(order, bus_, *schemas_[0], contract_, partners_, clock_).value();
  claim::ClaimOptions claim;
  claim.process_name = "claim";
  claim.contact_name = "张三";
  claim.contact_phone = "0730-8888888";
  claim_ = claim::StartClaim(claim, bus_, *schemas_[1], contract_, partners_, clock_).value();
  credit::CreditOptions credit;
  credit.process_name = "credit";
  credit.minimum_amount = "100000.00";
  credit_ = credit::StartCredit(credit, bus_, *schemas_[2], contract_, partners_, clock_).value();
  servers_.push_back(rpc::StartServer("127.0.0.1:0", order_->rpcs()).value());
  servers_.push_back(rpc::StartServer("127.0.0.1:0", claim_->rpcs()).value());
  servers_.push_back(rpc::StartServer("127.0.0.1:0", credit_->rpcs()).value());
  orders_ = OrderService::NewStub(servers_[0]->InProcessChannel({}));
  letters_ = CaseService::NewStub(servers_[0]->InProcessChannel({}));
  claims_ = CaseService::NewStub(servers_[1]->InProcessChannel({}));
  credits_ = CaseService::NewStub(servers_[2]->InProcessChannel({}));
}

void World::TearDown() {
  for (auto& server : servers_) rpc::Stop(*server);
  servers_.clear();
  order_.reset();
  claim_.reset();
  credit_.reset();
  schemas_.clear();
  pool_.reset();
  std::filesystem::remove_all(directory_);
}

void World::Race(const std::function<void()>& one, const std::function<void()>& other) {
  std::uniform_int_distribution<std::int64_t> drawn(-kHeadStartMax.count(), kHeadStartMax.count());
  const std::int64_t head_start_us = drawn(random_);
  std::barrier together(2);
  const auto run = [&together](const std::function<void()>& side, std::int64_t late_us) {
    together.arrive_and_wait();
    // Not a wait for anything: it decides who is first.
    const auto from = std::chrono::steady_clock::now() + std::chrono::microseconds(late_us);
    while (std::chrono::steady_clock::now() < from) std::this_thread::yield();
    side();
  };
  std::thread second([&] { run(other, std::max<std::int64_t>(head_start_us, 0)); });
  run(one, std::max<std::int64_t>(-head_start_us, 0));
  second.join();
}

void World::Publish(const std::string& topic, const google::protobuf::Message& message,
                    const std::string& flow, const std::string& business_no) {
  messaging::Envelope envelope;
  envelope.id = "e-" + std::to_string(++ids_);
  envelope.type = message.GetTypeName();
  envelope.partner = kPartner;
  envelope.flow = flow;
  envelope.time = clock_.Now();
  envelope.business_no = business_no;
  bus_.producer().Publish(messaging::MakeRecord(envelope, topic, message.SerializeAsString()),
                          [](const auto& position) { EXPECT_TRUE(position.has_value()); });
}

void World::Apply(const std::string& number, std::int64_t open_in_ms) {
  partner::v1::OrderApply apply;
  apply.set_business_no("B-" + number);
  apply.set_order_no(number);
  apply.set_apply_time(clock_.Now().value);
  apply.set_bzj_end_time(clock_.Now().value + 24 * kHourMs);
  apply.set_open_time(clock_.Now().value + open_in_ms);
  apply.set_bidder_name("岳阳建设有限公司");
  apply.set_bidder_code("91430602MA4L5GJ80Y");
  apply.set_tenderee("岳阳市某招标单位");
  apply.set_tenderee_code("91430600000000001X");
  apply.set_em_amount_fen(kAmountFen);
  apply.set_icheck(partner::v1::YES_NO_NO);
  Publish("guarantee.requests.order.v1", apply, Flow(FlowKind::kOrder, number), "B-" + number);
}

std::string World::Approve(const std::string& number) {
  rpc::v1::DecideRequest request;
  request.mutable_selector()->set_number(number);
  event::DecideOrder& decision = *request.mutable_decision();
  decision.set_decision_id("approve-" + number);
  decision.set_decided_by("underwriter");
  event::ApproveOrder& approve = *decision.mutable_approve();
  approve.set_materials_complete(true);
  approve.mutable_payer()->set_payer_name("岳阳建设有限公司");
  approve.mutable_payer()->set_payer_account("6222024000064789589");
  approve.mutable_letter()->set_file(pdf_);
  approve.mutable_letter()->set_guarantee_no("G-" + number);
  grpc::ClientContext context;
  rpc::SetDeadline(context, kPatience);
  rpc::v1::DecideReply reply;
  const grpc::Status status = orders_->Decide(&context, request, &reply);
  EXPECT_TRUE(status.ok()) << status.error_message();
  return reply.result();
}

std::string World::Decide(CaseService::Stub& stub, const std::string& kind,
                          const std::string& number, const google::protobuf::Message& decision) {
  rpc::v1::CaseDecision request;
  request.set_kind(kind);
  request.mutable_selector()->set_number(number);
  request.set_type(decision.GetTypeName());
  request.set_decision(decision.SerializeAsString());
  grpc::ClientContext context;
  rpc::SetDeadline(context, kPatience);
  rpc::v1::CaseOutcome outcome;
  const grpc::Status status = stub.Decide(&context, request, &outcome);
  EXPECT_TRUE(status.ok()) << kind << " " << number << ": " << status.error_message();
  return outcome.result();
}

std::string World::DecideGuarantee(const std::string& kind, const std::string& number,
                                   const std::function<void(event::DecideGuarantee&)>& fill) {
  event::DecideGuarantee decision;
  decision.set_decision_id(kind + "-" + number);
  decision.set_decided_by("officer");
  fill(decision);
  return Decide(*letters_, kind, number, decision);
}

int World::Ask(CaseService::Stub& stub, const std::string& section,
               const google::protobuf::Message& message, const std::string& flow,
               const std::string& business_no) {
  rpc::v1::AnswerRequest request;
  request.set_section(section);
  request.set_type(message.GetTypeName());
  request.set_message(message.SerializeAsString());
  request.set_partner(kPartner);
  request.set_flow(flow);
  request.set_business_no(business_no);
  request.set_received_at(clock_.Now().value);
  clock_.Advance(1);
  grpc::ClientContext context;
  rpc::SetDeadline(context, kPatience);
  rpc::v1::AnswerReply reply;
  const grpc::Status status = stub.Answer(&context, request, &reply);
  EXPECT_TRUE(status.ok()) << section << " " << business_no << ": " << status.error_message();
  return reply.code();
}

int World::MoveOpening(const std::string& number, std::int64_t to) {
  partner::v1::OpenTimeMaintenance moved;
  moved.set_order_no(number);
  moved.set_open_time(to);
  return Ask(*letters_, "3.22", moved, Flow(FlowKind::kOrder, number), {});
}

rpc::v1::Summary World::Show(CaseService::Stub& stub, const std::string& kind,
                             const std::string& number) {
  rpc::v1::ShowCaseRequest request;
  request.set_kind(kind);
  request.mutable_selector()->set_number(number);
  grpc::ClientContext context;
  rpc::SetDeadline(context, kPatience);
  rpc::v1::Summary summary;
  const grpc::Status status = stub.Show(&context, request, &summary);
  EXPECT_TRUE(status.ok()) << kind << " " << number << ": " << status.error_message();
  return summary;
}

std::string World::OrderState(const std::string& number) {
  rpc::v1::Selector request;
  request.set_number(number);
  grpc::ClientContext context;
  rpc::SetDeadline(context, kPatience);
  rpc::v1::Summary summary;
  const grpc::Status status = orders_->Show(&context, request, &summary);
  EXPECT_TRUE(status.ok()) << number << ": " << status.error_message();
  return summary.state();
}

std::string World::AwaitState(CaseService::Stub& stub, const std::string& kind,
                              const std::string& number, const std::vector<std::string>& states) {
  const auto until = std::chrono::steady_clock::now() + kPatience;
  std::string state;
  while (std::chrono::steady_clock::now() < until) {
    state = Show(stub, kind, number).state();
    if (std::find(states.begin(), states.end(), state) != states.end()) return state;
    std::this_thread::yield();
  }
  ADD_FAILURE() << kind << " " << number << " rests in " << state;
  return state;
}

std::map<std::string, int> World::Count(const std::string& topic, const std::string& type) {
  std::map<std::string, int> counts;
  for (const messaging::Delivered& record : bus_.Records(topic)) {
    const auto envelope = messaging::ReadEnvelope(record);
    if (envelope && envelope->type.ends_with("." + type)) ++counts[envelope->business_no];
  }
  return counts;
}

}  // namespace guarantee::races
