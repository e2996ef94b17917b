#include "gateway/answers.h"

#include "contract/messages.h"
#include "gateway/texts.h"

namespace guarantee::gateway {
namespace {

namespace messages = contract::messages;

constexpr int kFailureCode = 500;
constexpr std::int64_t kServerRetryAfterS = 1;

std::string_view ServerText(int status) {
  switch (status) {
    case 408:
      return texts::kTimedOut;
    case 413:
      return messages::kBodyTooLarge;
    case 414:
    case 431:
      return messages::kHeadTooLarge;
    case 500:
      return texts::kInternal;
    case 503:
      return messages::kBusy;
    default:
      return texts::kMalformedRequest;
  }
}

}  // namespace

http::Response MakeAnswer(int status, const contract::Interface* interface,
                          const contract::Answer& answer) {
  return {status,
          "application/json; charset=UTF-8",
          contract::EncodeAnswer(interface, answer),
          {},
          false};
}

http::Response MakeRefusal(int status, const contract::Interface* interface,
                           std::string_view message, std::int64_t retry_after_s) {
  http::Response response =
      MakeAnswer(status, interface, {kFailureCode, std::string(message), std::nullopt});
  if (retry_after_s > 0) {
    response.fields.push_back({"Retry-After", std::to_string(retry_after_s)});
  }
  return response;
}

http::Response MakeServerRefusal(const http::Refusal& refusal) {
  return MakeRefusal(refusal.status, nullptr, ServerText(refusal.status),
                     refusal.status == 503 ? kServerRetryAfterS : 0);
}

}  // namespace guarantee::gateway
