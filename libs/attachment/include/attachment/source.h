// Where an attachment may be fetched from: the partner's list of hosts, and which addresses count
// as public. Pure functions.
#pragma once

#include <span>
#include <string_view>

#include "base/result.h"
#include "http/client_url.h"
#include "partner/partner.h"

namespace guarantee::attachment {

// The address of a link or a path (joined to the partner's file base) whose host the partner's
// rules name. Refused with a reason of reasons.h for everything else.
[[nodiscard]] Result<http::Url> Locate(std::string_view text,
                                       const partner::AttachmentRules& rules);

// Whether the numeric address is a public unicast one: no private, loopback, link-local, shared,
// documentation, multicast or reserved range, and no IPv6 form that stands for such an IPv4
// address. False for what is no address.
[[nodiscard]] bool IsPublicAddress(std::string_view address);

// Public, or in one of the networks; an IPv4 address in its IPv6 form counts as itself.
[[nodiscard]] bool MayConnect(std::string_view address,
                              std::span<const partner::SourceNetwork> networks);

}  // namespace guarantee::attachment
