// What the dispatcher says in public, and what it reads from the notices topic: the only file that
// sees both Protobuf and the dispatcher's own types.
#pragma once

#include <string>

#include "crypto/random.h"
#include "dispatcher/app/notice.h"
#include "dispatcher/app/ports.h"
#include "messaging/write_store.h"

namespace guarantee::dispatcher {

// Thread-safe if `random` is.
class EventCodec {
 public:
  explicit EventCodec(crypto::Random& random) : random_(random) {}

  // The public event of a step; `telling` is not kNothing.
  [[nodiscard]] messaging::OutboxEntry Tell(Telling telling, const Notice& notice,
                                            const AnswerText& answer, UnixMillis now);

 private:
  crypto::Random& random_;
};

// See README.md "On the notices topic".
[[nodiscard]] IncomingRecord ReadNoticeRecord(const messaging::Delivered& record);

}  // namespace guarantee::dispatcher
