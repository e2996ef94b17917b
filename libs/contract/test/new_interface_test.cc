// The promise of proto/README.md: one message and one rpc more, and no C++.
#include <google/protobuf/descriptor.pb.h>

#include "contract/digest.h"
#include "contract/lint.h"
#include "contract/openapi.h"
#include "contract/redact.h"
#include "descriptors.h"
#include "fixture.h"
#include "guarantee/contract/v1/options.pb.h"

namespace guarantee::contract {
namespace {

using google::protobuf::DescriptorPool;
using google::protobuf::FileDescriptorSet;

// A further notice with a document, made of what 3.8 is made of.
FileDescriptorSet WithOneMore() {
  FileDescriptorSet files = DeclaredFiles();
  auto& letters = PartnerFile(files, "letter.proto");
  auto* message = letters.add_message_type();
  for (const auto& candidate : letters.message_type()) {
    if (candidate.name() == "RestoreNotice") *message = candidate;
  }
  message->set_name("ExtensionNotice");
  auto& number = *message->mutable_field(0)->mutable_options()->MutableExtension(v1::field);
  number.set_wire("extensionNo");
  number.set_sensitive(true);
  auto& service = *PartnerFile(files, "interfaces.proto").mutable_service(0);
  auto* method = service.add_method();
  *method = service.method(7);
  method->set_name("NotifyExtension");
  method->set_input_type(".guarantee.partner.v1.ExtensionNotice");
  auto& rule = *method->mutable_options()->MutableExtension(v1::interface);
  rule.set_section("3.24");
  rule.set_path("guarantee/extensionNotice");
  rule.set_direction(v1::DIRECTION_BOTH);
  rule.set_request_topic("guarantee.requests.order.v1");
  rule.mutable_registered()->set_number_field("business_no");
  return files;
}

class NewInterfaceTest : public ::testing::Test {
 protected:
  void SetUp() override {
    const FileDescriptorSet files = WithOneMore();
    for (const auto& file : files.file()) ASSERT_NE(pool_.BuildFile(file), nullptr);
    const auto loaded = Contract::Load(*pool_.FindServiceByName(std::string(kTableName)));
    ASSERT_TRUE(loaded) << Describe(loaded.error());
    contract_ = *loaded;
    added_ = contract_->Route("/front/guarantee/extensionNotice");
    ASSERT_NE(added_, nullptr);
  }

  DescriptorPool pool_;
  std::shared_ptr<const Contract> contract_;
  const Interface* added_ = nullptr;
};

TEST_F(NewInterfaceTest, Decodes_Encodes_Redacts) {
  const auto decoded = Decode(*added_, Sample(*added_), {});
  ASSERT_TRUE(decoded) << decoded.error().message;
  const Item& item = decoded->items.front();
  const auto encoded = Encode(*added_, *item.message, {}, [&](std::string_view) {
    return Result<std::string>(item.documents.front().bytes);
  });
  ASSERT_TRUE(encoded) << Describe(encoded.error());
  EXPECT_EQ(encoded->body, Sample(*added_));
  EXPECT_NE(Redact(*item.message).find("business_no=***"), std::string::npos);
  EXPECT_NE(CanonicalForm(*added_, *item.message, {}).find("BD48925-0001"), std::string::npos);
}

TEST_F(NewInterfaceTest, Refuses_ByItsOwnRules) {
  const auto refused = Decode(*added_, R"({"businessNo":"1"})", {});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().fields.front(), "extensionNo");
}

TEST_F(NewInterfaceTest, IsDocumented) {
  EXPECT_NE(OpenApi(*contract_).find("extensionNo"), std::string::npos);
  EXPECT_NE(Manual(*contract_).find("## 3.24 "), std::string::npos);
}

}  // namespace
}  // namespace guarantee::contract
