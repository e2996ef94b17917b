// The four services' desks, made as their wiring does, with what is outside of them played: letters
// that need no PDF, sealed fields that one known key opens.
#pragma once

#include <memory>
#include <string>

#include "claim/app/claim_desk.h"
#include "contract/contract.h"
#include "credit/app/credit_desk.h"
#include "invoice/app/invoice_desk.h"
#include "order/app/order_desk.h"
#include "service/task.h"

namespace guarantee::simulation {

inline constexpr const char* kPartnerIds[] = {"alfa", "beta"};

// What a field looks like before the key of its order has come, and that key.
[[nodiscard]] std::string Sealed(const std::string& plain);
[[nodiscard]] std::string KeyOf(const std::string& partner, const std::string& order_no);
// The applicant's credit, as the gateway and the order service name it.
[[nodiscard]] std::string CreditFlow(const std::string& partner, const std::string& code);

class OrderSide {
 public:
  // `by_rules`: a rules file decides what it may.
  OrderSide(service::DeskTools tools, std::shared_ptr<const contract::Contract> contract,
            bool by_rules);
  ~OrderSide();
  OrderSide(const OrderSide&) = delete;
  OrderSide& operator=(const OrderSide&) = delete;

  [[nodiscard]] service::Desk& desk() { return *desk_; }
  [[nodiscard]] order::OrderTasks& tasks() { return *tasks_; }

 private:
  class Letters;
  class Opener;

  std::unique_ptr<Letters> letters_;
  std::unique_ptr<Opener> opener_;
  std::unique_ptr<order::OrderTasks> tasks_;
  std::unique_ptr<order::GuaranteeTasks> guarantees_;
  std::unique_ptr<order::OrderDesk> desk_;
};

[[nodiscard]] std::unique_ptr<service::Desk> MakeClaimDesk(
    service::DeskTools tools, std::shared_ptr<const contract::Contract> contract, bool by_rules);
[[nodiscard]] std::unique_ptr<service::Desk> MakeCreditDesk(
    service::DeskTools tools, std::shared_ptr<const contract::Contract> contract, bool by_rules);
[[nodiscard]] std::unique_ptr<service::Desk> MakeInvoiceDesk(
    service::DeskTools tools, std::shared_ptr<const contract::Contract> contract, bool by_rules);

}  // namespace guarantee::simulation
