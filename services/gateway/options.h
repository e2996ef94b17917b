// Everything about a gateway that is a setting. Checked by Gateway::Start.
#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <set>
#include <string>

#include "base/secret.h"
#include "http/request.h"
#include "partner/partner.h"
#include "sealing/storage.h"

namespace guarantee::gateway {

struct SignInOptions {
  std::chrono::milliseconds cache_time{300'000};  // of a verified password; at most 5 minutes
  std::size_t cached_max = 10'000;
  std::size_t verifications_at_once = 2;  // threads; one verification costs 25 ms and 19 MiB
  std::size_t verifications_waiting_max = 64;
  std::size_t failures_max = 10;  // of one source and user, before it is turned away
  std::chrono::milliseconds failures_window{300'000};
  std::chrono::milliseconds block_time{60'000};
  std::size_t tracked_max = 100'000;  // pairs of source and user under watch
  bool uniform_refusals = false;      // does not tell an unknown user from a wrong password
};

struct RegisterOptions {
  std::size_t threads = 2;
  std::size_t batch_max = 256;       // numbers in one transaction
  std::size_t waiting_max = 10'000;  // numbers queued; beyond it requests get 503
  std::size_t attempts_max = 5;      // of one batch on conflict
  std::size_t confirm_batch_max = 500;
  std::size_t confirm_waiting_max = 100'000;
  std::chrono::milliseconds confirm_pause{20};         // gathers confirmations into one statement
  std::chrono::milliseconds confirm_retry_pause{500};  // after a failure
};

struct GatewayOptions {
  std::string address;        // "127.0.0.1:18080"
  std::string redirect_base;  // ends in a slash; https outside development
  Secret key;                 // 32 bytes or more, the same in all replicas and for ever
  partner::Environment environment = partner::Environment::kDevelopment;
  std::set<std::string> interfaces{"3.1"};  // sections on offer; others answer "not offered"
  std::chrono::milliseconds request_timeout{5'000};  // receipt to answer
  std::chrono::milliseconds probe_interval{1'000};   // of database and bus
  std::size_t requests_in_flight_max = 4'096;
  std::size_t requests_in_flight_per_partner_max = 2'048;
  std::size_t http_threads = 2;
  std::size_t event_bytes_max = 256 * 1024;  // a larger event is HTTP 413
  http::ServerLimits http;
  SignInOptions sign_in;
  RegisterOptions registering;
  // Seal what came plain in a sealed field; null: it is published as it came.
  std::shared_ptr<const sealing::StorageKeys> storage_keys;
};

}  // namespace guarantee::gateway
