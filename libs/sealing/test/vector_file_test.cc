#include "vector_file.h"

#include <fstream>
#include <sstream>
#include <stdexcept>
#include <utility>

#include "crypto/base64.h"

namespace guarantee::sealing {
namespace {

Field ReadField(const std::string& rest, std::string& plain) {
  std::istringstream words(rest);
  std::string content;
  std::string sealed;
  std::string base64;
  words >> content >> sealed >> base64;
  plain = crypto::DecodeBase64(base64).value();
  const Content kind = content == "code" ? Content::kCode : Content::kText;
  return {.name = {}, .value = sealed, .content = kind};
}

std::vector<Vector> Load() {
  std::ifstream file(GUARANTEE_SOURCE_DIR "/libs/sealing/test/data/vectors.txt");
  if (!file) throw std::runtime_error("no vectors");
  std::vector<Vector> vectors;
  Vector vector;
  for (std::string line; std::getline(file, line);) {
    if (line.empty() || line.front() == '#') continue;
    const std::size_t blank = line.find(' ');
    const std::string name = line.substr(0, blank);
    if (name == "end") {
      vectors.push_back(std::exchange(vector, {}));
    } else if (name == "field") {
      vector.plain.emplace_back();
      vector.fields.push_back(ReadField(line.substr(blank + 1), vector.plain.back()));
      vector.fields.back().name = "field-" + std::to_string(vector.plain.size());
    } else {
      vector.lines[name] = line.substr(blank + 1);
    }
  }
  return vectors;
}

}  // namespace

std::string Vector::At(const std::string& name) const {
  const auto found = lines.find(name);
  return found == lines.end() ? "" : found->second;
}

ConfigurationWords Vector::Words() const {
  ConfigurationWords words;
  const auto set = [this](const std::string& name, std::string& word) {
    if (lines.contains(name)) word = At(name);
  };
  set("scheme", words.scheme);
  set("inner_scheme", words.inner_scheme);
  set("mode", words.mode);
  set("iv_form", words.iv_form);
  set("padding", words.padding);
  set("key_form", words.key_form);
  set("unwrap_with", words.unwrap_with);
  if (lines.contains("unwrap_key")) {
    const std::string label = words.unwrap_with == "R1" ? "PUBLIC KEY" : "PRIVATE KEY";
    words.unwrap_key = Secret(ToPem(At("unwrap_key"), label));
  }
  return words;
}

Configuration Vector::How() const { return ReadConfiguration(Words()).value(); }

void PrintTo(const Vector& vector, std::ostream* out) { *out << vector.At("vector"); }

const std::vector<Vector>& Vectors() {
  static const std::vector<Vector> vectors = Load();
  return vectors;
}

const Vector& VectorNamed(const std::string& name) {
  for (const Vector& vector : Vectors()) {
    if (vector.At("vector") == name) return vector;
  }
  throw std::runtime_error("no vector " + name);
}

std::string ToPem(const std::string& base64, const std::string& label) {
  std::string pem = "-----BEGIN " + label + "-----\n";
  for (std::size_t at = 0; at < base64.size(); at += 64) pem += base64.substr(at, 64) + "\n";
  return pem + "-----END " + label + "-----\n";
}

}  // namespace guarantee::sealing
