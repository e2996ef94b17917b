// The order service over the embedded log and SQLite, its clock a test's. Nothing waits for real
// time but for the service's own threads, with a deadline.
#pragma once

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
#include "sealing/storage.h"
#include "sql/embedded_log.h"
#include "testing/fake_clock.h"

namespace guarantee::order {

namespace event = guarantee::event::v1;
using namespace std::chrono_literals;

inline constexpr std::chrono::seconds kDeadline{10};
inline constexpr const char* kNoticesTopic = "guarantee.notices.v1";
inline constexpr const char* kClaimTopic = "guarantee.requests.claim.v1";
inline constexpr const char* kInvoiceTopic = "guarantee.requests.invoice.v1";
inline constexpr const char* kCreditTopic = "guarantee.requests.credit.v1";
inline constexpr std::int64_t kHourMs = 3'600'000;
inline std::string DemonstrationLetter() {
  std::ifstream file(GUARANTEE_SOURCE_DIR "/deploy/dev/demonstration-letter.pdf", std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}
inline const std::string kPdf = DemonstrationLetter();

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
  [[nodiscard]] std::vector<messaging::Delivered> Await(const std::string& type,
                                                        std::size_t count) {
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
          std::string(kStateTopic), std::string(kNoticeEventsTopic), std::string(kNoticesTopic),
          std::string(kClaimTopic), std::string(kInvoiceTopic), std::string(kCreditTopic),
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
    options.request_limit_ms = 1;
    options.key = Secret(std::string(32, 'k'));
    options.storage_keys = std::make_shared<const sealing::StorageKeys>(StorageKeys());
    if (with_rules) {
      options.rules_file = directory_ + "/rules.json";
      options.demonstration_letters = true;
    }
    auto service = OrderService::Start(options, *bus_, *database_, contract_, partners_, clock_);
    ASSERT_TRUE(service.has_value()) << Describe(service.error());
    service_ = std::move(*service);
    reader_ = std::make_unique<Reader>(
        *bus_,
        std::vector<std::string>{kEventsTopic, kStateTopic, kNoticesTopic, kClaimTopic,
                                 kInvoiceTopic, kCreditTopic, std::string(kRequestsTopic) + ".dlq",
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
              R"(","environment":"development","institution":{"kind":")" +
              (credit_backed_ ? "bank" : "guarantee_company") +
              R"(",)"
              R"("name":"岳阳融资担保"},"accounts":[{"user":")" +
              id +
              R"(","password_hash_file":"hash","entitlements":[{"interfaces":["*"]}]}],)"
              R"("source_networks":["127.0.0.0/8"],"field_cipher":"R1",)"
              R"("limits":{"amount_max":"100000000.00"},)"
              R"("products":{"valid_days":120,"credit_backed":)" +
              (credit_backed_ ? "true" : "false") +
              R"(},)"
              R"("platform":{"base_url":"http://127.0.0.1:1/front/","user":"u",)"
              R"("password_file":"password"}})";
    }
    write("partners.json", R"({"partners":[)" + list + "]}");
    write("letter.pdf", kPdf);
    write("plain.pdf", kPdf + "\n");
    write("rules.json", R"({"order":{"approve_up_to":"10000000.00","letter_file":"letter.pdf",)"
                        R"("payer_name":"演示投标人","payer_account":"6222000011112222"},)"
                        R"("guarantee":{"refund_up_to":"10000000.00","cancel_up_to":"1000.00",)"
                        R"("letter_file":"plain.pdf"},"claim":{}})");
  }

  static sealing::StorageKeys StorageKeys() {
    return sealing::StorageKeys::Parse("k1 AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=").value();
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

  bool credit_backed_ = false;
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

}  // namespace guarantee::order
