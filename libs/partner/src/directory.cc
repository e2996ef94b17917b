#include "partner/directory.h"

#include <fstream>
#include <sstream>

#include "read_partner.h"

namespace guarantee::partner {
namespace {

std::optional<std::string> ReadFile(const std::filesystem::path& file) {
  std::error_code error;
  const std::uintmax_t size = std::filesystem::file_size(file, error);
  if (error || size > kConfigurationBytesMax) return std::nullopt;
  std::ifstream stream(file, std::ios::binary);
  std::ostringstream text;
  text << stream.rdbuf();
  if (!stream) return std::nullopt;
  return text.str();
}

// The library's reader keeps the last of two equal keys without a word; we do not.
class DuplicateKeys {
 public:
  explicit DuplicateKeys(ConfigurationProblems& problems) : problems_(problems) {}

  bool operator()(int depth, Json::parse_event_t event, Json& parsed) {
    const auto level = static_cast<std::size_t>(depth);
    if (event == Json::parse_event_t::object_start) {
      if (seen_.size() <= level + 1) seen_.resize(level + 2);
      seen_[level + 1].clear();
    }
    if (event == Json::parse_event_t::key) {
      const std::string key = parsed.get<std::string>();
      if (!seen_[level].insert(key).second) problems_.push_back({key, "key appears twice"});
    }
    return true;
  }

 private:
  ConfigurationProblems& problems_;
  std::vector<std::set<std::string>> seen_;
};

Json Parse(const std::string& text, ConfigurationProblems& problems) {
  Json document = Json::parse(text, DuplicateKeys(problems), /*allow_exceptions=*/false);
  if (document.is_discarded()) problems.push_back({"", "must be JSON"});
  return document;
}

}  // namespace

PartnerDirectory::PartnerDirectory(std::vector<Partner> partners) {
  for (Partner& value : partners) {
    const auto partner = std::make_shared<const Partner>(std::move(value));
    partners_.push_back(partner);
    by_id_.emplace(partner->id, partner);
    for (const Account& account : partner->accounts) {
      by_user_.emplace(account.user, AccountMatch{partner, &account});
    }
  }
}

tl::expected<std::shared_ptr<const PartnerDirectory>, ConfigurationProblems> PartnerDirectory::Load(
    const std::filesystem::path& file, Environment environment,
    const contract::Contract& contract) {
  ConfigurationProblems problems;
  const std::optional<std::string> text = ReadFile(file);
  if (!text) {
    problems.push_back({"", "cannot read " + file.string()});
    return tl::unexpected(std::move(problems));
  }
  const Json document = Parse(*text, problems);
  if (!problems.empty()) return tl::unexpected(std::move(problems));
  JsonObject root(document, Place(problems, ""));
  ReadContext context{file.parent_path(), environment, &contract, {}, {}};
  std::vector<Partner> partners;
  const Json& list = root.RequiredArray("partners", kPartnersMax);
  for (std::size_t at = 0; at < list.size(); ++at) {
    partners.push_back(
        ReadPartner(list[at], Place(problems, "").Key("partners").Index(at), context));
  }
  root.Finish();
  if (!problems.empty()) return tl::unexpected(std::move(problems));
  return std::shared_ptr<const PartnerDirectory>(new PartnerDirectory(std::move(partners)));
}

AccountMatch PartnerDirectory::FindUser(std::string_view user) const {
  const auto found = by_user_.find(std::string(user));
  return found == by_user_.end() ? AccountMatch{} : found->second;
}

std::shared_ptr<const Partner> PartnerDirectory::FindPartner(std::string_view id) const {
  const auto found = by_id_.find(std::string(id));
  return found == by_id_.end() ? nullptr : found->second;
}

std::vector<std::string> PartnerDirectory::Ids() const {
  std::vector<std::string> ids;
  for (const auto& partner : partners_) ids.push_back(partner->id);
  return ids;
}

std::string Describe(const ConfigurationProblems& problems) {
  std::string text;
  for (const ConfigurationProblem& problem : problems) {
    if (!text.empty()) text += '\n';
    text += problem.path.empty() ? problem.rule : problem.path + ": " + problem.rule;
  }
  return text;
}

std::optional<Environment> ParseEnvironment(std::string_view text) {
  if (text == "development") return Environment::kDevelopment;
  if (text == "test") return Environment::kTest;
  if (text == "production") return Environment::kProduction;
  return std::nullopt;
}

}  // namespace guarantee::partner
