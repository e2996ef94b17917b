#include "read_partner.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <utility>

#include "crypto/password.h"

namespace guarantee::partner {
namespace {

constexpr std::size_t kAccountsMax = 100;
constexpr std::size_t kEntitlementsMax = 100;
constexpr std::size_t kNetworksMax = 1'000;
constexpr std::size_t kFileHostsMax = 100;
constexpr std::size_t kIdBytesMax = 32;
constexpr std::size_t kUserBytesMax = 128;
constexpr std::int64_t kValidDaysMax = 3'660;

bool IsDate(std::string_view text) {
  constexpr std::string_view kShape = "dddd-dd-dd";
  if (text.size() != kShape.size()) return false;
  std::array<unsigned, 3> parts{};
  std::size_t part = 0;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const bool digit = text[at] >= '0' && text[at] <= '9';
    if (digit != (kShape[at] == 'd') || (!digit && text[at] != '-')) return false;
    if (digit) {
      parts[part] = parts[part] * 10 + static_cast<unsigned>(text[at] - '0');
    } else {
      ++part;
    }
  }
  return std::chrono::year_month_day{std::chrono::year{static_cast<int>(parts[0])},
                                     std::chrono::month{parts[1]}, std::chrono::day{parts[2]}}
      .ok();
}

bool IsId(std::string_view text) {
  return !text.empty() && text.size() <= kIdBytesMax && !text.starts_with('-') &&
         std::all_of(text.begin(), text.end(), [](char letter) {
           return (letter >= 'a' && letter <= 'z') || (letter >= '0' && letter <= '9') ||
                  letter == '-';
         });
}

bool IsUser(std::string_view text) {
  return text.size() <= kUserBytesMax && std::none_of(text.begin(), text.end(), [](char letter) {
           return letter == ':' || static_cast<unsigned char>(letter) < 0x20 || letter == 0x7F;
         });
}

bool IsBaseUrl(std::string_view text) {
  const bool scheme = text.starts_with("http://") || text.starts_with("https://");
  const std::size_t host = text.find("//") + 2;
  return scheme && text.size() > host && text[host] != '/' && text.ends_with('/') &&
         std::all_of(text.begin(), text.end(), [](char letter) {
           return letter > 0x20 && letter < 0x7F && letter != '?' && letter != '#' && letter != '@';
         });
}

// A name or an address, lower case, with a port where it is not the scheme's own. No pattern: what
// may be fetched is said host by host.
bool IsFileHost(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char letter) {
    return (letter >= 'a' && letter <= 'z') || (letter >= '0' && letter <= '9') ||
           std::string_view("-._:[]").find(letter) != std::string_view::npos;
  });
}

InstitutionKind ReadKind(JsonObject& object) {
  const std::string text =
      object.OneOf("kind", {"bank", "guarantee_company", "insurer"}, "missing");
  if (text == "bank") return InstitutionKind::kBank;
  return text == "insurer" ? InstitutionKind::kInsurer : InstitutionKind::kGuaranteeCompany;
}

Institution ReadInstitution(JsonObject object) {
  Institution institution;
  institution.kind = ReadKind(object);
  institution.name = object.RequiredText("name");
  institution.insurer_code = object.OptionalText("insurer_code", "");
  if (institution.kind == InstitutionKind::kInsurer && institution.insurer_code.empty()) {
    object.place().Key("insurer_code").Problem("must not be empty for an insurer");
  }
  object.Finish();
  return institution;
}

