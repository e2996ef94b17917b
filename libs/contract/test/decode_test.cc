#include "contract/decode.h"

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

class DecodeTest : public ContractTest {};

TEST_F(DecodeTest, EverySample_DecodesCleanly) {
  for (const Interface& interface : TheContract().interfaces()) {
    const auto decoded = Decode(interface, Sample(interface), {});
    ASSERT_TRUE(decoded) << interface.section << decoded.error().message;
    EXPECT_FALSE(decoded->array);
    EXPECT_EQ(decoded->items.front().unknown_keys, 0U) << interface.section;
    for (const Warning& warning : decoded->items.front().warnings) {
      EXPECT_EQ(warning.kind, WarningKind::kPlainSealed) << interface.section << warning.field;
    }
  }
}

TEST_F(DecodeTest, Apply_EveryKind_IsRead) {
  const auto apply = Accepted<pb::OrderApply>("3.1", Body("3.1"));
  EXPECT_EQ(apply.business_no(), "BD48925-0001");
  EXPECT_EQ(apply.em_amount_fen(), 50'000'000);
  EXPECT_EQ(apply.icheck(), pb::YES_NO_YES);
  EXPECT_EQ(FormatTime({apply.open_time()}), "2023-04-20 10:00:00");
}

TEST_F(DecodeTest, AllErrors_AreToldAtOnce_GroupedAndInOrder) {
  auto body = Body("3.1");
  body.erase("businessNo");
  body["orderNo"] = "  ";
  body["applyTime"] = "2023-02-29 00:00:00";
  body["openTime"] = "2023/04/20 10:00:00";
  body["emAmount"] = "1,000.00";
  body["icheck"] = "01";
  body["bidderCode"] = std::string(31, 'A');
  const auto failure = Refused("3.1", body);
  EXPECT_EQ(failure.kind, FailureKind::kInvalid);
  EXPECT_EQ(failure.message,
            "必填字段为空: businessNo,orderNo；时间格式错误: applyTime,openTime；"
            "金额格式错误: emAmount；字段长度超限: bidderCode；字段取值错误: icheck");
  EXPECT_EQ(failure.fields, (Names{"businessNo", "orderNo", "applyTime", "openTime", "bidderCode",
                                   "emAmount", "icheck"}));
}

TEST_F(DecodeTest, EmptyObject_NamesEveryRequiredField_WithinTwoHundred) {
  for (const Interface& interface : TheContract().interfaces()) {
    const auto decoded = Decode(interface, "{}", {});
    ASSERT_FALSE(decoded) << interface.section;
    EXPECT_EQ(decoded.error().kind, FailureKind::kInvalid);
    EXPECT_LE(CodePoints(decoded.error().message), 200U);
    for (const FieldPlan& field : interface.message.fields) {
      if (!field.required) continue;
      EXPECT_NE(decoded.error().message.find(field.wire), std::string::npos)
          << interface.section << field.wire;
    }
  }
}

TEST_F(DecodeTest, FailureMessage_NeverShowsAValue) {
  auto body = Body("3.13");
  body["bidderCode"] = "SECRET-TAX-NUMBER-THAT-IS-TOO-LONG";
  body["amount"] = "SECRET";
  EXPECT_EQ(Refused("3.13", body).message.find("SECRET"), std::string::npos);
}

TEST_F(DecodeTest, NullEmptyAndBlank_AreMissing) {
  for (const auto& value : {nlohmann::ordered_json(nullptr), nlohmann::ordered_json(""),
                            nlohmann::ordered_json(" \t"), nlohmann::ordered_json("\u3000")}) {
    auto body = Body("3.3");
    body["remark"] = value;
    EXPECT_FALSE(Accepted<pb::OrderCancelApply>("3.3", body).has_remark());
    body["applyNo"] = value;
    EXPECT_EQ(Refused("3.3", body).fields, Names{"applyNo"});
  }
}

TEST_F(DecodeTest, Wrapper_IsTakenOff_AndFieldsBesideItIgnored) {
  const auto inner = Body("3.22");
  nlohmann::ordered_json wrapped = {{"orderNo", "OTHER"}, {"data", inner}, {"openTime", 5}};
  EXPECT_EQ(Accepted<pb::OpenTimeMaintenance>("3.22", wrapped).order_no(),
            inner["orderNo"].get<std::string>());
  wrapped["data"] = "text";
  EXPECT_EQ(Refused("3.22", wrapped).fields, Names{"openTime"});
}

