// SM4 and AES of the field ciphers (rulings 6.2, S1 to S3).
#pragma once

#include "opener.h"
#include "sealing/configuration.h"

namespace guarantee::sealing {

enum class BlockCipher { kSm4, kAes };

// SM4: 16 bytes; AES: 16, 24 or 32.
[[nodiscard]] bool IsKeySize(BlockCipher cipher, std::size_t bytes);

// The padding is PKCS#7, which Java calls PKCS5Padding. None for a key of another size, and where
// the provider does not know the cipher.
[[nodiscard]] Made MakeBlockCipher(BlockCipher cipher, Mode mode, IvForm iv_form, Bytes key);

// The AES-128 key that Java's KeyGenerator makes with a SHA1PRNG that was seeded with `seed`.
[[nodiscard]] Bytes DeriveSha1PrngKey(std::string_view seed);

}  // namespace guarantee::sealing
