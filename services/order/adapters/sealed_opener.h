// Opening of sealed fields by each partner's cipher (rulings 6.2), over libs/sealing.
#pragma once

#include <memory>

#include "crypto/token.h"
#include "order/app/guarantee_tasks.h"
#include "partner/directory.h"
#include "sealing/storage.h"

namespace guarantee::order {

// Immutable; safe on every thread.
class CipherOpener final : public SealedOpener {
 public:
  // `fingerprints` makes the keyed digest by which a key is known again; `storage_keys` (may be
  // null) open what our own gateway sealed because it came plain.
  CipherOpener(std::shared_ptr<const partner::PartnerDirectory> partners,
               std::shared_ptr<const sealing::StorageKeys> storage_keys,
               crypto::TokenKey fingerprints)
      : partners_(std::move(partners)),
        storage_keys_(std::move(storage_keys)),
        fingerprints_(std::move(fingerprints)) {}

  // That every partner's cipher is one; refused naming the partner.
  [[nodiscard]] Result<void> Check() const;
  [[nodiscard]] Fingerprints FingerprintsOf(const std::string& partner,
                                            const std::string& guarantee_no,
                                            const Secret& key) const override;
  [[nodiscard]] Result<letter::Opening> Open(const std::string& partner, const Order& order,
                                             const std::string& guarantee_no,
                                             const Secret& key) const override;
  // The bidder's code, if it came plain; empty while it is sealed. Permanent when we sealed it
  // ourselves and cannot open it.
  [[nodiscard]] Result<std::string> PlainBidderCode(const Order& order) const;

 private:
  const std::shared_ptr<const partner::PartnerDirectory> partners_;
  const std::shared_ptr<const sealing::StorageKeys> storage_keys_;
  const crypto::TokenKey fingerprints_;
};

// The line that backs an order is found by the bidder's code (as in 3.5): proven on the page, or
// plain in 3.1. Empty while it is sealed.
[[nodiscard]] Result<std::string> CreditFlowOf(const Order& order, const CipherOpener& opener,
                                               const crypto::TokenKey& flow_key);

}  // namespace guarantee::order
