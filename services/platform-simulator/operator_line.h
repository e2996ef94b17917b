// The institution's operator, by the command line that endpoints.json names.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "platform-simulator/receipts.h"

namespace guarantee::platform_simulator {

class OperatorLine {
 public:
  // `words`: the program and its fixed arguments; empty: there is no operator.
  explicit OperatorLine(std::vector<std::string> words) : words_(std::move(words)) {}

  [[nodiscard]] bool exists() const { return !words_.empty(); }
  // The command's JSON document. Refused "operator" with what it said when it exits with anything
  // but 0, or does not end in time.
  [[nodiscard]] Result<Json> Run(const std::vector<std::string>& arguments) const;

 private:
  const std::vector<std::string> words_;
};

}  // namespace guarantee::platform_simulator
