#include "contract/redact.h"

#include "contract/fields.h"
#include "fixture.h"
#include "guarantee/partner/v1/order.pb.h"

namespace guarantee::contract {
namespace {

namespace pb = guarantee::partner::v1;

class RedactTest : public ContractTest {};

TEST_F(RedactTest, Message_ShowsPlainFields_MasksTheRest) {
  pb::OrderApply apply;
  apply.set_order_no("T1");
  apply.set_bidder_name("投标人甲");
  apply.set_em_amount_fen(5);
  apply.set_icheck(pb::YES_NO_YES);
  EXPECT_EQ(Redact(apply),
            "OrderApply{order_no=T1 bidder_name=*** em_amount_fen=5 icheck=YES_NO_YES}");
}

TEST_F(RedactTest, NoMarkedValueOfAnySample_IsEverShown) {
  for (const Interface& interface : TheContract().interfaces()) {
    const auto decoded = Decode(interface, Sample(interface), {});
    ASSERT_TRUE(decoded);
    const std::string text = Redact(*decoded->items.front().message);
    for (const FieldPlan& field : interface.message.fields) {
      EXPECT_EQ(field.sensitive, IsSensitive(*field.descriptor));
      const std::string value = FieldText(*decoded->items.front().message, field);
      if (!field.sensitive || value.empty()) continue;
      EXPECT_NE(text.find(field.name + "=***"), std::string::npos) << field.name;
      EXPECT_EQ(text.find("=" + value), std::string::npos) << interface.section << field.name;
    }
  }
}

TEST_F(RedactTest, Text_IsOneLine_Cut_AndValid) {
  pb::OrderCancelNotice notice;
  notice.set_remark("line\nbreak\x07" + std::string(200, 'x'));
  const std::string text = Redact(notice);
  EXPECT_EQ(text.find('\n'), std::string::npos);
  EXPECT_LT(text.size(), 150U);
  notice.set_remark("\xFF\xFE");
  EXPECT_EQ(Redact(notice), "OrderCancelNotice{remark=<2 bytes>}");
}

TEST_F(RedactTest, Nested_IsWalked) {
  pb::OrderApplyNotice notice;
  notice.mutable_guarantee_file()->set_sha256("ab");
  notice.mutable_guarantee_file()->set_size_bytes(3);
  EXPECT_EQ(Redact(notice),
            "OrderApplyNotice{guarantee_file=DocumentReference{sha256=ab size_bytes=3}}");
}

TEST_F(RedactTest, FieldText_ReadsByNameAndPath) {
  pb::OrderApplyNotice notice;
  notice.set_order_no("T1");
  notice.set_cost_fen(50'000);
  notice.set_rate_millionths(2500);
  notice.set_apply_time(0);
  notice.set_apply_result(pb::OUTCOME_FAILURE);
  notice.mutable_guarantee_file()->set_sha256("ab");
  EXPECT_EQ(FieldText(notice, "order_no"), "T1");
  EXPECT_EQ(FieldText(notice, "cost_fen"), "500.00");
  EXPECT_EQ(FieldText(notice, "rate_millionths"), "0.25%");
  EXPECT_EQ(FieldText(notice, "apply_time"), "1970-01-01 08:00:00");
  EXPECT_EQ(FieldText(notice, "apply_result"), "1");
  EXPECT_EQ(FieldText(notice, "guarantee_file.sha256"), "ab");
  for (const auto* none :
       {"guarantee_no", "nothing", "guarantee_file", "guarantee_file.x", "order_no.x", "", "."}) {
    EXPECT_EQ(FieldText(notice, none), "") << none;
  }
  EXPECT_FALSE(Succeeded(At("3.2"), notice));
  notice.set_apply_result(pb::OUTCOME_SUCCESS);
  EXPECT_TRUE(Succeeded(At("3.2"), notice));
}

}  // namespace
}  // namespace guarantee::contract
