#include "contract/encode.h"

#include "base/base64.h"
#include "contract/formats.h"
#include "contract/messages.h"
#include "fixture.h"
#include "guarantee/partner/v1/claim.pb.h"
#include "guarantee/partner/v1/credit.pb.h"
#include "guarantee/partner/v1/invoice.pb.h"
#include "guarantee/partner/v1/letter.pb.h"
#include "guarantee/partner/v1/order.pb.h"

namespace guarantee::contract {
namespace {

namespace pb = guarantee::partner::v1;
using Names = std::vector<std::string>;

class EncodeTest : public ContractTest {
 protected:
  // The sample as a message.
  template <typename Message>
  Message Filled(std::string_view section) {
    auto message = Accepted<Message>(section, Body(section));
    return message;
  }
};

TEST_F(EncodeTest, EverySample_RoundTrips) {
  for (const Interface& interface : TheContract().interfaces()) {
    const auto decoded = Decode(interface, Sample(interface), {});
    ASSERT_TRUE(decoded);
    const Item& item = decoded->items.front();
    if (!item.documents.empty()) document_ = item.documents.front().bytes;
    const auto encoded = Encode(interface, *item.message, {}, Store());
    ASSERT_TRUE(encoded) << interface.section << Describe(encoded.error());
    EXPECT_EQ(encoded->body, Sample(interface));
    EXPECT_TRUE(encoded->warnings.empty()) << interface.section;
  }
}

TEST_F(EncodeTest, Wrapper_FollowsTheContract_OrTheSwitch) {
  const auto notice = Filled<pb::CancelNotice>("3.10");
  EXPECT_TRUE(Sent("3.10", notice).contains("data"));
  EXPECT_TRUE(Sent("3.9", Filled<pb::CancelApply>("3.9")).contains("businessNo"));
  tolerance_.wrapped_out = {{"3.10", false}, {"3.9", true}};
  EXPECT_TRUE(Sent("3.10", notice).contains("businessNo"));
  EXPECT_TRUE(Sent("3.9", Filled<pb::CancelApply>("3.9")).contains("data"));
}

TEST_F(EncodeTest, OrderFailure_CarriesFourKeys) {
  auto notice = Filled<pb::OrderApplyNotice>("3.2");
  notice.set_apply_result(pb::OUTCOME_FAILURE);
  notice.set_remark("资料不完整");
  EXPECT_EQ(Keys(Sent("3.2", notice)["data"]),
            (Names{"businessNo", "orderNo", "applyTime", "applyResult"}));
  tolerance_.remark_on_failure = true;
  EXPECT_EQ(Sent("3.2", notice)["data"]["remark"], "资料不完整");
  notice = Filled<pb::OrderApplyNotice>("3.2");
  notice.set_remark("not on success");
  EXPECT_FALSE(Sent("3.2", notice)["data"].contains("remark"));
}

TEST_F(EncodeTest, ClaimFailure_OmitsWhatOnlySuccessHas) {
  auto notice = Filled<pb::CompensateNotice>("3.12");
  notice.set_operate_result(pb::OUTCOME_FAILURE);
  notice.clear_reason();
  EXPECT_EQ(Keys(Sent("3.12", notice)["data"]),
            (Names{"businessNo", "applyTime", "guaranteeNo", "reason", "operateResult",
                   "compensateResultDesc"}));
}

TEST_F(EncodeTest, InvoiceFailure_KeepsItsEmptyKeys) {
  auto notice = Filled<pb::InvoiceNotice>("3.14");
  notice.set_invoice_result(pb::OUTCOME_FAILURE);
  const auto data = Sent("3.14", notice)["data"];
  EXPECT_EQ(data["invoiceNo"], "");
  EXPECT_EQ(data["invoiceUrl"], "");
  EXPECT_EQ(data["invoiceCode"], "");
}

TEST_F(EncodeTest, CreditNotice_NeverCarriesThePapers) {
  auto notice = Filled<pb::CreditApplyNotice>("3.6");
  notice.set_credit_zip("https://x/y.zip");
  EXPECT_FALSE(Sent("3.6", notice)["data"].contains("creditZip"));
}

TEST_F(EncodeTest, OptionalKeys_OmittedUnlessTheSampleShowsThem) {
  auto cancel = Filled<pb::CancelApply>("3.9");
  cancel.clear_reason();
  cancel.set_cancel_zip("  ");
  EXPECT_EQ(Keys(Sent("3.9", cancel)), (Names{"businessNo", "applyTime", "guaranteeNo"}));
  auto notice = Filled<pb::OrderCancelNotice>("3.4");
  notice.clear_remark();
  EXPECT_EQ(Sent("3.4", notice)["data"]["remark"], "");
}

TEST_F(EncodeTest, DualResult_AddsTheSamplesKey) {
  tolerance_.dual_result = true;
  const auto data = Sent("3.12", Filled<pb::CompensateNotice>("3.12"))["data"];
  EXPECT_EQ(data["compensateResult"], data["operateResult"]);
}

TEST_F(EncodeTest, RequiredMissing_CannotGoOut) {
  auto notice = Filled<pb::OrderApplyNotice>("3.2");
  notice.clear_payer_name();
  const Error error = NotSent("3.2", notice);
  EXPECT_EQ(error.code, "contract.required");
  EXPECT_EQ(error.kind, ErrorKind::kPermanent);
  notice.clear_apply_result();
  EXPECT_EQ(NotSent("3.2", notice).field, "applyResult");
}

TEST_F(EncodeTest, Text_IsCutBetweenCodePoints_IdentitiesNever) {
  auto notice = Filled<pb::CancelNotice>("3.10");
  std::string text;
  for (int i = 0; i < 101; ++i) text += "保";
  notice.set_cancel_result_desc(text);
  EXPECT_EQ(CodePoints(Sent("3.10", notice)["data"]["cancelResultDesc"].get<std::string>()), 100U);
  EXPECT_TRUE(Warned(WarningKind::kCut, "cancelResultDesc"));
  notice.set_business_no(std::string(64, 'x'));
  EXPECT_EQ(Sent("3.10", notice)["data"]["businessNo"].get<std::string>().size(), 64U);
  notice.set_business_no(std::string(65, 'x'));
  EXPECT_EQ(NotSent("3.10", notice).code, "contract.length");
}

TEST_F(EncodeTest, Whole_TextThatMustNotBeCut_CannotGoOut) {
  auto notice = Filled<pb::InvoiceNotice>("3.14");
  notice.set_invoice_url("https://" + std::string(120, 'x'));
  EXPECT_EQ(NotSent("3.14", notice).field, "invoiceUrl");
}

TEST_F(EncodeTest, SecretKey_GoesOutWhole) {
  auto restore = Filled<pb::RestoreApply>("3.7");
  restore.set_secret_key(std::string(4096, 'k'));
  EXPECT_EQ(Sent("3.7", restore)["secretKey"].get<std::string>().size(), 4096U);
  restore.set_secret_key(std::string(4097, 'k'));
  EXPECT_EQ(NotSent("3.7", restore).code, "contract.length");
}

TEST_F(EncodeTest, Money_DropsTheFractionWhereItMust_ThenOverflows) {
  auto notice = Filled<pb::CompensateNotice>("3.12");
  const auto amount = [&](std::int64_t fen) {
    notice.set_payer_amount_fen(fen);
    return Sent("3.12", notice)["data"]["payerAmount"].get<std::string>();
  };
  EXPECT_EQ(amount(500'000), "5000.00");
  EXPECT_EQ(amount(80'000'000), "800000");
  EXPECT_EQ(amount(9'999'999), "99999.99");
  EXPECT_TRUE(warnings_.empty());
  EXPECT_EQ(amount(80'000'050), "800000.50");
  EXPECT_TRUE(Warned(WarningKind::kContractOverflow, "payerAmount"));
  EXPECT_EQ(amount(100'000'000'000), "1000000000");
  tolerance_.contract_overflow_fails = true;
  EXPECT_EQ(NotSent("3.12", notice).code, "contract.overflow");
  notice.set_payer_amount_fen(-1);
  EXPECT_EQ(NotSent("3.12", notice).code, "contract.value");
}

TEST_F(EncodeTest, Rate_PercentOrDecimal) {
  auto notice = Filled<pb::OrderApplyNotice>("3.2");
  notice.set_rate_millionths(1250);
  EXPECT_EQ(Sent("3.2", notice)["data"]["rate"], "0.125%");
  tolerance_.rate_decimal = true;
  notice.set_rate_millionths(5000);
  EXPECT_EQ(Sent("3.2", notice)["data"]["rate"], "0.005");
}

TEST_F(EncodeTest, Document_ComesFromItsStore) {
  auto notice = Filled<pb::RestoreNotice>("3.8");
  document_ = "%PDF-1.7 signed";
  notice.mutable_guarantee_file()->set_size_bytes(static_cast<std::int64_t>(document_.size()));
  EXPECT_EQ(DecodeBase64(Sent("3.8", notice)["data"]["guaranteeFile"].get<std::string>()),
            document_);
  notice.mutable_guarantee_file()->set_size_bytes(1);
  EXPECT_EQ(NotSent("3.8", notice).code, "contract.value");
  store_away_ = true;
  EXPECT_EQ(NotSent("3.8", notice).kind, ErrorKind::kRetryable);
  notice.clear_guarantee_file();
  EXPECT_EQ(NotSent("3.8", notice).code, "contract.required");
}

TEST_F(EncodeTest, Text_ForeignCharactersCannotGoOut) {
  auto notice = Filled<pb::CancelNotice>("3.10");
  notice.set_cancel_result_desc("tab\tand\nquote\"\\");
  EXPECT_EQ(Sent("3.10", notice)["data"]["cancelResultDesc"], "tab\tand\nquote\"\\");
  notice.set_cancel_result_desc("bell\x07");
  EXPECT_EQ(NotSent("3.10", notice).code, "contract.text");
  notice.set_cancel_result_desc("\xFF");
  EXPECT_EQ(NotSent("3.10", notice).code, "contract.text");
  notice = Filled<pb::CancelNotice>("3.10");
  notice.set_guarantee_no("保函");
  EXPECT_EQ(NotSent("3.10", notice).field, "guaranteeNo");
}

TEST_F(EncodeTest, ForeignMessage_IsRefused) {
  EXPECT_EQ(NotSent("3.10", pb::RefundNotice()).code, "contract.value");
}

TEST_F(EncodeTest, Answer_TakesTheInterfacesShape) {
  EXPECT_EQ(EncodeAnswer(&At("3.5"), {200, "操作成功", "ignored"}),
            R"({"code":200,"msg":"操作成功"})");
  EXPECT_EQ(EncodeAnswer(nullptr, {500, "接口不存在", {}}), R"({"code":500,"msg":"接口不存在"})");
  EXPECT_EQ(EncodeAnswer(&At("3.1"), {200, "操作成功", "https://b/t"}),
            R"({"code":200,"msg":"操作成功","data":"https://b/t"})");
  EXPECT_EQ(EncodeAnswer(&At("3.1"), {500, "x", {}}), R"({"code":500,"msg":"x","data":""})");
  EXPECT_EQ(EncodeAnswer(&At("3.1"), {500, "x", "https://b/t"}),
            R"({"code":500,"msg":"x","data":""})");
  EXPECT_EQ(EncodeAnswer(&At("3.17"), {500, "x", "0"}), R"({"code":500,"msg":"x","data":"1"})");
  EXPECT_EQ(EncodeAnswer(&At("3.17"), {200, "", {}}), R"({"code":200,"msg":"","data":"0"})");
  EXPECT_EQ(EncodeAnswer(&At("3.19"), {500, "x", {}}), R"({"code":500,"msg":"x","data":"1"})");
  EXPECT_EQ(EncodeAnswer(&At("3.21"), {3, "额度不满足", {}}), R"({"code":3,"msg":"额度不满足"})");
}

TEST_F(EncodeTest, Answer_DataLength_IsTheShapes) {
  EXPECT_EQ(AnswerDataLengthMax(At("3.1")), 160U);
  EXPECT_EQ(AnswerDataLengthMax(At("3.17")), 2U);
  EXPECT_EQ(AnswerDataLengthMax(At("3.5")), 0U);
}

TEST_F(EncodeTest, Answer_MessageIsCutToItsLength) {
  std::string text;
  for (int i = 0; i < 300; ++i) text += "错";
  const auto answer = nlohmann::json::parse(EncodeAnswer(nullptr, {500, text, {}}));
  EXPECT_EQ(CodePoints(answer["msg"].get<std::string>()), 200U);
}

TEST_F(EncodeTest, ReadAnswer_CodeOrState_NumberOrText) {
  const auto verdict = [](std::string_view body) { return ReadAnswer(At("3.2"), body).verdict; };
  for (const auto* accepted :
       {R"({"code":200,"msg":""})", R"({"code":"200"})", R"({"code":" 200 "})", R"({"state":200})",
        R"({"code":null,"state":"200"})", R"({"code":200,"state":1})", R"({"code":200.0})",
        "\xEF\xBB\xBF{\"code\":200}", R"({"code":200,"data":{"a":[1]}})"}) {
    EXPECT_EQ(verdict(accepted), Verdict::kAccepted) << accepted;
  }
  for (const auto* refused :
       {R"({"code":500})", R"({"code":1})", R"({"state":1})", R"({"code":"ok"})",
        R"({"code":0200})", R"({"code":"0200"})", R"({"code":500,"state":200})", R"({"code":20})",
        R"({"code":200.5})"}) {
    const auto expected =
        std::string_view(refused) == R"({"code":0200})" ? Verdict::kUnreadable : Verdict::kRefused;
    EXPECT_EQ(verdict(refused), expected) << refused;
  }
  for (const auto* unreadable :
       {"", "{}", "[]", "200", R"({"code":200)", R"({"msg":"ok"})", R"({"code":null})",
        R"({"code":""})", R"({"code":true})", R"({"code":200,"code":500})", "<html>"}) {
    EXPECT_EQ(verdict(unreadable), Verdict::kUnreadable) << unreadable;
  }
}

TEST_F(EncodeTest, ReadAnswer_KeepsTextAndData) {
  const auto answer = ReadAnswer(At("3.1"), R"({"code":"500","msg":"业务流水号重复","data":"u"})");
  EXPECT_EQ(answer.code, "500");
  EXPECT_EQ(answer.message, "业务流水号重复");
  EXPECT_EQ(answer.data, "u");
}

TEST_F(EncodeTest, ClassifyRefusal_FollowsTheTable) {
  for (const auto message : {messages::kUserEmpty, messages::kUserUnknown, messages::kUserDisabled,
                             messages::kCodeWrong}) {
    EXPECT_EQ(ClassifyRefusal(message), AnswerClass::kStopPartner) << message;
  }
  EXPECT_EQ(ClassifyRefusal(messages::EntitlementExpired("2023-04-18")), AnswerClass::kStopPartner);
  EXPECT_EQ(ClassifyRefusal(messages::kNotEntitled), AnswerClass::kStopInterface);
  EXPECT_EQ(ClassifyRefusal("系统无法接受数据!注意:银行接口未授权!"), AnswerClass::kStopInterface);
  EXPECT_EQ(ClassifyRefusal(messages::kSignInUnchecked), AnswerClass::kRetry);
  EXPECT_EQ(ClassifyRefusal(" 登录失败, 无法校验用户! "), AnswerClass::kRetry);
  EXPECT_EQ(ClassifyRefusal("业务流水号不存在"), AnswerClass::kPark);
  EXPECT_EQ(ClassifyRefusal(""), AnswerClass::kPark);
}

}  // namespace
}  // namespace guarantee::contract
