#include "runtime/file.h"

#include <fstream>

namespace guarantee::runtime {

Result<std::string> ReadFile(const std::string& path, std::size_t bytes_max,
                             const std::string& code, const std::string& field) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return Refused(code, "cannot read " + path, field);
  // One more than allowed tells a file that is too large.
  std::string bytes(bytes_max + 1, '\0');
  file.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  bytes.resize(static_cast<std::size_t>(file.gcount()));
  if (file.bad()) return Refused(code, "cannot read " + path, field);
  if (bytes.size() > bytes_max) return Refused(code, path + " is too large", field);
  return bytes;
}

}  // namespace guarantee::runtime
