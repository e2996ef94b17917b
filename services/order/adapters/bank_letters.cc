#include "order/adapters/bank_letters.h"

#include <qpdf/QPDF.hh>

#include "crypto/digest.h"

namespace guarantee::order {
namespace {

DocumentFacts FactsOf(const sql::Document& document) {
  return {document.sha256, static_cast<std::int64_t>(document.bytes.size()), document.media_type};
}

}  // namespace

bool IsPdf(std::string_view bytes) {
  if (!bytes.starts_with("%PDF-")) return false;
  try {
    QPDF pdf;
    pdf.setSuppressWarnings(true);
    // A damaged file must not pass because a reader would be able to mend it.
    pdf.setAttemptRecovery(false);
    pdf.processMemoryFile("letter", bytes.data(), bytes.size());
    return !pdf.isEncrypted() && !pdf.getAllPages().empty() && !pdf.anyWarnings();
  } catch (const std::exception&) {
    return false;
  }
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
