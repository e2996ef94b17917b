// One case of the conformance kit: what is sent, and what the contract and the rulings have for it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "contract/contract.h"

namespace guarantee::platform_simulator::conformance {

struct Request {
  std::string method = "POST";
  std::string path;  // from the host's root, with its leading slash
  std::optional<std::string> content_type = "application/json; charset=utf-8";
  // Instead of the sign-in of the run; an empty text: no such header.
  std::optional<std::string> authorization;
  std::string body;
};

// What the last answer has to be.
struct Expectation {
  std::vector<int> statuses = {200};
  bool may_accept = false;         // code 200, or a finding where the code is one
  bool may_refuse = false;         // code 500
  std::vector<std::string> named;  // wire names that a refusal has to hold
  std::vector<std::string> texts;  // a refusal has to hold one of these; empty: any
  std::string header;              // has to be there; empty: none
  bool same_as_first = false;      // the same bytes as the first request's answer

  // "code 500 naming emAmount", for people.
  [[nodiscard]] std::string Describe() const;
};

struct Case {
  std::string id;  // stable over runs and versions: "3.1/emAmount/missing"
  const contract::Interface* interface = nullptr;
  std::vector<Request> requests;  // the last one is judged by `expected`
  Expectation before;             // what each of those before it must get
  Expectation expected;
};

}  // namespace guarantee::platform_simulator::conformance