Entitlement ReadEntitlement(const Json& value, const Place& place, const ReadContext& context) {
  JsonObject object(value, place);
  Entitlement entitlement;
  const Json& sections = object.RequiredArray("interfaces", context.contract->interfaces().size());
  for (std::size_t at = 0; at < sections.size(); ++at) {
    const std::string section = sections[at].is_string() ? std::string(sections[at]) : "";
    const contract::Interface* known = context.contract->FindSection(section);
    if (section != "*" && (known == nullptr || !known->FromPlatform())) {
      object.place()
          .Key("interfaces")
          .Index(at)
          .Problem("must be * or the section of an interface that the platform calls");
    }
    entitlement.sections.push_back(section);
  }
  const std::string expires = object.OptionalText("expires", "");
  if (!expires.empty()) {
    entitlement.expires = expires;
    if (!IsDate(expires)) object.place().Key("expires").Problem("must be a date, yyyy-MM-dd");
  }
  object.Finish();
  return entitlement;
}

Account ReadAccount(const Json& value, const Place& place, ReadContext& context) {
  JsonObject object(value, place);
  Account account;
  account.user = object.RequiredText("user");
  if (!IsUser(account.user)) {
    place.Key("user").Problem("must be at most 128 bytes without colon or control character");
  }
  if (!account.user.empty() && !context.users.insert(account.user).second) {
    place.Key("user").Problem("must be unique over all partners");
  }
  account.password_hash = object.RequiredFile("password_hash_file", context.folder);
  if (!account.password_hash.empty() && !crypto::CheckPasswordHash(account.password_hash)) {
    place.Key("password_hash_file").Problem("must hold an argon2id hash of at least 19 MiB");
  }
  account.enabled = object.OptionalFlag("enabled", true);
  const Json* entitlements = object.Find("entitlements");
  if (entitlements == nullptr || !entitlements->is_array() ||
      entitlements->size() > kEntitlementsMax) {
    place.Key("entitlements").Problem("must be a list of at most 100 entries");
  } else {
    for (std::size_t at = 0; at < entitlements->size(); ++at) {
      account.entitlements.push_back(
          ReadEntitlement((*entitlements)[at], place.Key("entitlements").Index(at), context));
    }
  }
  object.Finish();
  return account;
}

std::vector<SourceNetwork> ReadNetworks(JsonObject& object, std::string_view key) {
  std::vector<SourceNetwork> networks;
  const Json& list = object.RequiredArray(key, kNetworksMax);
  for (std::size_t at = 0; at < list.size(); ++at) {
    const auto network = SourceNetwork::Parse(list[at].is_string() ? std::string(list[at]) : "");
    if (network) {
      networks.push_back(*network);
    } else {
      object.place().Key(key).Index(at).Problem(network.error().message);
    }
  }
  return networks;
}

// Either the scheme alone, or an object with what the scheme needs.
FieldCipher ReadFieldCipher(JsonObject& owner, const ReadContext& context) {
  const std::vector<std::string> schemes{"R1", "R2", "S1", "S2", "S3", "W", "auto"};
  const Json* value = owner.Find("field_cipher");
  Json wrapped = Json::object();
  if (value != nullptr) wrapped = value->is_string() ? Json{{"scheme", *value}} : *value;
  JsonObject object(wrapped, owner.place().Key("field_cipher"));
  FieldCipher cipher;
  cipher.scheme = object.OneOf("scheme", schemes, "missing");
  cipher.inner_scheme = object.OneOf("inner_scheme", {"S1", "S2"}, cipher.inner_scheme);
  cipher.mode = object.OneOf("mode", {"ECB", "CBC"}, cipher.mode);
  cipher.iv_form = object.OneOf("iv_form", {"none", "zero", "prefix", "key"}, cipher.iv_form);
  cipher.unwrap_with = object.OneOf("unwrap_with", {"R1", "R2"}, cipher.unwrap_with);
  if (object.Find("unwrap_key_file") != nullptr) {
    cipher.unwrap_key = Secret(object.RequiredFile("unwrap_key_file", context.folder));
  } else if (cipher.scheme == "W") {
    object.place().Key("unwrap_key_file").Problem("must be there for scheme W");
  }
  if (cipher.scheme == "auto" && context.environment == Environment::kProduction) {
    object.place().Key("scheme").Problem("must not be auto in production");
  }
  object.Finish();
  return cipher;
}

