// The order service as a desk: orders and their guarantees, one set of topics.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "order/app/guarantee_tasks.h"
#include "order/app/order_tasks.h"
#include "order/app/order_view.h"
#include "service/task.h"

namespace guarantee::order {

// Thread-safe. Its cases are guarantees, refunds and cancellations; orders have a call of their
// own (adapters/order_rpc.h).
class OrderDesk final : public service::Desk {
 public:
  OrderDesk(OrderTasks& orders, GuaranteeTasks& guarantees)
      : orders_(orders), guarantees_(guarantees) {}

  [[nodiscard]] Result<std::optional<service::Task>> FromRecord(
      const messaging::Delivered& record, const messaging::Envelope& envelope) override {
    if (GuaranteeTasks::Concerns(envelope)) return guarantees_.FromRecord(record, envelope);
    return orders_.FromRecord(record, envelope);
  }
  [[nodiscard]] Result<service::Task> FromTimer(const messaging::Timer& timer,
                                                const contract::FlowKey& flow) override {
    if (GuaranteeTasks::Concerns(timer)) return guarantees_.FromTimer(timer, flow);
    return orders_.FromTimer(timer, flow);
  }
  [[nodiscard]] Result<service::Task> FromRequest(const messaging::Envelope& envelope,
                                                  const std::string& message) override {
    if (OrderTasks::Answers(envelope)) return orders_.FromCalledRequest(envelope, message);
    return guarantees_.FromRequest(envelope, message);
  }
  [[nodiscard]] Result<service::Task> FromDecision(const messaging::RowKey& subject,
                                                   const std::string& partner,
                                                   const std::string& type,
                                                   const std::string& message) override {
    return guarantees_.FromDecision(subject, partner, type, message);
  }
  [[nodiscard]] const std::vector<service::CaseKind>& kinds() const override {
    return guarantees_.kinds();
  }
  [[nodiscard]] Result<std::optional<service::CaseView>> Describe(
      const service::CaseKind& kind, const messaging::StoredRow& row) const override {
    return guarantees_.Describe(kind, row);
  }
  // Of orders and of guarantees; refunds and cancellations are part of the latter.
  [[nodiscard]] Result<std::optional<service::PublicState>> StateOf(
      const messaging::StoredRow& row) const override {
    if (row.key.kind != kOrderKind) return guarantees_.StateOf(row);
    Result<service::CaseView> view = ViewOfOrder(row);
    if (!view) return tl::unexpected(view.error());
    return std::optional<service::PublicState>{{"order", std::move(*view)}};
  }

 private:
  OrderTasks& orders_;
  GuaranteeTasks& guarantees_;
};

}  // namespace guarantee::order
