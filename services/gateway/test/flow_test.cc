// Interfaces without a register, and those that a service answers.
#include "contract/messages.h"
#include "gateway/texts.h"
#include "gateway_fixture.h"

namespace guarantee::gateway {
namespace {

namespace messages = contract::messages;

constexpr std::string_view kCancelPath = "/financialAccount/orderCancelApply";

// Answers at once with what the test says, and keeps what it was asked.
class TestServices final : public ServicePort {
 public:
  bool Offers(const contract::Interface& interface) const override {
    return interface.service == "order";
  }
  void Ask(ServiceRequest request, ServiceReport report) override {
    {
      const std::lock_guard lock(mutex_);
      flows_.push_back(request.flow);
      numbers_.push_back(request.business_no);
    }
    report(answer_);
  }
  void Answer(Result<contract::Answer> answer) { answer_ = std::move(answer); }
  std::vector<std::string> flows() {
    const std::lock_guard lock(mutex_);
    return flows_;
  }

  std::vector<std::string> numbers() {
    const std::lock_guard lock(mutex_);
    return numbers_;
  }

 private:
  std::mutex mutex_;
  std::vector<std::string> flows_;
  std::vector<std::string> numbers_;
  Result<contract::Answer> answer_ = contract::Answer{200, "操作成功", {}};
};

class FlowTest : public GatewayTest {
 protected:
  void SetUp() override {
    options_.interfaces = {"3.1", "3.3", "3.5", "3.10", "3.15", "3.17", "3.18", "3.20", "3.22"};
    services_ = &port_;
    StartGateway();
  }
  static std::string Cancel(const std::string& number) {
    return R"({"applyNo":")" + number + R"(","applyTime":"2025-01-01 08:00:00"})";
  }
  std::string LastKey() { return bus_.records().back().key; }

