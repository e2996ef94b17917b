// The contract against the document: every name, title, length and nullability of every table, and
// a ruling cited wherever they differ.
#include "document.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <set>

#include "contract/contract.h"

namespace guarantee::contract {
namespace {

class DocumentTest : public ::testing::Test {
 protected:
  static const Contract& TheContract() {
    static const auto contract = Contract::Load();
    return **contract;
  }
  static const std::vector<Section>& Sections() {
    static const auto sections =
        ReadDocument(std::string(GUARANTEE_SOURCE_DIR) + "/tests/data/interface-document.txt");
    return sections;
  }
};

// Code, message and data of every answer are numbers and texts of their own; what is compared is
// the same for both tables.
void Compare(const std::string& where, const std::vector<Row>& rows, const MessagePlan& message) {
  ASSERT_FALSE(rows.empty()) << where;
  std::set<std::string> declared;
  for (const Row& row : rows) {
    declared.insert(row.wire);
    const FieldPlan* field = message.FindWire(row.wire);
    ASSERT_NE(field, nullptr) << where << ' ' << row.wire << " is not in the contract";
    EXPECT_EQ(field->title, row.title) << where << ' ' << row.wire;
    const bool same_length = std::to_string(field->max_length) == row.length;
    const bool same_need = field->required == (row.empty == "否");
    EXPECT_EQ(same_length && same_need, field->deviation.empty())
        << where << ' ' << row.wire << ": length " << field->max_length << " for " << row.length
        << ", required " << field->required << " for " << row.empty << ", ruling \""
        << field->deviation << '"';
  }
  for (const FieldPlan& field : message.fields) {
    if (declared.count(field.wire) != 0) continue;
    EXPECT_TRUE(field.only_when != Switch::kNone && !field.deviation.empty())
        << where << ' ' << field.wire << " is not in the document";
  }
}

TEST_F(DocumentTest, Contract_HasTheDocumentsTwentyThree) {
  ASSERT_EQ(TheContract().interfaces().size(), 23U);
  ASSERT_EQ(Sections().size(), 23U);
  for (std::size_t at = 0; at < Sections().size(); ++at) {
    EXPECT_EQ(TheContract().interfaces()[at].section, Sections()[at].number);
  }
}

TEST_F(DocumentTest, Paths_AreAsPrinted) {
  for (const Section& section : Sections()) {
    const Interface& interface = *TheContract().FindSection(section.number);
    const std::string path = section.path.front() == '/' ? section.path.substr(1) : section.path;
    EXPECT_EQ(interface.path, path) << section.number;
  }
}

TEST_F(DocumentTest, Requests_AreAsTheTablesSay) {
  for (const Section& section : Sections()) {
    Compare(section.number, section.request, TheContract().FindSection(section.number)->message);
  }
}

TEST_F(DocumentTest, Answers_AreAsTheTablesSay) {
  for (const Section& section : Sections()) {
    if (section.answer.empty()) continue;
    const MessagePlan& reply = TheContract().FindSection(section.number)->reply;
    ASSERT_EQ(section.answer.size(), reply.fields.size()) << section.number;
    for (const Row& row : section.answer) {
      const FieldPlan* field = reply.FindWire(row.wire);
      ASSERT_NE(field, nullptr) << section.number << row.wire;
      EXPECT_EQ(field->title, row.title) << section.number;
      EXPECT_EQ(std::to_string(field->max_length), row.length) << section.number;
      // 3.17 leaves the nullability of its result blank, and says so in its deviation.
      if (row.empty.empty()) {
        EXPECT_FALSE(field->deviation.empty()) << section.number;
      } else {
        EXPECT_EQ(field->required, row.empty == "否") << section.number;
      }
    }
  }
}

TEST_F(DocumentTest, Sealed_IsWhatTheDocumentMarks) {
  for (const Section& section : Sections()) {
    for (const Row& row : section.request) {
      const auto* field = TheContract().FindSection(section.number)->message.FindWire(row.wire);
      EXPECT_EQ(field->sealed, row.remark == "密文") << section.number << row.wire;
    }
  }
}

TEST_F(DocumentTest, Times_AreWhatTheDocumentFormats) {
  for (const Section& section : Sections()) {
    for (const Row& row : section.request) {
      const auto* field = TheContract().FindSection(section.number)->message.FindWire(row.wire);
      if (row.remark.find("yyyy-MM-dd HH:mm:ss") == std::string::npos) continue;
      EXPECT_EQ(field->kind, FieldKind::kTime) << section.number << row.wire;
    }
  }
}

TEST_F(DocumentTest, ListedValues_AreThoseOfTheRemarks) {
  for (const Section& section : Sections()) {
    for (const Row& row : section.request) {
      const auto* field = TheContract().FindSection(section.number)->message.FindWire(row.wire);
      if (field->kind != FieldKind::kListed) continue;
      EXPECT_EQ(field->values.size(), 2U);
      for (const ListedValue& value : field->values) {
        const bool told = row.remark.find(value.wire + "." + value.title) != std::string::npos ||
                          row.remark.find(value.wire + value.title) != std::string::npos;
        EXPECT_TRUE(told) << section.number << row.wire << ": " << row.remark;
      }
    }
  }
}

TEST_F(DocumentTest, ConditionalFields_AreThoseOfTheRemarks) {
  for (const Section& section : Sections()) {
    for (const Row& row : section.request) {
      const bool conditional = row.remark.find("=0，此字段必填") != std::string::npos ||
                               row.remark.find("成功的话，字段必传") != std::string::npos ||
                               row.remark.find("操作成功时，字段必传") != std::string::npos ||
                               row.remark.find("此字段必输") != std::string::npos ||
                               row.remark.find("专票时必填") != std::string::npos;
      const auto* field = TheContract().FindSection(section.number)->message.FindWire(row.wire);
      EXPECT_TRUE(!conditional || !field->required_if.empty()) << section.number << row.wire;
    }
  }
}

TEST_F(DocumentTest, OptionalKeysOfASample_AreKeptWhenEmpty) {
  for (const Section& section : Sections()) {
    const Interface& interface = *TheContract().FindSection(section.number);
    auto sample = nlohmann::json::parse(section.request_sample);
    if (sample.contains("data")) sample = sample["data"];
    for (const FieldPlan& field : interface.message.fields) {
      if (field.required || !sample.contains(field.wire)) continue;
      // Of a result's own fields the rulings say which stay.
      const bool ruled = field.only_on_success || field.receive_only || !field.required_if.empty();
      EXPECT_TRUE(field.keep_empty || ruled) << section.number << field.wire;
    }
  }
}

}  // namespace
}  // namespace guarantee::contract
