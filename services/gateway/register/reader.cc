#include "gateway/register/reader.h"

#include <algorithm>
#include <map>

namespace guarantee::gateway {

Result<std::vector<RegisterRow>> RegisterReader::FindNumber(
    std::string_view number, std::string_view partner,
    const partner::PartnerDirectory& directory) const {
  std::vector<RegisterQuery> queries;
  for (const auto& known : directory.partners()) {
    if (!partner.empty() && known->id != partner) continue;
    for (const contract::Interface& interface : contract_.interfaces()) {
      if (interface.registered.number == nullptr) continue;
      queries.push_back({{known->id, interface.section, std::string(number)},
                         interface.registered.unique.empty() ? "" : std::string(number)});
    }
  }
  return QueryNumbers(database_, queries).map([](const std::vector<QueryOutcome>& outcomes) {
    std::map<RegisterKey, RegisterRow> found;
    for (const QueryOutcome& outcome : outcomes) {
      for (const auto& row : {outcome.same_number, outcome.same_unique}) {
        if (row) found.emplace(row->key, *row);
      }
    }
    std::vector<RegisterRow> rows;
    for (auto& [key, row] : found) rows.push_back(std::move(row));
    std::sort(rows.begin(), rows.end(), [](const RegisterRow& one, const RegisterRow& other) {
      return one.received_at < other.received_at;
    });
    return rows;
  });
}

}  // namespace guarantee::gateway