TEST_F(DecodeTest, Alias_IsRead_AndConflictsRefused) {
  auto body = Body("3.1");
  body["applyNo"] = body["orderNo"];
  EXPECT_TRUE(Accepted<pb::OrderApply>("3.1", body).has_order_no());
  body.erase("orderNo");
  EXPECT_TRUE(Accepted<pb::OrderApply>("3.1", body).has_order_no());
  EXPECT_TRUE(Warned(WarningKind::kAlias, "orderNo"));
  body["orderNo"] = "another";
  const auto failure = Refused("3.1", body);
  EXPECT_EQ(failure.message, "字段值冲突: orderNo");
  body["orderNo"] = "";
  EXPECT_TRUE(Accepted<pb::OrderApply>("3.1", body).has_order_no());
}

TEST_F(DecodeTest, Reson_WinsOverReason) {
  auto body = Body("3.9");
  body["reason"] = "other";
  EXPECT_EQ(Accepted<pb::CancelApply>("3.9", body).reason(), "项目已完成");
  EXPECT_TRUE(Warned(WarningKind::kAliasConflict, "reson"));
  body.erase("reson");
  EXPECT_EQ(Accepted<pb::CancelApply>("3.9", body).reason(), "other");
}

TEST_F(DecodeTest, Sample31_NeedsItsSwitch) {
  auto body = Body("3.1");
  body.erase("businessNo");
  EXPECT_EQ(Refused("3.1", body).fields, Names{"businessNo"});
  tolerance_.compat_sample31 = true;
  EXPECT_EQ(Accepted<pb::OrderApply>("3.1", body).business_no(),
            body["orderNo"].get<std::string>());
  EXPECT_TRUE(Warned(WarningKind::kDefaulted, "businessNo"));
}

TEST_F(DecodeTest, IdentityAsNumber_KeepsItsText) {
  for (const auto* number : {"200", "2023041217130920653", "18446744073709551616",
                             "12345678901234567890123", "-0", "-5"}) {
    const std::string text = R"({"businessNo":)" + std::string(number) +
                             R"(,"applyTime":"2023-04-18 13:39:28","reason":"x"})";
    const auto decoded = DecodeText("3.17", text);
    ASSERT_TRUE(decoded) << number << decoded.error().message;
    EXPECT_EQ(dynamic_cast<pb::CreditRevocation&>(*decoded->items.front().message).business_no(),
              number);
  }
  for (const auto* number : {"2.0", "1e3", "1E400", "0.0", "-1.5"}) {
    const std::string text = R"({"businessNo":)" + std::string(number) +
                             R"(,"applyTime":"2023-04-18 13:39:28","reason":"x"})";
    const auto decoded = DecodeText("3.17", text);
    ASSERT_FALSE(decoded) << number;
    EXPECT_EQ(decoded.error().message, "字段格式错误: businessNo") << number;
  }
}

TEST_F(DecodeTest, NumberInText_IsItsText_EvenBeyondDouble) {
  for (const auto* number : {"5", "1.50", "1e400", "-1E+999"}) {
    const std::string text = R"({"businessNo":"B","applyTime":"2023-04-18 13:39:28","reason":)" +
                             std::string(number) + "}";
    const auto decoded = DecodeText("3.17", text);
    ASSERT_TRUE(decoded) << number << decoded.error().message;
    EXPECT_EQ(dynamic_cast<pb::CreditRevocation&>(*decoded->items.front().message).reason(),
              number);
  }
}

TEST_F(DecodeTest, OtherJsonTypes_AreFormatErrors) {
  for (const auto& value : {nlohmann::ordered_json(true), nlohmann::ordered_json::array(),
                            nlohmann::ordered_json::object()}) {
    auto body = Body("3.5");
    body["businessNo"] = value;
    body["applyUser"] = value;
    body["creditZip"] = value;
    EXPECT_EQ(Refused("3.5", body).message, "字段格式错误: businessNo,applyUser,creditZip");
  }
}

TEST_F(DecodeTest, Listed_TextOrNumber_Exactly) {
  auto body = Body("3.1");
  body["icheck"] = 1;
  EXPECT_EQ(Accepted<pb::OrderApply>("3.1", body).icheck(), pb::YES_NO_YES);
  body["icheck"] = "0";
  body.erase("khBank");
  body.erase("yhAccount");
  EXPECT_EQ(Accepted<pb::OrderApply>("3.1", body).icheck(), pb::YES_NO_NO);
  for (const auto& wrong : {nlohmann::ordered_json("01"), nlohmann::ordered_json(2),
                            nlohmann::ordered_json(1.0), nlohmann::ordered_json("是")}) {
    body["icheck"] = wrong;
    EXPECT_EQ(Refused("3.1", body).message, "字段取值错误: icheck") << wrong.dump();
  }
}

