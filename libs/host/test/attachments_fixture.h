// A host whose requests bring attachments, and the server that has the files.
#pragma once

#include <gtest/gtest.h>
#include <unistd.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <functional>
#include <optional>
#include <set>
#include <thread>

#include "attachment/reasons.h"
#include "attachment_worker.h"
#include "base/base64.h"
#include "guarantee/event/v1/attachment.pb.h"
#include "guarantee/partner/v1/claim.pb.h"
#include "guarantee/store/v1/attachment.pb.h"
#include "host/attachments.h"
#include "host/host.h"
#include "rpc/server.h"
#include "scripted_server.h"
#include "service/outbound.h"
#include "service/units.h"
#include "testing/fake_bus.h"
#include "testing/fake_clock.h"

namespace guarantee::host {

namespace reasons = attachment::reasons;
using http::testing::Answer;
using http::testing::ReceivedRequest;
using http::testing::ScriptedReply;
using http::testing::ScriptedServer;
using messaging::Delivered;
using messaging::Envelope;
using namespace std::chrono_literals;

inline constexpr std::int16_t kMatter = 1;
inline constexpr const char* kRequests = "requests";
inline constexpr const char* kFacts = "facts";
inline const std::string kFlow = "demo/claim/G-1";
inline const std::string kFile = "%PDF-1.7 proof of the claim";
inline constexpr auto kPatience = 60s;
inline constexpr auto kBetweenSteps = 300ms;

// Keeps what it was given of each request, by number.
class KeepingDesk final : public service::Desk {
 public:
  explicit KeepingDesk(service::DeskTools tools) : tools_(std::move(tools)) {}

  Result<std::optional<service::Task>> FromRecord(const Delivered& record,
                                                  const Envelope& envelope) override {
    const auto apply = service::Parse<partner::v1::CompensateApply>(record.value);
    if (!apply) return tl::unexpected(apply.error());
    service::Task task;
    task.cause = service::CauseOf(record, envelope, "request", tools_.partition(envelope.flow));
    task.subject = {kMatter, envelope.flow};
    task.work = [cause = task.cause, text = apply->compensate_zip()](
                    messaging::Workspace& workspace, UnixMillis) -> Result<service::Outcome> {
      const messaging::RowKey key{kMatter, cause.flow};
      workspace.Put(key, cause.partition, workspace.Row(key).state + text + "\n",
                    {"demo", "G-1", cause.business_no, "kept", 0});
      return service::Outcome{};
    };
    return std::optional<service::Task>{std::move(task)};
  }
  Result<service::Task> FromTimer(const messaging::Timer&, const contract::FlowKey&) override {
    return Permanent("timer", "there is none");
  }
  Result<service::Task> FromRequest(const Envelope&, const std::string&) override {
    return Permanent("request", "there is none");
  }
  Result<service::Task> FromDecision(const messaging::RowKey&, const std::string&,
                                     const std::string&, const std::string&) override {
    return Permanent("decision", "there is none");
  }
  const std::vector<service::CaseKind>& kinds() const override { return kinds_; }
  Result<std::optional<service::CaseView>> Describe(
      const service::CaseKind&, const messaging::StoredRow& row) const override {
    return std::optional<service::CaseView>{
        {"demo", "G-1", row.summary.business_no, "kept", 0, row.updated_at, {}}};
  }

