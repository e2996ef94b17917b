// The guarantee as bytes of the service's own table, and back, and its words. The only file that
// knows both the domain's value and its stored form.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "order/domain/letter/effects.h"
#include "order/domain/letter/guarantee.h"

namespace guarantee::order::letter {

// A row: the number belongs to `order_flow`, and once it is issued there is a guarantee. Rows that
// were written as store.v1.GuaranteeRow read as reserved numbers.
struct GuaranteeRecord {
  std::string order_flow;
  std::optional<Guarantee> guarantee;

  bool operator==(const GuaranteeRecord&) const = default;
};

[[nodiscard]] std::string SerializeGuarantee(const GuaranteeRecord& record);
// Permanent "guarantee.stored" when the bytes are not a row of this program's version.
[[nodiscard]] Result<GuaranteeRecord> ParseGuarantee(std::string_view bytes);

// The state's word in public events, lists and metrics: sealed, restored, …
[[nodiscard]] std::string_view StateWord(State state);
// requested, approved, refused, withdrawn.
[[nodiscard]] std::string_view StatusWord(RefundStatus status);
// requested, proposed, consented, done, refused, withdrawn, closed.
[[nodiscard]] std::string_view StatusWord(CancellationStatus status);
[[nodiscard]] RefusalCode RefusalOfWord(std::string_view word);

// Names of timer rows; empty and absent where there is none.
[[nodiscard]] std::string_view TimerName(TimerKind kind);
[[nodiscard]] std::optional<TimerKind> TimerKindOf(std::string_view name);
// For the operator.
[[nodiscard]] std::string_view AlarmText(AlarmKind kind);

}  // namespace guarantee::order::letter
