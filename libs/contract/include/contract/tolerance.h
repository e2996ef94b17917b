// A partner's switches (rulings 2 and 3): what we forgive it and how we write to it. A plain value,
// filled from the partner's configuration; the defaults are the rulings' defaults.
#pragma once

#include <functional>
#include <map>
#include <string>

namespace guarantee::contract {

struct Tolerance {
  // 3.1 without a business number takes the order number (joint testing only).
  bool compat_sample31 = false;
  // 3.13 for a special invoice asks for name and tax number only.
  bool relaxed_invoice = false;
  // 3.2 writes the rate as a decimal ("0.0025") instead of a percentage ("0.25%").
  bool rate_decimal = false;
  // 3.12 carries its result under the key of the document's sample too.
  bool dual_result = false;
  // An amount or rate that exceeds its declared length fails instead of going out in full.
  bool contract_overflow_fails = false;
  // 3.2 carries the reason of a failure.
  bool remark_on_failure = false;
  // The register's digest leaves the sealed fields out, for a platform that encrypts anew each
  // time.
  bool digest_without_sealed = false;
  // By section: whether what we send is wrapped; a section not named follows the contract.
  std::map<std::string, bool, std::less<>> wrapped_out;
};

}  // namespace guarantee::contract
