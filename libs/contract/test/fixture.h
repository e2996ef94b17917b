// The words that the tests of this library are written in.
#pragma once

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "contract/contract.h"
#include "contract/decode.h"
#include "contract/encode.h"
#include "contract/manual.h"

namespace guarantee::contract {

class ContractTest : public ::testing::Test {
 protected:
  static const Contract& TheContract() {
    static const auto contract = Contract::Load();
    return **contract;
  }
  static const Interface& At(std::string_view section) {
    return *TheContract().FindSection(section);
  }

  // The interface's sample as JSON to change, without its wrapper.
  static nlohmann::ordered_json Body(std::string_view section) {
    auto body = nlohmann::ordered_json::parse(Sample(At(section)));
    return At(section).wrapped_out ? body["data"] : body;
  }

  tl::expected<Decoded, DecodeFailure> DecodeText(std::string_view section,
                                                  std::string_view text) const {
    return Decode(At(section), text, tolerance_);
  }
  // The one message of a body that must decode.
  template <typename Message>
  Message Accepted(std::string_view section, const nlohmann::ordered_json& body) {
    auto decoded = DecodeText(section, body.dump());
    if (!decoded) {
      ADD_FAILURE() << decoded.error().message;
      return {};
    }
    warnings_ = decoded->items.front().warnings;
    const auto& documents = decoded->items.front().documents;
    if (!documents.empty()) document_ = documents.front().bytes;
    return dynamic_cast<const Message&>(*decoded->items.front().message);
  }
  // The failure of a body that must not.
  DecodeFailure Refused(std::string_view section, const nlohmann::ordered_json& body) const {
    auto decoded = DecodeText(section, body.dump());
    if (!decoded) return decoded.error();
    ADD_FAILURE() << "accepted: " << body.dump();
    return {};
  }
  bool Warned(WarningKind kind, std::string_view field) const {
    for (const Warning& warning : warnings_) {
      if (warning.kind == kind && warning.field == field) return true;
    }
    return false;
  }

  // What goes out, as JSON; empty when it could not.
  nlohmann::ordered_json Sent(std::string_view section, const google::protobuf::Message& message) {
    auto encoded = Encode(At(section), message, tolerance_, Store());
    if (!encoded) {
      ADD_FAILURE() << Describe(encoded.error());
      return {};
    }
    warnings_ = encoded->warnings;
    return nlohmann::ordered_json::parse(encoded->body);
  }
  Error NotSent(std::string_view section, const google::protobuf::Message& message) {
    auto encoded = Encode(At(section), message, tolerance_, Store());
    if (!encoded) return encoded.error();
    ADD_FAILURE() << "sent: " << encoded->body;
    return {};
  }
  DocumentSource Store() const {
    return [this](std::string_view) -> Result<std::string> {
      if (store_away_) return Retryable("store.unavailable", "the store is away");
      return document_;
    };
  }

  Tolerance tolerance_;
  std::string document_ = "%PDF-1.7\n";
  bool store_away_ = false;
  std::vector<Warning> warnings_;
};

// An object's keys in their order.
inline std::vector<std::string> Keys(const nlohmann::ordered_json& object) {
  std::vector<std::string> keys;
  for (const auto& [key, value] : object.items()) keys.push_back(key);
  return keys;
}

}  // namespace guarantee::contract
