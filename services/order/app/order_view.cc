#include "order/app/order_view.h"

#include "contract/formats.h"
#include "order/adapters/order_codec.h"

namespace guarantee::order {

std::vector<std::pair<std::string, std::string>> DetailsOf(const Order& order) {
  std::vector<std::pair<std::string, std::string>> details{
      {"revision", std::to_string(order.revision)},
      {"purchase_deadline", contract::FormatTime(order.purchase_deadline)},
      {"open_time", contract::FormatTime(order.open_time)},
      {"basic_account_checked", order.basic_account.checked ? "true" : "false"},
      {"guarantee_no", order.guarantee_no},
      {"decided_by", order.decided_by}};
  if (order.quote.premium.fen > 0) {
    details.emplace_back("premium", order.quote.premium.ToText());
    if (!order.premium) details.emplace_back("premium_due", order.quote.premium.ToText());
  }
  if (order.letter) {
    details.emplace_back("letter_sha256", order.letter->sha256);
    details.emplace_back("valid_begin", contract::FormatTime(order.letter->valid_begin));
    details.emplace_back("valid_end", contract::FormatTime(order.letter->valid_end));
  }
  if (order.issue_acknowledged_at) {
    details.emplace_back("acknowledged_at", contract::FormatTime(*order.issue_acknowledged_at));
  }
  details.emplace_back("end_reason", FactsOf(order.end_reason).word);
  return details;
}

Result<service::CaseView> ViewOfOrder(const messaging::StoredRow& row) {
  const Result<Order> order = ParseOrder(row.state);
  if (!order) return tl::unexpected(order.error());
  return service::CaseView{row.summary.partner, row.summary.number,     row.summary.business_no,
                           row.summary.status,  row.summary.amount_fen, row.updated_at,
                           DetailsOf(*order)};
}

}  // namespace guarantee::order
