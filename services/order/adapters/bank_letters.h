// LetterMaker of an institution whose own systems make the letters: takes the file, checks that it
// is a PDF and keeps it in the document store.
#pragma once

#include <string>
#include <string_view>

#include "order/app/ports.h"
#include "sql/write_store.h"

namespace guarantee::order {

inline constexpr std::size_t kLetterBytesMax = 8U << 20;
inline constexpr std::string_view kLetterMediaType = "application/pdf";

// An undamaged, unencrypted PDF with at least one page; what it says is its maker's concern.
[[nodiscard]] bool IsPdf(std::string_view bytes);

class BankLetters final : public LetterMaker {
 public:
  explicit BankLetters(sql::SqlDocumentStore& documents) : documents_(documents) {}
  [[nodiscard]] Result<DocumentFacts> Keep(std::string_view bytes) override;
  [[nodiscard]] Result<DocumentFacts> Find(const std::string& sha256) override;

 private:
  sql::SqlDocumentStore& documents_;
};

}  // namespace guarantee::order
