// Every sample of the document as a fixture. Most break the document's own tables: the verdicts
// here are the rulings', under the default switches and under all that forgive.
#include <gtest/gtest.h>

#include <map>

#include "contract/contract.h"
#include "contract/decode.h"
#include "contract/encode.h"
#include "document.h"

namespace guarantee::contract {
namespace {

using Fields = std::vector<std::string>;

struct Verdicts {
  Fields by_default;  // the fields at fault; none: accepted
  Fields forgiving;
};

const std::map<std::string, Verdicts>& Expected() {
  static const std::map<std::string, Verdicts> expected = {
      {"3.1", {{"businessNo", "openTime", "icheck"}, {"openTime", "icheck"}}},
      {"3.2", {{"guaranteeFile"}, {"guaranteeFile"}}},
      {"3.6", {{"validBeginTime", "validEndTime"}, {"validBeginTime", "validEndTime"}}},
      {"3.8", {{"guaranteeFile"}, {"guaranteeFile"}}},
      {"3.9",
       {{"businessNo", "applyTime", "guaranteeNo"}, {"businessNo", "applyTime", "guaranteeNo"}}},
      {"3.11", {{"applyTime"}, {"applyTime"}}},
      {"3.12",
       {{"applyTime", "applyUserPhone", "compensateResultDesc"},
        {"applyTime", "applyUserPhone", "compensateResultDesc"}}},
      {"3.13", {{"bank", "account"}, {}}},
      {"3.14", {{"invoiceResult", "type"}, {"invoiceResult", "type"}}},
  };
  return expected;
}

Tolerance Forgiving() {
  Tolerance tolerance;
  tolerance.compat_sample31 = true;
  tolerance.relaxed_invoice = true;
  return tolerance;
}

class SamplesTest : public ::testing::Test {
 protected:
  void Judge(const Tolerance& tolerance, Fields Verdicts::*profile) const {
    for (const Section& section : sections_) {
      const auto found = Expected().find(section.number);
      const Fields expected = found == Expected().end() ? Fields{} : found->second.*profile;
      const auto decoded =
          Decode(*contract_->FindSection(section.number), section.request_sample, tolerance);
      EXPECT_EQ(decoded ? Fields{} : decoded.error().fields, expected)
          << section.number << ' ' << (decoded ? "" : decoded.error().message);
      EXPECT_TRUE(decoded || decoded.error().kind == FailureKind::kInvalid) << section.number;
    }
  }

  std::shared_ptr<const Contract> contract_ = *Contract::Load();
  std::vector<Section> sections_ =
      ReadDocument(std::string(GUARANTEE_SOURCE_DIR) + "/tests/data/interface-document.txt");
};

TEST_F(SamplesTest, Requests_UnderTheDefaults) { Judge({}, &Verdicts::by_default); }

TEST_F(SamplesTest, Requests_UnderTheForgivingSwitches) {
  Judge(Forgiving(), &Verdicts::forgiving);
}

TEST_F(SamplesTest, SmartQuotes_AreNotRepairedInTraffic) {
  const auto decoded = Decode(*contract_->FindSection("3.15"), "{“businessNo”: 200}", {});
  ASSERT_FALSE(decoded);
  EXPECT_EQ(decoded.error().kind, FailureKind::kMalformed);
}

TEST_F(SamplesTest, Answers_AreAcceptedButForTheStrayOnes) {
  for (const Section& section : sections_) {
    if (section.answer_sample.empty()) continue;
    const auto answer = ReadAnswer(*contract_->FindSection(section.number), section.answer_sample);
    // 3.21 counts 1 as its success and is never answered to us; 3.23 copied that 1.
    const bool stray = section.number == "3.21" || section.number == "3.23";
    EXPECT_EQ(answer.verdict, stray ? Verdict::kRefused : Verdict::kAccepted) << section.number;
  }
}

}  // namespace
}  // namespace guarantee::contract
