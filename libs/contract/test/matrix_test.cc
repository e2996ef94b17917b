// The ways in which a body may differ and mean the same, crossed over every field of every
// interface; what each must do follows from the plan.
#include "contract/digest.h"
#include "contract/fields.h"
#include "fixture.h"

namespace guarantee::contract {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t kCasesMin = 500;

enum class Missing { kAbsent, kNull, kEmpty, kBlank };
constexpr std::array kMissing = {Missing::kAbsent, Missing::kNull, Missing::kEmpty,
                                 Missing::kBlank};

class MatrixTest : public ContractTest {
 protected:
  static void Drop(Json& body, const std::string& key, Missing how) {
    switch (how) {
      case Missing::kAbsent:
        body.erase(key);
        return;
      case Missing::kNull:
        body[key] = nullptr;
        return;
      case Missing::kEmpty:
        body[key] = "";
        return;
      case Missing::kBlank:
        body[key] = " \n ";
        return;
    }
  }
  // With all conditions met by the sample: whether it may be left out there.
  static bool MayMiss(const Interface& interface, const FieldPlan& field) {
    if (field.required) return false;
    const Json body = Body(interface.section);
    for (const ConditionPlan& condition : field.required_if) {
      const FieldPlan& sibling = interface.message.fields[condition.field];
      for (const ListedValue& value : sibling.values) {
        if (value.number == condition.value && body[sibling.wire] == value.wire) return false;
      }
    }
    return true;
  }
  static std::string Form(const Interface& interface, const Json& body) {
    const auto decoded = Decode(interface, body.dump(), {});
    if (!decoded) return decoded.error().message;
    return CanonicalForm(interface, *decoded->items.front().message, {});
  }
  static Json Wrapped(const Json& body) { return {{"beside", 1}, {"data", body}}; }
};

TEST_F(MatrixTest, MissingInEveryWay_IsOneThing) {
  std::size_t cases = 0;
  for (const Interface& interface : TheContract().interfaces()) {
    for (const FieldPlan& field : interface.message.fields) {
      if (!Body(interface.section).contains(field.wire)) continue;
      for (const Missing how : kMissing) {
        for (const bool wrapped : {false, true}) {
          Json body = Body(interface.section);
          Drop(body, field.wire, how);
          const auto decoded =
              Decode(interface, (wrapped ? Wrapped(body) : body).dump(), tolerance_);
          ++cases;
          if (MayMiss(interface, field)) {
            EXPECT_TRUE(decoded) << interface.section << field.wire;
          } else {
            ASSERT_FALSE(decoded) << interface.section << field.wire;
            EXPECT_EQ(decoded.error().fields, std::vector<std::string>{field.wire});
          }
        }
      }
    }
  }
  EXPECT_GE(cases, kCasesMin);
}

TEST_F(MatrixTest, AliasWrapperAndNumber_MeanTheSame) {
  std::size_t cases = 0;
  for (const Interface& interface : TheContract().interfaces()) {
    for (const FieldPlan& field : interface.message.fields) {
      if (!Body(interface.section).contains(field.wire)) continue;
      for (const std::size_t key : field.keys) {
        const std::string& name = interface.message.keys[key].key;
        const bool digits = field.kind == FieldKind::kIdentity && field.strict_uscc_if.empty();
        const Json value =
            digits ? Json("1234567890123456789") : Body(interface.section)[field.wire];
        Json plain = Body(interface.section);
        plain[field.wire] = value;
        const std::string form = Form(interface, plain);
        Json other = plain;
        other.erase(field.wire);
        other[name] = digits ? Json(1234567890123456789LL) : value;
        EXPECT_EQ(Form(interface, other), form) << interface.section << name;
        EXPECT_EQ(Form(interface, Wrapped(other)), form) << interface.section << name;
        cases += 2;
      }
    }
  }
  EXPECT_GE(cases, kCasesMin / 2);
}

TEST_F(MatrixTest, EveryWrongType_NamesItsField_AndNothingElse) {
  for (const Interface& interface : TheContract().interfaces()) {
    for (const FieldPlan& field : interface.message.fields) {
      if (!Body(interface.section).contains(field.wire)) continue;
      for (const Json& wrong : {Json(true), Json(Json::array({1})), Json({{"a", 1}})}) {
        Json body = Body(interface.section);
        body[field.wire] = wrong;
        const auto decoded = Decode(interface, body.dump(), tolerance_);
        ASSERT_FALSE(decoded) << interface.section << field.wire;
        EXPECT_EQ(decoded.error().kind, FailureKind::kInvalid);
        EXPECT_NE(decoded.error().message.find(field.wire), std::string::npos);
      }
    }
  }
}

TEST_F(MatrixTest, EveryOverlongIdentity_IsRefused_EveryText_IsFlagged) {
  for (const Interface& interface : TheContract().interfaces()) {
    for (const FieldPlan& field : interface.message.fields) {
      const bool identity = field.kind == FieldKind::kIdentity;
      if (!identity && field.kind != FieldKind::kText) continue;
      Json body = Body(interface.section);
      if (!body.contains(field.wire)) continue;
      body[field.wire] = std::string(field.max_length + 1, '-');
      if (identity) {
        EXPECT_EQ(Refused(interface.section, body).fields, std::vector<std::string>{field.wire});
        continue;
      }
      const auto decoded = Decode(interface, body.dump(), tolerance_);
      ASSERT_TRUE(decoded) << interface.section << field.wire;
      warnings_ = decoded->items.front().warnings;
      EXPECT_TRUE(Warned(WarningKind::kOverLong, field.wire)) << interface.section << field.wire;
    }
  }
}

}  // namespace
}  // namespace guarantee::contract
