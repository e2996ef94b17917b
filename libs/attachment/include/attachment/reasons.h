// Why an attachment is not taken: stable words, told to operators and in public events.
#pragma once

namespace guarantee::attachment::reasons {

// Decided by what came.
inline constexpr const char* kUrl = "attachment.url";           // no address of a file
inline constexpr const char* kPath = "attachment.path";         // leaves the file base
inline constexpr const char* kNoBase = "attachment.no_base";    // a path, and no file base
inline constexpr const char* kText = "attachment.text";         // neither link, path nor file
inline constexpr const char* kHost = "attachment.host";         // not among the hosts
inline constexpr const char* kPlain = "attachment.plain_http";  // http is not allowed
inline constexpr const char* kTooMany = "attachment.too_many";  // of one flow
// Decided by the host.
inline constexpr const char* kAddress = "attachment.address";          // not public, not listed
inline constexpr const char* kRedirect = "attachment.redirect";        // never followed
inline constexpr const char* kStatus = "attachment.status";            // another answer than 200
inline constexpr const char* kSize = "attachment.size";                // over the limit, or empty
inline constexpr const char* kUnreachable = "attachment.unreachable";  // tried to the end
// Decided by the file.
inline constexpr const char* kMediaType = "attachment.media_type";     // not a kind that we know
inline constexpr const char* kArchive = "attachment.archive";          // cannot be read as a zip
inline constexpr const char* kEntries = "attachment.archive_entries";  // too many, or none
inline constexpr const char* kBomb = "attachment.archive_bomb";        // unpacks to too much
inline constexpr const char* kEntryName = "attachment.archive_name";   // leads out of its folder

}  // namespace guarantee::attachment::reasons
