// Zips for tests, made byte by byte, so that they may lie.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace guarantee::attachment::testing {

struct Entry {
  std::string name;
  std::uint32_t unpacked_bytes = 4;  // as the directory says
  bool encrypted = false;
  std::uint32_t unix_mode = 0100644;
};

namespace parts {

inline void Put(std::string& to, std::uint32_t value, int bytes) {
  for (int at = 0; at < bytes; ++at) to += static_cast<char>(value >> (8 * at) & 0xFFU);
}

// What stands in both headers between the flags and the names.
inline void PutCommon(std::string& to, const Entry& entry) {
  Put(to, entry.encrypted ? 1 : 0, 2);
  Put(to, 0, 2);           // stored
  Put(to, 0x00210000, 4);  // 1980-01-01
  Put(to, 0, 4);           // no check sum: nobody reads the data
  Put(to, 4, 4);
  Put(to, entry.unpacked_bytes, 4);
  Put(to, static_cast<std::uint32_t>(entry.name.size()), 2);
  Put(to, 0, 2);
}

}  // namespace parts

// Each entry has four bytes of data, whatever its directory says.
inline std::string MakeZip(const std::vector<Entry>& entries) {
  std::string archive;
  std::string directory;
  for (const Entry& entry : entries) {
    const auto offset = static_cast<std::uint32_t>(archive.size());
    archive += std::string("PK\x03\x04", 4);
    parts::Put(archive, 20, 2);
    parts::PutCommon(archive, entry);
    archive += entry.name + "data";
    directory += std::string("PK\x01\x02", 4);
    parts::Put(directory, 3U << 8U | 20U, 2);  // made on Unix
    parts::Put(directory, 20, 2);
    parts::PutCommon(directory, entry);
    parts::Put(directory, 0, 2);  // comment
    parts::Put(directory, 0, 2);  // disk
    parts::Put(directory, 0, 2);  // internal attributes
    parts::Put(directory, entry.unix_mode << 16U, 4);
    parts::Put(directory, offset, 4);
    directory += entry.name;
  }
  const auto start = static_cast<std::uint32_t>(archive.size());
  archive += directory + std::string("PK\x05\x06\0\0\0\0", 8);
  parts::Put(archive, static_cast<std::uint32_t>(entries.size()), 2);
  parts::Put(archive, static_cast<std::uint32_t>(entries.size()), 2);
  parts::Put(archive, static_cast<std::uint32_t>(directory.size()), 4);
  parts::Put(archive, start, 4);
  parts::Put(archive, 0, 2);
  return archive;
}

}  // namespace guarantee::attachment::testing
