#include "order/app/supplied_letter.h"

#include "guarantee/event/v1/order_decision.pb.h"

namespace guarantee::order {

Result<std::optional<DocumentFacts>> KeepSupplied(LetterMaker& letters,
                                                  const event::v1::SuppliedLetter* letter) {
  if (letter == nullptr || letter->file().size() > kInlineLetterBytesMax) {
    return std::optional<DocumentFacts>{};
  }
  Result<DocumentFacts> facts =
      letter->file().empty() ? letters.Find(letter->sha256()) : letters.Keep(letter->file());
  if (!facts && facts.error().kind == ErrorKind::kRefused) return std::optional<DocumentFacts>{};
  if (!facts) return tl::unexpected(facts.error());
  if (!letter->sha256().empty() && letter->sha256() != facts->sha256) {
    return std::optional<DocumentFacts>{};
  }
  return std::optional<DocumentFacts>{std::move(*facts)};
}

}  // namespace guarantee::order
