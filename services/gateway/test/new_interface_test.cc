// The promise of proto/README.md, seen from a platform: interface 24 is a patch of the protos. This
// program was not built with it; it reads the patched declarations as a descriptor set.
#include <google/protobuf/descriptor.pb.h>

#include <fstream>

#include "contract/manual.h"
#include "contract/openapi.h"
#include "gateway_fixture.h"

namespace guarantee::gateway {
namespace {

constexpr const char* kTarget = "/front/financialAccount/extensionApply";

class PatchedInterfaceTest : public GatewayTest {
 protected:
  void SetUp() override {
    std::ifstream file(GUARANTEE_PATCHED_CONTRACT, std::ios::binary);
    google::protobuf::FileDescriptorSet files;
    ASSERT_TRUE(files.ParseFromIstream(&file));
    for (const auto& one : files.file()) ASSERT_NE(pool_.BuildFile(one), nullptr) << one.name();
    const auto* table = pool_.FindServiceByName("guarantee.partner.v1.PartnerInterfaces");
    ASSERT_NE(table, nullptr);
    auto loaded = contract::Contract::Load(*table);
    ASSERT_TRUE(loaded) << Describe(loaded.error());
    contract_ = std::move(*loaded);
    options_.interfaces = {"3.1", "3.25"};
    StartGateway();
  }
  void TearDown() override { gateway_.reset(); }

  static Body Extension(const std::string& number) {
    return {{"businessNo", '"' + number + '"'},
            {"guaranteeNo", R"("G-1")"},
            {"applyTime", R"("2026-01-02 03:04:05")"},
            {"extendTime", R"("2027-01-02 03:04:05")"}};
  }

  google::protobuf::DescriptorPool pool_;
};

TEST_F(PatchedInterfaceTest, IsRoutedRegisteredAndPublished) {
  const http::Answer answer = Post(kTarget, ToJson(Extension("X-1")));
  ASSERT_EQ(CodeOf(answer), 200) << MessageOf(answer);
  ASSERT_EQ(bus_.records().size(), 1U);
  const messaging::Record record = bus_.records().front();
  EXPECT_EQ(record.topic, "guarantee.requests.order.v1");
  EXPECT_EQ(record.key, "demo/guarantee/G-1");
  EXPECT_EQ(HeaderOf(record, "ce_type"), "guarantee.partner.v1.ExtensionApply");
  EXPECT_EQ(Rows("X-1").size(), 1U);
  // The same again is the same; changed under the same number is refused.
  EXPECT_EQ(CodeOf(Post(kTarget, ToJson(Extension("X-1")))), 200);
  const Body changed = With(Extension("X-1"), "extendTime", R"("2028-01-02 03:04:05")");
  EXPECT_EQ(CodeOf(Post(kTarget, ToJson(changed))), 500);
}

TEST_F(PatchedInterfaceTest, IsValidatedByItsOwnRules) {
  const http::Answer answer = Post(kTarget, ToJson(Without(Extension("X-2"), "extendTime")));
  EXPECT_EQ(CodeOf(answer), 500);
  EXPECT_NE(MessageOf(answer).find("extendTime"), std::string::npos) << MessageOf(answer);
  EXPECT_TRUE(bus_.records().empty());
}

TEST_F(PatchedInterfaceTest, IsDocumented) {
  EXPECT_NE(contract::OpenApi(*contract_).find("financialAccount/extensionApply"),
            std::string::npos);
  EXPECT_NE(contract::Manual(*contract_).find("## 3.25 "), std::string::npos);
}

}  // namespace
}  // namespace guarantee::gateway
