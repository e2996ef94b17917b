// Message to JSON, and answers both ways (rulings 2.1, 2.2, 2.4; clarifications 9 to 11, 16). No
// I/O of its own; safe from every thread.
#pragma once

#include <google/protobuf/message.h>

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "contract/contract.h"
#include "contract/tolerance.h"
#include "contract/warning.h"

namespace guarantee::contract {

// The bytes of a document by its SHA-256 (lower-case hexadecimal). An error of it becomes the
// error of Encode, so a store that is away makes the encoding retryable.
using DocumentSource = std::function<Result<std::string>(std::string_view sha256)>;

struct Encoded {
  std::string body;
  std::vector<Warning> warnings;
};

// Strict out: keys in the document's order, no key the document does not know unless a switch asks
// for it. Permanent when the message itself cannot go out: required field missing, identity over
// length or with foreign characters, text that is not UTF-8 ("contract.required",
// "contract.length", "contract.text", "contract.overflow", "contract.value").
[[nodiscard]] Result<Encoded> Encode(const Interface& interface,
                                     const google::protobuf::Message& message,
                                     const Tolerance& tolerance, const DocumentSource& documents);

// What the institution answers. `data` is a redirect's address, within its declared length; a
// withdrawal's data follows from the code, and elsewhere there is none.
struct Answer {
  int code = 200;
  std::string message;
  std::optional<std::string> data;
};

// `interface` null: a body for a path that is none (plain shape). The message is cut to its
// declared length.
[[nodiscard]] std::string EncodeAnswer(const Interface* interface, const Answer& answer);

// The most code points of an answer's data, as a redirect's address; 0: the answer has none.
[[nodiscard]] std::size_t AnswerDataLengthMax(const Interface& interface);

enum class Verdict {
  kAccepted,    // code, or in its absence state, is 200
  kRefused,     // any other code
  kUnreadable,  // no code at all, or no JSON: the outcome is unknown
};

struct PlatformAnswer {
  Verdict verdict = Verdict::kUnreadable;
  std::string code;  // as text; empty when unreadable
  std::string message;
  std::optional<std::string> data;
};

// A code that is text is read as its number.
[[nodiscard]] PlatformAnswer ReadAnswer(const Interface& interface, std::string_view body);

// What a refusal of ours by the platform means (the table of section 4, rulings 2.2).
enum class AnswerClass {
  kStopPartner,    // our sign-in or entitlement is wrong: send nothing more, alert
  kStopInterface,  // this interface is not ours to use: stop it, alert
  kRetry,          // the platform cannot check us now: back off and send again
  kPark,           // the notice itself is refused: an operator looks
};

// Spaces and the width of punctuation do not matter.
[[nodiscard]] AnswerClass ClassifyRefusal(std::string_view message);

}  // namespace guarantee::contract