contract::Tolerance ReadTolerance(JsonObject object, const ReadContext& context) {
  contract::Tolerance tolerance;
  const std::array<std::pair<std::string_view, bool*>, 7> switches{
      {{"compat_sample31", &tolerance.compat_sample31},
       {"relaxed_invoice", &tolerance.relaxed_invoice},
       {"rate_decimal", &tolerance.rate_decimal},
       {"dual_result", &tolerance.dual_result},
       {"contract_overflow_fails", &tolerance.contract_overflow_fails},
       {"remark_on_failure", &tolerance.remark_on_failure},
       {"digest_without_sealed", &tolerance.digest_without_sealed}}};
  for (const auto& [key, flag] : switches) *flag = object.OptionalFlag(key, *flag);
  if (tolerance.compat_sample31 && context.environment == Environment::kProduction) {
    object.place().Key("compat_sample31").Problem("must not be on in production");
  }
  if (const Json* wrapped = object.Find("wrapped_out"); wrapped != nullptr) {
    const Place place = object.place().Key("wrapped_out");
    const JsonObject check(*wrapped, place);
    for (const auto& [section, flag] : wrapped->items()) {
      const contract::Interface* known = context.contract->FindSection(section);
      if (known == nullptr || !known->ToPlatform()) {
        place.Key(section).Problem("must be the section of an interface that we call");
      } else if (!flag.is_boolean()) {
        place.Key(section).Problem("must be true or false");
      } else {
        tolerance.wrapped_out.emplace(section, bool{flag});
      }
    }
  }
  object.Finish();
  return tolerance;
}

Money ReadMoney(JsonObject& object, std::string_view key, std::string_view otherwise) {
  const Result<Money> amount = Money::Parse(object.OptionalText(key, otherwise));
  if (amount && amount->fen > 0) return *amount;
  object.place().Key(key).Problem("must be a positive amount with at most two decimals");
  return {};
}

Limits ReadLimits(JsonObject object) {
  Limits limits;
  limits.amount_min = ReadMoney(object, "amount_min", "0.01");
  limits.amount_max = ReadMoney(object, "amount_max", "");
  if (limits.amount_max.fen > 0 && limits.amount_max < limits.amount_min) {
    object.place().Key("amount_max").Problem("must not be less than amount_min");
  }
  object.Finish();
  return limits;
}

Products ReadProducts(JsonObject object, InstitutionKind kind) {
  Products products;
  products.credit_backed = object.OptionalFlag("credit_backed", false);
  products.online_refund = object.OptionalFlag("online_refund", true);
  products.cancel_by_decision = object.OptionalFlag("cancel_by_decision", false);
  products.valid_days = object.RequiredNumber("valid_days", 1, kValidDaysMax);
  if (products.credit_backed && kind != InstitutionKind::kBank) {
    object.place().Key("credit_backed").Problem("must not be on for other than a bank");
  }
  object.Finish();
  return products;
}

// Path of the file that the key names, which OpenSSL reads itself; empty where there is none.
std::string ReadFileName(JsonObject& object, std::string_view key, const ReadContext& context) {
  const std::string name = object.OptionalText(key, "");
  if (name.empty()) return {};
  const std::filesystem::path file = context.folder / name;
  std::error_code error;
  if (!std::filesystem::is_regular_file(file, error)) {
    object.place().Key(key).Problem("must name a readable file");
  }
  return file.string();
}

TlsFiles ReadTls(JsonObject object, const ReadContext& context) {
  TlsFiles tls;
  const auto read = [&](std::string_view key) { return ReadFileName(object, key, context); };
  tls.roots = read("roots");
  tls.client_certificate = read("client_certificate");
  tls.client_key = read("client_key");
  if (tls.client_certificate.empty() != tls.client_key.empty()) {
    object.place().Problem("client_certificate and client_key must come together");
  }
  object.Finish();
  return tls;
}

