#include "service/task.h"

namespace guarantee::service {

std::string_view ResultWord(const Outcome& outcome) {
  if (outcome.verdict == machine::Verdict::kRefused) return "refused";
  if (outcome.verdict == machine::Verdict::kSameAgain) return "same_again";
  return outcome.data == "pending" ? "pending" : "applied";
}

Result<std::optional<PublicState>> Desk::StateOf(const messaging::StoredRow& row) const {
  const CaseKind& kind = kinds().front();
  if (row.key.kind != kind.row_kind) return std::optional<PublicState>{};
  Result<std::optional<CaseView>> view = Describe(kind, row);
  if (!view) return tl::unexpected(view.error());
  if (!*view) return std::optional<PublicState>{};
  return std::optional<PublicState>{{kind.word, std::move(**view)}};
}

}  // namespace guarantee::service
