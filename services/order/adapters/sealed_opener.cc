#include "order/adapters/sealed_opener.h"

#include <array>

#include "contract/flow.h"
#include "guarantee/partner/v1/order.pb.h"
#include "runtime/service.h"
#include "sealing/open.h"

namespace guarantee::order {
namespace {

using sealing::Content;

struct Place {
  int field;  // number in the message of 3.1
  Content content;
  std::string SealedFields::*sealed;
  std::string letter::RestoredNames::*plain;
};
constexpr std::size_t kBidderCode = 1;
constexpr std::array<Place, 8> kPlaces{{
    {partner::v1::OrderApply::kBidderNameFieldNumber, Content::kText, &SealedFields::bidder_name,
     &letter::RestoredNames::bidder_name},
    {partner::v1::OrderApply::kBidderCodeFieldNumber, Content::kCode, &SealedFields::bidder_code,
     &letter::RestoredNames::bidder_code},
    {partner::v1::OrderApply::kProjectNameFieldNumber, Content::kText, &SealedFields::project_name,
     &letter::RestoredNames::project_name},
    {partner::v1::OrderApply::kProjectNoFieldNumber, Content::kText, &SealedFields::project_number,
     &letter::RestoredNames::project_number},
    {partner::v1::OrderApply::kTendersNoFieldNumber, Content::kText, &SealedFields::section_number,
     &letter::RestoredNames::section_number},
    {partner::v1::OrderApply::kTendersNameFieldNumber, Content::kText, &SealedFields::section_name,
     &letter::RestoredNames::section_name},
    {partner::v1::OrderApply::kTendereeFieldNumber, Content::kText, &SealedFields::tenderee_name,
     &letter::RestoredNames::tenderee_name},
    {partner::v1::OrderApply::kTendereeCodeFieldNumber, Content::kCode,
     &SealedFields::tenderee_code, &letter::RestoredNames::tenderee_code},
}};

Result<sealing::Configuration> ConfigurationOf(const partner::FieldCipher& cipher) {
  sealing::ConfigurationWords words;
  words.scheme = cipher.scheme;
  words.inner_scheme = cipher.inner_scheme;
  words.mode = cipher.mode;
  words.iv_form = cipher.iv_form;
  words.unwrap_with = cipher.unwrap_with;
  words.unwrap_key = cipher.unwrap_key;
  return sealing::ReadConfiguration(words);
}

// As the gateway has it: the name in the message of 3.1.
std::string NameOf(const Place& place) {
  return partner::v1::OrderApply::descriptor()->FindFieldByNumber(place.field)->name();
}

// What the gateway sealed under the name that the field has in the message of 3.1.
Result<Secret> Unsealed(const sealing::StorageKeys* keys, const Order& order, const Place& place) {
  if (keys == nullptr) return Permanent("sealing.key_missing", "no storage keys", NameOf(place));
  return keys->Unseal(order.sealed.*place.sealed, {order.partner, order.order_no, NameOf(place)});
}

// The one who paid, or proved himself on the page, against what the key brought to light (B4).
bool BidderDiffers(const Order& order, const letter::RestoredNames& names) {
  if (order.bidder && order.bidder->code != names.bidder_code) return true;
  return order.basic_account.checked && order.premium && !order.premium->waived &&
         !SamePartyName(order.premium->payer_name, names.bidder_name);
}

void Report(const std::string& guarantee_no, const sealing::Report& report) {
  std::string tried;
  for (const sealing::Trial& trial : report.trials) {
    tried += " " + trial.name + "=" + std::string(sealing::NameOf(trial.reason));
  }
  runtime::Log(runtime::Level::kInfo, "order",
               "sealed fields of " + guarantee_no + ": " +
                   std::string(sealing::NameOf(report.reason)) + tried);
}

}  // namespace

Result<void> CipherOpener::Check() const {
  for (const auto& partner : partners_->partners()) {
    if (const auto read = ConfigurationOf(partner->field_cipher); !read) {
      Error error = read.error();
      error.field = "partners." + partner->id + ".field_cipher." + error.field;
      return tl::unexpected(std::move(error));
    }
  }
  return {};
}

Fingerprints CipherOpener::FingerprintsOf(const std::string& partner,
                                          const std::string& guarantee_no,
                                          const Secret& key) const {
  const std::array<std::string_view, 3> here{partner, guarantee_no, key.Reveal()};
  const std::array<std::string_view, 2> anywhere{partner, key.Reveal()};
  return {fingerprints_.Make(here), fingerprints_.Make(anywhere)};
}

Result<letter::Opening> CipherOpener::Open(const std::string& partner, const Order& order,
                                           const std::string& guarantee_no,
                                           const Secret& key) const {
  const auto found = partners_->FindPartner(partner);
  if (!found) return Permanent("event.partner", "the partner is not configured", partner);
  const Result<sealing::Configuration> configuration = ConfigurationOf(found->field_cipher);
  if (!configuration) return tl::unexpected(configuration.error());
  std::vector<sealing::Field> fields;
  fields.reserve(kPlaces.size());
  for (const Place& place : kPlaces) {
    const std::string& value = order.sealed.*place.sealed;
    if (!sealing::LooksStored(value)) {
      fields.push_back({NameOf(place), value, place.content, std::nullopt});
      continue;
    }
    const Result<Secret> plain = Unsealed(storage_keys_.get(), order, place);
    if (!plain) return tl::unexpected(plain.error());
    fields.push_back(
        {NameOf(place), std::string(plain->Reveal()), place.content, sealing::FieldForm::kPlain});
  }
  letter::Opening opening;
  sealing::Report report;
  const auto opened = sealing::Open(fields, key, *configuration, &report);
  Report(guarantee_no, report);
  if (!opened) return opening;
  letter::RestoredNames names;
  for (std::size_t at = 0; at < kPlaces.size(); ++at) {
    names.*kPlaces[at].plain = std::string((*opened)[at].value.Reveal());
  }
  opening.bidder_differs = BidderDiffers(order, names);
  opening.names = std::move(names);
  return opening;
}

Result<std::string> CipherOpener::PlainBidderCode(const Order& order) const {
  const std::string& value = order.sealed.bidder_code;
  if (sealing::LooksStored(value)) {
    const Result<Secret> code = Unsealed(storage_keys_.get(), order, kPlaces[kBidderCode]);
    if (!code) return tl::unexpected(code.error());
    return std::string(code->Reveal());
  }
  return sealing::DetectForm(value) == sealing::FieldForm::kPlain ? value : std::string();
}

Result<std::string> CreditFlowOf(const Order& order, const CipherOpener& opener,
                                 const crypto::TokenKey& flow_key) {
  std::string code = order.bidder ? order.bidder->code : std::string();
  if (code.empty()) {
    Result<std::string> plain = opener.PlainBidderCode(order);
    if (!plain) return plain;
    code = std::move(*plain);
  }
  if (code.empty()) return std::string();
  const std::array<std::string_view, 2> parts{order.partner, code};
  return contract::JoinFlow(order.partner, contract::FlowKind::kCredit, flow_key.Make(parts));
}

}  // namespace guarantee::order
