#include "order/adapters/bank_letters.h"

#include "crypto/digest.h"

namespace guarantee::order {
namespace {

// Where readers look for the trailer (ISO 32000-1, annex H).
constexpr std::size_t kTrailerWithin = 1024;

DocumentFacts FactsOf(const sql::Document& document) {
  return {document.sha256, static_cast<std::int64_t>(document.bytes.size()), document.media_type};
}

}  // namespace

bool IsPdf(std::string_view bytes) {
  if (!bytes.starts_with("%PDF-")) return false;
  const std::string_view end =
      bytes.substr(bytes.size() > kTrailerWithin ? bytes.size() - kTrailerWithin : 0);
  return end.find("%%EOF") != std::string_view::npos;
}

Result<DocumentFacts> BankLetters::Keep(std::string_view bytes) {
  if (bytes.size() > kLetterBytesMax) {
    return Refused("letter.size", "a letter has at most 8 MiB", "file");
  }
  if (!IsPdf(bytes)) return Refused("letter.format", "a letter must be a PDF", "file");
  const sql::Document document{crypto::ToHex(crypto::Sha256(bytes)), std::string(kLetterMediaType),
                               std::string(bytes)};
  if (Result<void> put = documents_.Put(document); !put) return tl::unexpected(put.error());
  return FactsOf(document);
}

Result<DocumentFacts> BankLetters::Find(const std::string& sha256) {
  const Result<sql::Document> document = documents_.Get(sha256);
  if (!document) return tl::unexpected(document.error());
  return FactsOf(*document);
}

}  // namespace guarantee::order
