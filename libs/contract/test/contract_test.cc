#include "contract/contract.h"

#include "fixture.h"

namespace guarantee::contract {
namespace {

TEST_F(ContractTest, Load_LinkedTable_IsClean) {
  const auto contract = Contract::Load();
  ASSERT_TRUE(contract) << Describe(contract.error());
}

TEST_F(ContractTest, Find_ByPathSectionAndMessage_IsTheSame) {
  const Interface& apply = At("3.1");
  EXPECT_EQ(TheContract().FindPath("financialAccount/doOrderApply"), &apply);
  EXPECT_EQ(TheContract().FindMessage("guarantee.partner.v1.OrderApply"), &apply);
  EXPECT_EQ(TheContract().FindPath("financialAccount/DoOrderApply"), nullptr);
  EXPECT_EQ(TheContract().FindPath(""), nullptr);
  EXPECT_EQ(TheContract().FindSection("3.24"), nullptr);
  EXPECT_EQ(TheContract().FindMessage("guarantee.partner.v1.PlainAnswer"), nullptr);
}

TEST_F(ContractTest, Route_TolerantOfSlashesPrefixAndQuery) {
  const Interface* apply = &At("3.1");
  for (const auto* target :
       {"/financialAccount/doOrderApply", "/front/financialAccount/doOrderApply",
        "//front//financialAccount//doOrderApply/", "/financialAccount/doOrderApply?a=/b",
        "financialAccount/doOrderApply"}) {
    EXPECT_EQ(TheContract().Route(target), apply) << target;
  }
  for (const auto* target :
       {"/front/front/financialAccount/doOrderApply", "/Front/financialAccount/doOrderApply",
        "/financialAccount/doorderapply", "/", "", "/front/", "/financialAccount",
        "/x/financialAccount/doOrderApply"}) {
    EXPECT_EQ(TheContract().Route(target), nullptr) << target;
  }
  EXPECT_EQ(TheContract().Route(std::string(100'000, '/') + "x"), nullptr);
}

TEST_F(ContractTest, Interface_MethodOptions_AreCompiled) {
  const Interface& apply = At("3.1");
  EXPECT_TRUE(apply.FromPlatform());
  EXPECT_FALSE(apply.ToPlatform());
  EXPECT_FALSE(apply.synchronous);
  EXPECT_EQ(apply.service, "order");
  EXPECT_EQ(apply.request_topic, "guarantee.requests.order.v1");
  EXPECT_EQ(apply.registered.number->wire, "businessNo");
  ASSERT_EQ(apply.registered.unique.size(), 1U);
  EXPECT_EQ(apply.registered.unique.front()->wire, "orderNo");
  EXPECT_EQ(apply.answer, AnswerShape::kRedirect);
  EXPECT_EQ(apply.flow.kind, FlowKind::kOrder);

  const Interface& notice = At("3.2");
  EXPECT_TRUE(notice.wrapped_out);
  EXPECT_EQ(notice.notice_topic, "guarantee.notices.v1");
  EXPECT_EQ(notice.answers, "3.1");
  EXPECT_EQ(notice.result->wire, "applyResult");
  EXPECT_EQ(notice.not_after, NotAfter::kPurchaseDeadline);
}

TEST_F(ContractTest, Interface_SharedOnes_GoBothWays) {
  for (const auto* section : {"3.9", "3.10", "3.11", "3.12"}) {
    EXPECT_TRUE(At(section).FromPlatform() && At(section).ToPlatform()) << section;
  }
}

TEST_F(ContractTest, NoticeOf_EveryAsynchronousRequestHasOne) {
  for (const Interface& interface : TheContract().interfaces()) {
    const bool request = interface.FromPlatform() && interface.answers.empty();
    const Interface* notice = TheContract().NoticeOf(interface);
    if (request && !interface.synchronous) {
      ASSERT_NE(notice, nullptr) << interface.section;
      EXPECT_TRUE(notice->ToPlatform());
      EXPECT_NE(notice->result, nullptr) << interface.section;
    }
    EXPECT_TRUE(request || notice == nullptr) << interface.section;
  }
  EXPECT_EQ(TheContract().NoticeOf(At("3.7")), &At("3.8"));
  EXPECT_EQ(TheContract().NoticeOf(At("3.17")), nullptr);
}

TEST_F(ContractTest, Interface_SynchronousOnes_AreThoseOfTheDesign) {
  std::vector<std::string> synchronous;
  for (const Interface& interface : TheContract().interfaces()) {
    if (interface.synchronous) synchronous.push_back(interface.section);
  }
  EXPECT_EQ(synchronous, (std::vector<std::string>{"3.7", "3.17", "3.18", "3.19", "3.20", "3.21",
                                                   "3.22", "3.23"}));
}

TEST_F(ContractTest, Flow_ApplicantIsHashed_WithdrawalsGoThroughTheRegister) {
  EXPECT_TRUE(At("3.5").flow.keyed_hash);
  EXPECT_TRUE(At("3.21").flow.keyed_hash);
  EXPECT_EQ(At("3.17").flow.through, "3.5");
  EXPECT_EQ(At("3.18").flow.through, "3.15");
  EXPECT_EQ(At("3.19").flow.through, "3.11");
  EXPECT_EQ(At("3.20").flow.through, "3.9");
  EXPECT_EQ(At("3.3").flow.through, "3.1");
}

}  // namespace
}  // namespace guarantee::contract
