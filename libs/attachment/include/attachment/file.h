// What may be kept as an attachment (rulings 3.24). Pure functions; a zip is judged by its central
// directory alone and never unpacked.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace guarantee::attachment {

inline constexpr std::size_t kFileBytesMax = 24U << 20;
inline constexpr std::int64_t kArchiveEntriesMax = 1'000;
inline constexpr std::uint64_t kArchiveBytesMax = 512U << 20;  // all entries, unpacked
// All entries unpacked to the archive itself; below kRatioFreeBytes any ratio is harmless.
inline constexpr std::uint64_t kArchiveRatioMax = 100;
inline constexpr std::uint64_t kRatioFreeBytes = 8U << 20;

struct File {
  std::string sha256;  // lower-case hex
  std::string media_type;
  std::int64_t size_bytes = 0;
  // For whoever opens it: some entry is encrypted; some entry is an archive itself.
  bool encrypted = false;
  bool nested = false;
};

// By the first bytes a PDF, JPEG, PNG or zip (OFD is one), within the limits. Refused with a reason
// of reasons.h. Any thread.
[[nodiscard]] Result<File> JudgeFile(std::string_view bytes);

}  // namespace guarantee::attachment
