// Reads data/vectors.txt, which a Java runtime wrote.
#pragma once

#include <map>
#include <ostream>
#include <string>
#include <vector>

#include "sealing/open.h"

namespace guarantee::sealing {

struct Vector {
  std::map<std::string, std::string> lines;
  std::vector<Field> fields;
  std::vector<std::string> plain;  // what each field holds

  [[nodiscard]] std::string At(const std::string& name) const;
  [[nodiscard]] Secret Key() const { return Secret(At("key")); }
  [[nodiscard]] ConfigurationWords Words() const;
  [[nodiscard]] Configuration How() const;  // throws when the words are wrong
};

// For the messages of the test framework: the vector's name.
void PrintTo(const Vector& vector, std::ostream* out);

[[nodiscard]] const std::vector<Vector>& Vectors();
// Throws when there is none of that name.
[[nodiscard]] const Vector& VectorNamed(const std::string& name);

// An unencrypted PEM around DER in base64.
[[nodiscard]] std::string ToPem(const std::string& base64, const std::string& label);

}  // namespace guarantee::sealing
