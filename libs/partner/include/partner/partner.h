// One partner is one platform: its credentials both ways, where it calls from, what it may use and
// how we read and write its messages. Plain values, checked when they are loaded.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/money.h"
#include "base/secret.h"
#include "contract/tolerance.h"
#include "partner/network.h"

namespace guarantee::partner {

enum class Environment { kDevelopment, kTest, kProduction };
enum class InstitutionKind { kBank, kGuaranteeCompany, kInsurer };

struct Institution {
  InstitutionKind kind = InstitutionKind::kGuaranteeCompany;
  std::string name;          // goes out as the institution's name
  std::string insurer_code;  // social credit code of the insurer; empty: none
};

struct Entitlement {
  std::vector<std::string> sections;   // "3.1", or "*" for every interface
  std::optional<std::string> expires;  // last day, yyyy-MM-dd in UTC+8; none: no end
};

// A sign-in of the platform's towards us.
struct Account {
  std::string user;           // without a colon; unique over all partners
  std::string password_hash;  // argon2id, encoded
  bool enabled = true;
  std::vector<Entitlement> entitlements;
};

enum class EntitlementVerdict { kEntitled, kNotEntitled, kExpired };
struct EntitlementAnswer {
  EntitlementVerdict verdict = EntitlementVerdict::kNotEntitled;
  std::string expired_on;  // kExpired: the latest of the days, yyyy-MM-dd
};
// `today`: yyyy-MM-dd in UTC+8 (contract::FormatDate).
[[nodiscard]] EntitlementAnswer JudgeEntitlement(const Account& account, std::string_view section,
                                                 std::string_view today);

// How the sealed fields are encrypted (rulings 6.2), and for scheme W what is inside.
struct FieldCipher {
  std::string scheme;               // R1 R2 S1 S2 S3 W auto
  std::string inner_scheme = "S1";  // scheme W: S1 or S2
  std::string mode = "ECB";         // S1, S2, W: ECB or CBC
  std::string iv_form = "none";     // CBC: none, zero, prefix (first block) or key
  std::string unwrap_with = "R1";   // scheme W: R1 (platform's public key) or R2 (our key)
  Secret unwrap_key;                // PEM of that key; empty: none
};

struct Limits {
  Money amount_min{1};
  Money amount_max;
};

struct Products {
  bool credit_backed = false;  // issuing needs a reservation of credit
  bool online_refund = true;   // 3.15 is offered
  // The institution decides on each 3.3; else an open order is closed at once.
  bool cancel_by_decision = false;
  std::int64_t valid_days = 0;  // of a letter from the opening
};

struct TlsFiles {
  std::string roots;               // PEM bundle; empty: the system's
  std::string client_certificate;  // PEM; empty: none
  std::string client_key;          // PEM; empty: none
};

// How we call the platform.
struct Platform {
  std::string base_url;  // http(s), ends in a slash
  std::string user;
  Secret password;
  TlsFiles tls;
};

// Where the files may be fetched that the partner's requests name (rulings 3.24); all empty:
// nothing is fetched.
struct AttachmentRules {
  std::vector<std::string> hosts;       // "files.example.com" or "files.example.com:8443"
  std::vector<SourceNetwork> networks;  // not public, and yet reached
  bool plain_http = false;              // http addresses are fetched too
  std::string file_base;                // what a path is joined to, ends in a slash; empty: none
  std::string roots;                    // PEM bundle; empty: the system's
};

struct Partner {
  std::string id;  // lower-case letters, digits and dashes; part of every identity
  Environment environment = Environment::kDevelopment;
  Institution institution;
  std::vector<Account> accounts;
  std::vector<SourceNetwork> source_networks;
  FieldCipher field_cipher;
  contract::Tolerance tolerance;
  Limits limits;
  Products products;
  std::optional<std::string> redirect_base;  // instead of the gateway's, for this partner
  Platform platform;
  AttachmentRules attachments;

  [[nodiscard]] bool Admits(std::string_view source_address) const;
};

}  // namespace guarantee::partner
