#include "attachment/file.h"

#include <zip.h>

#include <algorithm>
#include <array>
#include <memory>

#include "attachment/reasons.h"
#include "contract/formats.h"
#include "crypto/digest.h"

namespace guarantee::attachment {
namespace {

constexpr const char* kZip = "application/zip";
constexpr unsigned kFileTypeShift = 16;  // of a Unix mode in an entry's attributes
constexpr unsigned kFileTypeMask = 0170000;
constexpr unsigned kSymbolicLink = 0120000;

using Archive = std::unique_ptr<zip_t, decltype(&zip_discard)>;

Archive OpenArchive(std::string_view bytes) {
  zip_error_t error;
  zip_error_init(&error);
  zip_source_t* source = zip_source_buffer_create(bytes.data(), bytes.size(), 0, &error);
  zip_t* archive = source == nullptr ? nullptr : zip_open_from_source(source, ZIP_RDONLY, &error);
  if (archive == nullptr && source != nullptr) zip_source_free(source);
  zip_error_fini(&error);
  return {archive, &zip_discard};
}

// Absolute, with a drive, or climbing: whoever unpacks it carelessly writes elsewhere.
bool LeadsOut(std::string_view name) {
  if (name.empty() || name.front() == '/' || name.front() == '\\') return true;
  if (name.size() > 1 && name[1] == ':') return true;
  while (!name.empty()) {
    const std::size_t end = std::min(name.find_first_of("/\\"), name.size());
    if (name.substr(0, end) == "..") return true;
    name.remove_prefix(std::min(end + 1, name.size()));
  }
  return false;
}

bool IsArchiveName(std::string_view name) {
  std::string lower(name);
  std::transform(lower.begin(), lower.end(), lower.begin(), [](char letter) {
    return letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter - 'A' + 'a') : letter;
  });
  constexpr std::array<std::string_view, 8> kEndings{".zip", ".rar", ".7z",  ".gz",
                                                     ".bz2", ".xz",  ".tar", ".tgz"};
  return std::any_of(kEndings.begin(), kEndings.end(),
                     [&](std::string_view ending) { return lower.ends_with(ending); });
}

bool IsLink(zip_t* archive, zip_uint64_t entry) {
  zip_uint8_t system = 0;
  zip_uint32_t attributes = 0;
  if (zip_file_get_external_attributes(archive, entry, 0, &system, &attributes) != 0) return false;
  return system == ZIP_OPSYS_UNIX &&
         (attributes >> kFileTypeShift & kFileTypeMask) == kSymbolicLink;
}

// Adds one entry to what was seen so far.
Result<void> JudgeEntry(zip_t* archive, zip_uint64_t entry, File& file, std::uint64_t& unpacked) {
  zip_stat_t facts;
  zip_stat_init(&facts);
  if (zip_stat_index(archive, entry, ZIP_FL_ENC_RAW, &facts) != 0 ||
      (facts.valid & (ZIP_STAT_NAME | ZIP_STAT_SIZE)) != (ZIP_STAT_NAME | ZIP_STAT_SIZE)) {
    return Refused(reasons::kArchive, "an entry of the archive cannot be read");
  }
  const std::string_view name(facts.name);
  if (LeadsOut(name) || IsLink(archive, entry)) {
    return Refused(reasons::kEntryName, "an entry of the archive leads out of its folder");
  }
  if (facts.size > kArchiveBytesMax - unpacked) {
    return Refused(reasons::kBomb, "the archive unpacks to more than is allowed");
  }
  unpacked += facts.size;
  const bool encrypted =
      (facts.valid & ZIP_STAT_ENCRYPTION_METHOD) != 0 && facts.encryption_method != ZIP_EM_NONE;
  file.encrypted = file.encrypted || encrypted;
  file.nested = file.nested || IsArchiveName(name);
  return {};
}

Result<void> JudgeArchive(std::string_view bytes, File& file) {
  const Archive archive = OpenArchive(bytes);
  if (!archive) return Refused(reasons::kArchive, "not an archive that can be read");
  const zip_int64_t entries = zip_get_num_entries(archive.get(), 0);
  if (entries < 1 || entries > kArchiveEntriesMax) {
    return Refused(reasons::kEntries, "an archive has 1 to 1000 entries");
  }
  std::uint64_t unpacked = 0;
  for (zip_int64_t entry = 0; entry < entries; ++entry) {
    const auto number = static_cast<zip_uint64_t>(entry);
    if (Result<void> judged = JudgeEntry(archive.get(), number, file, unpacked); !judged) {
      return judged;
    }
  }
  if (unpacked > kRatioFreeBytes && unpacked / bytes.size() >= kArchiveRatioMax) {
    return Refused(reasons::kBomb, "the archive unpacks to a hundred times its size");
  }
  return {};
}

}  // namespace

Result<File> JudgeFile(std::string_view bytes) {
  if (bytes.empty() || bytes.size() > kFileBytesMax) {
    return Refused(reasons::kSize, "a file has 1 byte to 24 MiB");
  }
  File file;
  file.media_type = contract::SniffMediaType(bytes);
  file.size_bytes = static_cast<std::int64_t>(bytes.size());
  if (file.media_type == "application/octet-stream") {
    return Refused(reasons::kMediaType, "neither PDF, JPEG, PNG nor zip");
  }
  if (file.media_type == kZip) {
    if (Result<void> judged = JudgeArchive(bytes, file); !judged) {
      return tl::unexpected(judged.error());
    }
  }
  file.sha256 = crypto::ToHex(crypto::Sha256(bytes));
  return file;
}

}  // namespace guarantee::attachment
