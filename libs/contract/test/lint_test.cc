#include "contract/lint.h"

#include <google/protobuf/descriptor.pb.h>

#include "descriptors.h"
#include "fixture.h"
#include "guarantee/contract/v1/options.pb.h"
#include "guarantee/partner/v1/interfaces.pb.h"

namespace guarantee::contract {
namespace {

using google::protobuf::FileDescriptorProto;
using google::protobuf::FileDescriptorSet;

class LintTest : public ::testing::Test {
 protected:
  FileDescriptorProto& File(std::string_view name) { return PartnerFile(files_, name); }
  v1::FieldRule& Rule(std::string_view file, std::string_view message, std::string_view field) {
    for (auto& candidate : *File(file).mutable_message_type()) {
      if (candidate.name() != message) continue;
      for (auto& declared : *candidate.mutable_field()) {
        if (declared.name() == field) {
          return *declared.mutable_options()->MutableExtension(v1::field);
        }
      }
    }
    throw std::out_of_range(std::string(field));
  }
  v1::InterfaceRule& Method(int index) {
    return *File("interfaces.proto")
                .mutable_service(0)
                ->mutable_method(index)
                ->mutable_options()
                ->MutableExtension(v1::interface);
  }
  // Whether some finding holds both words.
  bool Found(std::string_view where, std::string_view what) const {
    for (const auto& finding : Lint(files_)) {
      if (finding.find(where) != std::string::npos && finding.find(what) != std::string::npos) {
        return true;
      }
    }
    return false;
  }