Platform ReadPlatform(JsonObject object, const ReadContext& context) {
  Platform platform;
  platform.base_url = object.RequiredText("base_url");
  if (!platform.base_url.empty() && !IsBaseUrl(platform.base_url)) {
    object.place().Key("base_url").Problem("must be an http or https address ending in /");
  }
  platform.user = object.RequiredText("user");
  if (!IsUser(platform.user)) {
    object.place().Key("user").Problem("must be without colon or control character");
  }
  platform.password = Secret(object.RequiredFile("password_file", context.folder));
  platform.tls = ReadTls(object.OptionalObject("tls"), context);
  object.Finish();
  return platform;
}

AttachmentRules ReadAttachments(JsonObject& owner, const ReadContext& context) {
  AttachmentRules rules;
  if (owner.Find("attachments") == nullptr) return rules;
  JsonObject object = owner.RequiredObject("attachments");
  const Json& hosts = object.RequiredArray("hosts", kFileHostsMax);
  for (std::size_t at = 0; at < hosts.size(); ++at) {
    const std::string host = hosts[at].is_string() ? std::string(hosts[at]) : "";
    if (!IsFileHost(host)) {
      object.place().Key("hosts").Index(at).Problem(
          "must be a host such as files.example.com or files.example.com:8443");
    }
    rules.hosts.push_back(host);
  }
  if (object.Find("networks") != nullptr) rules.networks = ReadNetworks(object, "networks");
  rules.plain_http = object.OptionalFlag("plain_http", false);
  rules.file_base = object.OptionalText("file_base", "");
  if (!rules.file_base.empty() && !IsBaseUrl(rules.file_base)) {
    object.place().Key("file_base").Problem("must be an http or https address ending in /");
  }
  rules.roots = ReadFileName(object, "roots", context);
  object.Finish();
  return rules;
}

std::string ReadId(JsonObject& object, ReadContext& context) {
  std::string id = object.RequiredText("id");
  const Place place = object.place().Key("id");
  if (!id.empty() && !IsId(id)) {
    place.Problem("must be 1 to 32 lower-case letters, digits and dashes");
  }
  if (!id.empty() && !context.ids.insert(id).second) place.Problem("must be unique");
  return id;
}

Environment ReadEnvironment(JsonObject& object, const ReadContext& context) {
  const auto environment = ParseEnvironment(object.RequiredText("environment"));
  const Place place = object.place().Key("environment");
  if (!environment) {
    place.Problem("must be development, test or production");
  } else if (*environment != context.environment) {
    place.Problem("must be that of the process");
  }
  return environment.value_or(context.environment);
}

}  // namespace

Partner ReadPartner(const Json& value, const Place& place, ReadContext& context) {
  JsonObject object(value, place);
  Partner partner;
  partner.id = ReadId(object, context);
  partner.environment = ReadEnvironment(object, context);
  partner.institution = ReadInstitution(object.RequiredObject("institution"));
  const Json& accounts = object.RequiredArray("accounts", kAccountsMax);
  for (std::size_t at = 0; at < accounts.size(); ++at) {
    partner.accounts.push_back(ReadAccount(accounts[at], place.Key("accounts").Index(at), context));
  }
  partner.source_networks = ReadNetworks(object, "source_networks");
  partner.field_cipher = ReadFieldCipher(object, context);
  partner.tolerance = ReadTolerance(object.OptionalObject("tolerance"), context);
  partner.limits = ReadLimits(object.RequiredObject("limits"));
  partner.products = ReadProducts(object.RequiredObject("products"), partner.institution.kind);
  if (const std::string base = object.OptionalText("redirect_host", ""); !base.empty()) {
    partner.redirect_base = base;
    if (!IsBaseUrl(base)) {
      place.Key("redirect_host").Problem("must be an http or https address ending in /");
    }
  }
  partner.platform = ReadPlatform(object.RequiredObject("platform"), context);
  partner.attachments = ReadAttachments(object, context);
  object.Finish();
  return partner;
}

}  // namespace guarantee::partner
