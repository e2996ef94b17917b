// One key, ready to open ciphertexts.
#pragma once

#include <memory>

#include "sealing/open.h"
#include "sealing/wiped.h"

namespace guarantee::sealing {

struct Opening {
  Reason reason = Reason::kOpened;
  Bytes plain;  // empty unless kOpened
};

class Opener {
 public:
  virtual ~Opener() = default;
  [[nodiscard]] virtual Opening Open(const Bytes& ciphertext) const = 0;
  [[nodiscard]] virtual std::size_t BlockBytes() const = 0;
};

// An opener, or why there is none.
struct Made {
  Reason reason = Reason::kOpened;
  std::unique_ptr<Opener> opener;  // null unless kOpened
};

}  // namespace guarantee::sealing
