// Opening of sealed fields by each partner's cipher (rulings 6.2), over libs/sealing.
#pragma once

#include <memory>

#include "crypto/token.h"
#include "order/app/guarantee_tasks.h"
#include "partner/directory.h"

namespace guarantee::order {

// Immutable; safe on every thread.
class CipherOpener final : public SealedOpener {
 public:
  // `fingerprints` makes the keyed digest by which a key is known again.
  CipherOpener(std::shared_ptr<const partner::PartnerDirectory> partners,
               crypto::TokenKey fingerprints)
      : partners_(std::move(partners)), fingerprints_(std::move(fingerprints)) {}

  // That every partner's cipher is one; refused naming the partner.
  [[nodiscard]] Result<void> Check() const;
  [[nodiscard]] Result<letter::Opening> Open(const std::string& partner, const Order& order,
                                             const std::string& guarantee_no,
                                             const Secret& key) const override;

 private:
  const std::shared_ptr<const partner::PartnerDirectory> partners_;
  const crypto::TokenKey fingerprints_;
};

// The line that backs an order is found by the bidder's code (as in 3.5): proven on the page, or
// plain in 3.1. Empty while it is sealed.
[[nodiscard]] std::string CreditFlowOf(const Order& order, const crypto::TokenKey& flow_key);

}  // namespace guarantee::order
