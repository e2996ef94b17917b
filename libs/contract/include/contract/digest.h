// What the register compares a repeat by (design, "The gateway"; clarifications 3).
#pragma once

#include <google/protobuf/message.h>

#include <string>

#include "contract/contract.h"
#include "contract/tolerance.h"

namespace guarantee::contract {

// Stored beside the digest; a row of another version counts as equal.
inline constexpr int kCanonicalVersion = 1;

// Bytes that are equal exactly when two decoded messages mean the same request: present fields in
// order, length-prefixed, without those outside the digest and, under digest_without_sealed,
// without the sealed ones. It holds personal data: hash it with a key, never store or show it.
[[nodiscard]] std::string CanonicalForm(const Interface& interface,
                                        const google::protobuf::Message& message,
                                        const Tolerance& tolerance);

}  // namespace guarantee::contract
