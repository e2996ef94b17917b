// All partners of a process, immutable once loaded. A change of the file is a new directory.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <unordered_map>
#include <vector>

#include "contract/contract.h"
#include "partner/partner.h"

namespace guarantee::partner {

inline constexpr std::size_t kPartnersMax = 1'000;
inline constexpr std::size_t kConfigurationBytesMax = std::size_t{4} << 20U;

// What is wrong with a configuration: where (as in `partners[0].accounts[1].user`) and which rule
// it breaks. Never holds a secret.
struct ConfigurationProblem {
  std::string path;
  std::string rule;

  bool operator==(const ConfigurationProblem&) const = default;
};
using ConfigurationProblems = std::vector<ConfigurationProblem>;

struct AccountMatch {
  std::shared_ptr<const Partner> partner;
  const Account* account = nullptr;  // lives as long as `partner`
};

class PartnerDirectory {
 public:
  // Reads `file` and every secret it names (relative to its folder, trailing line end taken off).
  // All problems at once; unknown keys are problems. `environment`: partners of another are
  // refused, so that no test sign-in opens a production gateway.
  [[nodiscard]] static tl::expected<std::shared_ptr<const PartnerDirectory>, ConfigurationProblems>
  Load(const std::filesystem::path& file, Environment environment,
       const contract::Contract& contract);

  // Both answer null when there is none.
  [[nodiscard]] AccountMatch FindUser(std::string_view user) const;
  [[nodiscard]] std::shared_ptr<const Partner> FindPartner(std::string_view id) const;
  // In the file's order.
  [[nodiscard]] const std::vector<std::shared_ptr<const Partner>>& partners() const {
    return partners_;
  }
  [[nodiscard]] std::vector<std::string> Ids() const;

 private:
  explicit PartnerDirectory(std::vector<Partner> partners);

  std::vector<std::shared_ptr<const Partner>> partners_;
  std::unordered_map<std::string, AccountMatch> by_user_;
  std::unordered_map<std::string, std::shared_ptr<const Partner>> by_id_;
};

// One line a problem, for an error or a terminal.
[[nodiscard]] std::string Describe(const ConfigurationProblems& problems);

// "development", "test" or "production"; nothing else.
[[nodiscard]] std::optional<Environment> ParseEnvironment(std::string_view text);

}  // namespace guarantee::partner