TEST_F(DecodeTest, RequiredIf_FollowsTheSibling) {
  auto body = Body("3.1");
  body.erase("khBank");
  body["yhAccount"] = "";
  EXPECT_EQ(Refused("3.1", body).fields, (Names{"khBank", "yhAccount"}));
  body["icheck"] = "0";
  EXPECT_FALSE(Accepted<pb::OrderApply>("3.1", body).has_kh_bank());
}

TEST_F(DecodeTest, Lengths_IdentityIsHard_TextIsSoftUpToFourTimes) {
  auto body = Body("3.11");
  body["businessNo"] = std::string(64, 'x');
  body["beneficiary"] = std::string(240, 'x');
  EXPECT_EQ(Accepted<pb::CompensateApply>("3.11", body).beneficiary().size(), 240U);
  EXPECT_TRUE(Warned(WarningKind::kOverLong, "beneficiary"));
  body["businessNo"] = std::string(65, 'x');
  body["beneficiary"] = std::string(241, 'x');
  EXPECT_EQ(Refused("3.11", body).message, "字段长度超限: businessNo,beneficiary");
}

TEST_F(DecodeTest, Lengths_CountCodePoints) {
  std::string name;
  for (int i = 0; i < 60; ++i) name += "𠮷";
  auto body = Body("3.11");
  body["beneficiary"] = name;
  Accepted<pb::CompensateApply>("3.11", body);
  EXPECT_FALSE(Warned(WarningKind::kOverLong, "beneficiary"));
}

TEST_F(DecodeTest, SecretKey_TakesFourThousand) {
  auto body = Body("3.7");
  body["secretKey"] = std::string(4096, 'k');
  Accepted<pb::RestoreApply>("3.7", body);
  body["secretKey"] = std::string(4097, 'k');
  EXPECT_EQ(Refused("3.7", body).fields, Names{"secretKey"});
}

TEST_F(DecodeTest, Sealed_CiphertextHasItsOwnLimit_PlainIsJudgedAsPlain) {
  auto body = Body("3.1");
  body["bidderCode"] = EncodeBase64(std::string(128, '\x7f'));
  EXPECT_EQ(Accepted<pb::OrderApply>("3.1", body).bidder_code().size(), 172U);
  EXPECT_FALSE(Warned(WarningKind::kPlainSealed, "bidderCode"));
  EXPECT_TRUE(Warned(WarningKind::kPlainSealed, "bidderName"));
  body["bidderCode"] = EncodeBase64(std::string(3088, '\x7f'));
  EXPECT_EQ(Refused("3.1", body).message, "字段长度超限: bidderCode");
  body["bidderCode"] = "this-is-plain-and-far-too-long-for-it";
  EXPECT_EQ(Refused("3.1", body).message, "字段长度超限: bidderCode");
}

TEST_F(DecodeTest, Characters_ControlsAreRefused_LayoutOnlyInText) {
  auto body = Body("3.15");
  body["reason"] = "a\nb\tc";
  EXPECT_EQ(Accepted<pb::RefundApply>("3.15", body).reason(), "a\nb\tc");
  for (const auto* control : {"a\rb", "a\x7f", "a\x01", "a\u0085"}) {
    body["reason"] = control;
    EXPECT_EQ(Refused("3.15", body).message, "字段含非法字符: reason");
  }
  body["reason"] = std::string("a\0b", 3);
  EXPECT_EQ(Refused("3.15", body).message, "字段含非法字符: reason");
  body = Body("3.15");
  body["businessNo"] = "a\tb";
  body["guaranteeNo"] = "保函1";
  EXPECT_EQ(Refused("3.15", body).fields, (Names{"businessNo", "guaranteeNo"}));
  body["businessNo"] = "流水é1";
  body["guaranteeNo"] = "R1";
  EXPECT_EQ(Accepted<pb::RefundApply>("3.15", body).business_no(), "流水é1");
}

