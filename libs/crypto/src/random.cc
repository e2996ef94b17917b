#include "crypto/random.h"

#include <openssl/rand.h>

#include <cstdlib>

namespace guarantee::crypto {
namespace {

class OpensslRandom final : public Random {
 public:
  std::string Bytes(std::size_t count) override {
    std::string bytes(count, '\0');
    const int done =
        RAND_bytes_ex(nullptr, reinterpret_cast<unsigned char*>(bytes.data()), count, 0);
    if (done != 1) std::abort();
    return bytes;
  }
};

}  // namespace

Random& SystemRandom() {
  static OpensslRandom random;
  return random;
}

}  // namespace guarantee::crypto