 private:
  const service::DeskTools tools_;
  const std::vector<service::CaseKind> kinds_{{"claim", kMatter, contract::FlowKind::kClaim}};
};

class AttachmentsTest : public ::testing::Test {
 protected:
  void SetUp() override {
    directory_ = std::filesystem::temp_directory_path() / "guarantee-attachments-XXXXXX";
    ASSERT_NE(mkdtemp(directory_.data()), nullptr);
    contract_ = contract::Contract::Load().value();
    LoadPartners(R"("hosts":[")" + Host() + R"("],"networks":["127.0.0.0/8"],"plain_http":true,)" +
                 R"("file_base":"http://)" + Host() + R"(/base/")");
    std::vector<messaging::TopicSettings> topics;
    for (const char* name : {kRequests, kFacts, "requests.dlq"}) topics.push_back({name, 2, 1, {}});
    ASSERT_TRUE(bus_.CreateTopics(topics, 1s).has_value());
    Start();
  }
  void TearDown() override {
    Stop();
    std::filesystem::remove_all(directory_);
  }

  [[nodiscard]] std::string Host() const { return "127.0.0.1:" + std::to_string(server_.port()); }
  [[nodiscard]] std::string Link() const { return "http://" + Host() + "/secret-name/proof.pdf"; }

  void LoadPartners(const std::string& attachments) {
    std::ofstream(directory_ + "/hash") << "$argon2id$v=19$m=19456,t=2,p=1$c2FsdHNhbHQ$"
                                           "aGFzaGhhc2hoYXNoaGFzaGhhc2hoYXNoaGFzaGhhc2g";
    std::ofstream(directory_ + "/password") << "secret";
    std::ofstream(directory_ + "/partners.json")
        << R"({"partners":[{"id":"demo","environment":"development","institution":)"
           R"({"kind":"guarantee_company","name":"x"},"accounts":[{"user":"demo",)"
           R"("password_hash_file":"hash","entitlements":[{"interfaces":["*"]}]}],)"
           R"("source_networks":["127.0.0.0/8"],"field_cipher":"R1",)"
           R"("limits":{"amount_max":"1.00"},"products":{"valid_days":120},)"
           R"("attachments":{)"
        << attachments
        << R"(},"platform":{"base_url":"http://127.0.0.1:1/front/","user":"u",)"
           R"("password_file":"password"}}]})";
    auto partners = partner::PartnerDirectory::Load(directory_ + "/partners.json",
                                                    partner::Environment::kDevelopment, *contract_);
    ASSERT_TRUE(partners.has_value()) << partner::Describe(partners.error());
    partners_ = *partners;
  }

  void Start() {
    file_ = sql::SqliteFile::Open(directory_ + "/hub.db").value();
    database_ = file_->Schema("keeping");
    HostOptions options;
    options.group = "keeping";
    options.process_name = "test";
    options.alone = true;
    options.requests_topic = kRequests;
    options.waiting_kind = 9;
    options.request_limit_ms = 1;
    options.attachments = {contract_, partners_, kFacts};
    auto host = host::Host::Start(
        options, bus_, *database_, contract_,
        [](service::DeskTools tools) -> Result<std::unique_ptr<service::Desk>> {
          return std::make_unique<KeepingDesk>(std::move(tools));
        },
        clock_);
    ASSERT_TRUE(host.has_value()) << Describe(host.error());
    host_ = std::move(*host);
    calls_ = rpc::StartServer("127.0.0.1:0", host_->rpcs()).value();
    attachments_ = rpc::v1::AttachmentService::NewStub(calls_->InProcessChannel({}));
    cases_ = rpc::v1::CaseService::NewStub(calls_->InProcessChannel({}));
  }
  void Stop() {
    if (calls_) rpc::Stop(*calls_);
    attachments_.reset();
    cases_.reset();
    calls_.reset();
    host_.reset();
    database_.reset();
    file_.reset();
  }

  void Send(const std::string& number, const std::string& text) {
    partner::v1::CompensateApply apply;
    apply.set_business_no(number);
    apply.set_guarantee_no("G-1");
    apply.set_compensate_zip(text);
    Envelope envelope;
    envelope.id = "event-" + number;
    envelope.type = apply.GetTypeName();
    envelope.partner = "demo";
    envelope.flow = kFlow;
    envelope.time = clock_.Now();
    envelope.interface_section = "3.11";
    envelope.business_no = number;
    std::atomic<bool> reported{false};
    bus_.producer().Publish(messaging::MakeRecord(envelope, kRequests, apply.SerializeAsString()),
                            [&](const auto&) {
                              reported = true;
                              reported.notify_all();
                            });
    reported.wait(false);
  }

  std::vector<rpc::v1::Attachment> List() {
    rpc::v1::FlowRequest request;
    request.set_flow(kFlow);
    grpc::ClientContext context;
    rpc::v1::ListAttachmentsReply reply;
    EXPECT_TRUE(attachments_->ListAttachments(&context, request, &reply).ok());
    return {reply.attachments().begin(), reply.attachments().end()};
  }
  // The attachment of that request, once `holds`. The clock runs on meanwhile, so that timers fire,
  // in steps between which the service has time to renew its leases.
  rpc::v1::Attachment Await(const std::string& number,
                            const std::function<bool(const rpc::v1::Attachment&)>& holds,
                            std::int64_t step_ms = 500) {
    const auto until = std::chrono::steady_clock::now() + kPatience;
    auto next_step = std::chrono::steady_clock::now() + kBetweenSteps;
    rpc::v1::Attachment last;
    while (std::chrono::steady_clock::now() < until) {
      for (const rpc::v1::Attachment& one : List()) {
        if (one.business_no() != number) continue;
        last = one;
        if (holds(one)) return one;
      }
      if (std::chrono::steady_clock::now() >= next_step) {
        clock_.Advance(step_ms);
        next_step += kBetweenSteps;
      }
      std::this_thread::yield();
    }
    ADD_FAILURE() << number << " is " << last.ShortDebugString();
    return last;
  }
  rpc::v1::Attachment AwaitState(const std::string& number, const std::string& state) {
    return Await(number, [&](const auto& one) { return one.state() == state; });
  }
  grpc::Status Get(const std::string& id, std::string& bytes) {
    rpc::v1::AttachmentRequest request;
    request.set_flow(kFlow);
    request.set_attachment_id(id);
    grpc::ClientContext context;
    const auto reader = attachments_->GetAttachment(&context, request);
    rpc::v1::DocumentChunk chunk;
    while (reader->Read(&chunk)) bytes += chunk.data();
    return reader->Finish();
  }
  std::string BytesOf(const std::string& id) {
    std::string bytes;
    EXPECT_TRUE(Get(id, bytes).ok());
    return bytes;
  }
  grpc::Status Retry(const std::string& id) {
    rpc::v1::AttachmentRequest request;
    request.set_flow(kFlow);
    request.set_attachment_id(id);
    grpc::ClientContext context;
    rpc::v1::Attachment reply;
    return attachments_->RetryAttachment(&context, request, &reply);
  }
  std::string StateOfTheMatter() {
    sql::SqlWriteStore store(*database_, "keeping");
    const auto row = store.Load({kMatter, kFlow});
    return row && *row ? (*row)->state : std::string();
  }
  // As if the only attachment had been tried so often.
  void MakeAttempts(int attempts) {
    sql::SqlWriteStore store(*database_, "keeping");
    const auto done =
        store.Transact([attempts](messaging::WriteTransaction& transaction) -> Result<void> {
          const std::vector<messaging::RowKey> keys{{kAttachmentsKind, kFlow}};
          auto rows = transaction.Lock(keys);
          if (!rows) return tl::unexpected(rows.error());
          store::v1::StoredAttachments all;
          if (!all.ParseFromString(rows->at(0).state)) return Permanent("test", "cannot be read");
          all.mutable_attachments(0)->set_attempts(attempts);
          rows->at(0).state = all.SerializeAsString();
          return transaction.Save(*rows);
        });
    EXPECT_TRUE(done.has_value());
  }
  // What was told of attachments, once there are `count` facts.
  std::vector<Delivered> Facts(std::size_t count) {
    const auto until = std::chrono::steady_clock::now() + kPatience;
    while (bus_.Records(kFacts).size() < count && std::chrono::steady_clock::now() < until) {
      std::this_thread::yield();
    }
    return bus_.Records(kFacts);
  }

  ScriptedServer server_{[](const ReceivedRequest&) { return Answer(200, kFile); }};
  testing::FakeBus bus_;
  testing::FakeClock clock_;
  std::string directory_;
  std::shared_ptr<const contract::Contract> contract_;
  std::shared_ptr<const partner::PartnerDirectory> partners_;
  std::shared_ptr<sql::SqliteFile> file_;
  std::unique_ptr<sql::Database> database_;
  std::unique_ptr<host::Host> host_;
  std::unique_ptr<grpc::Server> calls_;
  std::unique_ptr<rpc::v1::AttachmentService::Stub> attachments_;
  std::unique_ptr<rpc::v1::CaseService::Stub> cases_;
};

}  // namespace guarantee::host
