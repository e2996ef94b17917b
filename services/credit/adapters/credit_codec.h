// The credit of an applicant as bytes of the service's own table, and back. The only file that
// knows both the domain's value and its stored form.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "credit/domain/credit.h"

namespace guarantee::credit {

[[nodiscard]] std::string SerializeCredit(const Credit& row);
// Permanent "credit.stored" when the bytes are not a row of this program's version.
[[nodiscard]] Result<Credit> ParseCredit(std::string_view bytes);

// The state's word in public events, lists and metrics: applied, granted, …
[[nodiscard]] std::string_view StateWord(State state);
[[nodiscard]] RefusalCode RefusalOfWord(std::string_view word);

}  // namespace guarantee::credit
