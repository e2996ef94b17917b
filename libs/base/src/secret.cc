#include "base/secret.h"

#include <string.h>

namespace guarantee {

bool Secret::Matches(std::string_view other) const {
  unsigned char difference = value_.size() == other.size() ? 0 : 1;
  for (std::size_t at = 0; at < value_.size() && at < other.size(); ++at) {
    difference = static_cast<unsigned char>(difference | (static_cast<unsigned char>(value_[at]) ^
                                                          static_cast<unsigned char>(other[at])));
  }
  return difference == 0;
}

void Secret::Wipe() noexcept {
  explicit_bzero(value_.data(), value_.capacity());
  value_.clear();
}

}  // namespace guarantee
