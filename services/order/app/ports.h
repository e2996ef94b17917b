// What the order service needs from outside, beside the write store.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/result.h"
#include "order/domain/commands.h"
#include "order/domain/order.h"
#include "order/domain/policy.h"

namespace guarantee::order {

// A stored document by reference.
struct DocumentFacts {
  std::string sha256;
  std::int64_t size_bytes = 0;
  std::string media_type;
};

// Where letters come from. Today the bank supplies the file with its decision; a maker that
// composes and signs is another implementation of the same port. Thread-safe.
class LetterMaker {
 public:
  virtual ~LetterMaker() = default;
  // Takes a file in and answers its reference. Refused "letter.format" when it is not a PDF,
  // "letter.size" when it is too large; retryable when the store is away.
  [[nodiscard]] virtual Result<DocumentFacts> Keep(std::string_view bytes) = 0;
  // A file that was kept before; refused "document.unknown".
  [[nodiscard]] virtual Result<DocumentFacts> Find(const std::string& sha256) = 0;
};

// Decides simple cases at once, from the institution's rules file.
struct Rules {
  Money approve_up_to;
  std::string payer_name;     // told in 3.2 where no premium is collected
  std::string payer_account;  // likewise, unless the basic account is checked
  DocumentFacts letter;
  std::string decided_by;
};

// Decides about guarantees, likewise. An amount above a bound waits for people.
struct GuaranteeRules {
  Money refund_up_to;
  Money cancel_up_to;
  std::optional<DocumentFacts> plain_letter;  // of every restored guarantee; demonstration only
};

// Names and numbers, made outside the domain.
struct Makers {
  std::function<std::string()> event_id;
  // A guarantee number of ours for this partner (clarifications 17).
  std::function<std::string(const std::string& partner)> guarantee_no;
};

}  // namespace guarantee::order
