// The client that notices go out by and attachments come in by: asynchronous, one attempt a call,
// and honest about what the other side may have seen. It never follows a redirect, never tries
// twice by itself and never takes an answer whose end it has not seen (design.md "The dispatcher";
// rulings 2.5).
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "http/client_url.h"
#include "http/request.h"

namespace guarantee::http {

inline constexpr std::size_t kAnswerBytesMax = 1U << 20;
inline constexpr std::uint32_t kAnswerHeadBytesMax = 16U << 10;

// What the other side may have of a request.
enum class Receipt {
  kNotSent,   // surely nothing that could be acted on
  kUnknown,   // perhaps all of it; no complete answer came back
  kAnswered,  // a complete answer came back, whatever it says
};

// Why there is no answer.
enum class Fault {
  kNone,
  kAddress,    // the name has no address
  kForbidden,  // none of its addresses is admitted
  kConnect,    // refused, unreachable, or not connected within connect_timeout
  kTls,        // the handshake failed: certificate, host name, protocol
  kTimeout,    // the deadline passed
  kCut,        // the connection ended before the answer did
  kTooLarge,   // head or body over its limit
  kMalformed,  // not HTTP, or the answer does not declare where it ends
  kBusy,       // connections_max to this origin are in use
  kStopped,    // the client is being stopped
};

// Roots and, where the partner wants one, our certificate, loaded once; shared by every call of a
// partner and safe on every thread. An identity of its own has connections of its own.
class TlsIdentity {
 public:
  struct Files {
    std::string roots{};               // PEM; empty: the system's
    std::string client_certificate{};  // PEM chain; empty: none
    std::string client_key{};          // PEM
  };
  // Refused "http.tls" naming the file that cannot be used.
  [[nodiscard]] static Result<std::shared_ptr<const TlsIdentity>> Load(const Files& files);
  virtual ~TlsIdentity() = default;
};

enum class Method { kPost, kGet };

// Whether a connection to this address (numeric text, no port) may be made. On the client's thread.
using AddressJudge = std::function<bool(const std::string& address)>;

struct Call {
  Url url;
  std::vector<Field> fields;  // besides Host, Content-Length and Connection
  std::string body;
  std::shared_ptr<const TlsIdentity> tls;      // null: the system's roots, no certificate
  std::chrono::milliseconds deadline{15'000};  // from Send to the last byte of the answer
  Method method = Method::kPost;
  std::size_t answer_bytes_max = kAnswerBytesMax;  // of the body
  // Judges what the name stands for, and only that is connected to. Null: every address. A judged
  // call opens a connection of its own: what another may have reached does not serve it.
  AddressJudge admits;
};

struct Outcome {
  Receipt receipt = Receipt::kNotSent;
  Fault fault = Fault::kNone;
  int status = 0;           // of an answer, else 0
  std::string body;         // of an answer, complete
  std::string retry_after;  // the Retry-After field as it came, at most 64 bytes
  std::string detail;       // a phrase for people; holds nothing of request or answer
  std::int64_t duration_ms = 0;
  bool reused_connection = false;
};

using OutcomeHandler = std::function<void(Outcome)>;

// Thread-safe.
class Client {
 public:
  struct Options {
    std::chrono::milliseconds connect_timeout{3'000};  // name, TCP and TLS together
    std::chrono::milliseconds idle_max{15'000};        // below what servers keep: fewer cut reuses
    std::chrono::milliseconds address_lifetime{30'000};
    std::size_t connections_max = 1'024;  // to one origin, idle ones included
    std::string user_agent = "guarantee-hub";
  };
  [[nodiscard]] static std::unique_ptr<Client> Start(Options options);
  virtual ~Client() = default;

  // One request. `handler` is called exactly once, on the client's thread; it must not block.
  virtual void Send(Call call, OutcomeHandler handler) = 0;
  // Ends what is under way (its handlers are called) and joins the thread. Later calls are
  // answered kStopped on the caller's thread.
  virtual void Stop() = 0;
  [[nodiscard]] virtual std::size_t InFlight() const = 0;
};

}  // namespace guarantee::http
