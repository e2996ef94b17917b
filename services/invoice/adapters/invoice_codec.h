// The invoices of a guarantee as bytes of the service's own table, and back. The only file that
// knows both the domain's value and its stored form.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "invoice/domain/invoice.h"

namespace guarantee::invoice {

[[nodiscard]] std::string SerializeInvoices(const Invoices& row);
// Permanent "invoice.stored" when the bytes are not a row of this program's version.
[[nodiscard]] Result<Invoices> ParseInvoices(std::string_view bytes);

// The words of public events, lists and metrics.
[[nodiscard]] std::string_view StateWord(State state);  // waiting, requested, issued, …
[[nodiscard]] std::string_view KindWord(Kind kind);
[[nodiscard]] std::string_view FlagWord(Flag flag);
[[nodiscard]] RefusalCode RefusalOfWord(std::string_view word);

}  // namespace guarantee::invoice