  FileDescriptorSet files_ = DeclaredFiles();
};

TEST_F(LintTest, TheContract_IsClean) {
  for (const auto& finding : Lint(files_)) {
    // Other packages' comments are their own tests' matter.
    if (finding.find("guarantee.partner.v1") != std::string::npos ||
        finding.find("guarantee.contract.v1") != std::string::npos) {
      ADD_FAILURE() << finding;
    }
  }
}

TEST_F(LintTest, Lengths) {
  Rule("order.proto", "OrderApply", "order_no").set_max_length(0);
  Rule("order.proto", "OrderApply", "open_time").set_max_length(18);
  Rule("letter.proto", "RestoreApply", "secret_key").set_accepted_length(10);
  Rule("order.proto", "OrderApply", "icheck").set_max_length(0);
  EXPECT_TRUE(Found("OrderApply.order_no", "no length"));
  EXPECT_TRUE(Found("OrderApply.open_time", "too short"));
  EXPECT_TRUE(Found("RestoreApply.secret_key", "accepts less"));
  EXPECT_TRUE(Found("OrderApply.icheck", "longer than the field"));
}

TEST_F(LintTest, Keys_AliasClash) {
  Rule("order.proto", "OrderApply", "tenderee").add_aliases("orderNo");
  EXPECT_TRUE(Found("OrderApply.tenderee", "key orderNo is taken"));
}

TEST_F(LintTest, Keys_AlsoWireClash) {
  Rule("claim.proto", "CompensateNotice", "reason").set_also_wire("payerAmount");
  EXPECT_TRUE(Found("CompensateNotice.reason", "key payerAmount is taken"));
  EXPECT_TRUE(Found("CompensateNotice.reason", "belong together"));
}

TEST_F(LintTest, Comment_MissingOnField) {
  auto* info = File("order.proto").mutable_source_code_info();
  for (auto& location : *info->mutable_location()) {
    const bool first_field = location.path_size() == 4 && location.path(0) == 4 &&
                             location.path(1) == 0 && location.path(2) == 2 &&
                             location.path(3) == 0;
    if (first_field) location.clear_leading_comments();
  }
  EXPECT_TRUE(Found("OrderApply.business_no", "no comment"));
}

TEST_F(LintTest, Comments_MissingAltogether) {
  File("common.proto");
  for (auto& file : *files_.mutable_file()) file.clear_source_code_info();
  for (const auto* name :
       {"guarantee.partner.v1.Outcome:", "guarantee.partner.v1.OrderApply:",
        "guarantee.partner.v1.PartnerInterfaces:",
        "guarantee.partner.v1.PartnerInterfaces.ApplyOrder:", "guarantee.contract.v1.field:",
        "guarantee.partner.v1.OUTCOME_SUCCESS:"}) {
    EXPECT_TRUE(Found(name, "no comment")) << name;
  }
}

TEST_F(LintTest, Fields_Declarations) {
  auto& rule = Rule("order.proto", "OrderApply", "tenderee");
  rule.clear_wire();
  rule.clear_title();
  rule.clear_sample();
  rule.set_kind(v1::FIELD_KIND_MONEY);
  rule.clear_sensitive();
  for (const auto* what : {"no wire", "no title", "no sample", "type does not fit",
                           "neither text nor identity", "without saying sensitive"}) {
    EXPECT_TRUE(Found("OrderApply.tenderee", what)) << what;
  }
}

TEST_F(LintTest, Fields_WithoutOption_OrPresence) {
  auto& message = *File("order.proto").mutable_message_type(0);
  message.mutable_field(0)->clear_options();
  for (auto& field : *message.mutable_field()) {
    field.clear_proto3_optional();
    field.clear_oneof_index();
  }
  message.clear_oneof_decl();
  EXPECT_TRUE(Found("OrderApply.business_no", "no field option"));
  EXPECT_TRUE(Found("OrderApply.order_no", "not optional"));
}

TEST_F(LintTest, Fields_Conditions) {
  auto& rule = Rule("order.proto", "OrderApply", "kh_bank");
  rule.mutable_required_if(0)->set_value("NO_SUCH");
  rule.add_required_if()->set_field("tenderee");
  rule.set_required(true);
  rule.set_default_from("em_amount_fen");
  rule.set_only_on_success(true);
  rule.set_expected(true);
  rule.set_only_when(v1::SWITCH_DUAL_RESULT);
  for (const auto* what :
       {"no listed value", "no listed sibling", "required and required_if",
        "no sibling of its kind", "only_on_success without", "required and expected",
        "expected without", "only_when needs", "required, but only on success"}) {
    EXPECT_TRUE(Found("OrderApply.kh_bank", what)) << what;
  }
}

TEST_F(LintTest, Enums_CodesAreUniqueAndNotZero) {
  auto& values = *File("common.proto").mutable_enum_type(0);
  values.mutable_value(0)->mutable_options()->MutableExtension(v1::value)->set_wire("9");
  values.mutable_value(2)->mutable_options()->MutableExtension(v1::value)->set_wire("0");
  EXPECT_TRUE(Found("apply_result", "zero value has a code"));
  EXPECT_TRUE(Found("apply_result", "without a code of its own"));
}

TEST_F(LintTest, Methods_Declarations) {
  auto& rule = Method(0);
  rule.set_path("/financialAccount/x");
  rule.clear_title();
  rule.set_notice_topic("guarantee.notices.v1");
  rule.clear_request_topic();
  rule.mutable_flow()->set_field("kh_bank");
  rule.mutable_registered()->add_unique_fields("kh_bank");
  rule.set_wrapped_out(true);
  rule.set_answers("9.9");
  rule.set_not_after(v1::NOT_AFTER_OPENING);
  rule.set_result_field("nothing");
  rule.set_reason_field("order_no");
  for (const auto* what :
       {"with a slash", "no title", "notice_topic exactly", "request_topic exactly",
        "flow's field is not required", "register's kh_bank", "wrapped_out on", "answers names no",
        "not_after without", "result field does not exist", "reason field is not a text"}) {
    EXPECT_TRUE(Found("ApplyOrder", what)) << what;
  }
}

TEST_F(LintTest, Methods_SectionsPathsAndThroughAreChecked) {
  Method(1).set_section("3.1");
  Method(2).set_path(Method(0).path());
  Method(17).mutable_flow()->set_through("3.7");
  EXPECT_TRUE(Found("3.1", "declared twice"));
  EXPECT_TRUE(Found("financialAccount/doOrderApply", "declared twice"));
  EXPECT_TRUE(Found("RevokeRefund", "flow.through"));
}

TEST_F(LintTest, Methods_AnswerFitsItsShape) {
  Method(4).set_answer(v1::ANSWER_SHAPE_REDIRECT);
  EXPECT_TRUE(Found("ApplyCredit", "does not fit the shape"));
}

TEST_F(LintTest, Table_OptionsArePresent) {
  File("interfaces.proto").mutable_service(0)->mutable_method(3)->clear_options();
  File("interfaces.proto").mutable_service(0)->clear_options();
  EXPECT_TRUE(Found("PartnerInterfaces", "table option incomplete"));
  EXPECT_TRUE(Found("NotifyOrderCancel", "no interface option"));
}

TEST_F(LintTest, Load_RefusesAFinding) {
  Method(0).clear_title();
  google::protobuf::DescriptorPool pool;
  for (const auto& file : files_.file()) ASSERT_NE(pool.BuildFile(file), nullptr);
  const auto loaded = Contract::Load(*pool.FindServiceByName(std::string(kTableName)));
  ASSERT_FALSE(loaded);
  EXPECT_EQ(loaded.error().code, "contract.lint");
}

TEST_F(LintTest, MissingTableOrBrokenSet_IsAFinding) {
  EXPECT_EQ(Lint(FileDescriptorSet()).size(), 1U);
  FileDescriptorSet broken;
  broken.add_file()->add_dependency("nowhere.proto");
  EXPECT_EQ(Lint(broken).size(), 1U);
}

}  // namespace
}  // namespace guarantee::contract
