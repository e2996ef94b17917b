// The order service over the embedded log and SQLite: what goes in on its topics and calls, and
// what comes out on others. The clock is a test's; nothing here waits for real time but for the
// service's own threads, with a deadline.
#include <gtest/gtest.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <map>

#include "contract/flow.h"
#include "guarantee/event/v1/notice.pb.h"
#include "guarantee/event/v1/order.pb.h"
#include "guarantee/event/v1/order_decision.pb.h"
#include "guarantee/partner/v1/order.pb.h"
#include "messaging/event.h"
#include "order/adapters/bank_letters.h"
#include "order/app/order_work.h"
#include "order/wiring.h"
#include "sql/embedded_log.h"
#include "testing/fake_clock.h"

namespace guarantee::order {
namespace {

namespace event = guarantee::event::v1;
using namespace std::chrono_literals;

constexpr std::chrono::seconds kDeadline{10};
constexpr const char* kNoticesTopic = "guarantee.notices.v1";
constexpr std::int64_t kHourMs = 3'600'000;
std::string DemonstrationLetter() {
  std::ifstream file(GUARANTEE_SOURCE_DIR "/deploy/dev/demonstration-letter.pdf", std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}
const std::string kPdf = DemonstrationLetter();

// Everything published on some topics, read like any subscriber would.
class Reader final : public messaging::AssignmentHandler {
 public:
  Reader(messaging::Bus& bus, std::vector<std::string> topics)
      : consumer_(bus.Subscribe({"test", std::move(topics), this}).value()) {}
  ~Reader() override { consumer_->Close(1s); }

  Result<std::vector<messaging::StartOffset>> OnAssigned(
      std::span<const messaging::TopicPartition> partitions) override {
    std::vector<messaging::StartOffset> starts;
    for (const auto& source : partitions) starts.push_back({source, messaging::kLogBeginning});
    return starts;
  }
  void OnRevoked(std::span<const messaging::TopicPartition>, bool) override {}

  // Records seen so far whose type ends in `type`, read on until there are `count` of them.
  std::vector<messaging::Delivered> Await(const std::string& type, std::size_t count) {
    const auto until = std::chrono::steady_clock::now() + kDeadline;
    while (Count(type) < count && std::chrono::steady_clock::now() < until) Poll(50ms);
    std::vector<messaging::Delivered> found;
    for (const auto& record : records_) {
      if (Matches(record, type)) found.push_back(record);
    }
    return found;
  }
  std::size_t Count(const std::string& type) const {
    std::size_t count = 0;
    for (const auto& record : records_) count += Matches(record, type) ? 1U : 0U;
    return count;
  }
  void Poll(std::chrono::milliseconds wait) {
    auto records = consumer_->Poll(wait, 100).value();
    for (auto& record : records) records_.push_back(std::move(record));
  }

 private:
  static bool Matches(const messaging::Delivered& record, const std::string& type) {
    return record.FindHeader("ce_type").ends_with(type);
  }

  std::unique_ptr<messaging::Consumer> consumer_;
  std::vector<messaging::Delivered> records_;
};

class OrderServiceTest : public ::testing::Test {
 protected:
  void SetUp() override {
    directory_ = std::filesystem::temp_directory_path() / "guarantee-order-XXXXXX";
    ASSERT_NE(mkdtemp(directory_.data()), nullptr);
    WritePartners();
    auto contract = contract::Contract::Load();
    ASSERT_TRUE(contract.has_value()) << Describe(contract.error());
    contract_ = *contract;
    auto partners = partner::PartnerDirectory::Load(directory_ + "/partners.json",
                                                    partner::Environment::kDevelopment, *contract_);
    ASSERT_TRUE(partners.has_value()) << partner::Describe(partners.error());
    partners_ = *partners;
    Open();
  }
  void TearDown() override {
    Close();
    std::filesystem::remove_all(directory_);
  }

  void Open() {
    file_ = sql::SqliteFile::Open(directory_ + "/hub.db").value();
    sql::EmbeddedLogOptions options;
    options.clock = &clock_;
    bus_ = sql::OpenEmbeddedLog(file_, options).value();
    std::vector<messaging::TopicSettings> topics;
    for (const std::string& name :
         {std::string(kRequestsTopic), std::string(kDecisionsTopic), std::string(kEventsTopic),
          std::string(kNoticeEventsTopic), std::string(kNoticesTopic),
          std::string(kRequestsTopic) + ".dlq", std::string(kDecisionsTopic) + ".dlq",
          std::string(kNoticeEventsTopic) + ".dlq"}) {
      topics.push_back({name, 3, 1, {}});
    }
    ASSERT_TRUE(bus_->CreateTopics(topics, 2s).has_value());
    database_ = file_->Schema(kSchema);
  }
  void Start(bool with_rules) {
    OrderOptions options;
    options.process_name = "order";
    options.alone = true;
    if (with_rules) {
      options.rules_file = directory_ + "/rules.json";
      options.demonstration_letters = true;
    }
    auto service = OrderService::Start(options, *bus_, *database_, contract_, partners_, clock_);
    ASSERT_TRUE(service.has_value()) << Describe(service.error());
    service_ = std::move(*service);
    reader_ = std::make_unique<Reader>(
        *bus_,
        std::vector<std::string>{kEventsTopic, kNoticesTopic, std::string(kRequestsTopic) + ".dlq",
                                 std::string(kDecisionsTopic) + ".dlq"});
  }
  void Close() {
    reader_.reset();
    service_.reset();
    database_.reset();
    bus_.reset();
    file_.reset();
  }

  void WritePartners() const {
    const auto write = [this](const std::string& name, const std::string& text) {
      std::ofstream(directory_ + "/" + name) << text;
    };
    write("hash",
          "$argon2id$v=19$m=19456,t=2,p=1$c2FsdHNhbHQ$"
          "aGFzaGhhc2hoYXNoaGFzaGhhc2hoYXNoaGFzaGhhc2g");
    write("password", "secret");
    std::string list;
    for (const std::string id : {"demo", "second"}) {
      list += (list.empty() ? "" : ",") + std::string(R"({"id":")") + id +
              R"(","environment":"development","institution":{"kind":"guarantee_company",)"
              R"("name":"岳阳融资担保"},"accounts":[{"user":")" +
              id +
              R"(","password_hash_file":"hash","entitlements":[{"interfaces":["*"]}]}],)"
              R"("source_networks":["127.0.0.0/8"],"field_cipher":"R1",)"
              R"("limits":{"amount_max":"100000000.00"},"products":{"valid_days":120},)"
              R"("platform":{"base_url":"http://127.0.0.1:1/front/","user":"u",)"
              R"("password_file":"password"}})";
    }
    write("partners.json", R"({"partners":[)" + list + "]}");
    write("letter.pdf", kPdf);
    write("rules.json", R"({"order":{"approve_up_to":"10000000.00","letter_file":"letter.pdf",)"
                        R"("payer_name":"演示投标人","payer_account":"6222000011112222"}})");
  }

  static std::string Flow(const std::string& partner, const std::string& order_no) {
    return contract::JoinFlow(partner, contract::FlowKind::kOrder, order_no);
  }
  partner::v1::OrderApply Application(const std::string& order_no, std::int64_t amount_fen) const {
    partner::v1::OrderApply apply;
    apply.set_business_no("B-" + order_no);
    apply.set_order_no(order_no);
    apply.set_apply_time(clock_.Now().value);
    apply.set_bzj_end_time(clock_.Now().value + 24 * kHourMs);
    apply.set_open_time(clock_.Now().value + 25 * kHourMs);
    apply.set_bidder_name("密文");
    apply.set_em_amount_fen(amount_fen);
    apply.set_icheck(partner::v1::YES_NO_YES);
    apply.set_kh_bank("bank");
    apply.set_yh_account("6222024000064789589");
    return apply;
  }
  void Publish(const std::string& topic, const messaging::Envelope& envelope,
               const std::string& value) {
    std::atomic<bool> reported{false};
    bus_->producer().Publish(messaging::MakeRecord(envelope, topic, value),
                             [&](const Result<messaging::Position>& position) {
                               EXPECT_TRUE(position.has_value());
                               reported = true;
                               reported.notify_all();
                             });
    reported.wait(false);
  }
  void Apply(const std::string& partner, const partner::v1::OrderApply& request,
             const std::string& event_id) {
    messaging::Envelope envelope;
    envelope.id = event_id;
    envelope.type = request.GetTypeName();
    envelope.partner = partner;
    envelope.flow = Flow(partner, request.order_no());
    envelope.time = clock_.Now();
    envelope.interface_section = "3.1";
    envelope.business_no = request.business_no();
    envelope.traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    Publish(kRequestsTopic, envelope, request.SerializeAsString());
  }
  void Decide(const std::string& partner, const std::string& order_no,
              const event::DecideOrder& decision) {
    messaging::Envelope envelope;
    envelope.id = "record-of-" + decision.decision_id();
    envelope.type = decision.GetTypeName();
    envelope.partner = partner;
    envelope.flow = Flow(partner, order_no);
    envelope.time = clock_.Now();
    Publish(kDecisionsTopic, envelope, decision.SerializeAsString());
  }
  static event::DecideOrder Decision(const std::string& id) {
    event::DecideOrder decision;
    decision.set_decision_id(id);
    decision.set_decided_by("underwriter");
    return decision;
  }
  static event::DecideOrder Approval(const std::string& id, const std::string& guarantee_no = {}) {
    event::DecideOrder decision = Decision(id);
    event::ApproveOrder& approve = *decision.mutable_approve();
    approve.set_materials_complete(true);
    approve.mutable_payer()->set_payer_name("甲公司");
    approve.mutable_payer()->set_payer_account("6222024000064789589");
    approve.mutable_letter()->set_file(kPdf);
    approve.mutable_letter()->set_guarantee_no(guarantee_no);
    return decision;
  }
  template <typename Message>
  static Message Read(const messaging::Delivered& record) {
    Message message;
    EXPECT_TRUE(message.ParseFromString(record.value));
    return message;
  }

  std::string directory_;
  testing::FakeClock clock_;
  std::shared_ptr<const contract::Contract> contract_;
  std::shared_ptr<const partner::PartnerDirectory> partners_;
  std::shared_ptr<sql::SqliteFile> file_;
  std::unique_ptr<messaging::Bus> bus_;
  std::unique_ptr<sql::Database> database_;
  std::unique_ptr<OrderService> service_;
  std::unique_ptr<Reader> reader_;
};

