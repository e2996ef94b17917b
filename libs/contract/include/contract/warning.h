// What was accepted or sent although it is not as declared; counted, never shown with its value.
#pragma once

#include <string>
#include <string_view>

namespace guarantee::contract {

enum class WarningKind {
  kOverLong,           // text beyond the declared length, kept whole
  kExpectedMissing,    // declared not empty, the rulings let it pass
  kDefaulted,          // taken from a sibling because it was empty
  kAlias,              // came under another key
  kAliasConflict,      // key and alias differ, the key was taken
  kWrongUscc,          // the credit code's check digit or form is wrong
  kPlainSealed,        // a field meant to be ciphertext came in plain
  kOddAttachment,      // neither link, path nor a known file
  kContractOverflow,   // an amount or rate went out longer than declared
  kCut,                // text was cut to its declared length
  kFractionalSeconds,  // a time with a fraction or a T
};

struct Warning {
  WarningKind kind = WarningKind::kOverLong;
  std::string field;  // wire name
};

// A stable word for metrics, as in "over_long".
[[nodiscard]] std::string_view Name(WarningKind kind);

}  // namespace guarantee::contract
