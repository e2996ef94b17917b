// Looking into the register from outside the request path, for `flow show` and for support.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "contract/contract.h"
#include "gateway/register/register.h"
#include "partner/directory.h"

namespace guarantee::gateway {

// Thread-safe; what it is given outlives it.
class RegisterReader {
 public:
  RegisterReader(sql::Database& database, const contract::Contract& contract)
      : database_(database), contract_(contract) {}

  // Every row whose business number or second unique value (3.1: the order's) is `number`, in
  // order of receipt; of `partner` alone unless that is empty, then of all in `directory`.
  [[nodiscard]] Result<std::vector<RegisterRow>> FindNumber(
      std::string_view number, std::string_view partner,
      const partner::PartnerDirectory& directory) const;

 private:
  sql::Database& database_;
  const contract::Contract& contract_;
};

}  // namespace guarantee::gateway