TEST_F(OrderServiceTest, Rules_IssueAtOnceAndTellThePlatform) {
  Start(true);
  Apply("demo", Application("T1", 50'000'000), "e1");
  const auto notices = reader_->Await("OrderApplyNotice", 1);
  ASSERT_EQ(notices.size(), 1U);
  const auto envelope = messaging::ReadEnvelope(notices[0]).value();
  EXPECT_EQ(envelope.flow, Flow("demo", "T1"));
  EXPECT_EQ(envelope.sequence, 1);
  EXPECT_EQ(envelope.interface_section, "3.2");
  EXPECT_EQ(envelope.business_no, "B-T1");
  EXPECT_EQ(envelope.causation, "e1");
  EXPECT_EQ(envelope.not_after.value, clock_.Now().value + 24 * kHourMs);
  EXPECT_EQ(envelope.traceparent.substr(3, 32), "0af7651916cd43dd8448eb211c80319c");
  const auto notice = Read<partner::v1::OrderApplyNotice>(notices[0]);
  EXPECT_EQ(notice.apply_result(), partner::v1::OUTCOME_SUCCESS);
  EXPECT_EQ(notice.payer_account(), "6222024000064789589");
  EXPECT_EQ(notice.cost_fen(), 125'000);
  EXPECT_EQ(notice.inst_name(), "岳阳融资担保");
  const auto letter = service_->documents().Get(notice.guarantee_file().sha256());
  ASSERT_TRUE(letter.has_value());
  EXPECT_EQ(letter->bytes, kPdf);
  // Public events come dense and in order, and hold nothing that is sealed.
  std::int64_t expected = 0;
  for (const auto& record : reader_->Await("", 6)) {
    if (record.source.topic != kEventsTopic) continue;
    EXPECT_EQ(messaging::ReadEnvelope(record)->sequence, ++expected);
    EXPECT_EQ(record.value.find("密文"), std::string::npos);
    EXPECT_EQ(record.value.find("6222024000064789589"), std::string::npos);
  }
  EXPECT_GE(expected, 5);
}

TEST_F(OrderServiceTest, Rules_RejectAboveTheLimit) {
  Start(true);
  Apply("demo", Application("T1", 1'000'000'001), "e1");
  const auto notices = reader_->Await("OrderApplyNotice", 1);
  ASSERT_EQ(notices.size(), 1U);
  EXPECT_EQ(Read<partner::v1::OrderApplyNotice>(notices[0]).apply_result(),
            partner::v1::OUTCOME_FAILURE);
  EXPECT_EQ(messaging::ReadEnvelope(notices[0])->not_after.value, 0);
}

TEST_F(OrderServiceTest, Request_TheSameAgainHasNoSecondEffect) {
  Start(true);
  const auto request = Application("T1", 50'000'000);
  for (int copy = 0; copy < 5; ++copy) Apply("demo", request, "e1");
  Apply("second", request, "e2");
  EXPECT_EQ(reader_->Await("OrderApplyNotice", 2).size(), 2U);
  // The last record of the same partner's flow is behind all copies: once it is told, they were
  // handled.
  Apply("demo", Application("T2", 50'000'000), "e3");
  EXPECT_EQ(reader_->Await("OrderApplyNotice", 3).size(), 3U);
  EXPECT_EQ(reader_->Count("OrderAccepted"), 3U);
}

TEST_F(OrderServiceTest, Decisions_StepByStepToTheLetter) {
  Start(false);
  Apply("demo", Application("T1", 50'000'000), "e1");
  ASSERT_EQ(reader_->Await("OrderAccepted", 1).size(), 1U);
  event::DecideOrder approve = Decision("d1");
  approve.mutable_approve()->set_materials_complete(true);
  Decide("demo", "T1", approve);
  ASSERT_EQ(reader_->Await("OrderPremiumRequested", 1).size(), 1U);
  event::DecideOrder premium = Decision("d2");
  auto& payment = *premium.mutable_premium()->mutable_payment();
  payment.set_payer_name("甲公司");
  payment.set_payer_account("6222-0240 0006 4789589");
  payment.set_amount_fen(125'000);
  payment.set_reference("P1");
  Decide("demo", "T1", premium);
  ASSERT_EQ(reader_->Await("OrderLetterRequested", 1).size(), 1U);
  event::DecideOrder letter = Decision("d3");
  letter.mutable_letter()->mutable_letter()->set_file(kPdf);
  letter.mutable_letter()->mutable_letter()->set_guarantee_no("BANK-7");
  Decide("demo", "T1", letter);
  const auto notices = reader_->Await("OrderApplyNotice", 1);
  ASSERT_EQ(notices.size(), 1U);
  EXPECT_EQ(Read<partner::v1::OrderApplyNotice>(notices[0]).guarantee_no(), "BANK-7");
}

TEST_F(OrderServiceTest, Decision_OfAContraryPairTheFirstWinsAndBothAreTold) {
  Start(false);
  Apply("demo", Application("T1", 50'000'000), "e1");
  ASSERT_EQ(reader_->Await("OrderAccepted", 1).size(), 1U);
  event::DecideOrder reject = Decision("d2");
  reject.mutable_reject();
  Decide("demo", "T1", Approval("d1"));
  Decide("demo", "T1", reject);
  Decide("demo", "T1", Approval("d1"));
  const auto refused = reader_->Await("OrderDecisionRefused", 1);
  ASSERT_EQ(refused.size(), 1U);
  EXPECT_EQ(Read<event::OrderDecisionRefused>(refused[0]).decision_id(), "d2");
  EXPECT_EQ(reader_->Await("OrderLetterIssued", 1).size(), 1U);
  EXPECT_EQ(reader_->Count("OrderRejected"), 0U);
}

TEST_F(OrderServiceTest, Decision_OnAnUnknownOrderIsRefusedOnceNothingIsUnread) {
  Start(false);
  Decide("demo", "nowhere", Approval("d1"));
  // A later application that is already on the topic must not be called unknown: time passes for
  // the waiting decision only with the watermark.
  const auto until = std::chrono::steady_clock::now() + kDeadline;
  while (reader_->Count("OrderDecisionRefused") == 0 && std::chrono::steady_clock::now() < until) {
    clock_.Advance(1'000);
    reader_->Poll(50ms);
  }
  const auto refused = reader_->Await("OrderDecisionRefused", 1);
  ASSERT_EQ(refused.size(), 1U);
  const auto told = Read<event::OrderDecisionRefused>(refused[0]);
  EXPECT_EQ(told.reason(), "order.unknown");
  EXPECT_EQ(told.decision_id(), "d1");
}

TEST_F(OrderServiceTest, Decision_BeforeItsOrderWaitsAndIsTaken) {
  Start(false);
  Decide("demo", "T1", Approval("d1"));
  Apply("demo", Application("T1", 50'000'000), "e1");
  ASSERT_EQ(reader_->Await("OrderAccepted", 1).size(), 1U);
  const auto until = std::chrono::steady_clock::now() + kDeadline;
  while (reader_->Count("OrderLetterIssued") == 0 && std::chrono::steady_clock::now() < until) {
    clock_.Advance(1'000);
    reader_->Poll(50ms);
  }
  EXPECT_EQ(reader_->Count("OrderLetterIssued"), 1U);
  EXPECT_EQ(reader_->Count("OrderDecisionRefused"), 0U);
}

TEST_F(OrderServiceTest, Number_OfTheBankIsUniqueWithinAPartner) {
  Start(false);
  Apply("demo", Application("T1", 50'000'000), "e1");
  Apply("demo", Application("T2", 50'000'000), "e2");
  Apply("second", Application("T1", 50'000'000), "e3");
  ASSERT_EQ(reader_->Await("OrderAccepted", 3).size(), 3U);
  Decide("demo", "T1", Approval("d1", "BANK-7"));
  ASSERT_EQ(reader_->Await("OrderLetterIssued", 1).size(), 1U);
  Decide("demo", "T2", Approval("d2", "BANK-7"));
  Decide("second", "T1", Approval("d3", "BANK-7"));
  const auto refused = reader_->Await("OrderDecisionRefused", 1);
  ASSERT_EQ(refused.size(), 1U);
  EXPECT_EQ(Read<event::OrderDecisionRefused>(refused[0]).reason(), "order.guarantee_number_used");
  EXPECT_EQ(reader_->Await("OrderLetterIssued", 2).size(), 2U);
}

TEST_F(OrderServiceTest, Letter_ThatIsNoPdfIsRefusedToTheDecider) {
  Start(false);
  Apply("demo", Application("T1", 50'000'000), "e1");
  ASSERT_EQ(reader_->Await("OrderAccepted", 1).size(), 1U);
  event::DecideOrder approve = Approval("d1");
  approve.mutable_approve()->mutable_letter()->set_file("PK not a letter");
  Decide("demo", "T1", approve);
  const auto refused = reader_->Await("OrderDecisionRefused", 1);
  ASSERT_EQ(refused.size(), 1U);
  EXPECT_EQ(Read<event::OrderDecisionRefused>(refused[0]).reason(), "order.letter_unfit");
}

TEST_F(OrderServiceTest, Deadline_LapsesAnOpenOrderAlsoAfterALongStop) {
  Start(false);
  Apply("demo", Application("T1", 50'000'000), "e1");
  ASSERT_EQ(reader_->Await("OrderAccepted", 1).size(), 1U);
  Close();
  clock_.Advance(30 * kHourMs);
  Open();
  Start(false);
  ASSERT_EQ(reader_->Await("OrderLapsed", 1).size(), 1U);
  const auto notices = reader_->Await("OrderApplyNotice", 1);
  ASSERT_EQ(notices.size(), 1U);
  EXPECT_EQ(Read<partner::v1::OrderApplyNotice>(notices[0]).apply_result(),
            partner::v1::OUTCOME_FAILURE);
}

TEST_F(OrderServiceTest, Decision_OnAnotherPartnersOrderIsParkedAndChangesNothing) {
  Start(false);
  Apply("demo", Application("T1", 50'000'000), "e1");
  ASSERT_EQ(reader_->Await("OrderAccepted", 1).size(), 1U);
  messaging::Envelope envelope;
  envelope.id = "foreign";
  envelope.type = event::DecideOrder::descriptor()->full_name();
  envelope.partner = "second";
  envelope.flow = Flow("demo", "T1");
  envelope.time = clock_.Now();
  Publish(kDecisionsTopic, envelope, Approval("d1").SerializeAsString());
  EXPECT_EQ(reader_->Await("DecideOrder", 1).size(), 1U);
  EXPECT_EQ(reader_->Count("OrderApproved"), 0U);
}

TEST_F(OrderServiceTest, Decision_ThatMeansNothingIsToldInPublic) {
  Start(false);
  Apply("demo", Application("T1", 50'000'000), "e1");
  ASSERT_EQ(reader_->Await("OrderAccepted", 1).size(), 1U);
  Decide("demo", "T1", Decision("d1"));
  const auto refused = reader_->Await("OrderDecisionRefused", 1);
  ASSERT_EQ(refused.size(), 1U);
  EXPECT_EQ(Read<event::OrderDecisionRefused>(refused[0]).decision_id(), "d1");
  EXPECT_EQ(Read<event::OrderDecisionRefused>(refused[0]).reason(), "decision.empty");
}

TEST_F(OrderServiceTest, Premium_TheSameDecisionAgainReturnsNoMoney) {
  Start(false);
  Apply("demo", Application("T1", 50'000'000), "e1");
  ASSERT_EQ(reader_->Await("OrderAccepted", 1).size(), 1U);
  event::DecideOrder approve = Decision("d1");
  approve.mutable_approve()->set_materials_complete(true);
  Decide("demo", "T1", approve);
  ASSERT_EQ(reader_->Await("OrderPremiumRequested", 1).size(), 1U);
  event::DecideOrder premium = Decision("d2");
  auto& payment = *premium.mutable_premium()->mutable_payment();
  payment.set_payer_name("甲公司");
  payment.set_payer_account("6222024000064789589");
  payment.set_amount_fen(125'000);
  payment.set_reference("P1");
  Decide("demo", "T1", premium);
  payment.set_reference("P2");
  Decide("demo", "T1", premium);
  event::DecideOrder last = Decision("d3");
  last.mutable_reject();
  Decide("demo", "T1", last);
  ASSERT_EQ(reader_->Await("OrderDecisionRefused", 1).size(), 1U);
  EXPECT_EQ(reader_->Count("OrderDecisionApplied"), 1U);
  EXPECT_EQ(reader_->Count("OrderPremiumRefundDue"), 0U);
}

TEST_F(OrderServiceTest, Lapse_GivesBackAPremiumThatTheApprovalBroughtInWithAReference) {
  Start(false);
  for (const std::string reference : {"P1", ""}) {
    const std::string order = reference.empty() ? "waived" : "paid";
    Apply("demo", Application(order, 50'000'000), order);
    ASSERT_EQ(reader_->Await("OrderAccepted", reference.empty() ? 2 : 1).size(),
              reference.empty() ? 2U : 1U);
    event::DecideOrder approve = Approval(order);
    approve.mutable_approve()->clear_letter();
    approve.mutable_approve()->mutable_payer()->set_reference(reference);
    Decide("demo", order, approve);
  }
  ASSERT_EQ(reader_->Await("OrderLetterRequested", 2).size(), 2U);
  clock_.Advance(24 * kHourMs + 60'000);
  ASSERT_EQ(reader_->Await("OrderLapsed", 2).size(), 2U);
  const auto due = reader_->Await("OrderPremiumRefundDue", 1);
  ASSERT_EQ(due.size(), 1U);
  EXPECT_EQ(Read<event::OrderPremiumRefundDue>(due[0]).reference(), "P1");
}

TEST_F(OrderServiceTest, Restart_TakesUpWhereItStood) {
  Start(true);
  Apply("demo", Application("T1", 50'000'000), "e1");
  ASSERT_EQ(reader_->Await("OrderApplyNotice", 1).size(), 1U);
  service_.reset();
  Apply("demo", Application("T2", 50'000'000), "e2");
  Close();
  Open();
  Start(true);
  EXPECT_EQ(reader_->Await("OrderApplyNotice", 2).size(), 2U);
  EXPECT_EQ(reader_->Count("OrderAccepted"), 2U);
}

TEST_F(OrderServiceTest, Notice_AcceptedIsRemembered) {
  Start(true);
  Apply("demo", Application("T1", 50'000'000), "e1");
  ASSERT_EQ(reader_->Await("OrderApplyNotice", 1).size(), 1U);
  event::NoticeAccepted accepted;
  messaging::Envelope envelope;
  envelope.id = "n1";
  envelope.type = accepted.GetTypeName();
  envelope.partner = "demo";
  envelope.flow = Flow("demo", "T1");
  envelope.time = clock_.Now();
  envelope.interface_section = "3.2";
  Publish(kNoticeEventsTopic, envelope, accepted.SerializeAsString());
  EXPECT_EQ(reader_->Await("OrderIssueAcknowledged", 1).size(), 1U);
}

TEST_F(OrderServiceTest, Poison_IsParkedAndThePartitionGoesOn) {
  Start(true);
  messaging::Envelope envelope;
  envelope.id = "bad";
  envelope.type = partner::v1::OrderApply::descriptor()->full_name();
  envelope.partner = "demo";
  envelope.flow = Flow("demo", "T1");
  envelope.time = clock_.Now();
  Publish(kRequestsTopic, envelope, "\xff\xff not a message");
  envelope.partner = "stranger";
  envelope.flow = Flow("stranger", "T1");
  Publish(kRequestsTopic, envelope, {});
  Apply("demo", Application("T1", 50'000'000), "e1");
  EXPECT_EQ(reader_->Await("OrderApplyNotice", 1).size(), 1U);
  std::vector<std::string> parked;
  const auto until = std::chrono::steady_clock::now() + kDeadline;
  while (parked.size() < 2 && std::chrono::steady_clock::now() < until) {
    reader_->Poll(50ms);
    parked.clear();
    for (const auto& record : reader_->Await("OrderApply", 0)) {
      if (record.source.topic.ends_with(".dlq")) {
        parked.emplace_back(record.FindHeader("ce_detail"));
      }
    }
  }
  ASSERT_EQ(parked.size(), 2U);
  const std::string reasons = parked[0] + parked[1];  // of two partitions, in either order
  EXPECT_NE(reasons.find("event.value"), std::string::npos);
  EXPECT_NE(reasons.find("event.partner"), std::string::npos);
}

TEST(IsPdf, WantsAWholeFileWithAPage) {
  EXPECT_TRUE(IsPdf(kPdf));
  EXPECT_FALSE(IsPdf("%PDF-1.4\nnothing\n%%EOF\n"));
  EXPECT_FALSE(IsPdf(kPdf.substr(0, kPdf.size() / 2)));
  EXPECT_FALSE(IsPdf(kPdf.substr(0, kPdf.size() / 2) + "%%EOF\n"));
  std::string pageless = kPdf;
  pageless.replace(pageless.find("/Count 1"), 8, "/Count 0");
  pageless.replace(pageless.find("/Kids"), 5, "/Nids");
  EXPECT_FALSE(IsPdf(pageless));
  EXPECT_FALSE(IsPdf("PK\x03\x04%%EOF"));
  EXPECT_FALSE(IsPdf(""));
}

}  // namespace
}  // namespace guarantee::order