  TestServices port_;
};

TEST_F(FlowTest, ACancellationFollowsTheOrderUnderEitherOfItsNumbers) {
  EXPECT_EQ(CodeOf(Post(kOrderPath, ToJson(OrderBody("B1", "O1")))), 200);
  EXPECT_EQ(CodeOf(Post(kCancelPath, Cancel("O1"))), 200);
  EXPECT_EQ(LastKey(), "demo/order/O1");
  EXPECT_EQ(CodeOf(Post(kCancelPath, Cancel("B1"))), 200);
  EXPECT_EQ(LastKey(), "demo/order/O1");
  EXPECT_EQ(CodeOf(Post(kCancelPath, Cancel("unknown"))), 200);
  EXPECT_EQ(LastKey(), "demo/order/unknown");
  EXPECT_EQ(bus_.records().back().topic, "guarantee.requests.order.v1");
}

TEST_F(FlowTest, ANumberThatIsTwoOrdersIsRefused) {
  EXPECT_EQ(CodeOf(Post(kOrderPath, ToJson(OrderBody("B1", "X")))), 200);
  EXPECT_EQ(CodeOf(Post(kOrderPath, ToJson(OrderBody("X", "O2")))), 200);
  const http::Answer answer = Post(kCancelPath, Cancel("X"));
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(MessageOf(answer), texts::kSeveralOrders);
}

TEST_F(FlowTest, ItemsOfAnArrayAreJudgedOneByOne) {
  const http::Answer good = Post(kCancelPath, "[" + Cancel("O1") + "," + Cancel("O2") + "]");
  EXPECT_EQ(CodeOf(good), 200);
  EXPECT_EQ(MessageOf(good), messages::Received(2));
  const http::Answer mixed =
      Post(kCancelPath, "[" + Cancel("O3") + R"(,{"applyNo":"O4"},)" + Cancel("O5") + "]");
  EXPECT_EQ(mixed.status, 200);
  EXPECT_EQ(CodeOf(mixed), 500);
  EXPECT_TRUE(MessageOf(mixed).starts_with("第2条O4：")) << MessageOf(mixed);
  EXPECT_EQ(MessageOf(mixed).find("O3"), std::string::npos);
  EXPECT_EQ(bus_.records().size(), 4U);
  bus_.SetAway(true);
  EXPECT_EQ(Post(kCancelPath, "[" + Cancel("O6") + "]").status, 503);
}

TEST_F(FlowTest, ACreditFlowHidesTheApplicant) {
  const http::Answer answer =
      Post("/financialAccount/creditApply",
           R"({"businessNo":"C1","applyTime":"2025-01-01 08:00:00","applyUser":"某公司",)"
           R"("applyCode":"91430602MA4L5GJ80Y"})");
  EXPECT_EQ(CodeOf(answer), 200);
  EXPECT_EQ(MessageOf(answer), messages::kCreditAccepted);
  EXPECT_TRUE(LastKey().starts_with("demo/credit/"));
  EXPECT_EQ(LastKey().find("9143"), std::string::npos);
}

TEST_F(FlowTest, AServiceAnswersForItselfOnTheOrdersFlow) {
  const std::string body = R"({"orderNo":"O1","openTime":"2025-01-10 10:00:00"})";
  const std::string_view path = "/financialAccount/openTimeMaintenance";
  EXPECT_EQ(CodeOf(Post(path, body)), 200);
  EXPECT_EQ(port_.flows(), std::vector<std::string>{"demo/order/O1"});
  port_.Answer(contract::Answer{500, "已还原，不能变更开标时间", {}});
  const http::Answer refused = Post(path, body);
  EXPECT_EQ(refused.status, 200);
  EXPECT_EQ(MessageOf(refused), messages::kRestored);
  port_.Answer(Retryable("rpc.unavailable", "away"));
  const http::Answer away = Post(path, body);
  EXPECT_EQ(away.status, 503);
  EXPECT_EQ(CodeOf(away), 500);
}

TEST_F(FlowTest, AWithdrawalFindsItsFlowThroughTheRegister) {
  EXPECT_EQ(CodeOf(Post("/financialAccount/refundApply",
                        R"({"businessNo":"R1","applyTime":"2025-01-01 08:00:00",)"
                        R"("guaranteeNo":"G1"})")),
            200);
  const std::string body = R"({"businessNo":"R1","applyTime":"2025-01-01 08:00:00"})";
  const http::Answer done = Post("/financialAccount/refundRevocation", body);
  EXPECT_EQ(CodeOf(done), 200);
  EXPECT_EQ(port_.flows(), std::vector<std::string>{"demo/guarantee/G1"});
  EXPECT_EQ(port_.numbers(), std::vector<std::string>{"R1"});
  const http::Answer unknown = Post("/financialAccount/refundRevocation",
                                    R"({"businessNo":"R2","applyTime":"2025-01-01 08:00:00"})");
  EXPECT_EQ(CodeOf(unknown), 500);
  EXPECT_EQ(MessageOf(unknown), messages::kNumberUnknown);
  EXPECT_EQ(DataOf(unknown), "1");
}

// A cancellation may be our own proposal: its number is not the platform's, so not registered.
TEST_F(FlowTest, ANumberThatMayBeOurOwnIsLeftToTheService) {
  EXPECT_EQ(
      CodeOf(Post("/financialAccount/cancelRevocation",
                  R"({"businessNo":"OURS-1","applyTime":"2025-01-01 08:00:00","reason":"x"})")),
      200);
  EXPECT_EQ(port_.flows(), std::vector<std::string>{"demo/guarantee/"});
  EXPECT_EQ(port_.numbers(), std::vector<std::string>{"OURS-1"});
}

TEST_F(FlowTest, AServiceThatIsNotThereIsNotOffered) {
  const http::Answer answer =
      Post("/financialAccount/creditRevocation",
           R"({"businessNo":"C1","applyTime":"2025-01-01 08:00:00","reason":"x"})");
  EXPECT_EQ(answer.status, 503);
  EXPECT_EQ(MessageOf(answer), texts::kNotOffered);
}

}  // namespace
}  // namespace guarantee::gateway
