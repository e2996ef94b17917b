// What the text of a key may mean under one configuration.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "opener.h"
#include "sealing/configuration.h"

namespace guarantee::sealing {

struct Reading {
  std::string name;                 // for the report
  Reason reason = Reason::kOpened;  // otherwise nothing counts that the opener opens
  std::unique_ptr<Opener> opener;   // null where there is none to try
};

// At least one; one for each writing that a symmetric key may be in. A key of scheme W that does
// not unwrap is replaced by a random one, so that it fails where a wrong one would.
[[nodiscard]] std::vector<Reading> ReadKey(const Configuration& configuration,
                                           std::string_view key_text);

}  // namespace guarantee::sealing
