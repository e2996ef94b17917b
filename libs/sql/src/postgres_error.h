// SQLSTATE to what the caller may do about it.
#pragma once

#include <libpq-fe.h>

#include <string_view>

#include "base/result.h"

namespace guarantee::sql {

struct PostgresFault {
  Error error;
  bool replace_connection = false;
};

// Never quotes a value: DETAIL and HINT are left out, and of the classes whose primary message
// may repeat an input only the SQLSTATE is told.
[[nodiscard]] PostgresFault FaultOf(const PGresult& result);
[[nodiscard]] PostgresFault FaultOf(std::string_view sqlstate, std::string_view message,
                                    std::string_view constraint);

}  // namespace guarantee::sql