TEST_F(DecodeTest, Money_TextOrNumber_FromItsDigits) {
  const auto amount = [&](const std::string& token) {
    auto text = Body("3.13").dump();
    const std::string sample = R"("amount":"6000.00")";
    text.replace(text.find(sample), sample.size(), R"("amount":)" + token);
    const auto decoded = DecodeText("3.13", text);
    return decoded ? dynamic_cast<pb::InvoiceApply&>(*decoded->items.front().message).amount_fen()
                   : -1;
  };
  EXPECT_EQ(amount("6000"), 600'000);
  EXPECT_EQ(amount("6000.1"), 600'010);
  EXPECT_EQ(amount(R"("6000.10")"), 600'010);
  EXPECT_EQ(amount("999999999999999.99"), 99'999'999'999'999'999);
  EXPECT_EQ(amount(R"(" 5 ")"), 500);
  for (const auto* wrong : {"-1", "1e3", "1.234", R"("")", R"("1.")", R"(".5")", "true",
                            "1000000000000000", R"("1,000")", "1e999"}) {
    EXPECT_EQ(amount(wrong), -1) << wrong;
  }
}

TEST_F(DecodeTest, Time_ToleratesTAndFraction_NothingElse) {
  auto body = Body("3.22");
  for (const auto* good : {"2023-04-18 13:39:28", " 2023-04-18 13:39:28 ", "2023-04-18T13:39:28",
                           "2023-04-18 13:39:28.123", "2024-02-29 00:00:00"}) {
    body["openTime"] = good;
    Accepted<pb::OpenTimeMaintenance>("3.22", body);
  }
  for (const auto* bad :
       {"2023-04-18", "2023-04-18 13:39:60", "2023-04-18 24:00:00", "2023-02-29 00:00:00",
        "2023-04-18 13:39:28Z", "2023-04-18T13:39:28+08:00", "2023-04-18  13:39:28",
        "2023-4-18 13:39:28", "2023-04-18 13:39:28.1", "2023-00-18 13:39:28", "2023-04-18t13:39:28",
        "20230418133928"}) {
    body["openTime"] = bad;
    EXPECT_EQ(Refused("3.22", body).message, "时间格式错误: openTime") << bad;
  }
  body["openTime"] = 1681796368;
  EXPECT_EQ(Refused("3.22", body).message, "时间格式错误: openTime");
}

TEST_F(DecodeTest, Attachment_AnyForm_OddOnesFlagged) {
  auto body = Body("3.5");
  for (const auto& known : {std::string("https://x/a.zip"), std::string("/files/a.zip"),
                            std::string("files/a.zip"), EncodeBase64("%PDF-1.7 and so on")}) {
    body["creditZip"] = known;
    EXPECT_EQ(Accepted<pb::CreditApply>("3.5", body).credit_zip(), known);
    EXPECT_FALSE(Warned(WarningKind::kOddAttachment, "creditZip")) << known;
  }
  body["creditZip"] = "see letter";
  Accepted<pb::CreditApply>("3.5", body);
  EXPECT_TRUE(Warned(WarningKind::kOddAttachment, "creditZip"));
  body["creditZip"] = 7;
  EXPECT_EQ(Refused("3.5", body).message, "字段格式错误: creditZip");
}

TEST_F(DecodeTest, Invoice_SpecialNeedsItsFour_UnlessRelaxed) {
  auto body = Body("3.13");
  for (const auto* key : {"address", "phone", "bank", "account"}) body[key] = "";
  EXPECT_EQ(Refused("3.13", body).fields, (Names{"address", "phone", "bank", "account"}));
  tolerance_.relaxed_invoice = true;
  Accepted<pb::InvoiceApply>("3.13", body);
  tolerance_.relaxed_invoice = false;
  body["type"] = "0";
  Accepted<pb::InvoiceApply>("3.13", body);
}

TEST_F(DecodeTest, Invoice_Defaults_AndFlags) {
  auto body = Body("3.13");
  for (const auto* key : {"invoiceRise", "invoiceaddress", "jbrname", "email", "mobile"}) {
    body.erase(key);
  }
  const auto apply = Accepted<pb::InvoiceApply>("3.13", body);
  EXPECT_EQ(apply.invoice_rise(), apply.bidder_name());
  EXPECT_EQ(apply.invoice_address(), apply.address());
  EXPECT_TRUE(Warned(WarningKind::kDefaulted, "invoiceaddress"));
  EXPECT_TRUE(Warned(WarningKind::kExpectedMissing, "email"));
  body["type"] = "0";
  body.erase("address");
  EXPECT_FALSE(Accepted<pb::InvoiceApply>("3.13", body).has_invoice_address());
  EXPECT_TRUE(Warned(WarningKind::kExpectedMissing, "invoiceaddress"));
}

TEST_F(DecodeTest, Uscc_WarnsEverywhere_RefusesTheSpecialInvoiceOnly) {
  auto invoice = Body("3.13");
  invoice["bidderCode"] = "430601199001011234";
  EXPECT_EQ(Refused("3.13", invoice).message, "社会信用代码错误: bidderCode");
  invoice["type"] = "0";
  Accepted<pb::InvoiceApply>("3.13", invoice);
  auto credit = Body("3.5");
  credit["applyCode"] = "91430602MA4L5GJ80X";
  Accepted<pb::CreditApply>("3.5", credit);
  EXPECT_TRUE(Warned(WarningKind::kWrongUscc, "applyCode"));
}

TEST_F(DecodeTest, Array_OnlyFor33_EachItemByItself) {
  auto good = Body("3.3");
  auto bad = good;
  bad["applyNo"] = "T2";
  bad["applyTime"] = "x";
  const auto decoded =
      DecodeText("3.3", nlohmann::ordered_json::array({good, bad, 5, good}).dump());
  ASSERT_TRUE(decoded);
  EXPECT_TRUE(decoded->array);
  ASSERT_EQ(decoded->items.size(), 4U);
  EXPECT_TRUE(decoded->items[0].message && decoded->items[3].message);
  EXPECT_EQ(decoded->items[1].number, "T2");
  EXPECT_EQ(decoded->items[1].failure->fields, Names{"applyTime"});
  EXPECT_FALSE(decoded->items[2].message);
  const auto wrapped = DecodeText("3.3", nlohmann::ordered_json{{"data", {good, bad}}}.dump());
  ASSERT_TRUE(wrapped);
  EXPECT_EQ(wrapped->items.size(), 2U);
  const auto elsewhere = DecodeText("3.15", "[" + Body("3.15").dump() + "]");
  ASSERT_FALSE(elsewhere);
  EXPECT_EQ(elsewhere.error().kind, FailureKind::kMalformed);
}

TEST_F(DecodeTest, Array_EmptyIsMalformed_TooManyIsTooLarge) {
  EXPECT_EQ(DecodeText("3.3", "[]").error().kind, FailureKind::kMalformed);
  EXPECT_EQ(DecodeText("3.3", R"({"data":[]})").error().kind, FailureKind::kMalformed);
  auto items = nlohmann::ordered_json::array();
  for (std::size_t i = 0; i < kItemsMax; ++i) items.push_back(Body("3.3"));
  EXPECT_TRUE(DecodeText("3.3", items.dump()));
  items.push_back(1);
  EXPECT_EQ(DecodeText("3.3", items.dump()).error().kind, FailureKind::kTooLarge);
}

TEST_F(DecodeTest, Limits_BodyAndString) {
  const Interface& credit = At("3.5");
  const std::string body(credit.body_limit_bytes + 1, ' ');
  EXPECT_EQ(DecodeText("3.5", body).error().kind, FailureKind::kTooLarge);
  auto long_text = Body("3.5");
  long_text["creditZip"] = std::string(credit.string_limit_bytes, 'A');
  EXPECT_TRUE(DecodeText("3.5", long_text.dump()));
  long_text["creditZip"] = std::string(credit.string_limit_bytes + 1, 'A');
  EXPECT_EQ(DecodeText("3.5", long_text.dump()).error().kind, FailureKind::kTooLarge);
}

TEST_F(DecodeTest, Document_ComesWithItsBytes) {
  auto body = Body("3.8");
  body["guaranteeFile"] = EncodeBase64("%PDF-1.7 letter");
  const auto decoded = DecodeText("3.8", body.dump());
  ASSERT_TRUE(decoded);
  const Item& item = decoded->items.front();
  ASSERT_EQ(item.documents.size(), 1U);
  EXPECT_EQ(item.documents.front().bytes, "%PDF-1.7 letter");
  const auto& file = dynamic_cast<pb::RestoreNotice&>(*item.message).guarantee_file();
  EXPECT_EQ(file.media_type(), "application/pdf");
  EXPECT_EQ(file.size_bytes(), 15);
  body["guaranteeFile"] = "ww254651561498";
  EXPECT_EQ(Refused("3.8", body).message, "字段格式错误: guaranteeFile");
}

TEST_F(DecodeTest, CompensateResult_IsReadAsOperateResult) {
  auto body = Body("3.12");
  body.erase("operateResult");
  body["compensateResult"] = "1";
  EXPECT_EQ(Accepted<pb::CompensateNotice>("3.12", body).operate_result(), pb::OUTCOME_FAILURE);
}

}  // namespace
}  // namespace guarantee::contract
