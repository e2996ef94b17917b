#include "platform-simulator/applications.h"

#include <cctype>
#include <nlohmann/json.hpp>

#include "contract/encode.h"
#include "contract/formats.h"
#include "crypto/digest.h"
#include "crypto/random.h"
#include "guarantee/partner/v1/order.pb.h"

namespace guarantee::platform_simulator {
namespace {

namespace partner = guarantee::partner::v1;
using nlohmann::ordered_json;

constexpr const char* kAmountField = "em_amount_fen";

// Nobody is called so. The account is the one that the demonstration rules and the bank-simulator
// pay from, so that the check of the basic account is part of the story.
constexpr std::string_view kBidderName = "示范付款人";
constexpr std::string_view kBidderCode = "91430602MA4L5GJ80Y";
constexpr std::string_view kProjectName = "示范道路工程";
constexpr std::string_view kProjectNumber = "SF-2024-0001";
constexpr std::string_view kLotNumber = "SF-2024-0001-01";
constexpr std::string_view kLotName = "第一标段";
constexpr std::string_view kTenderee = "示范招标人";
constexpr const char* kBasicBank = "示范银行";
constexpr const char* kBasicAccount = "6200000000000000001";

Result<void> SealIdentity(Sealer& sealer, partner::OrderApply& message) {
  const auto seal = [&sealer](std::string_view plain, std::string* field) -> Result<void> {
    Result<std::string> sealed = sealer.Seal(plain);
    if (!sealed) return tl::unexpected(sealed.error());
    *field = std::move(*sealed);
    return {};
  };
  const std::pair<std::string_view, std::string*> fields[] = {
      {kBidderName, message.mutable_bidder_name()},
      {kBidderCode, message.mutable_bidder_code()},
      {kProjectName, message.mutable_project_name()},
      {kProjectNumber, message.mutable_project_no()},
      {kLotNumber, message.mutable_tenders_no()},
      {kLotName, message.mutable_tenders_name()},
      {kTenderee, message.mutable_tenderee()},
      {kBidderCode, message.mutable_tenderee_code()},
  };
  for (const auto& [plain, field] : fields) {
    if (Result<void> sealed = seal(plain, field); !sealed) return sealed;
  }
  return {};
}

Result<ordered_json> Parse(const std::string& body) {
  ordered_json document = ordered_json::parse(body, nullptr, false);
  if (document.is_discarded() || !document.is_object()) {
    return Permanent("story.body", "the application is no JSON object");
  }
  return document;
}

Result<std::string> NoDocuments(std::string_view) {
  return Permanent("story.document", "an application has no documents");
}

}  // namespace

OrderInterfaces FindOrderInterfaces(const contract::Contract& contract) {
  return {contract.FindMessage(partner::OrderApply::descriptor()->full_name()),
          contract.FindMessage(partner::OrderApplyNotice::descriptor()->full_name())};
}

Result<std::string> WriteApplication(const contract::Interface& apply,
                                     const Application& application, UnixMillis now,
                                     Sealer& sealer) {
  partner::OrderApply message;
  message.set_business_no(application.business_no);
  message.set_order_no(application.order_no);
  message.set_apply_time(now.value);
  message.set_bzj_end_time(now.value + kPurchaseMs);
  message.set_open_time(now.value + kPurchaseMs + kOpeningMs);
  message.set_em_amount_fen(application.amount.fen);
  message.set_icheck(partner::YES_NO_YES);
  message.set_kh_bank(kBasicBank);
  message.set_yh_account(kBasicAccount);
  if (Result<void> sealed = SealIdentity(sealer, message); !sealed) {
    return tl::unexpected(sealed.error());
  }
  Result<contract::Encoded> encoded = contract::Encode(apply, message, {}, NoDocuments);
  if (!encoded) return tl::unexpected(encoded.error());
  return std::move(encoded->body);
}

const std::string& AmountWire(const contract::Interface& apply) {
  return apply.message.Find(kAmountField)->wire;
}

Result<std::string> WithAmount(const contract::Interface& apply, const std::string& body,
                               Money amount) {
  Result<ordered_json> document = Parse(body);
  if (!document) return tl::unexpected(document.error());
  (*document)[AmountWire(apply)] =
      contract::FormatMoney(amount, apply.message.Find(kAmountField)->max_length);
  return document->dump();
}

Result<std::string> WithoutAmount(const contract::Interface& apply, const std::string& body) {
  Result<ordered_json> document = Parse(body);
  if (!document) return tl::unexpected(document.error());
  document->erase(AmountWire(apply));
  return document->dump();
}

const DemonstrationParties& Parties() {
  static constexpr DemonstrationParties kParties{kBidderName, kBidderCode, kTenderee, kBidderCode};
  return kParties;
}

std::string NewRunNumber(UnixMillis now) {
  constexpr std::size_t kRandomBytes = 3;
  std::string number;
  for (const char one : contract::FormatTime(now)) {
    if (std::isdigit(static_cast<unsigned char>(one)) != 0) number += one;
  }
  return number + crypto::ToHex(crypto::SystemRandom().Bytes(kRandomBytes));
}

}  // namespace guarantee::platform_simulator
