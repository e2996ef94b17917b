#include "contract/digest.h"

#include "fixture.h"
#include "guarantee/partner/v1/order.pb.h"

namespace guarantee::contract {
namespace {

namespace pb = guarantee::partner::v1;

class DigestTest : public ContractTest {
 protected:
  std::string Form(const nlohmann::ordered_json& body) {
    return CanonicalForm(At("3.1"), Accepted<pb::OrderApply>("3.1", body), tolerance_);
  }
};

TEST_F(DigestTest, SameMeaning_SameForm) {
  const auto body = Body("3.1");
  const std::string form = Form(body);
  auto other = body;
  other["applyTime"] = "2024-01-01 00:00:00";
  EXPECT_EQ(Form(other), form);
  other["emAmount"] = 500000;
  other["icheck"] = 1;
  other["unknown"] = {1, 2};
  other["applyNo"] = other["orderNo"];
  other.erase("orderNo");
  EXPECT_EQ(Form(other), form);
  EXPECT_EQ(Form({{"data", other}}), form);
  other["openTime"] = "2023-04-20T10:00:00";
  EXPECT_EQ(Form(other), form);
}

TEST_F(DigestTest, EveryFieldInside_Changes) {
  const auto body = Body("3.1");
  const std::string form = Form(body);
  for (const FieldPlan& field : At("3.1").message.fields) {
    if (field.outside_digest || field.kind == FieldKind::kListed) continue;
    auto other = body;
    other[field.wire] = field.kind == FieldKind::kTime ? "2025-01-01 00:00:00" : "1";
    EXPECT_NE(Form(other), form) << field.wire;
  }
}

TEST_F(DigestTest, SealedFields_LeftOutUnderTheSwitch) {
  auto body = Body("3.1");
  tolerance_.digest_without_sealed = true;
  const std::string form = Form(body);
  body["bidderName"] = "another ciphertext";
  EXPECT_EQ(Form(body), form);
  body["emAmount"] = "1";
  EXPECT_NE(Form(body), form);
}

TEST_F(DigestTest, ValuesCannotImitateOtherFields) {
  auto one = Body("3.1");
  one["khBank"] = "a\n17:1:b";
  one["yhAccount"] = "c";
  auto two = Body("3.1");
  two["khBank"] = "a";
  two["yhAccount"] = "b\n17:1:c";
  EXPECT_NE(Form(one), Form(two));
}

TEST_F(DigestTest, Form_NamesVersionAndSection) {
  EXPECT_EQ(Form(Body("3.1")).substr(0, 6), "1\n3.1\n");
}

}  // namespace
}  // namespace guarantee::contract
