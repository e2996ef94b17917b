// RSA of the field ciphers (rulings 6.2, R1 and R2), and the unwrapping of scheme W.
#pragma once

#include <string_view>

#include "opener.h"
#include "sealing/configuration.h"

namespace guarantee::sealing {

// R1. `der`: SubjectPublicKeyInfo of an RSA key of 1024–4096 bits.
[[nodiscard]] Made MakeReversedRsa(const Bytes& der);
// R2. `der`: PKCS#8 of such a key.
[[nodiscard]] Made MakeRsa(const Bytes& der, Padding padding);
// The same from PEM: a public key for R1, a private one without password for R2.
[[nodiscard]] Made MakeReversedRsaFromPem(std::string_view pem);
[[nodiscard]] Made MakeRsaFromPem(std::string_view pem, Padding padding);

}  // namespace guarantee::sealing
